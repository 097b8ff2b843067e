//! Streams that go on: what is made, changed and removed appears on them while they are open (`fixtures/mock/streams.yaml`).

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{Running, etalon, told};

const STREAMS: &str = "fixtures/mock/streams.yaml";

/// A stream that is open.
pub(crate) struct Open {
    lines: BufReader<TcpStream>,
    head: String,
}

impl Open {
    pub(crate) fn at(mock: &Running, path: &str, fields: &str) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", mock.port)).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("it can be set");
        write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n{fields}\r\n").expect("it reads");
        let mut opened = Self { lines: BufReader::new(stream), head: String::new() };
        loop {
            match opened.line() {
                line if line.is_empty() => return opened,
                line => opened.head.push_str(&(line.to_ascii_lowercase() + "\n")),
            }
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("something comes");
        line.trim_end().to_owned()
    }

    /// The fields of the next event that is no comment.
    pub(crate) fn event(&mut self) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        loop {
            match self.line() {
                line if line.is_empty() && fields.is_empty() => {}
                line if line.is_empty() => return fields,
                line if line.starts_with(':') => {}
                line => {
                    let (name, value) = line.split_once(": ").expect("a field");
                    fields.push((name.to_owned(), value.to_owned()));
                }
            }
        }
    }
}

pub(crate) fn data(event: &[(String, String)]) -> Value {
    let (_, data) = event.iter().find(|(name, _)| name == "data").expect("it has data");
    serde_json::from_str(data).expect("it is JSON")
}

fn field<'e>(event: &'e [(String, String)], wanted: &str) -> &'e str {
    event.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value)
}

pub(crate) fn add(mock: &Running, text: &str) -> Value {
    let made = mock.send("POST /todos", &["Content-Type: application/json"], &json!({"text": text}).to_string());
    assert_eq!(made.status, 201);
    made.json()
}

#[test]
fn what_happens_to_a_collection_is_told_while_the_stream_is_open() {
    let mock = Running::mock(&[STREAMS]);
    let mut open = Open::at(&mock, "/todo-events", "");
    assert!(open.head.contains("content-type: text/event-stream"), "{}", open.head);
    let made = add(&mock, "one");
    let event = open.event();
    assert_eq!(data(&event), json!({"type": "created", "todo": made}));
    let id = &made["id"];
    mock.send(&format!("PATCH /todos/{id}"), &["Content-Type: application/json"], r#"{"text":"other"}"#);
    assert_eq!(data(&open.event()), json!({"type": "updated", "todo": {"id": id, "text": "other"}}));
    mock.send(&format!("DELETE /todos/{id}"), &[], "");
    let last = open.event();
    assert_eq!(data(&last)["type"], json!("deleted"));
    // Who comes back with the first number gets what came after it.
    let mut again = Open::at(&mock, "/todo-events", &format!("Last-Event-ID: {}\r\n", field(&event, "id")));
    assert_eq!(data(&again.event())["type"], json!("updated"));
    assert_eq!(again.event(), last);
    add(&mock, "two");
    assert_eq!(
        (data(&open.event())["type"].clone(), data(&again.event())["type"].clone()),
        (json!("created"), json!("created"))
    );
}

#[test]
fn events_by_their_fields_say_what_happened_in_their_own_words() {
    let mock = Running::mock(&[STREAMS]);
    let mut open = Open::at(&mock, "/todo-fields", "");
    let made = add(&mock, "one");
    let event = open.event();
    assert_eq!((field(&event, "event"), data(&event)), ("todo.added", made.clone()));
    assert!(!field(&event, "id").is_empty(), "{event:?}");
    mock.send(&format!("DELETE /todos/{}", made["id"]), &[], "");
    assert_eq!(field(&open.event(), "event"), "todo.removed");
}

#[test]
fn lines_tell_the_same_and_streams_of_nothing_that_changes_end() {
    let mock = Running::mock(&[STREAMS]);
    let mut open = Open::at(&mock, "/todo-lines", "");
    let made = add(&mock, "one");
    assert_eq!(open.line(), json!({"type": "created", "todo": made}).to_string());
    mock.send(&format!("DELETE /todos/{}", made["id"]), &[], "");
    assert_eq!(open.line(), json!({"type": "deleted", "todo": made}).to_string());
    assert_eq!(mock.send("GET /todo-export", &[], "").status, 200);
    let weather = mock.send("GET /weather", &[], "");
    assert!(weather.body.contains("degrees"), "{}", weather.body);
}

#[test]
fn the_runner_judges_what_came_and_ends_the_stream_itself() {
    let mock = Running::mock(&[STREAMS]);
    let url = format!("http://127.0.0.1:{}", mock.port);
    let (code, out, _) = told(&etalon(&["test", STREAMS, "--url", &url, "--include", "todoEvents", "--timeout", "1"]));
    assert_eq!(code, Some(0), "{out}");
    assert!(!out.contains("no answer"), "{out}");
}

#[test]
fn who_asks_for_a_stream_in_the_body_gets_it_whatever_is_accepted() {
    let mock = Running::mock(&[STREAMS]);
    let fields = ["Content-Type: application/json", "Accept: application/json"];
    for (body, member) in
        [(r#"{"stream":true}"#, "delta"), (r#"{"stream":false}"#, "text"), (r#"{"prompt":"x"}"#, "text")]
    {
        let answer = mock.send("POST /completions", &fields, body);
        assert!(answer.body.contains(member), "{body}: {}", answer.body);
        assert_eq!(answer.head.contains("text/event-stream"), member == "delta", "{body}");
    }
}
