//! Workers beside each other: whatever their number, the same requests are made, the same is reported, nothing of one family meets,
//! and whoever kills the run finds all that it left in the ledger.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use etalon_conformance::report::json;
use etalon_conformance::sweep::{Entry, Sweep, sweep};
use etalon_conformance::{Conclusion, Exchange, Report, Settings, TargetError};
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::Contract;
use serde_json::{Value, json as value};

use crate::habits::{Target, content, contract, keep_notes, must, own, responses, tested};

/// The names of the collections: none refers to another.
const KINDS: [&str; 3] = ["notes", "boats", "hats"];

/// One in so many moments of a run is looked at.
const SPARING: usize = 29;

/// A target that takes its time, more for one request than for another, and notices who meets.
struct Unsteady<T> {
    target: T,
    /// The requests that are under way, by the first segment of their paths.
    under_way: RefCell<BTreeMap<String, usize>>,
    /// The most requests that were under way at a time.
    most: Cell<usize>,
    /// The collections of which two requests met that were not both read.
    met: RefCell<BTreeSet<String>>,
    /// The number of requests after which nobody is there any more.
    silent_after: Cell<Option<usize>>,
}

impl<T: Exchange> Unsteady<T> {
    fn new(target: T) -> Self {
        Self {
            target,
            under_way: RefCell::default(),
            most: Cell::new(0),
            met: RefCell::default(),
            silent_after: Cell::new(None),
        }
    }
}

impl<T: Exchange> Exchange for Unsteady<T> {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        if let Some(left) = self.silent_after.get() {
            if left == 0 {
                return Err(TargetError::Unreachable { address: "target".into(), why: "gone".into() });
            }
            self.silent_after.set(Some(left - 1));
        }
        let kind = request.path().split('/').nth(1).unwrap_or("").to_owned();
        {
            let mut under_way = self.under_way.borrow_mut();
            let here = under_way.entry(kind.clone()).or_default();
            *here += 1;
            // Two that read may meet: only lists are read without a key.
            if *here > 1 && (request.method != "GET" || request.path().split('/').nth(2).is_some()) {
                self.met.borrow_mut().insert(kind.clone());
            }
            self.most.set(self.most.get().max(under_way.values().sum()));
        }
        let turns = request.target.bytes().chain(request.body.iter().copied()).fold(0_u8, u8::wrapping_add) % 5;
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        let answer = self.target.send(request).await;
        for _ in 0..turns % 3 {
            tokio::task::yield_now().await;
        }
        if let Some(here) = self.under_way.borrow_mut().get_mut(&kind) {
            *here -= 1;
        }
        answer
    }

    fn note(&self, line: &str) -> Result<(), TargetError> {
        self.target.note(line)
    }

    fn origin(&self) -> String {
        self.target.origin()
    }
}

/// A contract of three collections that have nothing to do with each other.
fn many() -> Contract {
    let note = value!({"$ref": "#/components/schemas/Note"});
    let body = value!({"required": true, "content": content(&note)});
    let shown = |status: u16| {
        let mut all = responses(status, &[400, 404]);
        all[status.to_string()]["content"] = content(&note);
        all
    };
    let id = value!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let mut paths = serde_json::Map::new();
    for kind in KINDS {
        paths.insert(
            format!("/{kind}"),
            value!({"post": {"operationId": format!("make{kind}"), "requestBody": body, "responses": shown(201)},
                "get": {"operationId": format!("list{kind}"), "responses": {"200": {"description": "ok", "content":
                    content(&value!({"type": "array", "items": note}))}}}}),
        );
        paths.insert(
            format!("/{kind}/{{id}}"),
            value!({"parameters": id,
                "get": {"operationId": format!("get{kind}"), "responses": shown(200)},
                "put": {"operationId": format!("put{kind}"), "requestBody": body, "responses": shown(200)},
                "delete": {"operationId": format!("drop{kind}"), "responses": responses(204, &[404])}}),
        );
    }
    contract(Value::Object(paths))
}

