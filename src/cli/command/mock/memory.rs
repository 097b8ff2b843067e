//! Sizes of memory: as flags say them, and the share of the machine's that a mock takes where none does.

use std::fs;

use etalon_contract::behaviour::MAX_WEIGHT;

/// The part of the machine's memory that is taken: what else a process needs, and estimates that are too low, stay within it.
const SHARE: usize = 4;

/// Reads a size: bytes, or thousands of 1,024 bytes with `K`, `M` or `G`.
///
/// # Errors
/// The way in which sizes are written.
pub fn parse(text: &str) -> Result<usize, String> {
    let units = [('K', 10), ('M', 20), ('G', 30)];
    let found = units
        .iter()
        .find_map(|(unit, shift)| Some((text.strip_suffix([*unit, unit.to_ascii_lowercase()])?, 1_usize << shift)));
    let (digits, unit) = found.unwrap_or((text, 1));
    let size = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(unit)).filter(|size| *size > 0);
    size.ok_or_else(|| "a size is written as 500M, 2G, or a number of bytes".to_owned())
}

/// A share of the memory of the machine or, where that is less, of the control group that the process is in.
#[must_use]
pub fn share() -> usize {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|told| total(&told));
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let limits = limits.iter().filter_map(|path| fs::read_to_string(path).ok()?.trim().parse::<usize>().ok());
    machine.into_iter().chain(limits).min().map_or(MAX_WEIGHT, |all| all / SHARE)
}

/// The memory of a machine, as `/proc/meminfo` tells it.
fn total(told: &str) -> Option<usize> {
    let line = told.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix(" kB")?.parse::<usize>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_a_share_is_taken() {
        assert_eq!(parse("1024"), Ok(1024));
        assert_eq!((parse("500M"), parse("2g")), (Ok(500 << 20), Ok(2 << 30)));
        assert!(["", "0", "M", "1.5G", "-1", "99999999999999999999G"].iter().all(|text| parse(text).is_err()));
        assert_eq!(total("MemTotal:       24683652 kB\nMemFree: 1 kB\n"), Some(24_683_652 * 1024));
        assert!(share() > 0);
    }
}
