//! The items that a case has written, member by member: who wrote each value, when it was last seen as written, and what happened since
//! that may not have changed it.

use std::collections::BTreeSet;

use etalon_contract::document::Pointer;
use etalon_contract::rule::Story;
use serde_json::Value;

use crate::history::Place;
use crate::scenario::answer::text;

/// The write of a value: by which operation, and the story that tells whether it is seen later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// The index of the operation.
    pub operation: usize,
    /// The story of what is written so.
    pub story: Story,
    /// The number of the exchange.
    pub at: usize,
}

/// A member of an item as it was written.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// The pointer to it in the item.
    pub at: Pointer,
    /// The value that was written; `None` where it is to be gone.
    pub value: Option<Value>,
    /// The value before that, where one is known.
    pub before: Option<Value>,
    /// The write of the value.
    pub written: Written,
    /// The number of the exchange that showed it as it was written, the last such; `None` where none did.
    pub seen: Option<usize>,
    /// True where it was seen in the item read by itself.
    pub is_read: bool,
}

/// Something that happened to an item, or beside it, that must leave its members as they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    /// The index of the operation.
    pub operation: usize,
    /// The kind of what happened.
    pub kind: EventKind,
    /// The number of the exchange.
    pub at: usize,
}

/// The way in which a request changes an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// What was sent takes the place of all there was.
    Replaces,
    /// What was sent is a JSON Merge Patch (RFC 7396).
    Merges,
    /// The members that were sent have these values from then on, and the others stay (RFC 5789 §1).
    Sets,
    /// The members that were sent have these values from then on; of the others nothing is known.
    Touches,
}

/// The kind of what happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventKind {
    /// It was made.
    Made,
    /// Other members of it were changed.
    Changed,
    /// A change or removal of it was refused.
    Refused,
    /// Another item was changed or removed.
    Other,
}

impl Event {
    /// The story that it breaks where the item is not as it was.
    pub(super) fn story(self) -> Story {
        match self.kind {
            EventKind::Made => Story::CreatedIsRead,
            EventKind::Changed => Story::UnnamedStay,
            EventKind::Refused => Story::RefusedChangesNothing,
            EventKind::Other => Story::OthersStay,
        }
    }
}

/// An item that a case has written.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub place: Place,
    pub members: Vec<Member>,
    pub events: Vec<Event>,
    /// True until it is removed.
    pub is_there: bool,
    /// The index of the operation that removed it, at once.
    pub removed_by: Option<usize>,
    /// The members that it had when it was removed, with values that tell it from others.
    pub removed: Vec<(Pointer, Value)>,
    /// The members that were seen otherwise than they were written: what they have is the target's to say.
    pub own: Vec<Pointer>,
    /// The operations that have found it by its key.
    pub found_by: BTreeSet<usize>,
}

impl Item {
    fn new(place: Place) -> Self {
        Self {
            place,
            members: Vec::new(),
            events: Vec::new(),
            is_there: true,
            removed_by: None,
            removed: Vec::new(),
            own: Vec::new(),
            found_by: BTreeSet::new(),
        }
    }

    /// True where what is seen is this item: it shows a key, or something that was written.
    pub(super) fn is_shown(&self, key: Option<&Value>, seen: &Value) -> bool {
        let is_written = |member: &Member| member.value.is_some() && member.at.get(seen) == member.value.as_ref();
        self.place.key.is_empty() || key.is_some() || self.members.iter().any(is_written)
    }

    /// True where a change gives another value to the member that has the key of the item: its key may be another from then on.
    pub(super) fn is_renamed(&self, members: &[(Pointer, Value)]) -> bool {
        let has_key = |member: &&Member| member.value.as_ref().is_some_and(|value| text(value) == self.place.key);
        let mut named = self.members.iter().filter(has_key);
        named.any(|known| members.iter().any(|(at, value)| *at == known.at && Some(value) != known.value.as_ref()))
    }

    /// What happened last to the item or beside it.
    pub(super) fn last_touched(&self) -> Option<Event> {
        self.events.last().copied()
    }
}

/// The fewest characters of a text, and the smallest number, that no item has by chance.
const TELLING: usize = 6;
const FEW: f64 = 100.0;

/// True for a value that no other item has by chance.
fn is_telling(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().count() >= TELLING,
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() >= FEW),
        Value::Array(items) => !items.is_empty(),
        Value::Null | Value::Bool(_) | Value::Object(_) => false,
    }
}

/// The items that a case has written.
#[derive(Clone, Debug, Default)]
pub(super) struct Items {
    items: Vec<Item>,
}

impl Items {
    /// Forgets all members: something was done of which nothing is known. That there were items is remembered.
    pub(super) fn forget(&mut self) {
        for item in &mut self.items {
            item.members.clear();
            item.is_there = false;
            item.removed_by = None;
        }
    }

    /// The operation that removed the item in a place, and whether what is seen there now has something that it alone had; `None` where it
    /// may still be there.
    pub(super) fn deleted(&self, place: &Place, seen: Option<&Value>) -> Option<(usize, bool)> {
        let item = self.known(place).filter(|item| !item.is_there)?;
        let is_same = |(at, value): &(Pointer, Value)| seen.and_then(|seen| at.get(seen)) == Some(value);
        Some((item.removed_by?, item.removed.iter().any(is_same)))
    }

