//! The one door to wider vectors, and the only `unsafe` of the crate.
//!
//! Kernels are written once, in plain Rust that the compiler can make vectors of. [`widest`]
//! compiles them a second and third time, for AVX2 and AVX-512, and picks by what the machine
//! says of itself, so that a binary built for any x86-64 is fast on each. What a kernel computes
//! does not depend on the way taken: integers, and floats one by one.

/// Runs a kernel with the widest vectors this machine has. The kernel must be small enough, or
/// marked, to be inlined.
#[inline]
pub fn widest<T>(kernel: impl FnOnce() -> T) -> T {
    #[cfg(target_arch = "x86_64")]
    {
        if has_avx512() {
            #[expect(unsafe_code, reason = "the machine has just said that it has AVX-512")]
            return unsafe { with_avx512(kernel) };
        }
        if has_avx2() {
            #[expect(unsafe_code, reason = "the machine has just said that it has AVX2")]
            return unsafe { with_avx2(kernel) };
        }
    }
    kernel()
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    has_avx2()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn with_avx2<T>(kernel: impl FnOnce() -> T) -> T {
    kernel()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
fn with_avx512<T>(kernel: impl FnOnce() -> T) -> T {
    kernel()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::histogram::BucketMap;
    use crate::stats::order_key::{extremes, from_f64};

    /// The same kernel for every width that this machine has, narrowest first.
    fn every_way<T>(kernel: impl Fn() -> T) -> Vec<T> {
        let mut found = vec![kernel()];
        #[cfg(target_arch = "x86_64")]
        {
            if has_avx2() {
                #[expect(unsafe_code, reason = "the machine has just said that it has AVX2")]
                found.push(unsafe { with_avx2(&kernel) });
            }
            if has_avx512() {
                #[expect(unsafe_code, reason = "the machine has just said that it has AVX-512")]
                found.push(unsafe { with_avx512(&kernel) });
            }
        }
        found
    }

    fn any_keys() -> impl Strategy<Value = Vec<u64>> {
        let key = prop_oneof![any::<u64>(), 0u64..100, any::<f64>().prop_map(from_f64)];
        prop::collection::vec(key, 0..300)
    }

    proptest! {
        #[test]
        fn every_width_gives_the_numbers_of_plain_code(
            keys in any_keys(), sample in any_keys(), values in prop::collection::vec(any::<f64>(), 0..300),
        ) {
            let mut sample = sample;
            sample.sort_unstable();
            for map in [BucketMap::cells(&sample), BucketMap::splitters(&sample)] {
                let one_by_one: Vec<usize> = keys.iter().map(|&key| map.bucket(key)).collect();
                let mut together = Vec::new();
                map.assign(&keys, &mut together);
                let together: Vec<usize> = together.into_iter().map(usize::from).collect();
                prop_assert_eq!(&together, &one_by_one);
                for found in every_way(|| {
                    keys.iter().map(|&key| map.bucket(key)).collect::<Vec<usize>>()
                }) {
                    prop_assert_eq!(&found, &one_by_one);
                }
            }
            let ends = keys.iter().min().copied().zip(keys.iter().max().copied());
            prop_assert_eq!(extremes(&keys), ends);
            let ways = every_way(|| values.iter().map(|&value| from_f64(value)).collect::<Vec<u64>>());
            prop_assert!(ways.windows(2).all(|pair| pair[0] == pair[1]));
        }
    }
}
