//! Problem details (RFC 9457): what such an object says of itself, of the request and of the server that made it.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::codec;
use crate::document::Pointer;
use crate::model::MediaType;
use crate::rule::{Breach, Subject};
use crate::validate::Violation;

/// Words that only the trace of a failed program has.
const TRACES: [&str; 9] = [
    "Traceback (most recent call last)",
    "\n    at ",
    "\n\tat ",
    "Exception in thread",
    "stack backtrace:",
    "goroutine 1 [",
    "Stack trace:",
    "thread 'main' panicked at",
    "System.NullReferenceException",
];

/// The beginnings of paths on a server's disk, which are no business of a client's.
const SERVER_PATHS: [&str; 8] =
    ["/home/", "/Users/", "/usr/src/", "/usr/lib/", "/usr/local/", "/var/www/", "/var/lib/", "C:\\"];

/// The most members or items that are looked at for places: a problem that tells more is not for people.
const MAX_ERRORS: usize = 100;

/// The violations of a problem details document (RFC 9457 §3.1, §5).
pub(super) fn problem(response: &codec::Response) -> Vec<Violation> {
    if !is_problem(response) {
        return Vec::new();
    }
    let Some(members) = members(response) else {
        return vec![broken("", "a problem details document is a JSON object (RFC 9457 §3)".to_owned())];
    };
    let mut found = Vec::new();
    for (name, section) in [("type", "§3.1.1"), ("instance", "§3.1.5")] {
        match members.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if is_uri_reference(text) => {}
            Some(_) => found.push(broken(name, format!("`{name}` is a URI reference (RFC 9457 {section})"))),
        }
    }
    for (name, section) in [("title", "§3.1.3"), ("detail", "§3.1.4")] {
        match members.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => {
                if let Some(what) = leak(text) {
                    found.push(broken(
                        name,
                        format!("`{name}` shows {what}, which helps attackers alone (RFC 9457 §5)"),
                    ));
                }
            }
            Some(_) => found.push(broken(name, format!("`{name}` is a string (RFC 9457 {section})"))),
        }
    }
    match members.get("status") {
        None | Some(Value::Null) => {}
        Some(status) if status.as_u64() == Some(u64::from(response.status)) => {}
        Some(Value::Number(status)) => found.push(broken(
            "status",
            format!("the problem says status {status}, but the response has {} (RFC 9457 §3.1.2)", response.status),
        )),
        Some(_) => found.push(broken("status", "`status` is a number (RFC 9457 §3.1.2)".to_owned())),
    }
    found
}

/// The places in the `errors` of a problem details document (RFC 9457 §3.2) that do not lead into the body that was sent.
/// The last part of a place may be missing from it, since a missing member is what many problems are about. What is no
/// JSON Pointer is passed over: `pointer` is an extension member, and others may mean something else by it.
#[must_use]
pub fn unresolved_pointers(response: &codec::Response, sent: &Value) -> Vec<Violation> {
    if !is_problem(response) {
        return Vec::new();
    }
    let errors = members(response).and_then(|mut members| members.remove("errors"));
    let Some(Value::Array(errors)) = errors else { return Vec::new() };
    let mut found = Vec::new();
    for (index, error) in errors.iter().enumerate().take(MAX_ERRORS) {
        let Some(text) = error.get("pointer").and_then(Value::as_str) else { continue };
        // RFC 9457 §3.2 shows pointers as URI fragments (RFC 6901 §6); both spellings are in use, and mixed.
        let plain = text.strip_prefix('#').unwrap_or(text);
        let unescaped = percent_encoding::percent_decode_str(plain).decode_utf8_lossy();
        let places: Vec<Pointer> = [plain, &unescaped].into_iter().filter_map(Pointer::parse).collect();
        let leads = places.is_empty() || places.iter().any(|place| leads_into(place, sent));
        if !leads {
            let place = format!("errors/{index}/pointer");
            found.push(broken(&place, format!("{} leads nowhere in the body that was sent", Value::from(text))));
        }
    }
    found
}

/// The parts of a request that some problems name before the place within them. RFC 9457 leaves `pointer` to the type of the
/// problem: that of its example leads into the content.
const PARTS: [&str; 9] = ["path", "query", "header", "headers", "cookie", "cookies", "parameters", "params", "body"];

