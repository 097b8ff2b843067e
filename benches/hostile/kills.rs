//! Runner and mock killed at any moment (SIGKILL) while one tests the other: whether a report that is found afterwards is
//! whole and true. `cargo bench --bench hostile -- kills 100` kills each so many times. Nothing here is a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::{Mock, program};

/// The contract of the runs: it is tested in a second or two.
const CONTRACT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/spec/invites.yaml");

/// The numbers of reports that were found after kills, by kind.
#[derive(Debug, Default)]
struct Found {
    none: usize,
    /// A whole report of a run that was over before it could be killed.
    whole: usize,
    /// Of the killed runs that had a report from before: it is still that one.
    earlier: usize,
    /// A run that ended by itself and said that its target is gone, or that too little was tested.
    told: usize,
    wrong: Vec<String>,
}

/// Kills each of them so many times, and prints what was found.
pub(crate) fn report(times: u32) {
    let folder = std::env::temp_dir().join(format!("etalon-kills-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let took = undisturbed(&folder);
    println!("a run that nobody kills takes {:.2} s", took.as_secs_f64());
    for (name, kill) in [("the runner", runner as fn(&Path, u32, Duration, &mut Found)), ("the mock", mock)] {
        let mut found = Found::default();
        for number in 0..times {
            // Spread over the run, and a little beyond it.
            let after = took.mul_f64(1.1 * f64::from(number) / f64::from(times.max(1)));
            kill(&folder, number, after, &mut found);
        }
        println!(
            "{name} killed {times} times: no report {}, a whole one {}, the one from before {}, said to be cut {}, wrong {}",
            found.none,
            found.whole,
            found.earlier,
            found.told,
            found.wrong.len()
        );
        found.wrong.iter().for_each(|wrong| println!("  WRONG {wrong}"));
    }
    // What is left behind there is the system's to clear.
    let _ = fs::remove_dir_all(&folder);
}

/// The time that a run takes which nobody kills.
fn undisturbed(folder: &Path) -> Duration {
    let mock = Mock::of(CONTRACT);
    let began = Instant::now();
    let status = test(mock.port, &reports(folder)).wait().expect("it runs");
    assert!(status.success(), "the mock keeps its contract: {status}");
    began.elapsed()
}

fn reports(folder: &Path) -> [(&'static str, PathBuf); 3] {
    ["json", "junit", "sarif"].map(|format| (format, folder.join(format!("report.{format}"))))
}

fn test(port: u16, reports: &[(&str, PathBuf)]) -> Child {
    let mut command = Command::new(program());
    // What the mock issues where nobody names credentials.
    command.args(["test", CONTRACT, "--auth", "BearerAuth=etalon", "--url", &format!("http://127.0.0.1:{port}")]);
    for (format, file) in reports {
        command.arg("--report").arg(format!("{format}={}", file.display()));
    }
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
}

fn runner(folder: &Path, number: u32, after: Duration, found: &mut Found) {
    let reports = reports(folder);
    let has_earlier = number % 2 == 1;
    for (_, file) in &reports {
        if has_earlier {
            fs::write(file, EARLIER).expect("a file");
        } else {
            // It may not be there.
            let _ = fs::remove_file(file);
        }
    }
    let mock = Mock::of(CONTRACT);
    let mut child = test(mock.port, &reports);
    sleep(after);
    // It may have ended by itself.
    let _ = child.kill();
    let status = child.wait().expect("it ends");
    for (format, file) in &reports {
        match fs::read_to_string(file) {
            Err(_) => found.none += 1,
            Ok(text) if text == EARLIER && has_earlier => found.earlier += 1,
            Ok(text) => match whole(format, &text) {
                Ok(()) => found.whole += 1,
                Err(why) => found.wrong.push(format!("{format} after {after:?}, {status}: {why}")),
            },
        }
    }
}

/// The text in the place of a report, from a run before.
const EARLIER: &str = "a report from before";

fn mock(folder: &Path, _: u32, after: Duration, found: &mut Found) {
    let reports = reports(folder);
    for (_, file) in &reports {
        // It may not be there.
        let _ = fs::remove_file(file);
    }
    let mut mock = Mock::of(CONTRACT);
    let mut child = test(mock.port, &reports);
    sleep(after);
    mock.kill();
    let status = child.wait().expect("it ends");
    let text = fs::read_to_string(&reports[0].1).unwrap_or_default();
    let report: Value = serde_json::from_str(&text).unwrap_or_default();
    let violated = report["totals"]["violated"].as_u64();
    match (status.code(), violated) {
        (Some(0), Some(0)) if after.is_zero() => found.wrong.push("it conforms, and its target never lived".to_owned()),
        // It was over before the target died.
        (Some(0), Some(0)) => found.whole += 1,
        (Some(2 | 3), Some(0)) => found.told += 1,
        // Killed before it was reached: nothing was tested, and nothing is reported.
        (Some(3), None) => found.none += 1,
        (code, violated) => found.wrong.push(format!("killed after {after:?}: code {code:?}, violated {violated:?}")),
    }
}

/// Checks that a report is whole, as far as its form tells; the defect of one that is not.
fn whole(format: &str, text: &str) -> Result<(), String> {
    match format {
        "junit" if text.trim_end().ends_with("</testsuites>") => Ok(()),
        "junit" => Err(format!("it ends in {:?}", &text[text.len().saturating_sub(40)..])),
        _ => serde_json::from_str::<Value>(text).map(drop).map_err(|error| error.to_string()),
    }
}
