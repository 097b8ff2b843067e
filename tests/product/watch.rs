//! `etalon mock --watch`: documents served as they are saved, state kept where it still means the same.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::process::{Running, etalon, told};

const API: &str = "openapi: 3.0.3
info: {title: Notes, version: '1'}
paths:
  /notes:
    get: {operationId: list, responses: {'200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: 'parts.yaml#/Note'}}}}}}}
    post: {operationId: add, requestBody: {required: true, content: {application/json: {schema: {$ref: 'parts.yaml#/Note'}}}}, responses: {'201': {description: made, content: {application/json: {schema: {$ref: 'parts.yaml#/Note'}}}}}}
  /version:
    get: {operationId: version, responses: {'200': {description: v, content: {application/json: {example: {version: NUMBER}}}}}}
";
const PARTS: &str =
    "Note: {type: object, required: [id], properties: {id: {type: integer}, text: {type: string, maxLength: 50}}}\n";

/// A folder of its own with the document, gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("etalon-watch-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder can be made");
        let folder = Self(path);
        folder.save("parts.yaml", PARTS);
        folder.save("api.yaml", &version(0));
        folder
    }

    fn api(&self) -> String {
        self.0.join("api.yaml").display().to_string()
    }

    /// Saves as editors do that write in place: the file is empty for a moment.
    fn save(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("it can be written");
    }

    /// Saves as editors do that write beside and rename.
    fn replace(&self, name: &str, text: &str) {
        let beside = self.0.join(format!(".{name}.swp"));
        fs::write(&beside, text).expect("it can be written");
        fs::rename(beside, self.0.join(name)).expect("it can be renamed");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn version(number: usize) -> String {
    API.replace("NUMBER", &number.to_string())
}

fn served(mock: &Running) -> String {
    mock.send("GET /version", &[], "").json()["version"].to_string()
}

fn wait_for(mock: &Running, number: usize) {
    let begun = Instant::now();
    while served(mock) != number.to_string() {
        assert!(begun.elapsed() < Duration::from_secs(20), "version {number} is not served");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn notes(mock: &Running) -> usize {
    mock.send("GET /notes", &[], "").json().as_array().map_or(0, Vec::len)
}

fn add(mock: &Running, body: &str) -> u16 {
    mock.send("POST /notes", &["Content-Type: application/json"], body).status
}

#[test]
fn fifty_saves_in_a_row_fail_no_request_and_keep_the_state() {
    let folder = Folder::new("fifty");
    let mock = Arc::new(Running::mock(&["--watch", &folder.api()]));
    assert_eq!(add(&mock, r#"{"id":1,"text":"kept"}"#), 201);
    let (stop, asking) = (Arc::new(AtomicBool::new(false)), mock.clone());
    let stopped = stop.clone();
    let asker = std::thread::spawn(move || {
        let mut asked = 0;
        while !stopped.load(Ordering::Relaxed) {
            assert_eq!(asking.send("GET /notes", &[], "").status, 200);
            asked += 1;
        }
        asked
    });
    for number in 1..=50 {
        match number % 3 {
            0 => folder.save("api.yaml", &version(number)),
            _ => folder.replace("api.yaml", &version(number)),
        }
        match number {
            25 => {
                wait_for(&mock, number);
                folder.save("api.yaml", "openapi: 3.0.3\ninfo: {title: [\n");
                mock.logged("what was there before still is");
                assert_eq!(served(&mock), "25", "a save that cannot be read changes nothing");
            }
            number if number % 10 == 0 => wait_for(&mock, number),
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    wait_for(&mock, 50);
    stop.store(true, Ordering::Relaxed);
    assert!(asker.join().expect("no request failed") > 50);
    assert_eq!(notes(&mock), 1);
}

#[test]
fn a_file_that_is_referred_to_and_a_new_overlay_are_watched_too() {
    let folder = Folder::new("parts");
    let mock = Running::mock(&["--watch", &folder.api()]);
    assert_eq!(add(&mock, r#"{"id":1,"text":"short"}"#), 201);
    folder.replace("parts.yaml", &PARTS.replace("50", "3"));
    let log = mock.logged("is dropped");
    assert!(log.contains("notes") && log.contains("1 item") && log.contains("no longer fits: /text"), "{log}");
    assert_eq!((notes(&mock), add(&mock, r#"{"id":1,"text":"short"}"#)), (0, 400));
    let overlay = "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions:\n- target: $.paths['/version'].get.responses['200'].content['application/json']\n  update: {example: {version: 7}}\n";
    folder.save("api.overlay.yaml", overlay);
    wait_for(&mock, 7);
    fs::remove_file(folder.0.join("api.overlay.yaml")).expect("it is there");
    wait_for(&mock, 0);
}

#[test]
fn an_operation_that_breaks_is_not_taken_over() {
    let folder = Folder::new("slip");
    let mock = Running::mock(&["--watch", &folder.api()]);
    folder.replace("api.yaml", &version(1).replace("parts.yaml#/Note'}}}}}}\n", "parts.yaml#/Nte'}}}}}}\n"));
    let log = mock.logged("what was there before still is");
    assert!(log.contains("api.yaml:6:"), "{log}");
    assert_eq!(served(&mock), "0");
    folder.replace("api.yaml", &version(2));
    wait_for(&mock, 2);
}

#[test]
fn state_goes_where_the_operation_that_made_it_changes_and_stays_where_others_do() {
    let folder = Folder::new("meaning");
    let mock = Running::mock(&["--watch", &folder.api()]);
    assert_eq!(add(&mock, r#"{"id":1,"text":"a"}"#), 201);
    let more = version(1) + "  /more: {get: {operationId: more, responses: {'204': {description: m}}}}\n";
    folder.replace("api.yaml", &more);
    assert!(mock.logged("served as saved").contains("kept: notes (1 item)"));
    folder.replace("api.yaml", &version(2).replace("    post:", "    put:"));
    assert!(mock.logged("is dropped").contains("POST /notes is gone"));
}

#[test]
fn what_cannot_be_watched_is_said() {
    for (arguments, reason) in
        [(["mock", "--watch", "-"].as_slice(), "standard input"), (["mock", "--watch"].as_slice(), "needs a file")]
    {
        let (code, _, message) = told(&etalon(arguments));
        assert!(code == Some(2) && message.contains(reason) && message.contains("hint"), "{message}");
    }
}
