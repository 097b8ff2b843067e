//! A run that is not answered, that is interrupted, or that cannot write: it says so, by its words, its code and its report.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::{Running, command, told};

const SPEC: &str = "spec/invites.yaml";

/// The fault of a target in dealing with a connection.
#[derive(Clone, Copy)]
enum Fault {
    /// Reads and never answers.
    Hangs,
    /// Answers the half of a head, and closes.
    Breaks,
}

/// A target that passes everything on to a mock, but for every so many connections.
fn target(mock: &Running, every: usize, fault: Fault) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let port = mock.port;
    std::thread::spawn(move || {
        for (number, client) in listener.incoming().flatten().enumerate() {
            std::thread::spawn(move || {
                if number % every != every - 1 {
                    return pass(client, port);
                }
                match fault {
                    Fault::Hangs => std::thread::sleep(Duration::from_secs(60)),
                    Fault::Breaks => {
                        let mut client = client;
                        let _ = client.read(&mut [0; 4096]);
                        let _ = client.write_all(b"HTTP/1.1 200 OK\r\nContent-");
                    }
                }
            });
        }
    });
    format!("http://{address}")
}

/// One request to the mock, and its answer back; then the connection is closed, so that the next is a new one.
fn pass(mut client: TcpStream, port: u16) {
    let mut request = Vec::new();
    let mut buffer = [0; 65_536];
    loop {
        let Ok(length) = client.read(&mut buffer) else { return };
        request.extend_from_slice(&buffer[..length]);
        if length == 0 || is_whole(&request) {
            break;
        }
    }
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)) else { return };
    let text = String::from_utf8_lossy(&request).into_owned();
    let (head, _) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let rest = request[(head.len() + 2).min(request.len())..].to_vec();
    let _ = server.write_all(&[head.as_bytes(), b"\r\nConnection: close\r\n", &rest[..]].concat());
    let mut answer = Vec::new();
    let _ = server.read_to_end(&mut answer);
    let _ = client.write_all(&answer);
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).into_owned();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    length.and_then(|length| length.trim().parse().ok()).is_none_or(|length: usize| body.len() >= length)
}

/// A file of this test alone.
fn file(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("etalon-silence-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder.join("report.json")
}

fn report(file: &PathBuf) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).expect("there is a report")).expect("it is whole")
}

#[test]
fn a_target_that_breaks_off_half_way_never_conforms() {
    let mock = Running::mock(&[SPEC]);
    let file = file("breaks");
    let output = command(&["test", SPEC, "--url", &target(&mock, 3, Fault::Breaks), "--auth", "BearerAuth=etalon"])
        .args(["--report", &format!("json={}", file.display())])
        .output()
        .expect("it runs");
    let (code, out, _) = told(&output);
    assert!(matches!(code, Some(2 | 3)), "{code:?}: {out}");
    assert!(!out.contains("The target conforms"), "{out}");
    let report = report(&file);
    assert!(matches!(report["conclusion"].as_str(), Some("unanswered" | "target-gone")), "{}", report["conclusion"]);
}