/// True where a place leads into what was sent, or to another part of the request, of which the content says nothing.
fn leads_into(place: &Pointer, sent: &Value) -> bool {
    let there =
        |place: &Pointer| place.get(sent).is_some() || place.parent().is_some_and(|parent| parent.get(sent).is_some());
    if there(place) {
        return true;
    }
    let mut tokens = place.tokens();
    let Some(part) = tokens.next().filter(|part| PARTS.contains(&part.to_lowercase().as_str())) else { return false };
    part != "body" || there(&tokens.fold(Pointer::root(), |at, token| at.join(&token)))
}

/// True for what is a URI reference (RFC 3986 §4.1).
pub(super) fn is_uri_reference(text: &str) -> bool {
    static JUDGE: LazyLock<Validator> = LazyLock::new(|| {
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&json!({"format": "uri-reference"}))
            .expect("it is a schema")
    });
    JUDGE.is_valid(&Value::from(text))
}

fn is_problem(response: &codec::Response) -> bool {
    response.headers.get("content-type").and_then(MediaType::parse).is_some_and(|sent| sent.is_problem_json())
}

fn members(response: &codec::Response) -> Option<Map<String, Value>> {
    match serde_json::from_slice(&response.body) {
        Ok(Value::Object(members)) => Some(members),
        Ok(_) | Err(_) => None,
    }
}

fn broken(place: &str, message: String) -> Violation {
    let mut violation = Violation::whole(Subject::ResponseBody, Breach::Problem, message);
    for token in place.split('/').filter(|token| !token.is_empty()) {
        violation.pointer = violation.pointer.join(token);
    }
    violation
}

/// The detail of the server's inside that a text gives away; `None` where it gives none away.
fn leak(text: &str) -> Option<&'static str> {
    if TRACES.iter().any(|trace| text.contains(trace)) {
        return Some("a stack trace");
    }
    let begins = |at: usize| {
        text[..at].chars().next_back().is_none_or(|before| before.is_whitespace() || "\"'`(=[:".contains(before))
    };
    let shows_path = SERVER_PATHS.iter().any(|path| text.match_indices(path).any(|(at, _)| begins(at)));
    shows_path.then_some("a path on the server")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(problem: &Value) -> codec::Response {
        let mut response = codec::Response { status: 400, ..codec::Response::default() };
        response.headers.add("Content-Type", "application/problem+json; charset=utf-8");
        response.body = problem.to_string().into_bytes();
        response
    }

    fn places(problem: &Value) -> Vec<String> {
        super::problem(&response(problem)).iter().map(|violation| violation.pointer.as_str().to_owned()).collect()
    }

    #[test]
    fn a_sound_problem_breaks_nothing() {
        let sound = json!({"type": "about:blank", "instance": "/log/1?a#b", "status": 400, "title": "No", "detail": "at /orgs/1/home/x", "more": 1});
        assert_eq!(places(&sound), Vec::<String>::new());
        assert_eq!(places(&json!({})), Vec::<String>::new());
    }

    #[test]
    fn each_member_is_what_the_standard_says() {
        assert_eq!(places(&json!([])), [""]);
        assert_eq!(places(&json!({"type": "a b"})), ["/type"]);
        assert_eq!(
            places(&json!({"type": 1, "instance": "http://[", "title": 2, "detail": []})),
            ["/type", "/instance", "/title", "/detail"]
        );
        assert_eq!(places(&json!({"status": 500})), ["/status"]);
        assert_eq!(places(&json!({"status": "400"})), ["/status"]);
    }

    #[test]
    fn traces_and_server_paths_are_no_detail() {
        for detail in [
            "java.lang.X: y\n\tat com.example.A.b(A.java:1)",
            "Traceback (most recent call last):\n  File",
            "cannot open /var/www/app/config.php",
            "in \"C:\\inetpub\\x.cs\"",
        ] {
            assert_eq!(places(&json!({"detail": detail})), ["/detail"], "{detail}");
        }
    }

    #[test]
    fn pointers_lead_into_the_request() {
        let sent = json!({"a": {"b": [1]}, "x y": 1, "q%25": {}});
        let found = |pointer: &str| {
            !unresolved_pointers(&response(&json!({"errors": [{"pointer": pointer}]})), &sent).is_empty()
        };
        for pointer in ["", "/a/b/0", "#/a/b", "/a/missing", "#/x%20y", "/q%25/r", "/new", "a", "$.a"] {
            assert!(!found(pointer), "{pointer}");
        }
        for pointer in ["/a/b/0/c/d", "#/q/r", "/q/r", "/q%20/r"] {
            assert!(found(pointer), "{pointer}");
        }
    }
}
