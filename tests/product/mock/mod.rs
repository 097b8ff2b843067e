//! The pipeline without a socket: every promise of the mock, on the shipped contracts and on small ones.

mod actions;
mod answers;
mod asking;
mod beginning;
mod composed;
mod doubtful;
mod edge;
mod habits;
mod hostile;
mod invites;
mod items;
mod kept;
mod keys;
mod law;
mod lazy;
mod lists;
mod looks;
mod mounts;
mod neighbours;
mod nexus;
mod pages;
mod parts;
mod problems;
mod protocol;
mod queries;
mod searching;
mod small;
mod under_attack;
mod uploads;
mod verbs;
mod worlds;
mod wrapped;

use std::sync::Arc;

use etalon_contract::codec::{Headers, Request, Response};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;
use etalon_contract::validate;
use serde_json::Value;

use crate::fault;
use etalon::server::{Answer, Credentials, Mock};
use etalon::shipped;

/// The mock of both shipped contracts, as `etalon mock` starts it. The contracts are read once: they keep what they compile.
fn shipped_mock() -> Mock {
    let contracts = shipped::ALL.iter().map(fault::contract);
    Mock::new(contracts, Credentials::default(), 7)
}

/// The mock of one contract that has these paths.
fn mock_of(paths: Value) -> Mock {
    mock_with(paths, serde_json::json!({}))
}

/// The same with components.
fn mock_with(paths: Value, components: Value) -> Mock {
    mock_for(paths, components, Credentials::default())
}

/// The same for these credentials.
fn mock_for(paths: Value, components: Value, credentials: Credentials) -> Mock {
    let info = serde_json::json!({"title": "Small", "version": "1"});
    let root = serde_json::json!({"openapi": "3.1.0", "info": info, "paths": paths, "components": components});
    mock_from(&root, credentials)
}

/// The mock of a whole document.
fn mock_from(root: &Value, credentials: Credentials) -> Mock {
    let bytes = root.to_string();
    let source = Source { name: "small.json", bytes: bytes.as_bytes() };
    let document = Document::load(source, &[], &NoFiles).expect("a document");
    Mock::new([Arc::new(Contract::new(document))], credentials, 7)
}

/// The mock of a document in `fixtures/mock`.
fn fixture(name: &str) -> Mock {
    let path = format!("{}/fixtures/mock/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).expect("the fixture is there");
    let document = Document::load(Source { name: &path, bytes: &bytes }, &[], &NoFiles).expect("a document");
    Mock::new([Arc::new(Contract::new(document))], Credentials::default(), 7)
}

/// A request being written.
struct Ask {
    request: Request,
}

impl Ask {
    fn new(line: &str) -> Self {
        let (method, target) = line.split_once(' ').expect("method and target");
        let request = Request { method: method.into(), target: target.into(), ..Request::default() };
        Self { request }
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.set(name, value);
        self
    }

    fn bearer(self) -> Self {
        self.header("Authorization", "Bearer etalon")
    }

    fn basic(self) -> Self {
        self.header("Authorization", "Basic ZXRhbG9uOmV0YWxvbg==")
    }

    fn body(mut self, media_type: &str, value: &Value) -> Self {
        self.request.body = value.to_string().into_bytes();
        self.header("Content-Type", media_type)
    }

    fn json(self, value: &Value) -> Self {
        self.body("application/json", value)
    }

    /// Asks, and holds that the answer conforms to the contract.
    fn of(&self, mock: &Mock) -> Told {
        let response = mock.answer(&self.request);
        conforms(mock, &self.request, &response);
        Told { response }
    }
}

/// An answer of the mock, for a test to read.
struct Told {
    response: Response,
}

impl Told {
    fn status(&self) -> u16 {
        self.response.status
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.response.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.response.body)))
    }

    fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_else(|| panic!("no {pointer} in {}", self.json()))
    }

    fn header(&self, name: &str) -> &str {
        self.response.headers.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.response.headers))
    }

    fn headers(&self) -> &Headers {
        &self.response.headers
    }
}

/// The third law: what is documented is kept; statuses of HTTP itself need no documentation.
fn conforms(mock: &Mock, request: &Request, response: &Response) {
    for service in mock.services() {
        let etalon_contract::model::Route::Found { operation, .. } =
            service.contract.route(&request.method, request.path())
        else {
            continue;
        };
        let operation = service.contract.operation(operation).expect("it is sound");
        if operation.response(response.status).is_none() {
            assert!(
                matches!(response.status, 206 | 400 | 401 | 404 | 406 | 409 | 413 | 415 | 416 | 507),
                "{} answers {}: {}",
                operation.id,
                response.status,
                String::from_utf8_lossy(&response.body)
            );
            continue;
        }
        let violations =
            validate::response(&service.contract, operation, &request.method, response).expect("the contract is sound");
        assert!(
            violations.is_empty(),
            "{}: {violations:#?}\n{}",
            operation.id,
            String::from_utf8_lossy(&response.body)
        );
        return;
    }
}
