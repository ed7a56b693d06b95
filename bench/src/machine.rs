//! What it was measured on.

fn line_of(file: &str, start: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(start))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Cores, processor, memory and system, as far as the system tells.
pub fn described() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let processor = line_of("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = line_of("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split(' ').next()?.parse::<u64>().ok())
        .map(|kilobytes| format!(", {} GB", (kilobytes + 524_288) >> 20))
        .unwrap_or_default();
    let load = std::fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(|text| Some(format!(", load {} at the end", text.split(' ').next()?)))
        .unwrap_or_default();
    format!("{cores} cores ({processor}){memory}, {}{load}", std::env::consts::OS)
}
