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
    let limits = if unified(root) {
        each_level(root, "", &["cpu.max"])?
    } else {
        each_level(root, "cpu", &["cpu.cfs_quota_us", "cpu.cfs_period_us"])?
    };
    let mut lowest: Option<f64> = None;
    for text in limits {
        let mut words = text.split_whitespace();
        let [quota, period] = [words.next(), words.next()].map(Option::unwrap_or_default);
        if let Some(limit) = ratio(quota, period)? {
            lowest = Some(lowest.map_or(limit, |lowest| lowest.min(limit)));
        }
    }
    Ok(lowest.map_or_else(|| UNLIMITED.to_owned(), |limit| limit.to_string()))
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
    let limits = if unified(root) {
        each_level(root, "", &["memory.max"])?
    } else {
        each_level(root, "memory", &["memory.limit_in_bytes"])?
    };
    let mut lowest: Option<u64> = None;
    for text in limits {
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

/// Whether all controllers have one tree of groups (version 2), or each its own.
fn unified(root: &Root) -> bool {
    root.has("/sys/fs/cgroup/cgroup.controllers")
}

/// Files of the process's control group and of each group above it, those of one group joined. The
/// root group may have none, nor has a group that the controller is not enabled for. A container
/// sees its own group as the root of the tree, with the files.
fn each_level(root: &Root, controller: &str, names: &[&str]) -> Result<Vec<String>, String> {
    let groups = root.read("/proc/self/cgroup")?;
    let group = groups.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, group) = (parts.next()?, parts.next()?);
        controllers.split(',').any(|one| one == controller).then_some(group)
    });
    let tree = format!("/sys/fs/cgroup/{controller}");
    let tree = tree.trim_end_matches('/');
    let mut path = group.unwrap_or("/").trim_end_matches('/').to_owned();
    if path.contains("..") || !root.has(&format!("{tree}{path}")) {
        // Version 1 names the group as the host sees it, which within a container is the root.
        if controller.is_empty() || !root.has(tree) {
            return Err("the process's control group cannot be seen from here".to_owned());
        }
        path.clear();
    }
    let mut found = Vec::new();
    loop {
        let files: Vec<String> = names.iter().map(|name| format!("{tree}{path}/{name}")).collect();
        if files.iter().all(|file| root.has(file)) {
            let texts: Result<Vec<String>, String> =
                files.iter().map(|file| root.read(file)).collect();
            found.push(texts?.join(" "));
        }
        let Some((above, _)) = path.rsplit_once('/') else { return Ok(found) };
        path = above.to_owned();
    }
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
