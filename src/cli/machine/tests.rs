//! The collector shown other machines.

use std::fs;
use std::path::Path;

use super::*;
use crate::evidence::capture::Cpu;

fn machine(files: &[(&str, &str)]) -> (tempfile::TempDir, Root) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let place = folder.path().join(path.trim_start_matches('/'));
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }
    let root = Root::at(folder.path());
    (folder, root)
}

#[test]
fn a_machine_that_shows_nothing_is_unknown_and_not_empty() {
    let (_folder, root) = machine(&[]);
    let mut noted = Noted::default();
    let found = system(&root, &mut noted);
    assert_eq!((found.os, found.kernel, found.libc), (None, None, None));
    let Cpu { model, features, .. } = processor(&root, &mut noted);
    assert_eq!((model, features), (None, None));
    assert!(limits(&root, &mut noted).is_empty());
    assert_eq!(accelerator(&root, &mut noted), None, "no driver is known to be none");
    let noted: Vec<String> = noted.into_map().into_keys().collect();
    assert_eq!(
        noted,
        [
            "cpu.features",
            "cpu.model",
            "limits.address_space_bytes",
            "limits.cpus",
            "limits.file_bytes",
            "limits.locked_memory_bytes",
            "limits.memory_bytes",
            "limits.open_files",
            "limits.processes",
            "limits.stack_bytes",
            "system.kernel",
            "system.libc",
            "system.os",
        ]
    );
}

#[test]
fn system_and_processor_are_read_from_what_the_kernel_shows() {
    let (_folder, root) = machine(&[
        ("/etc/os-release", "NAME=\"Debian\"\nID=debian\nVERSION_ID=\"12\"\n"),
        ("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n"),
        (
            "/proc/cpuinfo",
            "processor\t: 0\nmodel name\t: AMD EPYC\nflags\t\t: fpu avx2 fma\n\n\
             processor\t: 1\nmodel name\t: other\n",
        ),
    ]);
    let mut noted = Noted::default();
    let found = system(&root, &mut noted);
    assert_eq!(found.os.as_deref(), Some("debian"));
    assert_eq!(found.version.as_deref(), Some("12"));
    assert_eq!(found.kernel.as_deref(), Some("6.1.0-18-amd64"));
    let cpu = processor(&root, &mut noted);
    assert_eq!(cpu.model.as_deref(), Some("AMD EPYC"));
    let features: Vec<String> = cpu.features.unwrap().into_iter().collect();
    assert_eq!(features, ["avx2", "fma", "fpu"]);
    let (_folder, arm) = machine(&[(
        "/proc/cpuinfo",
        "processor : 0\nFeatures : fp asimd\nCPU implementer : 0x41\nCPU part : 0xd0c\n",
    )]);
    assert_eq!(processor(&arm, &mut noted).model.as_deref(), Some("0x41 0xd0c"));
}

#[test]
fn the_c_library_is_known_by_what_its_ldd_says() {
    let glibc = "ldd (Debian GLIBC 2.36-9+deb12u4) 2.36\nCopyright (C) 2022\n";
    assert_eq!(super::system::libc_of(glibc).as_deref(), Some("glibc 2.36"));
    let fedora = "ldd (GNU libc) 2.39\n";
    assert_eq!(super::system::libc_of(fedora).as_deref(), Some("glibc 2.39"));
    let musl = "musl libc (x86_64)\nVersion 1.2.4\nDynamic Program Loader\n";
    assert_eq!(super::system::libc_of(musl).as_deref(), Some("musl 1.2.4"));
    assert_eq!(super::system::libc_of("command not found"), None);
    assert_eq!(super::system::libc_of(""), None);
}

