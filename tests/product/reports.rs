//! The reports of a run, each as its readers have it, and which operations a run takes.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;

use serde_json::Value;

use crate::process::{Running, command, etalon, told};

const SHOP: &str = "fixtures/firstday/shop.yaml";

/// The same with a smaller limit: what the mock of it accepts, the other contract refuses.
const STRICT: &str = "fixtures/firstday/strict.yaml";

fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("etalon-reports-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    folder.join(name)
}

#[test]
fn every_format_is_written_at_once_and_tells_the_same() {
    let mock = Running::mock(&[SHOP]);
    let url = format!("http://127.0.0.1:{}", mock.port);
    let file = |name: &str| scratch(name).display().to_string();
    let formats =
        [("json", "r.json"), ("junit", "r.xml"), ("markdown", "r.md"), ("github", "r.txt"), ("sarif", "r.sarif")];
    let mut arguments = vec!["test".to_owned(), STRICT.to_owned(), "--url".to_owned(), url, "--no-shrink".to_owned()];
    for (format, name) in formats {
        arguments.extend(["--report".to_owned(), format!("{format}={}", file(name))]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (code, _, message) = told(&etalon(&arguments));
    assert_eq!(code, Some(1), "{message}");
    let read = |name: &str| std::fs::read_to_string(scratch(name)).expect("it was written");
    let json: Value = serde_json::from_str(&read("r.json")).expect("it is JSON");
    let total = |word: &str| json["totals"][word].as_u64().expect("a number");
    let violated = total("violated");
    assert!(violated > 0);
    let junit = read("r.xml");
    assert_eq!(junit.matches("<failure").count() as u64, violated);
    let rows: u64 =
        ["proved", "violated", "inconclusive", "unreachable", "waived"].iter().map(|word| total(word)).sum();
    assert_eq!(junit.matches("<testcase").count() as u64, rows);
    assert_eq!(junit.matches("<skipped").count() as u64, rows - violated - total("proved"));
    for part in ["expected: ", "found: ", "because: ", "curl: ", "classname=\"addPet\""] {
        assert!(junit.contains(part), "{part}: {junit}");
    }
    let sarif: Value = serde_json::from_str(&read("r.sarif")).expect("it is JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("a list");
    assert_eq!(results.len() as u64, violated);
    assert!(results.iter().all(|one| one["locations"][0]["physicalLocation"]["region"]["startLine"].is_u64()));
    let markdown = read("r.md");
    assert!(
        markdown.contains("### Findings") && markdown.contains("### Matrix") && markdown.contains("### Not tested")
    );
    let github = read("r.txt");
    assert!(github.lines().all(|line| line.starts_with("::error ")), "{github}");
    assert!(github.lines().count() <= 10 && github.contains("file=fixtures/firstday/strict.yaml,line="), "{github}");
}

#[test]
fn secrets_stay_out_of_every_report() {
    let mock = Running::mock(&["spec/invites.yaml", "--auth", "BearerAuth=geheim-geheim"]);
    let url = format!("http://127.0.0.1:{}", mock.port);
    let (json, xml) = (scratch("s.json").display().to_string(), scratch("s.xml").display().to_string());
    let flags = [
        format!("json={json}"),
        format!("junit={xml}"),
        format!("sarif={xml}.sarif"),
        format!("markdown={xml}.md"),
        format!("github={xml}.txt"),
    ];
    let mut arguments = vec!["test", "spec/invites.yaml", "--url", &url, "--auth", "BearerAuth=geheim-geheim"];
    arguments.extend(["--include", "listOrgInvitation", "--no-shrink"]);
    for flag in &flags {
        arguments.extend(["--report", flag]);
    }
    let (_, out, message) = told(&etalon(&arguments));
    for name in ["s.json", "s.xml", "s.xml.sarif", "s.xml.md", "s.xml.txt"] {
        let text = std::fs::read_to_string(scratch(name)).expect("it was written");
        assert!(!text.contains("geheim-geheim"), "{name}: {text}");
    }
    assert!(!out.contains("geheim-geheim") && !message.contains("geheim-geheim"));
}

#[test]
fn a_workflow_is_told_without_being_asked() {
    let summary = scratch("summary.md");
    std::fs::write(&summary, "before\n").expect("it can be written");
    let mock = Running::mock(&[SHOP]);
    let url = format!("http://127.0.0.1:{}", mock.port);
    let mut run = command(&["test", STRICT, "--url", &url, "--no-shrink", "--include", "addPet"]);
    run.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    let (code, out, _) = told(&run.output().expect("the program starts"));
    assert!(code == Some(1) && out.contains("\n::error file=fixtures/firstday/strict.yaml,line="), "{out}");
    let text = std::fs::read_to_string(&summary).expect("it is there");
    assert!(text.starts_with("before\n## Etalon: "), "{text}");
}

#[test]
fn operations_are_chosen_by_id_path_method_and_tag() {
    let listed = |arguments: &[&str]| -> Vec<String> {
        let (code, out, message) = told(&etalon(&[&["test", SHOP, "--list"], arguments].concat()));
        assert_eq!(code, Some(0), "{message}");
        let heads = out.lines().filter(|line| line.contains(" rows, ") && line.starts_with(char::is_uppercase));
        heads.filter_map(|line| line.split("  ").nth(1).map(str::to_owned)).collect()
    };
    assert_eq!(listed(&["--include", "getPet"]), ["getPet"]);
    assert_eq!(listed(&["--include", "/pets/*"]), ["getPet", "deletePet"]);
    assert_eq!(listed(&["--include", "/pets/**", "--exclude", "GET"]), ["deletePet", "addPet"]);
    assert_eq!(listed(&["--include", "GET /pets", "--include", "get*t"]), ["getPet", "listPets", "getReport"]);
    assert_eq!(listed(&["--exclude", "status", "--exclude", "get*"]), ["deletePet", "listPets", "addPet"]);
    assert_eq!(listed(&["--include", "tag:status"]), ["getStatus"]);
    let (code, _, message) = told(&etalon(&["test", SHOP, "--include", "getPt"]));
    assert!(code == Some(2) && message.contains("`getPet`"), "{message}");
    let (code, _, message) = told(&etalon(&["test", SHOP, "--exclude", "/**"]));
    assert!(code == Some(2) && message.contains("leave no operation"), "{message}");
}

/// A target that repeats the credentials that it was sent in whatever it answers, decoded and as they came.
fn blabbing() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it listens"));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || blab(stream));
        }
    });
    url
}

