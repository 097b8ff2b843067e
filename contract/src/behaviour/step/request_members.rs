//! What a request says of an item: what was sent, less what is the server's to say (`readOnly`, the scope, mostly the
//! key).

use serde_json::{Map, Value};

use crate::behaviour::Collection;
use crate::behaviour::form::{Rest, described, sendable};
use crate::behaviour::shape;
use crate::behaviour::statement::Statement;
use crate::document::{Location, Pointer};
use crate::model::{Contract, Direction};
use crate::validate;

/// The purpose of a statement: to make an item, or to change one that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// NewItem: what was not sent is not there.
    Make,
    /// Changed: what was not sent stays.
    Change,
}

/// A request body's way to a statement: the collection whose items it describes, and the members that the path says.
pub(crate) struct BodyReader<'s> {
    pub(crate) contract: &'s Contract,
    pub(crate) collection: &'s Collection,
    /// The members that the request's path says.
    pub(crate) scope: Vec<Pointer>,
}

impl BodyReader<'_> {
    /// The statement of the part of a body that describes the item; `request` is the schema of that part.
    pub(crate) fn said(&self, body: &Value, request: Option<Location>, purpose: Purpose) -> Statement {
        let item = self.collection.item.as_ref();
        let mut value = sendable(self.contract, request.as_ref(), item, body);
        // What is no object (bytes, a text, a list) has no members to be read one by one.
        if !value.is_object() {
            return Statement { value, request, absent: Vec::new() };
        }
        if let (Value::Object(members), Some(item)) = (&mut value, item) {
            rename(self.contract, item, members);
        }
        let key = &self.collection.key;
        let mut kept = self.scope.clone();
        if purpose == Purpose::Change || !self.may_name(body, request.as_ref()) {
            kept.push(key.clone());
        }
        for pointer in kept {
            pointer.remove_member(&mut value);
        }
        Statement { value, request, absent: Vec::new() }
    }

    /// True where the client chooses the key: the request describes it, and it is one that an item may have.
    fn may_name(&self, body: &Value, request: Option<&Location>) -> bool {
        let key = &self.collection.key;
        let Some(value @ (Value::String(_) | Value::Number(_))) = key.get(body) else { return false };
        if value.as_str().is_some_and(str::is_empty) {
            return false;
        }
        let described_in = |at: &Location| member_at(self.contract, at, key);
        let in_request = match (request.and_then(described_in), request) {
            (Some((_, is_read_only)), _) => is_read_only,
            // A request that describes nothing takes whatever comes.
            (None, Some(at)) if key.tokens().count() == 1 => {
                let description = described(self.contract, at);
                !description.members.is_empty() || description.rest == Rest::Hidden
            }
            (None, Some(_) | None) => return false,
        };
        let in_item = self.collection.item.as_ref().and_then(described_in);
        !in_request
            && in_item.is_none_or(|(at, is_read_only)| {
                !is_read_only && validate::is_valid(self.contract, &at, Direction::Response, value).unwrap_or(false)
            })
    }
}

/// Members that the item spells otherwise (`FriendlyName`, `friendly_name`) are its own.
fn rename(contract: &Contract, item: &Location, members: &mut Map<String, Value>) {
    let description = described(contract, item);
    let strange: Vec<String> =
        members.keys().filter(|name| !description.members.contains_key(*name)).cloned().collect();
    for name in strange {
        let plain = shape::plain(&name);
        let mut same = description.members.keys().filter(|known| shape::plain(known) == plain);
        if let (Some(known), None) = (same.next(), same.next())
            && !members.contains_key(known)
            && let Some(value) = members.shift_remove(&name)
        {
            members.insert(known.clone(), value);
        }
    }
}

/// The schema at a pointer, and whether it is `readOnly`.
fn member_at(contract: &Contract, at: &Location, pointer: &Pointer) -> Option<(Location, bool)> {
    let mut here = at.clone();
    let mut is_read_only = false;
    for token in pointer.tokens() {
        let description = described(contract, &here);
        let member = description.members.get(token.as_ref())?;
        is_read_only |= member.is_read_only;
        here = member.at.clone();
    }
    Some((here, is_read_only))
}
