//! The table of the documents of a corpus: a line for each, then the ratios over all of them against their bounds. It asks
//! processes of their own for the measures, and takes none itself.

use std::fs;
use std::path::Path;

use crate::child::{Ended, ask};
use crate::{PROCESSES, Process, Times, manifest, parsing_process, process};

/// The bounds: the ratio at the median and at the worst, and memory as a multiple of the document's bytes and kilobytes on top.
const BOUNDS: (f64, f64, u64, u64) = (2.0, 3.0, 12, 30 * 1024);

/// The measures of one document.
struct Measured {
    /// The path in the corpus.
    path: String,
    bytes: u64,
    times: Times,
    /// The peak of a process that only goes the way to the first answer, in kilobytes.
    memory: u64,
    /// The quickest process of the real binary; `None` where none could be started.
    alone: Option<Process>,
    /// The time of a process that only reads and parses the file, in milliseconds.
    parsing: f64,
}

/// The ratios over all documents, and the paths of those that took too much memory.
#[derive(Default)]
struct Overall {
    ratios: Vec<f64>,
    worsts: Vec<f64>,
    processes: Vec<f64>,
    heavy: Vec<String>,
}

/// Prints the table of the documents of a corpus whose path holds a text, and that are no smaller than so many bytes.
pub(crate) fn report(folder: &Path, only: &str, over: u64) {
    print_head();
    let mut rows = manifest::manifest(folder);
    rows.sort_by_key(|row| std::cmp::Reverse(row["bytes"].parse::<u64>().unwrap_or(0)));
    let mut overall = Overall::default();
    for row in rows.iter().filter(|row| row["path"].contains(only)) {
        let path = folder.join(&row["path"]);
        let bytes = fs::metadata(&path).map_or(0, |kind| kind.len());
        if bytes < over {
            continue;
        }
        match Measured::of(folder, &row["path"], bytes) {
            Ok(measured) => {
                measured.print();
                overall.add(measured);
            }
            Err(why) => println!("{:<46} {why}", row["path"]),
        }
    }
    overall.print();
}

fn print_head() {
    println!(
        "{:<46} {:>6} {:>6} | {:>7} {:>8} {:>8} {:>6} {:>7} {:>7} | {:>5} {:>5} | {:>5} {:>5} | {:>7} {:>7} {:>5} {:>5}  status",
        "document",
        "kB",
        "ops",
        "parse",
        "document",
        "contract",
        "mock",
        "request",
        "answer",
        "ratio",
        "worst",
        "MB",
        "bound",
        "process",
        "parsing",
        "ratio",
        "MB"
    );
}

impl Measured {
    /// The measures of a document of the corpus, or the reason why it has none.
    fn of(folder: &Path, name: &str, bytes: u64) -> Result<Self, String> {
        let path = &folder.join(name);
        let root = Some(path.parent().unwrap_or(folder));
        let (times, memory) = match (ask::<Times>("--time", path, root), ask::<Times>("--once", path, root)) {
            (Ended::Said(times), Ended::Said(memory)) if times.status != 0 => (times, memory.peak),
            (Ended::Otherwise(how, why), _) | (_, Ended::Otherwise(how, why)) => return Err(format!("{how} {why}")),
            (Ended::Said(_), Ended::Said(_)) => return Err("no operation could be asked".to_owned()),
        };
        let alone = (0..PROCESSES)
            .filter_map(|_| process(path, &times))
            .min_by(|one, other| one.answer.total_cmp(&other.answer));
        let parsing = parsing_process(path);
        Ok(Self { path: name.to_owned(), bytes, times, memory, alone, parsing })
    }

    /// The most memory that the document may take, in kilobytes.
    fn bound(&self) -> u64 {
        self.bytes * BOUNDS.2 / 1024 + BOUNDS.3
    }

    fn ratio(&self) -> f64 {
        self.times.whole() / self.times.parse
    }

    fn worst(&self) -> f64 {
        self.times.slowest / self.times.parse
    }

    fn process_ratio(&self) -> Option<f64> {
        self.alone.as_ref().map(|alone| alone.answer / self.parsing)
    }

    fn print(&self) {
        let (times, alone, ratio, worst) = (&self.times, &self.alone, self.ratio(), self.worst());
        println!(
            "{:<46} {:>6} {:>6} | {:>7.1} {:>8.1} {:>8.1} {:>6.1} {:>7.1} {:>7.1} | {ratio:>5.2} {worst:>5.2} | {:>5} {:>5} | {:>7.0} {:>7.0} {:>5.2} {:>5}  {} {} ({:.0} ms to the first line) {}; slowest {}",
            self.path.trim_start_matches("open/"),
            self.bytes / 1024,
            times.operations,
            times.parse,
            times.document,
            times.contract,
            times.mock,
            times.request,
            times.answer,
            self.memory / 1024,
            self.bound() / 1024,
            alone.as_ref().map_or(0.0, |alone| alone.answer),
            self.parsing,
            self.process_ratio().unwrap_or(0.0),
            alone.as_ref().map_or(0, |alone| alone.peak / 1024),
            times.status,
            alone.as_ref().map_or(0, |alone| alone.status),
            alone.as_ref().map_or(0.0, |alone| alone.line),
            times.asked,
            times.slowest_asked,
        );
    }
}

impl Overall {
    fn add(&mut self, measured: Measured) {
        self.ratios.push(measured.ratio());
        self.worsts.push(measured.worst());
        self.processes.extend(measured.process_ratio());
        if measured.memory > measured.bound() {
            self.heavy.push(measured.path);
        }
    }

    fn print(self) {
        for (what, mut found) in [
            ("first answer over parsing, first operation", self.ratios),
            ("first answer over parsing, slowest of three operations", self.worsts),
            ("process started to loopback answer, over a process that parses", self.processes),
        ] {
            found.sort_by(f64::total_cmp);
            if let (Some(median), Some(worst)) = (found.get(found.len() / 2), found.last()) {
                println!(
                    "{what}: median {median:.2} (bound {}), worst {worst:.2} (bound {}), over {} documents",
                    BOUNDS.0,
                    BOUNDS.1,
                    found.len()
                );
            }
        }
        println!("over the memory bound: {} {:?}", self.heavy.len(), self.heavy);
    }
}
