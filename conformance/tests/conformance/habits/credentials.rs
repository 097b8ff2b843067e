//! Credentials that end in the middle of a run: others are used where there are any, and the rest is tested with them.

use std::cell::{Cell, RefCell};

use etalon_conformance::{Credentials, Exchange, Report, Settings, TargetError};
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::Contract;
use serde_json::{Value, json};

use crate::habits::{Target, content, contract, keep_notes, must, own, responses, tested};

/// A target that lets in who has a token, for so many requests.
struct Guarded<T> {
    target: T,
    /// The tokens that are let in, each with the number of requests that it is good for.
    tokens: RefCell<Vec<(String, usize)>>,
    logins: Cell<usize>,
    good_for: usize,
}

impl<T> Guarded<T> {
    /// Uses up one request of a token; false where it is not known, or has none left.
    fn is_let_in(&self, shown: Option<&str>) -> bool {
        let mut tokens = self.tokens.borrow_mut();
        let known = tokens.iter_mut().find(|(token, left)| Some(token.as_str()) == shown && *left > 0);
        known.map(|(_, left)| *left -= 1).is_some()
    }
}

impl<T: Exchange> Exchange for Guarded<T> {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        if request.path() == "/login" && request.method == "POST" {
            let token = format!("token-number-{}", self.logins.get());
            self.logins.set(self.logins.get() + 1);
            self.tokens.borrow_mut().push((token.clone(), self.good_for));
            let mut response = Response { status: 200, ..Response::default() };
            response.headers.set("Content-Type", "application/json");
            response.body = json!({ "token": token }).to_string().into_bytes();
            return Ok(response);
        }
        if !self.is_let_in(request.headers.get("x-key")) {
            let mut refused = Response { status: 401, ..Response::default() };
            refused.headers.set("WWW-Authenticate", "Key");
            return Ok(refused);
        }
        self.target.send(request).await
    }

    fn note(&self, line: &str) -> Result<(), TargetError> {
        self.target.note(line)
    }

    fn origin(&self) -> String {
        self.target.origin()
    }
}

fn guarded(with_login: bool) -> Contract {
    let note = json!({"$ref": "#/components/schemas/Note"});
    let body = json!({"required": true, "content": content(&note)});
    let shown = |status: u16| {
        let mut all = responses(status, &[400, 401, 404]);
        all[status.to_string()]["content"] = content(&note);
        all
    };
    let secured = |mut operation: Value| {
        operation["security"] = json!([{"k": []}]);
        operation
    };
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let token = json!({"type": "object", "properties": {"token": {"type": "string"}}});
    let mut paths = json!({
        "/notes": {"post": secured(json!({"operationId": "makeNote", "requestBody": body, "responses": shown(201)})),
            "get": secured(json!({"operationId": "listNotes", "responses": {"401": {"description": "no"}, "200": {
                "description": "ok", "content": content(&json!({"type": "array", "items": note}))}}}))},
        "/notes/{id}": {"parameters": id,
            "get": secured(json!({"operationId": "getNote", "responses": shown(200)})),
            "delete": secured(json!({"operationId": "dropNote", "responses": responses(204, &[401, 404])}))},
    });
    if with_login {
        let login = json!({"type": "object", "properties": {"user": {"type": "string"}}});
        paths["/login"]["post"] = json!({"operationId": "login", "requestBody": {"content": content(&login)},
            "responses": {"200": {"description": "ok", "content": content(&token)}}});
    }
    contract(paths)
}

/// The report of a run whose first token is good for so many requests, and those after it as well.
fn report(given: &[&str], with_login: bool) -> (Report, usize) {
    let contract = guarded(with_login);
    let mut credentials = Credentials::default();
    for token in given {
        credentials.give(&contract, &format!("k={token}")).expect("the contract has it");
    }
    let tokens = given.iter().map(|token| ((*token).to_owned(), GOOD_FOR)).collect();
    let target = Guarded {
        target: Target::new(keep_notes),
        tokens: RefCell::new(tokens),
        logins: Cell::new(0),
        good_for: GOOD_FOR,
    };
    let report = tested(&contract, &Settings { credentials, ..own(0) }, &target).expect("a report");
    (report, target.logins.get())
}

/// The number of requests that a token is good for: a run sends some more.
const GOOD_FOR: usize = 150;

fn ended(report: &Report) -> usize {
    let reasons = report.rows().filter_map(|row| row.reason());
    reasons.filter(|reason| reason.contains("the credentials ended")).count()
}

#[test]
fn the_next_credentials_are_used_where_one_ends() {
    let (alone, _) = report(&["one"], false);
    assert!(ended(&alone) > 0, "one token is not enough for the run");
    let many = ["key-one", "key-two", "key-three", "key-four", "key-five", "key-six", "key-seven", "key-eight"];
    let (report, _) = report(&many, false);
    assert_eq!((must(&report), ended(&report)), (vec![], 0));
    let json = etalon_conformance::report::json(&[report]).to_string();
    assert!(many.iter().skip(1).all(|token| !json.contains(&format!("\"{token}\""))), "a secret is told");
}

#[test]
fn a_login_of_the_contract_gives_new_credentials_where_they_end() {
    let (report, logins) = report(&["one"], true);
    // Whoever logs in is let in, whatever it says.
    let others: Vec<String> = must(&report).into_iter().filter(|row| !row.starts_with("login ")).collect();
    assert_eq!((others, ended(&report)), (vec![], 0));
    assert!(logins > 1);
}