#[test]
fn the_tightest_limit_of_all_control_groups_counts() {
    let table = "Limit                     Soft Limit           Hard Limit           Units     \n\
                 Max file size             unlimited            unlimited            bytes     \n\
                 Max open files            1024                 524288               files     \n\
                 Max processes             7                    7                    processes \n\
                 Max locked memory         8388608              8388608              bytes     \n\
                 Max address space         unlimited            unlimited            bytes     \n\
                 Max stack size            8388608              unlimited            bytes     \n";
    let (_folder, root) = machine(&[
        ("/proc/self/limits", table),
        ("/proc/self/cgroup", "0::/pod/main\n"),
        ("/sys/fs/cgroup/cgroup.controllers", "cpu memory\n"),
        ("/sys/fs/cgroup/pod/main/cpu.max", "max 100000\n"),
        ("/sys/fs/cgroup/pod/cpu.max", "150000 100000\n"),
        ("/sys/fs/cgroup/pod/main/memory.max", "2147483648\n"),
        ("/sys/fs/cgroup/pod/memory.max", "4294967296\n"),
    ]);
    let mut noted = Noted::default();
    let found = limits(&root, &mut noted);
    assert_eq!(found["cpus"], "1.5");
    assert_eq!(found["memory_bytes"], "2147483648");
    assert_eq!((found["open_files"].as_str(), found["file_bytes"].as_str()), ("1024", "unlimited"));
    assert!(noted.into_map().is_empty());

    let (_folder, old) = machine(&[
        ("/proc/self/cgroup", "9:cpu,cpuacct:/docker/x\n4:memory:/app/model\n0::/\n"),
        ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"),
        ("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
        ("/sys/fs/cgroup/memory/app/memory.limit_in_bytes", "1073741824\n"),
        ("/sys/fs/cgroup/memory/app/model/memory.limit_in_bytes", "9223372036854771712\n"),
    ]);
    let mut noted = Noted::default();
    let found = limits(&old, &mut noted);
    assert_eq!(found["cpus"], "unlimited");
    assert_eq!(found["memory_bytes"], "1073741824");

    let (_folder, hidden) = machine(&[
        ("/proc/self/cgroup", "0::/../other\n"),
        ("/sys/fs/cgroup/cgroup.controllers", ""),
    ]);
    let mut noted = Noted::default();
    assert!(limits(&hidden, &mut noted).is_empty(), "what is not seen is not unlimited");

    let (_folder, odd) = machine(&[
        ("/proc/self/cgroup", "0::/\n"),
        ("/sys/fs/cgroup/cgroup.controllers", ""),
        ("/sys/fs/cgroup/cpu.max", "many 0\n"),
        ("/sys/fs/cgroup/memory.max", "-5\n"),
    ]);
    let mut noted = Noted::default();
    limits(&odd, &mut noted);
    let noted = noted.into_map();
    assert!(noted.contains_key("limits.cpus") && noted.contains_key("limits.memory_bytes"));
}

#[test]
fn an_accelerator_is_read_from_its_driver_and_toolkit() {
    let (_folder, root) = machine(&[
        (
            "/proc/driver/nvidia/version",
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024\n\
             GCC version: 12.2.0\n",
        ),
        ("/proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA A100\nIRQ: 1\n"),
        ("/proc/driver/nvidia/gpus/0000:02:00.0/information", "Model: \t\t NVIDIA A100\n"),
        ("/usr/local/cuda/version.json", r#"{"cuda": {"name": "CUDA SDK", "version": "12.4.1"}}"#),
    ]);
    let mut noted = Noted::default();
    let gpu = accelerator(&root, &mut noted).unwrap();
    assert_eq!(gpu.driver.as_deref(), Some("550.54.15"));
    assert_eq!(gpu.cuda.as_deref(), Some("12.4.1"));
    assert_eq!(gpu.devices["NVIDIA A100"], 2);
    let (_folder, damaged) = machine(&[("/proc/driver/nvidia/version", "?")]);
    assert_eq!(accelerator(&damaged, &mut noted).unwrap().driver, None);
    assert!(noted.into_map().contains_key("gpu.driver"));
}

#[test]
fn an_interpreter_is_asked_once_and_what_is_none_is_told() {
    let found = python(Path::new("python3")).unwrap();
    assert!(found.version.starts_with("3."), "{found:?}");
    let error = python(Path::new("/no/such/python")).unwrap_err();
    assert!(error.starts_with("`/no/such/python` cannot be run"), "{error}");
    let error = python(Path::new("true")).unwrap_err();
    assert!(error.contains("no list of packages"), "{error}");
    assert!(python(Path::new("false")).unwrap_err().starts_with("`false` failed"));
}
