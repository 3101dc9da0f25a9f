//! What the process may use: control groups and `ulimit`s.

use std::collections::BTreeMap;

use super::noted::Noted;
use super::root::Root;

/// Limits by name; `unlimited` where there is none.
pub(in crate::cli) fn limits(root: &Root, noted: &mut Noted) -> BTreeMap<String, String> {
    let mut limits = BTreeMap::new();
    let mut put = |name: &str, found: Result<String, String>, noted: &mut Noted| {
        if let Some(value) = noted.or_note(&format!("limits.{name}"), found) {
            limits.insert(name.to_owned(), value);
        }
    };
    put("cpus", cpus(root), noted);
    put("memory_bytes", memory(root), noted);
    let table = root.read("/proc/self/limits");
    for (name, words) in ULIMITS {
        let soft = table.as_ref().map_err(Clone::clone).and_then(|table| {
            let line = table.lines().find_map(|line| line.strip_prefix(words));
            let soft = line.and_then(|line| line.split_whitespace().next()).map(str::to_owned);
            soft.ok_or_else(|| format!("`/proc/self/limits` has no `{words}`"))
        });
        put(name, soft, noted);
    }
    limits
}

/// Processors that the control group allows, as a decimal: quota divided by period.
fn cpus(root: &Root) -> Result<String, String> {
    if unified(root) {
        let limits = each_level(root, "cpu.max")?.into_iter().map(|text| {
            let mut words = text.split_whitespace();
            ratio(words.next().unwrap_or_default(), words.next().unwrap_or_default())
        });
        return tightest(limits);
    }
    let read = |name: &str| root.read(&format!("/sys/fs/cgroup/cpu/{name}"));
    match (read("cpu.cfs_quota_us"), read("cpu.cfs_period_us")) {
        (Ok(quota), Ok(period)) => tightest([ratio(quota.trim(), period.trim())]),
        (Err(reason), _) | (_, Err(reason)) => Err(reason),
    }
}

fn ratio(quota: &str, period: &str) -> Result<Option<f64>, String> {
    if quota == "max" || quota.starts_with('-') {
        return Ok(None);
    }
    match (quota.parse::<u32>(), period.parse::<u32>()) {
        (Ok(quota), Ok(period)) if period > 0 => Ok(Some(f64::from(quota) / f64::from(period))),
        _ => Err("the control group's limit of processors is no number".to_owned()),
    }
}

/// Bytes of memory that the control group allows.
fn memory(root: &Root) -> Result<String, String> {
    let texts = if unified(root) {
        each_level(root, "memory.max")?
    } else {
        vec![root.read("/sys/fs/cgroup/memory/memory.limit_in_bytes")?]
    };
    let mut lowest: Option<u64> = None;
    for text in texts {
        if text.trim() == "max" {
            continue;
        }
        let bytes = text.trim().parse::<u64>();
        let bytes = bytes.map_err(|_| "the control group's limit of memory is no number")?;
        // Version 1 writes the largest multiple of a page for none.
        if bytes < NO_LIMIT_V1 {
            lowest = Some(lowest.map_or(bytes, |lowest| lowest.min(bytes)));
        }
    }
    Ok(lowest.map_or_else(|| UNLIMITED.to_owned(), |bytes| bytes.to_string()))
}

fn unified(root: &Root) -> bool {
    root.has("/sys/fs/cgroup/cgroup.controllers")
}

/// A file of the process's control group and of each group above it; the root group has none. A
/// container sees its own group as the root, with the file.
fn each_level(root: &Root, name: &str) -> Result<Vec<String>, String> {
    let groups = root.read("/proc/self/cgroup")?;
    let group = groups.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or("/");
    let mut path = group.trim_end_matches('/').to_owned();
    let mut texts = Vec::new();
    loop {
        let file = format!("/sys/fs/cgroup{path}/{name}");
        if !path.contains("..") && root.has(&file) {
            texts.push(root.read(&file)?);
        }
        let Some((above, _)) = path.rsplit_once('/') else { return Ok(texts) };
        path = above.to_owned();
    }
}

fn tightest(
    limits: impl IntoIterator<Item = Result<Option<f64>, String>>,
) -> Result<String, String> {
    let mut lowest: Option<f64> = None;
    for limit in limits {
        if let Some(limit) = limit? {
            lowest = Some(lowest.map_or(limit, |lowest| lowest.min(limit)));
        }
    }
    Ok(lowest.map_or_else(|| UNLIMITED.to_owned(), |limit| limit.to_string()))
}

const UNLIMITED: &str = "unlimited";
const NO_LIMIT_V1: u64 = 1 << 62;

/// Names in the capture, and words of `/proc/self/limits`.
const ULIMITS: [(&str, &str); 6] = [
    ("open_files", "Max open files"),
    ("processes", "Max processes"),
    ("locked_memory_bytes", "Max locked memory"),
    ("address_space_bytes", "Max address space"),
    ("stack_bytes", "Max stack size"),
    ("file_bytes", "Max file size"),
];