    /// A member of a new item that was not sent, and has what another item of the same collection was sent with: its name and value.
    pub(super) fn leaked(&self, place: &Place, sent: &[(Pointer, Value)], item: &Value) -> Option<(Pointer, Value)> {
        let others =
            self.items.iter().filter(|other| other.place != *place && other.place.collection == place.collection);
        let mut members = others.flat_map(|other| &other.members);
        let found = members.find(|member| {
            let value = member.value.as_ref().filter(|value| is_telling(value));
            let is_sent = sent.iter().any(|(at, _)| *at == member.at);
            let from_first = member.seen.is_some() && value.is_some() && !is_sent;
            from_first && member.at.get(item) == value
        })?;
        Some((found.at.clone(), found.value.clone()?))
    }

    /// The item in a place.
    pub(super) fn known(&self, place: &Place) -> Option<&Item> {
        self.items.iter().find(|item| item.place == *place)
    }

    /// The same, to be changed.
    pub(super) fn known_mut(&mut self, place: &Place) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.place == *place)
    }

    /// Enters an item that was made.
    pub(super) fn made(&mut self, place: Place, members: Vec<(Pointer, Value)>, written: Written) {
        self.items.retain(|item| item.place != place);
        let members = members.into_iter().map(|(at, value)| Member::new(at, Some(value), None, written)).collect();
        let made = Event { operation: written.operation, kind: EventKind::Made, at: written.at };
        self.items.push(Item { members, events: vec![made], ..Item::new(place) });
    }

    /// Enters a change of an item, or its replacement.
    pub(super) fn changed(&mut self, place: &Place, members: Vec<(Pointer, Value)>, written: Written, change: Change) {
        if self.known(place).is_none() {
            self.items.push(Item::new(place.clone()));
        }
        let Some(item) = self.known_mut(place) else { return };
        let before = std::mem::take(&mut item.members);
        let named = |at: &Pointer| members.iter().any(|(named, _)| named.is_within(at) || at.is_within(named));
        let others = before.iter().filter(|member| !named(&member.at));
        match change {
            Change::Replaces => {
                let gone = Written { story: Story::UnnamedGo, ..written };
                let others = others.filter(|member| member.seen.is_some() && member.value.is_some());
                item.members.extend(others.map(|old| Member::new(old.at.clone(), None, old.value.clone(), gone)));
            }
            Change::Merges | Change::Sets => item.members.extend(others.cloned()),
            Change::Touches => {}
        }
        for (at, value) in members {
            let old = before.iter().find(|member| member.at == at && member.seen.is_some());
            let old = old.and_then(|member| member.value.clone());
            let value = match (change, value) {
                (Change::Merges, Value::Null) => None,
                (Change::Merges, value) => Some(merged(old.clone(), value)),
                (Change::Sets | Change::Touches | Change::Replaces, value) => Some(value),
            };
            item.members.push(Member::new(at, value, old, written));
        }
        item.is_there = true;
        item.removed_by = None;
        item.events.push(Event { operation: written.operation, kind: EventKind::Changed, at: written.at });
    }

    /// Enters that something was done to the item in a place: all others of its collection must stay as they are.
    pub(super) fn touches(&mut self, place: &Place, operation: usize, at: usize) {
        for item in &mut self.items {
            if item.place != *place && item.place.collection == place.collection {
                item.events.push(Event { operation, kind: EventKind::Other, at });
            }
        }
    }

    /// Enters that a change or removal of the item in a place was refused.
    pub(super) fn refused(&mut self, place: &Place, operation: usize, at: usize) {
        if let Some(item) = self.known_mut(place) {
            item.events.push(Event { operation, kind: EventKind::Refused, at });
        }
    }

    /// Enters that the item in a place is gone, with what may lie below it.
    pub(super) fn removed(&mut self, place: &Place, by: Option<usize>) {
        if let Some(item) = self.known_mut(place) {
            item.removed_by = by;
            item.is_there = false;
            let key = place.key.as_str();
            let telling = |value: &Value| is_telling(value) && text(value) != key;
            let last = item.members.drain(..).filter(|member| member.seen.is_some());
            item.removed = last.filter_map(|member| Some((member.at, member.value.filter(telling)?))).collect();
        }
        for item in &mut self.items {
            if item.place.scope.contains(&place.key) {
                item.is_there = false;
                item.members.clear();
            }
        }
    }
}

impl Member {
    fn new(at: Pointer, value: Option<Value>, before: Option<Value>, written: Written) -> Self {
        Self { at, value, before, written, seen: None, is_read: false }
    }
}

/// A value with a JSON Merge Patch applied to it (RFC 7396 §2).
fn merged(value: Option<Value>, patch: Value) -> Value {
    let Value::Object(patch) = patch else { return patch };
    let mut members = match value {
        Some(Value::Object(members)) => members,
        Some(_) | None => serde_json::Map::new(),
    };
    for (name, patch) in patch {
        if patch.is_null() {
            members.remove(&name);
        } else {
            let old = members.remove(&name);
            members.insert(name, merged(old, patch));
        }
    }
    Value::Object(members)
}
