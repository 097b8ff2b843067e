//! A small contract, and a target that keeps it in memory, with switches for what it may do wrong.

use std::cell::{Cell, RefCell};

use etalon_conformance::{Exchange, TargetError};
use etalon_contract::codec::{Headers, Request, Response};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{Contract, Operation};
use serde_json::{Value, json};

const DOCUMENT: &str = r"
openapi: 3.0.3
info: { title: Shop, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /items:
    post:
      operationId: createItem
      security: [{ Key: [] }]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: { type: string, minLength: 1, maxLength: 8 }
      responses:
        '201':
          description: Created
          content: { application/json: { schema: { $ref: '#/components/schemas/Item' } } }
        '400': { description: Bad Request }
        '401': { description: Unauthorized }
  /items/{id}:
    get:
      operationId: readItem
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer, minimum: 1 } }
      responses:
        '200':
          description: OK
          content: { application/json: { schema: { $ref: '#/components/schemas/Item' } } }
        '404': { description: Not Found }
  /notes:
    post:
      operationId: addNote
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, required: [text], properties: { text: { type: string, maxLength: 9 } } } } }
      responses: { '204': { description: No Content } }
components:
  securitySchemes:
    Key: { type: apiKey, in: header, name: X-Key }
  schemas:
    Item:
      type: object
      required: [id, name]
      properties:
        id: { type: integer }
        name: { type: string }
";

/// The contract of the shop.
pub(crate) fn contract() -> Contract {
    let source = Source { name: "shop.yaml", bytes: DOCUMENT.as_bytes() };
    Contract::new(Document::load(source, &[], &NoFiles).expect("the document is sound"))
}

/// An operation of the contract.
pub(crate) fn operation<'c>(contract: &'c Contract, id: &str) -> &'c Operation {
    contract.operations().find(|operation| operation.id == id).expect("the contract has it")
}

/// The one thing that the shop does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Nothing at all is wrong.
    Nothing,
    /// Names may be of any length.
    Length,
    /// Items are forgotten at once.
    Forgets,
    /// The name comes back in another form.
    Renames,
    /// Every answer is a page for people.
    Pages,
    /// Nobody is let in.
    Closed,
    /// Nobody answers any request.
    Gone,
}

/// The shop as a target, in memory.
pub(crate) struct Shop {
    wrong: Wrong,
    items: RefCell<Vec<Value>>,
    /// All that was sent.
    pub sent: RefCell<Vec<Request>>,
    open: Cell<bool>,
}

impl Shop {
    pub(crate) fn new(wrong: Wrong) -> Self {
        Self { wrong, items: RefCell::default(), sent: RefCell::default(), open: Cell::new(wrong != Wrong::Gone) }
    }

    fn answer(&self, request: &Request) -> Response {
        let segments: Vec<&str> = request.path().split('/').skip(1).collect();
        match (request.method.as_str(), segments.as_slice()) {
            _ if self.wrong == Wrong::Pages => reply(200, "text/html", b"<h1>Welcome</h1>".to_vec()),
            ("POST", ["items"]) if self.wrong == Wrong::Closed || request.headers.get("x-key") != Some("secret") => {
                let mut answer = reply(401, "", Vec::new());
                answer.headers.set("WWW-Authenticate", "ApiKey");
                answer
            }
            ("POST", ["items"]) => self.create(request),
            ("GET", ["items", id]) => {
                let Ok(id) = id.parse::<usize>() else { return reply(404, "", Vec::new()) };
                match id.checked_sub(1).and_then(|at| self.items.borrow().get(at).cloned()) {
                    Some(item) if self.wrong != Wrong::Forgets => json_reply(200, &item),
                    Some(_) | None => reply(404, "", Vec::new()),
                }
            }
            ("POST", ["notes"]) => match body(request).as_ref().and_then(|body| body["text"].as_str()) {
                Some(text) if text.chars().count() <= 9 => reply(204, "", Vec::new()),
                Some(_) | None => reply(422, "", Vec::new()),
            },
            (_, ["items"] | ["notes"]) => allow("POST"),
            (_, ["items", _]) => allow("GET"),
            _ => reply(404, "", Vec::new()),
        }
    }

    fn create(&self, request: &Request) -> Response {
        let length = if self.wrong == Wrong::Length { 1..=usize::MAX } else { 1..=8 };
        let name = body(request).and_then(|body| body["name"].as_str().map(str::to_owned));
        let Some(name) = name.filter(|name| length.contains(&name.chars().count())) else {
            return reply(400, "", Vec::new());
        };
        let name = if self.wrong == Wrong::Renames { format!("{name}!") } else { name };
        let mut items = self.items.borrow_mut();
        let item = json!({ "id": items.len() + 1, "name": name });
        items.push(item.clone());
        json_reply(201, &item)
    }
}

impl Exchange for Shop {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        if !self.open.get() {
            return Err(TargetError::Unreachable { address: "shop:80".into(), why: "nobody is there".into() });
        }
        self.sent.borrow_mut().push(request.clone());
        Ok(self.answer(request))
    }

    fn origin(&self) -> String {
        "http://shop".to_owned()
    }
}

fn body(request: &Request) -> Option<Value> {
    let json = request
        .headers
        .get("content-type")
        .is_some_and(|sent| sent.to_ascii_lowercase().starts_with("application/json"));
    if json { serde_json::from_slice(&request.body).ok() } else { None }
}

fn allow(methods: &str) -> Response {
    let mut answer = reply(405, "", Vec::new());
    answer.headers.set("Allow", methods);
    answer
}

fn json_reply(status: u16, value: &Value) -> Response {
    reply(status, "application/json", value.to_string().into_bytes())
}

/// An answer with content, or without where there is no media type.
pub(crate) fn reply(status: u16, media_type: &str, body: Vec<u8>) -> Response {
    let mut headers = Headers::new();
    if !media_type.is_empty() {
        headers.add("Content-Type", media_type);
    }
    Response { status, headers, body }
}
