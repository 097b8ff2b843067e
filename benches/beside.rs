//! Workers beside each other: the time of a whole run against a mock that waits before each answer, by the number of workers, as a
//! ratio to one. A report, not a timed test.

#![expect(clippy::print_stdout, reason = "a report is printed")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use etalon::server::{Answer as _, Credentials as Issued, Mock};
use etalon_conformance::{Credentials, Exchange, Settings, TargetError, run};
use etalon_contract::behaviour::infer;
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;
use serde_json::{Value, json};

/// The time that the target waits before it answers.
const WAIT: Duration = Duration::from_millis(20);

/// The numbers of workers, the first as the measure of the others.
const WORKERS: [usize; 4] = [1, 2, 4, 8];

/// The numbers of collections that have nothing to do with each other.
const COLLECTIONS: [usize; 2] = [2, 8];

struct Slow(Mock);

impl Exchange for Slow {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        tokio::time::sleep(WAIT).await;
        Ok(self.0.answer(request))
    }

    fn origin(&self) -> String {
        "http://slow".to_owned()
    }
}

fn main() {
    println!("a target that waits {WAIT:?} before each answer");
    for collections in COLLECTIONS {
        let contract = Arc::new(document(collections));
        let mut first = None;
        for workers in WORKERS {
            let (requests, took) = measured(&contract, workers);
            let ratio = first.get_or_insert(took).as_secs_f64() / took.as_secs_f64();
            println!(
                "{collections} collections, {workers} workers: {requests} requests, {took:.1?}, {ratio:.2} times as fast"
            );
        }
    }
}

fn measured(contract: &Arc<Contract>, workers: usize) -> (usize, Duration) {
    let settings = Settings { workers, credentials: Credentials::default(), ..Settings::default() };
    let target = Slow(Mock::new([Arc::clone(contract)], Issued::default(), 0));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let began = Instant::now();
    let report = runtime.block_on(run(contract, &infer(contract), &settings, &target, &mut |_| {}));
    (report.expect("the mock answers").requests, began.elapsed())
}

/// A contract of so many collections, each with a list and items that are made, read, replaced and removed.
fn document(collections: usize) -> Contract {
    let note = json!({"type": "object", "required": ["text"],
        "properties": {"id": {"type": "integer", "readOnly": true}, "text": {"type": "string", "maxLength": 20}}});
    let content = |schema: &Value| json!({"application/json": {"schema": schema}});
    let body = json!({"required": true, "content": content(&note)});
    let shown = json!({"description": "ok", "content": content(&note)});
    let list = json!({"description": "ok", "content": content(&json!({"type": "array", "items": note}))});
    let none = json!({"description": "no"});
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}]);
    let mut paths = serde_json::Map::new();
    for number in 0..collections {
        let kind = format!("kind{number}s");
        paths.insert(
            format!("/{kind}"),
            json!({"post": {"operationId": format!("make{number}"), "requestBody": body, "responses": {"201": shown, "400": none}},
                "get": {"operationId": format!("list{number}"), "responses": {"200": list}}}),
        );
        paths.insert(
            format!("/{kind}/{{id}}"),
            json!({"parameters": id,
                "get": {"operationId": format!("get{number}"), "responses": {"200": shown, "400": none, "404": none}},
                "put": {"operationId": format!("put{number}"), "requestBody": body,
                    "responses": {"200": shown, "400": none, "404": none}},
                "delete": {"operationId": format!("drop{number}"), "responses": {"204": none, "400": none, "404": none}}}),
        );
    }
    let root = json!({"openapi": "3.0.3", "info": {"title": "many", "version": "1"}, "paths": paths});
    let bytes = root.to_string().into_bytes();
    Contract::new(Document::load(Source { name: "many.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI"))
}
