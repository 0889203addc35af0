//! Where and when the figures were measured.

use std::{env, fs, process::Command, thread};

use time::Date;

/// Processor, compiler and date in one line.
pub(crate) fn setting(date: Date) -> String {
    format!("{}, {}, {date}", processor(), compiler())
}

/// The processor's name, where Linux tells, and how many of its cores there are.
fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |key| info.lines().find_map(|line| Some(line.strip_prefix(key)?.split_once(": ")?.1));
    let name = value("model name").unwrap_or(env::consts::ARCH);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let has = |flag| value("flags").is_some_and(|flags| flags.split(' ').any(|found| found == flag));
    let vectors = match () {
        () if has("avx512f") => " with AVX-512",
        () if has("avx2") => " with AVX2",
        () => "",
    };
    let noun = if cores == 1 { "core" } else { "cores" };
    format!("{name}{vectors}, {cores} {noun}")
}

/// Such as `rustc 1.95.0`.
fn compiler() -> String {
    let output = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    match text.split(' ').nth(1) {
        Some(version) => format!("rustc {version}"),
        None => "rustc of unknown version".to_owned(),
    }
}
