//! Targets with the habits of real ones: rules that no document tells, keys that the client chooses, things that were there
//! before. Nobody is blamed wrongly, what can be tested is, and what the run made is gone at its end.

mod credentials;
mod harmless;
mod items;
mod kept;
mod learning;
mod leftovers;
mod unasked;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use etalon_conformance::verdict::{Level, Verdict};
use etalon_conformance::{Changes, Exchange, Report, RunError, Settings, TargetError, run};
use etalon_contract::behaviour::infer;
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;
use serde_json::{Value, json};

/// The items at some moment, with the number of the ledger's lines by then.
pub(crate) type Moment = (BTreeMap<String, Value>, usize);

/// A target: a function of its state and the request. `None` breaks the connection.
pub(crate) struct Target<F> {
    pub(crate) items: RefCell<BTreeMap<String, Value>>,
    pub(crate) sent: RefCell<Vec<Request>>,
    ledger: RefCell<Vec<String>>,
    /// The items, and the length of the ledger, before each request is handled and while its answer is on its way.
    moments: RefCell<Vec<Moment>>,
    /// One in so many moments is remembered.
    each: usize,
    passed: Cell<usize>,
    answer: F,
}

impl<F: Fn(&mut BTreeMap<String, Value>, &str, &str, Option<Value>) -> Option<(u16, Option<Value>)>> Target<F> {
    pub(crate) fn new(answer: F) -> Self {
        Self {
            items: RefCell::default(),
            sent: RefCell::default(),
            ledger: RefCell::new(vec![r#"{"format":1,"url":"http://target"}"#.to_owned()]),
            moments: RefCell::default(),
            each: 1,
            passed: Cell::new(0),
            answer,
        }
    }

    /// The same, that remembers one in so many moments: there may be many things.
    pub(crate) fn sparing(answer: F, each: usize) -> Self {
        Self { each, ..Self::new(answer) }
    }

    /// The items before and after each request, with the number of the ledger's lines by then; and those lines.
    pub(crate) fn moments(&self) -> (Vec<Moment>, Vec<String>) {
        (self.moments.take(), self.ledger.take())
    }

    fn remember(&self) {
        self.passed.set(self.passed.get() + 1);
        if self.passed.get().is_multiple_of(self.each) {
            self.moments.borrow_mut().push((self.items.borrow().clone(), self.ledger.borrow().len()));
        }
    }
}

impl<F: Fn(&mut BTreeMap<String, Value>, &str, &str, Option<Value>) -> Option<(u16, Option<Value>)>> Exchange
    for Target<F>
{
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        self.remember();
        self.sent.borrow_mut().push(request.clone());
        let body = serde_json::from_slice(&request.body).ok();
        let answered = (self.answer)(&mut self.items.borrow_mut(), &request.method, request.path(), body);
        self.remember();
        let Some((status, content)) = answered else { return Err(TargetError::Broken("closed".into())) };
        let mut response = Response { status, ..Response::default() };
        if let Some(content) = content {
            response.headers.set("Content-Type", "application/json");
            response.body = content.to_string().into_bytes();
        }
        Ok(response)
    }

    fn note(&self, line: &str) -> Result<(), TargetError> {
        self.ledger.borrow_mut().push(line.to_owned());
        Ok(())
    }

    fn origin(&self) -> String {
        "http://target".to_owned()
    }
}

pub(crate) fn contract(paths: Value) -> Contract {
    let schemas = json!({"Note": {"type": "object", "required": ["text"],
        "properties": {"id": {"type": "string"}, "text": {"type": "string"}}}});
    let root = json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths, "components": {
        "schemas": schemas, "securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "X-Key"}}}});
    let bytes = root.to_string().into_bytes();
    Contract::new(Document::load(Source { name: "t.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI"))
}

pub(crate) fn content(schema: &Value) -> Value {
    json!({"application/json": {"schema": schema}})
}

pub(crate) fn responses(success: u16, others: &[u16]) -> Value {
    let mut all = serde_json::Map::new();
    all.insert(success.to_string(), json!({"description": "ok"}));
    for status in others {
        all.insert(status.to_string(), json!({"description": "no"}));
    }
    Value::Object(all)
}

pub(crate) fn tested<E: Exchange>(contract: &Contract, settings: &Settings, target: &E) -> Result<Report, RunError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(run(contract, &infer(contract), settings, target, &mut |_| {}))
}

pub(crate) fn own(seed: u64) -> Settings {
    Settings { seed, changes: Changes::Own, ..Settings::default() }
}

pub(crate) fn must(report: &Report) -> Vec<String> {
    let heavy = |verdict: &Verdict| matches!(verdict, Verdict::Violated(failure) if failure.level == Level::Must);
    report.rows().filter(|row| heavy(&row.verdict)).map(|row| row.id().to_owned()).collect()
}

pub(crate) fn is_proved(report: &Report, id: &str) -> bool {
    report.rows().any(|row| row.id() == id && matches!(row.verdict, Verdict::Proved { .. }))
}

pub(crate) fn why(report: &Report, id: &str) -> String {
    report.rows().find(|row| row.id() == id).map_or_else(String::new, |row| format!("{id}: {:?}", row.verdict))
}

fn is_slug(text: &str) -> bool {
    (3..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

pub(crate) fn keep_notes(
    items: &mut BTreeMap<String, Value>,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Option<(u16, Option<Value>)> {
    let text = body.as_ref().and_then(|body| body.get("text")).and_then(Value::as_str).map(str::to_owned);
    let sent_id = body.as_ref().and_then(|body| body.get("id")).cloned();
    let note = |id: &str, text: &str| json!({"id": id, "text": text});
    Some(match (method, path, path.strip_prefix("/notes/")) {
        ("GET", "/notes", _) => (200, Some(items.values().cloned().collect())),
        ("POST", "/notes", _) => match text {
            Some(text) if sent_id.as_ref().is_none_or(Value::is_string) => {
                let id = (items.len() + items.keys().filter_map(|id| id.parse::<usize>().ok()).max().unwrap_or(0) + 1)
                    .to_string();
                items.insert(id.clone(), note(&id, &text));
                (201, Some(note(&id, &text)))
            }
            _ => (400, None),
        },
        ("GET", _, Some(id)) => items.get(id).map_or((404, None), |note| (200, Some(note.clone()))),
        ("PUT", _, Some(id)) if items.contains_key(id) => match text {
            // The path says which: a body with another id is refused.
            Some(text) if sent_id.is_none() || sent_id == Some(json!(id)) => {
                items.insert(id.to_owned(), note(id, &text));
                (200, Some(note(id, &text)))
            }
            _ => (400, None),
        },
        ("DELETE", _, Some(id)) => (if items.remove(id).is_some() { 204 } else { 404 }, None),
        _ => (404, None),
    })
}
