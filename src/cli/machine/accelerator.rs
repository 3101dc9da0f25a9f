//! An accelerator of NVIDIA: its driver, the toolkit, the devices.

use std::collections::BTreeMap;

use super::noted::Noted;
use super::root::Root;
use crate::evidence::capture::Gpu;

/// The accelerator; `None` where neither a driver is loaded nor a toolkit installed.
pub(in crate::cli) fn accelerator(root: &Root, noted: &mut Noted) -> Option<Gpu> {
    let loaded = root.has("/proc/driver/nvidia/version");
    let installed = TOOLKITS.iter().find(|path| root.has(path));
    if !loaded && installed.is_none() {
        return None;
    }
    let driver = loaded.then(|| {
        let text = root.read("/proc/driver/nvidia/version")?;
        driver_of(&text).ok_or_else(|| "`/proc/driver/nvidia/version` names no version".to_owned())
    });
    let cuda = installed.map(|path| {
        let text = root.read(path)?;
        cuda_of(&text).ok_or_else(|| format!("`{path}` names no version"))
    });
    let mut devices = BTreeMap::new();
    for name in root.names("/proc/driver/nvidia/gpus") {
        let text = root.read(&format!("/proc/driver/nvidia/gpus/{name}/information"));
        let model = text.and_then(|text| {
            let model = text.lines().find_map(|line| line.strip_prefix("Model:"));
            model.map(|model| model.trim().to_owned()).ok_or_else(|| "it names no model".to_owned())
        });
        if let Some(model) = noted.or_note("gpu.devices", model) {
            *devices.entry(model).or_insert(0) += 1;
        }
    }
    Some(Gpu {
        driver: driver.and_then(|found| noted.or_note("gpu.driver", found)),
        cuda: cuda.and_then(|found| noted.or_note("gpu.cuda", found)),
        devices,
    })
}

/// `NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar …`
fn driver_of(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with("NVRM version:"))?;
    let numbered =
        |word: &&str| word.contains('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    line.split_whitespace().find(numbered).map(str::to_owned)
}

/// `{"cuda": {"name": "CUDA SDK", "version": "12.4.1"}, …}`, or `CUDA Version 10.2.89` of old ones.
fn cuda_of(text: &str) -> Option<String> {
    if let Some(version) = text.trim().strip_prefix("CUDA Version ") {
        return Some(version.to_owned());
    }
    let document: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(document.get("cuda")?.get("version")?.as_str()?.to_owned())
}

/// Where the toolkit says its version.
const TOOLKITS: [&str; 2] = ["/usr/local/cuda/version.json", "/usr/local/cuda/version.txt"];
