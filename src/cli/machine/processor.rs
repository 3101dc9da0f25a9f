//! The processor and what it can do.

use super::noted::Noted;
use super::root::Root;
use crate::evidence::capture::Cpu;

/// What processor it is, as `/proc/cpuinfo` tells of the first one.
pub(in crate::cli) fn processor(root: &Root, noted: &mut Noted) -> Cpu {
    let text = root.read("/proc/cpuinfo");
    let value = |names: &[&str]| -> Result<String, String> {
        let text = text.as_ref().map_err(Clone::clone)?;
        let found = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            names.contains(&name.trim()).then(|| value.trim().to_owned())
        });
        let found = found.filter(|value| !value.is_empty());
        found.ok_or_else(|| format!("`/proc/cpuinfo` has no `{}`", names.join("` or `")))
    };
    // ARM names its parts by numbers.
    let model = value(&["model name", "Model"]).or_else(|reason| {
        let part = |name| value(&[name]);
        let number = || Ok(format!("{} {}", part("CPU implementer")?, part("CPU part")?));
        number().map_err(|_: String| reason)
    });
    let features = value(&["flags", "Features"])
        .map(|words| words.split_whitespace().map(str::to_owned).collect());
    let processors = std::thread::available_parallelism()
        .map(|number| number.get() as u64)
        .map_err(|error| format!("the system does not tell: {error}"));
    Cpu {
        model: noted.or_note("cpu.model", model),
        processors: noted.or_note("cpu.processors", processors),
        features: noted.or_note("cpu.features", features),
    }
}
