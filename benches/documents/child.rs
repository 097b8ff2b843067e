//! A measurement in a process of its own: a panic, a hang or a peak of memory is seen and counted, and ends nothing else.
//! The program that measures starts itself again; what it finds is one line of JSON on its standard output.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest time that one document may take before it counts as a hang.
const HANG: Duration = Duration::from_secs(60);

/// The end of a child: with findings or otherwise.
pub(crate) enum Ended<T> {
    /// With what it found.
    Said(T),
    /// In another way: `PANIC` or `HANG`, and the beginning of what it complained of.
    Otherwise(&'static str, String),
}

/// Starts this program again and hears what it says.
pub(crate) fn ask<T: DeserializeOwned>(how: &str, path: &Path, root: Option<&Path>) -> Ended<T> {
    let program = std::env::current_exe().expect("this program has a path");
    let start = Instant::now();
    let mut child = Command::new(program)
        .arg(how)
        .arg(path)
        .args(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this program can be started");
    let mut pipe = child.stdout.take().expect("it is piped");
    let mut errors = child.stderr.take().expect("it is piped");
    let output = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = pipe.read_to_string(&mut text);
        text
    });
    let complaints = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = errors.read_to_string(&mut text);
        text
    });
    let status = loop {
        match child.try_wait().expect("it can be waited for") {
            Some(status) => break Some(status),
            None if start.elapsed() > HANG => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let text = output.join().expect("the reader does not panic");
    let complaint = complaints.join().expect("the reader does not panic");
    let complaint = complaint.lines().take(2).collect::<Vec<_>>().join(" ");
    match status {
        None => Ended::Otherwise("HANG", complaint),
        Some(status) if status.success() => match serde_json::from_str(&text) {
            Ok(said) => Ended::Said(said),
            Err(_) => Ended::Otherwise("PANIC", complaint),
        },
        Some(_) => Ended::Otherwise("PANIC", complaint),
    }
}

/// Says what was found.
pub(crate) fn say<T: Serialize>(said: &T) {
    println!("{}", serde_json::to_string(said).expect("it is plain data"));
}

/// The most memory that a process had, in kilobytes: `self` or a number; 0 where the system does not say.
pub(crate) fn peak(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(0)
}
