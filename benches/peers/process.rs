//! A server in a process of its own, with what it used: processor time, memory, and instructions where valgrind counts them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A server that runs until this is dropped.
pub(crate) struct Server {
    child: Child,
    /// The port that it listens on.
    pub(crate) port: u16,
    counted: Option<PathBuf>,
}

impl Server {
    /// Starts a server: `what` with a document, or with the answer that it gives.
    pub(crate) fn start(what: &str, threads: usize, file: &Path) -> Self {
        let program = std::env::current_exe().expect("this program has a path");
        Self::of(Command::new(program), what, threads, file, None)
    }

    /// Starts one whose instructions valgrind counts.
    pub(crate) fn counted(what: &str, file: &Path, folder: &Path) -> Self {
        let counts = folder.join("instructions");
        let program = std::env::current_exe().expect("this program has a path");
        let mut command = Command::new("valgrind");
        command.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
        command.arg(format!("--log-file={}", counts.display())).arg(program);
        Self::of(command, what, 1, file, Some(counts))
    }

    fn of(mut command: Command, what: &str, threads: usize, file: &Path, counted: Option<PathBuf>) -> Self {
        let mut child = command
            .args(["--serve", what, &threads.to_string()])
            .arg(file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("this program can be started");
        let mut said = String::new();
        let out = child.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut said).expect("it says its port");
        Self { child, port: said.trim().parse().expect("a port"), counted }
    }

    /// The processor time so far, in seconds, user and system.
    pub(crate) fn seconds(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let after = stat.rsplit(')').next().unwrap_or_default();
        let ticks = |index: usize| after.split_whitespace().nth(index).and_then(|text| text.parse::<f64>().ok());
        // Fields 14 and 15 of proc(5), in hundredths of a second.
        (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / 100.0
    }

    /// The memory that it has now, in kilobytes.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(0)
    }

    /// Ends it, and gives the instructions that it took, where they were counted.
    pub(crate) fn end(mut self) -> Option<u64> {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
        let told = fs::read_to_string(self.counted.as_ref()?).ok()?;
        let line = told
            .lines()
            .find(|line| line.contains("I refs:") || line.contains("I   refs:") || line.contains("refs:"))?;
        line.rsplit(':').next()?.trim().replace(',', "").parse().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
