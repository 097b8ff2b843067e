//! What a request says of an item: what was sent, less what is the server's to say (`readOnly`, the scope, mostly the
//! key).

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::behaviour::Collection;
use crate::behaviour::form::{Description, Rest, described, sendable};
use crate::behaviour::shape;
use crate::behaviour::statement::Statement;
use crate::behaviour::step::neighbours::Neighbours;
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

/// Members that nearly everything has.
const COMMON: [&str; 9] = ["id", "name", "type", "status", "state", "url", "key", "kind", "value"];

/// Objects that hold the members of the thing that they stand in.
const HOLDERS: [&str; 8] = ["metadata", "data", "attributes", "info", "config", "properties", "spec", "details"];

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
        let mut names_item = false;
        if let (Value::Object(members), Some(item)) = (&mut value, item) {
            names_item = Neighbours { contract: self.contract, collection: self.collection, item }.rename(members);
            self.place_within(item, members);
        }
        let key = &self.collection.key;
        let mut kept = self.scope.clone();
        if purpose == Purpose::Change || !names_item && !self.may_name(body, request.as_ref()) {
            kept.push(key.clone());
        }
        for pointer in kept {
            pointer.remove_member(&mut value);
        }
        Statement { value, request, absent: Vec::new() }
    }

    /// Members that the item shows within one of its objects, and there alone, are that object's: `location` of
    /// `metadata.location`. What nearly everything has (`name`, `status`) is so only within the object that is the thing
    /// itself.
    fn place_within(&self, item: &Location, members: &mut Map<String, Value>) {
        let description = described(self.contract, item);
        let strange: Vec<String> =
            members.keys().filter(|name| !description.members.contains_key(*name)).cloned().collect();
        if strange.is_empty() || description.rest != Rest::Hidden {
            return;
        }
        let singular = shape::singular(&shape::plain(&self.collection.name));
        let holders: Vec<(&String, Arc<Description>)> = description
            .members
            .iter()
            .filter(|(name, member)| member.is_certain && member.is_object && !members.contains_key(*name))
            .map(|(name, member)| (name, described(self.contract, &member.at)))
            .collect();
        for name in strange {
            if shape::plain(&name) == singular && members[&name].is_string() {
                self.name_thing(&description, &holders, &name, members);
                continue;
            }
            let has = |(_, holder): &&(&String, Arc<Description>)| {
                holder.members.get(&name).is_some_and(|member| member.is_certain && !member.is_read_only)
            };
            let mut found = holders.iter().filter(has);
            let (Some((holder, within)), None) = (found.next(), found.next()) else { continue };
            let plain = shape::plain(holder);
            let is_itself = HOLDERS.contains(&plain.as_str()) || plain.starts_with(&singular);
            let fits = within.members.get(&name).zip(members.get(&name)).is_some_and(|(member, value)| {
                validate::is_valid(self.contract, &member.at, Direction::Response, value).unwrap_or(false)
            });
            if !fits || COMMON.contains(&shape::plain(&name).as_str()) && !is_itself {
                continue;
            }
            if let Some(value) = members.shift_remove(&name)
                && let Value::Object(inner) = members.entry(*holder).or_insert_with(|| Value::Object(Map::new()))
            {
                inner.insert(name, value);
            }
        }
    }

    /// The value that is sent under the name of the thing itself (`namespace` of `/namespaces`) is its name, and the item says so in
    /// its `name`, or in that of the object that is the thing.
    fn name_thing(
        &self,
        description: &Description,
        holders: &[(&String, Arc<Description>)],
        sent: &str,
        members: &mut Map<String, Value>,
    ) {
        let singular = shape::plain(sent);
        let value = members[sent].clone();
        let fits = |within: &Description| {
            within.members.get("name").is_some_and(|member| {
                !member.is_read_only
                    && validate::is_valid(self.contract, &member.at, Direction::Response, &value).unwrap_or(false)
            })
        };
        if fits(description) {
            members.entry("name").or_insert(value);
        } else if let Some((holder, _)) =
            holders.iter().find(|(name, within)| shape::plain(name).starts_with(&singular) && fits(within))
            && let Value::Object(inner) = members.entry(*holder).or_insert_with(|| Value::Object(Map::new()))
        {
            inner.entry("name").or_insert(value);
        }
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
