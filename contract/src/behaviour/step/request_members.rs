//! What a request's body says of an item: what was sent is there, what could have been sent but was not has its default or
//! is absent. What is the server's to say (`readOnly`, the scope, mostly the key) is passed over.

use serde_json::{Map, Value};

use crate::behaviour::known::Known;
use crate::behaviour::shape;
use crate::behaviour::{Collection, Effect};
use crate::document::{Location, Pointer};
use crate::model::{Contract, Direction, Operation};
use crate::validate;

/// How deep objects are compared with their schema: what stands deeper is taken as it was sent.
const MAX_DEPTH: usize = 8;

/// Whether an item is made by what was sent, or one that is there is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Made: what was not sent is not there.
    Make,
    /// Changed: what was not sent stays.
    Change,
}

/// What a body is read by.
pub(crate) struct Sent<'s> {
    pub(crate) contract: &'s Contract,
    pub(crate) collection: &'s Collection,
    pub(crate) operation: &'s Operation,
    pub(crate) effect: &'s Effect,
    /// The members that the request's path says.
    pub(crate) scope: Vec<Pointer>,
}

impl Sent<'_> {
    /// The known in the part of a body that describes the item.
    pub(crate) fn known(&self, body: &Value, purpose: Purpose) -> Vec<Known> {
        let request = self
            .operation
            .body
            .as_ref()
            .into_iter()
            .flat_map(|body| &body.content)
            .find_map(|content| content.schema.as_ref())
            .and_then(|at| shape::within(self.contract, at, self.effect.sent.as_ref()?));
        let item = self.collection.item.clone();
        let mut kept = self.scope.clone();
        if purpose == Purpose::Change || !self.may_name(body, request.as_ref()) {
            kept.push(self.collection.key.clone());
        }
        let mut known = Vec::new();
        if let (Purpose::Make, Some(request), Some(item)) = (purpose, &request, &item) {
            self.unsent(&Described { request, item }, body, &Pointer::root(), &kept, 0, &mut known);
        }
        let said = self.said(request.as_ref(), item.as_ref(), body, &Pointer::root(), &kept, 0);
        known.push(Known::At(Pointer::root(), said));
        known
    }

    /// True where the client chooses the key: the request describes it, and it is one that an item may have.
    fn may_name(&self, body: &Value, request: Option<&Location>) -> bool {
        let key = &self.collection.key;
        let Some(value @ (Value::String(_) | Value::Number(_))) = key.get(body) else { return false };
        let Some(described) = request.and_then(|at| shape::within(self.contract, at, key)) else { return false };
        let in_item = self.collection.item.as_ref().and_then(|at| shape::within(self.contract, at, key));
        !self.says(&described, "readOnly")
            && in_item.is_none_or(|at| {
                !self.says(&at, "readOnly")
                    && validate::is_valid(self.contract, &at, Direction::Response, value).unwrap_or(false)
            })
    }

    /// Members that the request could have had and does not: their default, or nothing unless a response must have them.
    fn unsent(
        &self,
        described: &Described<'_>,
        body: &Value,
        here: &Pointer,
        kept: &[Pointer],
        depth: usize,
        known: &mut Vec<Known>,
    ) {
        if depth > MAX_DEPTH {
            return;
        }
        let Value::Object(sent) = body else { return };
        // Looked up once: there may be thousands of members.
        let items = shape::by_name(self.contract, described.item);
        let required = shape::required(self.contract, described.item);
        for (name, request) in shape::members(self.contract, described.request) {
            let Some(item) = items.get(&name) else { continue };
            let place = here.join(&name);
            if kept.contains(&place) || self.is_servers(Some(&request), Some(item)) {
                continue;
            }
            let default = || [&request, item].into_iter().find_map(|at| shape::keyword(self.contract, at, "default"));
            if let Some(member) = sent.get(&name) {
                let described = Described { request: &request, item };
                self.unsent(&described, member, &place, kept, depth + 1, known);
            } else if let Some(default) = default() {
                known.push(Known::At(place, default.clone()));
            } else if !required.contains(name.as_str()) {
                known.push(Known::Absent(place));
            }
        }
    }

    /// What was sent, less what is the server's to say and what responses never show (`writeOnly`).
    fn said(
        &self,
        request: Option<&Location>,
        item: Option<&Location>,
        body: &Value,
        here: &Pointer,
        kept: &[Pointer],
        depth: usize,
    ) -> Value {
        let Value::Object(members) = body else { return body.clone() };
        if depth > MAX_DEPTH {
            return body.clone();
        }
        let described = |at: Option<&Location>| at.map(|at| shape::by_name(self.contract, at)).unwrap_or_default();
        let (requests, items) = (described(request), described(item));
        let mut said = Map::new();
        for (name, member) in members {
            let place = here.join(name);
            let (request, item) = (requests.get(name), items.get(name));
            let is_hidden = item.is_some_and(|at| self.says(at, "writeOnly"));
            if is_hidden || kept.contains(&place) || self.is_servers(request, item) {
                continue;
            }
            said.insert(name.clone(), self.said(request, item, member, &place, kept, depth + 1));
        }
        Value::Object(said)
    }

    /// True for what a client cannot set (OpenAPI 3.0 "Schema Object", JSON Schema Validation §9.4).
    fn is_servers(&self, request: Option<&Location>, item: Option<&Location>) -> bool {
        request.into_iter().chain(item).any(|at| self.says(at, "readOnly"))
    }

    fn says(&self, at: &Location, word: &str) -> bool {
        shape::keyword(self.contract, at, word) == Some(&Value::Bool(true))
    }
}

/// One object as the request describes it, and as the item does.
struct Described<'d> {
    request: &'d Location,
    item: &'d Location,
}
