//! Members that a request sends under other names than the item shows them by: another spelling, the thing's own name in
//! front, a key beside an object, a code for an object, the name of the path's parameter.

use serde_json::{Map, Value};

use crate::behaviour::Collection;
use crate::behaviour::form::{Description, described};
use crate::behaviour::shape;
use crate::document::Location;
use crate::model::{Contract, Direction, Piece};
use crate::validate;

/// Members of an object by which it is named with one value.
const NAMES: [&str; 5] = ["id", "code", "name", "key", "value"];

/// A collection whose items show what was sent by neighbouring names.
pub(super) struct Neighbours<'n> {
    pub(super) contract: &'n Contract,
    pub(super) collection: &'n Collection,
    /// The schema of an item.
    pub(super) item: &'n Location,
}

impl Neighbours<'_> {
    /// Calls members that were sent as the item calls them. True where one of them so becomes the key.
    pub(super) fn rename(&self, members: &mut Map<String, Value>) -> bool {
        let description = described(self.contract, self.item);
        let singular = shape::singular(&shape::plain(&self.collection.name));
        let sent: Vec<String> = members.keys().cloned().collect();
        let mut names_item = false;
        for name in sent {
            if description.members.contains_key(&name) {
                self.wrap_value(&description, &name, members);
                continue;
            }
            let plain = shape::plain(&name);
            // `FriendlyName` is `friendly_name`, `accountName` of accounts `name`, `name` `accountName`, `new_name` `name`.
            let bare = plain.strip_prefix(&singular).filter(|bare| !bare.is_empty() && !singular.is_empty());
            let new = plain.strip_prefix("new").filter(|bare| bare.len() > 1);
            let longer = format!("{singular}{plain}");
            let words = [Some(plain.as_str()), bare, new, Some(longer.as_str())];
            let known = words.into_iter().flatten().find_map(|word| self.called(&description, word, &members[&name]));
            if let Some(known) = known.filter(|known| !members.contains_key(known)) {
                if let Some(value) = members.shift_remove(&name) {
                    members.insert(known, value);
                }
                continue;
            }
            if !self.name_object(&description, &name, members) {
                names_item |= self.name_item(&description, &plain, &name, members);
            }
        }
        names_item
    }

    /// The one member of that plain name which can have the value.
    fn called(&self, description: &Description, plain: &str, value: &Value) -> Option<String> {
        let mut same = description.members.keys().filter(|known| shape::plain(known) == plain);
        let (Some(known), None) = (same.next(), same.next()) else { return None };
        let member = &description.members[known];
        let is_spelled = self.fits(&member.at, value) || member.is_object == value.is_object();
        (is_spelled && !member.is_read_only).then(|| known.clone())
    }

    /// The value that is sent for an object which the item shows is what names that: `currency: EUR` is `{code: EUR}`.
    fn wrap_value(&self, description: &Description, name: &str, members: &mut Map<String, Value>) {
        let member = &description.members[name];
        let is_plain = matches!(members[name], Value::String(_) | Value::Number(_));
        if !is_plain || !member.is_object || self.fits(&member.at, &members[name]) {
            return;
        }
        if let Some(object) = self.named(&member.at, &members[name]) {
            members.insert(name.to_owned(), object);
        }
    }

    /// `site_id` that is sent is the `id` of the `site` that is shown. False where the item has no such object.
    fn name_object(&self, description: &Description, name: &str, members: &mut Map<String, Value>) -> bool {
        let plain = shape::plain(name);
        let found = NAMES.iter().find_map(|word| {
            let bare = plain.strip_suffix(word).filter(|bare| !bare.is_empty())?;
            let is_it = |known: &&String| shape::plain(known) == bare && description.members[*known].is_object;
            let holder =
                description.members.keys().filter(is_it).min().filter(|holder| !members.contains_key(*holder))?;
            let (inner, at) = shape::members(self.contract, &description.members[holder].at)
                .into_iter()
                .find(|(inner, _)| shape::plain(inner) == *word)?;
            self.fits(&at, &members[name]).then(|| (holder.clone(), inner))
        });
        let Some((holder, inner)) = found else { return false };
        let mut object = Map::new();
        // What was sent stays beside, for answers that show it.
        object.insert(inner, members[name].clone());
        members.insert(holder, Value::Object(object));
        true
    }

    /// What is sent by the name of the path's parameter is the key: `{address}` of `/addresses/{address}` is the `id`.
    fn name_item(&self, description: &Description, plain: &str, name: &str, members: &mut Map<String, Value>) -> bool {
        let last = self.collection.item_path.as_ref().and_then(|path| path.segments().last());
        let Some([Piece::Parameter(parameter)]) = last.map(|segment| segment.0.as_slice()) else { return false };
        let Some(key) = self.collection.key.last().filter(|_| self.collection.key.tokens().count() == 1) else {
            return false;
        };
        let is_key = description.members.get(key.as_ref()).is_some_and(|member| self.fits(&member.at, &members[name]));
        let names_it = shape::plain(parameter) == plain && is_key && !members.contains_key(key.as_ref());
        if names_it {
            members.insert(key.into_owned(), members[name].clone());
        }
        names_it
    }

    /// An object that is named by a value.
    fn named(&self, at: &Location, value: &Value) -> Option<Value> {
        let members = shape::members(self.contract, at);
        let found = NAMES
            .iter()
            .find_map(|word| members.iter().find(|(name, at)| shape::plain(name) == *word && self.fits(at, value)))?;
        let mut object = Map::new();
        object.insert(found.0.clone(), value.clone());
        Some(Value::Object(object))
    }

    fn fits(&self, at: &Location, value: &Value) -> bool {
        validate::is_valid(self.contract, at, Direction::Response, value).unwrap_or(false)
    }
}
