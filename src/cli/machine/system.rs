//! The operating system, its kernel and its C library.

use std::time::Duration;

use super::noted::Noted;
use super::program::run;
use super::root::Root;
use crate::evidence::capture::System;

/// What system it is.
pub(in crate::cli) fn system(root: &Root, noted: &mut Noted) -> System {
    let release = root.read("/etc/os-release").or_else(|_| root.read("/usr/lib/os-release"));
    let release = release.map_err(|_| "`/etc/os-release` cannot be read".to_owned());
    let os = release.as_ref().map_err(Clone::clone).and_then(|text| {
        value_of(text, "ID").ok_or_else(|| "`/etc/os-release` has no `ID`".to_owned())
    });
    System {
        os: noted.or_note("system.os", os),
        // Distributions that roll on have none.
        version: release.ok().and_then(|text| value_of(&text, "VERSION_ID")),
        kernel: noted.or_note("system.kernel", kernel(root)),
        libc: noted.or_note("system.libc", libc(root)),
        architecture: std::env::consts::ARCH.to_owned(),
    }
}

/// A value of a file of `NAME=value` lines (`os-release(5)`).
fn value_of(text: &str, name: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
    let value = value.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}

fn kernel(root: &Root) -> Result<String, String> {
    let release = root.read("/proc/sys/kernel/osrelease").or_else(|reason| {
        if !root.is_this_machine() {
            return Err(reason);
        }
        let said = run("uname", &["-r"], PATIENCE)?;
        Ok(String::from_utf8_lossy(&said.out).into_owned())
    })?;
    let release = release.trim();
    if release.is_empty() {
        Err("the kernel names no release".to_owned())
    } else {
        Ok(release.to_owned())
    }
}

/// What `ldd` of the C library says of itself: glibc on standard output, musl on standard error.
fn libc(root: &Root) -> Result<String, String> {
    if !root.is_this_machine() {
        return Err("only this machine's `ldd` can be asked".to_owned());
    }
    let said = run("ldd", &["--version"], PATIENCE)?;
    let text = String::from_utf8_lossy(&said.out) + String::from_utf8_lossy(&said.err);
    libc_of(&text).ok_or_else(|| "`ldd --version` names neither glibc nor musl".to_owned())
}

pub(super) fn libc_of(said: &str) -> Option<String> {
    let mut lines = said.lines();
    let first = lines.next()?;
    let number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    if first.starts_with("musl") {
        let version = lines.find_map(|line| line.strip_prefix("Version "))?;
        return Some(format!("musl {}", version.trim()));
    }
    let glibc = first.contains("GNU libc") || first.contains("GLIBC") || first.contains("GNU C");
    let version = first.split_whitespace().next_back().filter(number)?;
    glibc.then(|| format!("glibc {version}"))
}

const PATIENCE: Duration = Duration::from_secs(5);