fn blab(mut stream: TcpStream) {
    let mut sent = Vec::new();
    let mut piece = [0; 4096];
    // One request on each connection is enough, and its head tells the credentials.
    while !sent.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return,
            Ok(count) => sent.extend_from_slice(&piece[..count]),
        }
    }
    let head = String::from_utf8_lossy(&sent).into_owned();
    let shown = head.lines().find(|line| line.to_ascii_lowercase().starts_with("authorization:"));
    let status = if head.starts_with("GET") { "500 Oh" } else { "400 No" };
    let words = format!("{} is not known, nor is {SECRET}", shown.unwrap_or("nobody"));
    let body = serde_json::json!({"title": words, "detail": words, "message": words}).to_string();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/problem+json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    // Whoever has gone does not read it.
    let _ = stream.write_all(answer.as_bytes());
}

const SECRET: &str = "s3cr3t/of \"many\" signs";

#[test]
fn no_report_shows_a_credential_that_the_target_repeats() {
    let url = blabbing();
    let mut arguments: Vec<String> =
        ["test", "spec/nexus-members.yaml", "--url", &url, "--auth"].iter().map(|word| (*word).to_owned()).collect();
    arguments.push(format!("ada:{SECRET}"));
    let formats = ["json", "junit", "markdown", "github", "sarif"];
    for format in formats {
        arguments
            .extend(["--report".to_owned(), format!("{format}={}", scratch("blab").with_extension(format).display())]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (code, out, err) = told(&etalon(&arguments));
    assert!(matches!(code, Some(1 | 2)), "{code:?} {err}");
    let mut texts = vec![("the terminal", out), ("its errors", err)];
    for format in formats {
        let text = std::fs::read_to_string(scratch("blab").with_extension(format));
        let text = text.unwrap_or_else(|error| panic!("{format}: {error}; {texts:?}"));
        texts.push((format, text));
    }
    let encoded = "YWRhOnMzY3IzdC9v";
    for (name, text) in &texts {
        for spelling in ["s3cr3t/of", "s3cr3t%2", "s3cr3t\\/", encoded] {
            assert!(!text.contains(spelling), "{name} shows {spelling}: {text}");
        }
    }
    assert!(texts[0].1.contains("ETALON_"), "the words of the target are told: {}", texts[0].1);
}