#[test]
fn a_target_that_never_answers_is_given_up_and_one_that_is_gone_ends_the_run() {
    let mock = Running::mock(&[SPEC]);
    let began = Instant::now();
    let output =
        command(&["test", SPEC, "--url", &target(&mock, 1, Fault::Hangs), "--timeout", "1"]).output().expect("it runs");
    assert_eq!(told(&output).0, Some(3));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn a_run_has_an_end_and_says_so_at_its_start() {
    let mock = Running::mock(&[SPEC]);
    let file = file("time");
    let began = Instant::now();
    let output =
        command(&["test", SPEC, "--url", &target(&mock, 2, Fault::Hangs), "--timeout", "1", "--max-time", "3s"])
            .args(["--auth", "BearerAuth=etalon", "--report", &format!("json={}", file.display())])
            .output()
            .expect("it runs");
    let (code, out, err) = told(&output);
    assert!(err.contains("at most 3 seconds"), "{err}");
    assert!(matches!(code, Some(2 | 3)), "{code:?}: {out}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_ne!(report(&file)["ending"], "complete");
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let status = std::process::Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status();
    assert!(status.expect("every system has it").success());
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_what_it_has_shown_and_no_older_report() {
    for name in ["INT", "TERM"] {
        let mock = Running::mock(&[SPEC]);
        let file = file(name);
        std::fs::write(&file, "{\"older\": true}").expect("a file");
        let mut child = command(&["test", SPEC, "--url", &target(&mock, 9, Fault::Hangs), "--timeout", "30"])
            .args(["--auth", "BearerAuth=etalon", "--report", &format!("json={}", file.display())])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        std::thread::sleep(Duration::from_secs(4));
        assert!(!file.exists(), "an older report does not look new");
        let began = Instant::now();
        signal(&child, name);
        let code = child.wait().expect("it ends").code();
        assert_eq!(code, Some(130), "{name}");
        assert!(began.elapsed() < Duration::from_secs(6), "{name}: {:?}", began.elapsed());
        let report = report(&file);
        assert_eq!(
            (report["conclusion"].as_str(), report["contracts"][0]["ending"].as_str()),
            (Some("interrupted"), Some("interrupted"))
        );
        let proved = report["totals"]["proved"].as_u64().expect("a number");
        assert!(proved > 0, "what was shown by then is told");
    }
}

#[cfg(unix)]
#[test]
fn a_mock_stops_at_the_first_signal_whatever_clients_do_and_at_once_at_the_second() {
    let mut mock = command(&["mock", SPEC, "--port", "0"]).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut out = mock.stdout.take().expect("it is piped");
    let mut greeting = String::new();
    let mut buffer = [0; 1024];
    while !greeting.contains("http://127.0.0.1:") || !greeting.contains('\n') {
        let length = out.read(&mut buffer).expect("it prints");
        greeting.push_str(&String::from_utf8_lossy(&buffer[..length]));
    }
    let rest = greeting.split("http://127.0.0.1:").nth(1).expect("it says where");
    let port: u16 = rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().expect("a port");
    std::thread::spawn(move || while out.read(&mut buffer).is_ok_and(|length| length > 0) {});
    let mut slow = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    slow.write_all(b"POST /orgs/a/invites HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n")
        .expect("it reads");
    std::thread::sleep(Duration::from_millis(200));
    let began = Instant::now();
    signal(&mock, "TERM");
    assert_eq!(mock.wait().expect("it ends").code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    drop(slow);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_of_every_command() {
    for arguments in [
        &["check", SPEC][..],
        &["explain", SPEC],
        &["test", SPEC],
        &["test", SPEC, "--list"],
        &["test", SPEC, "--report", "json=-"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("it is there");
        let output = command(arguments).stdout(full).stderr(Stdio::piped()).output().expect("it runs");
        let (code, _, err) = told(&output);
        assert_eq!(code, Some(2), "{arguments:?}: {err}");
        assert!(err.contains("cannot be written"), "{arguments:?}: {err}");
    }
}

#[test]
fn a_slip_beside_a_secret_does_not_print_it() {
    for (command_name, flags) in [
        ("mock", ["--auth", "t0p-s3cr3t"]),
        ("mock", ["--auth", "t0p-s3cr3t=="]),
        ("test", ["--auth", "t0p-s3cr3t"]),
        ("test", ["--auth", "me:t0p-s3cr3t"]),
        ("test", ["--header", "t0p-s3cr3t"]),
        ("test", ["--set", "t0p-s3cr3t"]),
    ] {
        let output = command(&[command_name, SPEC]).args(flags).output().expect("it runs");
        let (code, out, err) = told(&output);
        assert_eq!(code, Some(2), "{flags:?}");
        assert!(!out.contains("s3cr3t") && !err.contains("s3cr3t"), "{flags:?}: {err}");
    }
}

#[test]
fn nothing_of_a_document_reaches_a_terminal_or_begins_a_command_of_a_log() {
    let path = file("hostile").with_file_name("hostile.yaml");
    std::fs::write(
        &path,
        "openapi: 3.1.0\ninfo: {title: \"a\\e[31m\\n::error::x\", version: '1'}\npaths:\n  \"/a\\e]0;x\\a\":\n    get:\n      \
         operationId: \"b\\n::error::y\\e[2J\"\n      summary: \"c\\n##[error]z\"\n      responses: {'200': {description: ok}, '2XX': {}}\n",
    )
    .expect("a file");
    let path = path.display().to_string();
    for arguments in
        [&["check", &path][..], &["explain", &path], &["test", &path], &["check", &path, "--format", "github"]]
    {
        let output = command(arguments).output().expect("it runs");
        let (_, out, err) = told(&output);
        for line in out.lines().chain(err.lines()) {
            assert!(!line.chars().any(|letter| letter.is_control() && letter != '\t'), "{arguments:?}: {line:?}");
            assert!(!line.contains("##["), "{arguments:?}: {line}");
            let is_own = arguments.contains(&"github")
                && (line.starts_with("::error file=") || line.starts_with("::warning file="));
            assert!(is_own || !line.trim_start().starts_with("::"), "{arguments:?}: {line}");
        }
    }
}