/// Answers as a keeper of notes, for each collection: items are told apart by the collection before their key.
fn keep_all(
    items: &mut BTreeMap<String, Value>,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Option<(u16, Option<Value>)> {
    let kind = path.split('/').nth(1).unwrap_or("").to_owned();
    let before = format!("{kind} ");
    let mut here: BTreeMap<String, Value> =
        items.iter().filter_map(|(key, item)| Some((key.strip_prefix(&before)?.to_owned(), item.clone()))).collect();
    let answer = keep_notes(&mut here, method, &path.replacen(&kind, "notes", 1), body);
    items.retain(|key, _| !key.starts_with(&before));
    items.extend(here.into_iter().map(|(key, item)| (format!("{before}{key}"), item)));
    answer
}

/// The same, but that one collection keeps long texts from nobody, and another one forgets to delete.
fn keep_badly(
    items: &mut BTreeMap<String, Value>,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Option<(u16, Option<Value>)> {
    match (method, path.split('/').nth(1)) {
        ("DELETE", Some("hats")) => Some((204, None)),
        ("POST", Some("boats")) if body.as_ref().is_some_and(|body| body.get("text").is_none()) => Some((500, None)),
        _ => keep_all(items, method, path, body),
    }
}

fn with(workers: usize) -> Settings {
    Settings { workers, ..own(0) }
}

/// The JSON report but for its times.
fn told(report: Report) -> String {
    let mut told = json(&[report]);
    told.as_object_mut().expect("it is an object").remove("times");
    told.to_string()
}

#[test]
fn the_number_of_workers_changes_nothing_that_is_reported() {
    let contract = many();
    let one = Unsteady::new(Target::sparing(keep_badly, SPARING));
    let first = tested(&contract, &with(1), &one).expect("a report");
    assert_eq!(first.conclusion(), Conclusion::Violates);
    assert_eq!(one.most.get(), 1);
    let (first, sent) = (told(first), one.target.sent.take().len());
    for workers in [2, 8] {
        let more = Unsteady::new(Target::sparing(keep_badly, SPARING));
        let report = tested(&contract, &with(workers), &more).expect("a report");
        assert_eq!(told(report), first, "{workers} workers");
        assert_eq!(more.target.sent.take().len(), sent);
        assert!(more.most.get() > 1, "nothing was done beside anything");
        assert_eq!(*more.met.borrow(), BTreeSet::new(), "requests of one family met");
    }
}

#[test]
fn many_workers_find_nothing_wrong_and_leave_nothing() {
    let target = Unsteady::new(Target::sparing(keep_all, SPARING));
    let report = tested(&many(), &with(8), &target).expect("a report");
    assert_eq!(must(&report), [""; 0]);
    assert_eq!(report.conclusion(), Conclusion::Conforms);
    assert!(target.target.items.borrow().is_empty() && report.left_behind.is_empty());
}

#[test]
fn a_run_of_many_workers_that_is_killed_has_told_its_ledger_all() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let target = Unsteady::new(Target::sparing(keep_all, SPARING));
    tested(&many(), &with(8), &target).expect("a report");
    let (moments, ledger) = target.target.moments();
    let (mut clean, mut all) = (0, 0);
    for (items, lines) in moments {
        let killed = Target::new(keep_all);
        killed.items.replace(items);
        let entries: Vec<Entry> = Sweep::read(&ledger[..lines].join("\n")).expect("it is a ledger").entries;
        let swept = runtime.block_on(sweep(&killed, &entries, &[], false)).expect("the target is there again");
        let left = killed.items.borrow().len();
        assert!(left <= swept.left.len(), "{:?}", killed.items.borrow());
        clean += usize::from(left == 0);
        all += 1;
    }
    assert!(clean * 100 >= all * 90, "{clean} of {all} moments were cleaned up after");
}

#[test]
fn a_target_that_dies_beside_many_workers_is_gone() {
    let target = Unsteady::new(Target::sparing(keep_all, SPARING));
    target.silent_after.set(Some(400));
    let report = tested(&many(), &with(8), &target).expect("a report");
    assert_eq!(report.conclusion(), Conclusion::Gone);
    // Nobody goes on asking.
    assert!(report.requests < 450, "{} requests", report.requests);
}
