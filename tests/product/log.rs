//! The log of `etalon mock`, as people and programs read it.

use serde_json::Value;

use crate::process::{Running, command, etalon, told};

const INVITE: &str = "POST /v1/organizations/7/members/invite";
const BASIC: &str = "Authorization: Basic ZXRhbG9uOmV0YWxvbg==";
const JSON: &str = "Content-Type: application/json";

#[test]
fn each_request_has_a_line_that_says_why() {
    let mock = Running::mock(&[]);
    mock.send("GET /nothing", &[], "");
    mock.send(INVITE, &[BASIC, JSON], r#"{"emailAddress":"ada"}"#);
    mock.send(INVITE, &[BASIC, JSON], r#"{"emailAddress":"ada@example.com"}"#);
    mock.send("GET /v1/organizations/7/members", &[BASIC], "");
    mock.send(INVITE, &[], "");
    let log = mock.logged("Credentials are needed");
    let lines: Vec<&str> = log.lines().collect();
    let has = |line: usize, parts: &[&str]| parts.iter().all(|part| lines[line].contains(part));
    assert!(has(0, &["GET /nothing 404", " ms", "no path of"]), "{log}");
    assert!(has(1, &["/members/invite 400", "body /emailAddress: "]), "{log}");
    assert!(has(2, &["/members/invite 204", "of members"]), "{log}");
    assert!(has(3, &["GET /v1/organizations/7/members 405", "has no method GET"]), "{log}");
    assert!(has(4, &["/members/invite 401"]) && !log.contains("ZXRhbG9u"), "{log}");
    assert!(lines.iter().all(|line| line.split(' ').next().is_some_and(|time| time.ends_with('Z'))), "{log}");
}

#[test]
fn a_request_that_is_refused_before_it_is_read_has_its_reason_too() {
    let mock = Running::mock(&[]);
    mock.send(INVITE, &[BASIC, JSON, "Content-Length: 11000000"], "");
    mock.send(INVITE, &[BASIC, JSON, "Content-Encoding: zip"], "x");
    mock.send(INVITE, &[BASIC, JSON, "Content-Encoding: gzip"], "no gzip");
    mock.send("GET /nothing", &["Host: elsewhere.example"], "");
    mock.send("GET /last", &[], "");
    let log = mock.logged("/last");
    for part in [
        "/members/invite 413",
        "a body may have 10485760 bytes here",
        "/members/invite 415",
        "the body cannot be read: ",
        "GET /nothing 400",
        "`Host` is given twice",
    ] {
        assert!(log.contains(part), "{part} is not in {log}");
    }
    // Behind the time that it took each line says why.
    assert!(log.lines().all(|line| line.split_once(" ms").is_some_and(|(_, why)| why.contains(": "))), "{log}");
}

#[test]
fn programs_read_a_json_object_on_each_line() {
    let mock = Running::mock(&["--log-format=json"]);
    let greeting: Value = serde_json::from_str(mock.greeting.trim()).expect("it is JSON");
    assert!(greeting["message"].as_str().is_some_and(|text| text.starts_with("etalon mock on http://")), "{greeting}");
    mock.send("GET /nothing?access_token=geheim&x=%1b", &[], "");
    let line: Value = serde_json::from_str(mock.logged("/nothing").trim()).expect("it is JSON");
    assert_eq!(line["path"], "/nothing?access_token=***&x=%1b");
    assert_eq!((&line["level"], &line["method"], &line["status"]), (&"info".into(), &"GET".into(), &404.into()));
    assert!(line["ms"].as_f64().is_some_and(|ms| ms < 10_000.0) && line["why"].is_string(), "{line}");
    let stopped: Value = serde_json::from_str(mock.stopped().trim()).expect("it is JSON to its end");
    assert_eq!(stopped["message"], "stopped");
}

#[test]
fn a_verbose_log_shows_messages_without_secrets_and_without_control_characters() {
    let mock = Running::mock(&["--verbose"]);
    let body = "{\"emailAddress\":\"a\\u001b[2J@example.com\",\"password\":\"geheim\"}";
    mock.send(INVITE, &[BASIC, JSON, "Cookie: sid=geheim", "X-Wild: a\u{9b}b"], body);
    mock.send("GET /nothing", &[], "");
    let log = mock.logged("< {");
    assert!(log.contains("> authorization: Basic ***") && log.contains("> cookie: sid=***"), "{log}");
    assert!(log.contains(r#""password":"***""#) && !log.contains("geheim") && !log.contains("ZXRhbG9u"), "{log}");
    assert!(!log.chars().any(|letter| letter.is_control() && letter != '\n'), "{log:?}");
}

#[test]
fn a_credential_that_was_given_is_shown_nowhere_in_whatever_spelling() {
    for flags in [&["--verbose"][..], &["--verbose", "--log-format=json"]] {
        let mock = Running::mock(&[flags, &["--auth", "Basic=ada:ge/hei m\"x"]].concat());
        mock.send("GET /of/ge%2Fhei%20m%22x/and/YWRhOmdlL2hlaSBtIng=", &[], "");
        mock.send("GET /x?note=ge%2fhei+m%22x", &["X-Note: ge/hei m\"x"], "");
        mock.send(
            INVITE,
            &["Authorization: Basic YWRhOmdlL2hlaSBtIng=", JSON],
            r#"{"emailAddress":"ge/hei m\"x","note":"ada:ge/hei m\"x"}"#,
        );
        mock.send("GET /last", &[], "");
        let log = mock.logged("/last");
        assert!(log.contains("ETALON_BASIC"), "{log}");
        for spelling in ["hei m", "ge%2F", "ge%2f", "YWRhOmdl"] {
            assert!(!log.contains(spelling), "{spelling} in {log}");
        }
    }
}

#[test]
fn a_quiet_log_has_no_requests_and_one_for_programs_says_what_flags_say_wrong() {
    let mock = Running::mock(&["--quiet"]);
    assert_eq!(mock.greeting.lines().count(), 1, "{}", mock.greeting);
    mock.send("GET /nothing", &[], "");
    assert_eq!(mock.stopped(), "stopped\n");
    let (code, _, message) = told(&etalon(&["mock", "--quiet", "--verbose"]));
    assert!(code == Some(2) && message.contains("--verbose"), "{message}");
}

#[test]
fn rust_log_chooses_where_no_flag_does() {
    let mut wrong = command(&["mock", "--port", "0"]);
    let (code, _, message) = told(&wrong.env("RUST_LOG", "etalon=loud").output().expect("the program starts"));
    assert!(code == Some(2) && message.contains("RUST_LOG") && message.contains("hint"), "{message}");
}
