//! Bytes that nobody vouches for: refused, or read as exactly what they say.

use driftgate::identity::Sha256Digest;
use driftgate::profile::{DECODED_BYTES_MAX, DecodeError, SectionFault, StoredProfile};
use driftgate::quantity::Bytes;

use super::data::{Numbers, Promises, batch, list, profile, profile_asked, write};

/// A profile without answers, and one with answers of each kind.
fn small() -> [Vec<u8>; 2] {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("land=1/a.parquet"), &batch(3, 30), 10);
    write(&folder.path().join("land=2/b.parquet"), &batch(4, 12), 100);
    let files = list(folder.path());
    let promises = Promises::all();
    let asked = promises.asked(2, true);
    [profile(&files, 1).encode(), profile_asked(&files, 1, &asked).encode()]
}

/// The bytes with a digest that fits them: what someone who means it would hand in.
fn reseal(bytes: &mut Vec<u8>) {
    bytes.truncate(bytes.len().saturating_sub(32));
    let digest = Sha256Digest::of(bytes);
    bytes.extend_from_slice(digest.as_bytes());
}

/// What is read must be what would be written: no profile has two spellings.
fn refused_or_exact(bytes: &[u8]) -> bool {
    match StoredProfile::decode(bytes, Bytes(1 << 20)) {
        Err(error) => {
            assert!(error.to_string().len() < 4096);
            true
        }
        Ok(profile) => {
            assert!(profile.encode() == bytes, "a second spelling was read");
            false
        }
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    for good in small() {
        for index in 0..good.len() {
            for bit in 0..8 {
                let mut bytes = good.clone();
                bytes[index] ^= 1 << bit;
                assert!(refused_or_exact(&bytes), "bit {bit} of byte {index}");
            }
        }
    }
}

#[test]
fn every_truncation_and_every_extension_is_refused() {
    for good in small() {
        for length in 0..good.len() {
            assert!(refused_or_exact(&good[..length]), "cut to {length} bytes");
            let mut resealed = good[..length].to_vec();
            reseal(&mut resealed);
            assert!(refused_or_exact(&resealed), "cut to {length} bytes and resealed");
        }
        let mut longer = [&good[..], &[0]].concat();
        assert!(refused_or_exact(&longer));
        reseal(&mut longer);
        assert!(refused_or_exact(&longer));
    }
}

#[test]
fn flipped_bits_under_a_fitting_digest_are_refused_or_read_as_they_stand() {
    for good in small() {
        for index in 0..good.len() - 32 {
            for bit in 0..8 {
                let mut bytes = good.clone();
                bytes[index] ^= 1 << bit;
                reseal(&mut bytes);
                refused_or_exact(&bytes);
            }
        }
    }
}

#[test]
fn mutants_under_a_fitting_digest_are_refused_or_read_as_they_stand() {
    for good in small() {
        let mut numbers = Numbers(2026);
        let mut refused = 0;
        for _ in 0..8000 {
            let mut bytes = good.clone();
            for _ in 0..=numbers.below(4) {
                let at = numbers.below(bytes.len() as u64 - 32) as usize;
                let other = numbers.below(bytes.len() as u64 - 32) as usize;
                match numbers.below(5) {
                    0 => bytes[at] = numbers.next() as u8,
                    1 => bytes[at] = [0, 0x7f, 0x80, 0xff][numbers.below(4) as usize],
                    2 => bytes.insert(at, numbers.next() as u8),
                    3 => drop(bytes.drain(at.min(other)..at.max(other).min(at.min(other) + 9))),
                    _ => bytes.swap(at, other),
                }
            }
            reseal(&mut bytes);
            refused += usize::from(refused_or_exact(&bytes));
        }
        assert!(refused > 7000, "{refused} of 8000 mutants refused");
    }
}

#[test]
fn a_bomb_ends_in_a_limit() {
    // One column of 64-bit integers, 2³² values in a row: a block of 128 takes two bytes.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.parquet");
    write(&file, &batch(1, 1).project(&[3]).unwrap(), 10);
    let good = profile(&list(folder.path()), 1).encode();
    let newline = |from: usize| good[from..].iter().position(|&b| b == b'\n').unwrap() + from;
    let header = newline(newline(0) + 1) + 1;
    let values = 1u64 << 32;
    let rows = format!("\"rows\":{values}");
    let text = String::from_utf8(good[..header].to_vec()).unwrap();
    let mut bomb = text.replace("\"rows\":1", &rows).into_bytes();
    let blocks = values as usize / 128 * 2;
    let mut section = vec![0, 0, 0x80, 0x80, 0x80, 0x80, 0x10];
    section.extend_from_slice(&[0; 8]);
    section.resize(section.len() + blocks, 0);
    let mut length = section.len();
    while length >= 0x80 {
        bomb.push(length as u8 | 0x80);
        length >>= 7;
    }
    bomb.push(length as u8);
    bomb.append(&mut section);
    bomb.extend_from_slice(&[0; 32]);
    reseal(&mut bomb);
    let error = StoredProfile::decode(&bomb, DECODED_BYTES_MAX).unwrap_err();
    let DecodeError::Section { column, fault, .. } = error else {
        panic!("{error}");
    };
    let limit = DECODED_BYTES_MAX;
    assert_eq!((column.as_str(), fault), ("i64", SectionFault::Memory { limit }));
}
