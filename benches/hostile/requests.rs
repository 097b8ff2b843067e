//! What requests made to do harm take: time and peak memory of the mock for each, in a process of its own, so that a hang,
//! a panic or a peak is seen and counted. The bounds are 64 MB above an idle mock that holds the same bytes, and 2 seconds.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use etalon::server::{Answer, Credentials, Mock};
use etalon_contract::codec::Request;
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;
use serde_json::json;

#[path = "../../tests/hostile_bodies.rs"]
mod bodies;

/// Sends each of them to a mock of its own, and prints what it took.
pub(crate) fn report() {
    let program = std::env::current_exe().expect("it runs");
    println!("{:<52} {:>8} {:>10} {:>10}  status", "made to do harm", "bytes", "ms", "peak MB");
    let (mut worst, mut failed) = ((0.0f64, 0.0f64), 0);
    for hostile in &bodies::all() {
        let (path, content_type) = (hostile.target.as_str(), hostile.content_type.unwrap_or("none"));
        let mut child =
            Command::new(&program).arg("--one").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
        // A length for each part, so that the child holds nothing but this request.
        let mut input = child.stdin.take().expect("it is piped");
        let head = format!("{} {} {}\n", path.len(), content_type.len(), hostile.body.len());
        for bytes in [head.as_bytes(), path.as_bytes(), content_type.as_bytes(), &hostile.body] {
            // A child that died says so by its status.
            let _ = input.write_all(bytes);
        }
        drop(input);
        let child = child.wait_with_output().expect("it runs");
        let text = String::from_utf8_lossy(&child.stdout).into_owned();
        let figures: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [milliseconds, megabytes, status] = figures[..] else {
            failed += 1;
            println!("{:<52} {:>8} died: {}", hostile.name, hostile.body.len(), child.status);
            continue;
        };
        worst = (worst.0.max(milliseconds), worst.1.max(megabytes));
        let wrong = status != f64::from(hostile.status) || megabytes > 64.0 || milliseconds > 2_000.0;
        failed += usize::from(wrong);
        let mark = if wrong { "  WRONG" } else { "" };
        let bytes = hostile.body.len().max(hostile.target.len());
        println!("{:<52} {bytes:>8} {milliseconds:>10.1} {megabytes:>10.1}  {status}{mark}", hostile.name);
    }
    println!("\nworst: {:.0} ms, {:.1} MB; {failed} out of bounds", worst.0, worst.1);
}

/// Peak memory of this process so far, in kilobytes; 0 where the system does not tell.
fn peak() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0.0)
}

/// Answers one of them, in the process that is measured.
pub(crate) fn one() {
    let root = json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": bodies::paths()});
    let text = root.to_string();
    let source = Source { name: "hostile.json", bytes: text.as_bytes() };
    let document = Document::load(source, &[], &NoFiles).expect("it is a document");
    let mock = Mock::new([Arc::new(Contract::new(document))], Credentials::default(), 7);
    let mut input = BufReader::new(std::io::stdin());
    let mut head = String::new();
    input.read_line(&mut head).expect("it has a head");
    let mut part = |length: usize| {
        let mut bytes = vec![0; length];
        input.read_exact(&mut bytes).expect("it is as long as it says");
        bytes
    };
    let lengths: Vec<usize> = head.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let target = String::from_utf8(part(lengths[0])).expect("it is text");
    let content_type = String::from_utf8(part(lengths[1])).expect("it is text");
    let mut request = Request { target, body: part(lengths[2]), ..Request::default() };
    request.method = if content_type == "none" { "GET".to_owned() } else { "POST".to_owned() };
    if content_type != "none" {
        request.headers.add("Content-Type", content_type);
    }
    // What is counted begins here, where the system lets it.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = peak();
    let start = Instant::now();
    let answer = mock.answer(&request);
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    println!("{milliseconds} {} {}", (peak() - before) / 1024.0, answer.status);
}
