//! A look at an item: each member that was written is compared with what is seen, and where it differs, what is to blame is what happened
//! since it was last seen as it should be.

use std::collections::BTreeMap;

use etalon_contract::behaviour::shape;
use etalon_contract::document::{Location, Pointer};
use etalon_contract::rule::Story;
use serde_json::Value;

use crate::history::item::{EventKind, Item, Member, Written};
use crate::history::{History, Place};
use crate::judge::story::kept;
use crate::scenario::acting::Acting;
use crate::scenario::echo::{Likeness, instructs, is_made_by_target, is_own_value, likeness, may_come_back};
use crate::verdict::Verdict;

/// The answer that an item is seen in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The answer to the request that wrote it.
    Answer,
    /// The item by itself.
    Read,
    /// A list that it is in.
    List,
}

/// The difference between what was written and what is seen.
struct Found {
    at: Pointer,
    /// The value that was written; `None` where it is to be gone.
    sent: Option<Value>,
    /// The value that is seen; `None` where there is none.
    back: Option<Value>,
}

impl<'s> History<'s> {
    /// Compares an item that is seen with what was written: the verdicts, each with what is to blame, or to be praised.
    pub(super) fn compare(
        &mut self,
        number: usize,
        acting: &Acting<'s>,
        place: &Place,
        item: &Value,
        by: By,
    ) -> Vec<(Written, Verdict)> {
        let session = self.session;
        let Some(known) = self.items.known_mut(place).filter(|known| known.is_there) else { return Vec::new() };
        let mut verdicts: BTreeMap<(usize, Story), (Written, Verdict)> = BTreeMap::new();
        let Item { members, events, .. } = known;
        for member in members.iter_mut() {
            let Ok(writer) = Acting::of(session, member.written.operation) else { continue };
            let (blamed, verdict) = match difference(&writer, acting, item, member) {
                Ok(true) => {
                    member.seen = Some(number);
                    member.is_read |= by == By::Read;
                    (member.written, Verdict::proved())
                }
                Ok(false) => continue,
                Err(found) => {
                    let blamed = blamed(member, events, by, acting);
                    (blamed, kept::differs(blamed.story, &found.at, found.sent.as_ref(), found.back.as_ref()))
                }
            };
            let key = (blamed.operation, blamed.story);
            match verdicts.get_mut(&key) {
                Some((_, known)) => *known = known.clone().and(verdict),
                None => {
                    verdicts.insert(key, (blamed, verdict));
                }
            }
        }
        let shown = by == By::List && members.iter().any(|member| member.is_read && member.seen == Some(number));
        if shown {
            let written = Written { operation: acting.operation.index, story: Story::ListedIsRead, at: number };
            verdicts.entry((written.operation, written.story)).or_insert((written, Verdict::proved()));
        }
        let broken = verdicts.values().any(|(_, verdict)| matches!(verdict, Verdict::Violated(_)));
        if !broken {
            // Nothing of what happened changed it.
            for event in events.iter() {
                let story = event.story();
                let counts = members.iter().any(|member| member.seen == Some(number) && member.written.at < event.at);
                if counts && event.kind != EventKind::Made {
                    let written = Written { operation: event.operation, story, at: event.at };
                    verdicts.entry((event.operation, story)).or_insert((written, Verdict::proved()));
                }
            }
            events.retain(|event| event.kind == EventKind::Made);
        }
        if broken {
            // What is wrong once is told once.
            members.clear();
        }
        verdicts.into_values().collect()
    }
}

/// The difference between a member as it was written and as it is seen: true where they are the same, false where nothing can be said.
fn difference(writer: &Acting<'_>, reader: &Acting<'_>, item: &Value, member: &Member) -> Result<bool, Box<Found>> {
    let seen = member.at.get(item);
    let found = |at: &Pointer, sent: Option<&Value>, back: Option<&Value>| {
        Box::new(Found { at: at.clone(), sent: sent.cloned(), back: back.cloned() })
    };
    let Some(value) = &member.value else {
        // It is to be gone: that it is still there shows, whatever else it may have become.
        let stays =
            member.before.is_some() && seen == member.before.as_ref() && !is_default(writer, reader, &member.at, seen);
        return if stays { Err(found(&member.at, None, seen)) } else { Ok(seen.is_none()) };
    };
    let Some(back) = seen else {
        // What was shown before is not left out later, and what has the same schema both ways is there.
        let lost = !value.is_null() && may_be_lost(writer, reader, member, &member.at);
        return if lost { Err(found(&member.at, Some(value), None)) } else { Ok(false) };
    };
    let stays = |before: &Value| {
        before == back
            && before != value
            && !is_made_by_target(writer, &member.at)
            && may_come_back(reader, item, &member.at, value)
    };
    if member.before.as_ref().is_some_and(stays) {
        return Err(found(&member.at, Some(value), Some(back)));
    }
    if instructs(writer, value) {
        return Ok(false);
    }
    match likeness(writer, item, &member.at, value) {
        Likeness::Different { at, back, .. } if is_own_value(writer, &at, &back) => Ok(false),
        Likeness::Different { at, sent, back } => Err(Box::new(Found { at, sent: Some(sent), back: Some(back) })),
        Likeness::OfOtherType | Likeness::Spelling(_) => Ok(false),
        // Null stands for many things beside itself.
        Likeness::Same => match lost(&member.at, value, back) {
            Some(at) if may_be_lost(writer, reader, member, &at) => {
                Err(found(&at, at.get(&wrapped(&member.at, value)), None))
            }
            Some(_) => Ok(false),
            None => Ok(!value.is_null()),
        },
    }
}

/// True where what is not there is lost: the answer describes it as the request does, and it was shown before, or other items show it.
fn may_be_lost(writer: &Acting<'_>, reader: &Acting<'_>, member: &Member, at: &Pointer) -> bool {
    let contract = reader.session.contract;
    let is_described = reader.collection.item.as_ref().is_some_and(|item| shape::within(contract, item, at).is_some());
    let knowledge = reader.session.knowledge.borrow();
    let is_shown = || knowledge.sample(reader.index).is_some_and(|sample| at.get(sample).is_some_and(|v| !v.is_null()));
    is_described && (member.seen.is_some() || is_same_both_ways(writer, reader, at) && is_shown())
}

/// An object that has a value in a place.
fn wrapped(at: &Pointer, value: &Value) -> Value {
    let mut whole = Value::Object(serde_json::Map::new());
    match at.put(&mut whole, value.clone()) {
        Ok(()) => whole,
        Err(value) => value,
    }
}

/// The place of the first member that was sent with a value within an object, and is not there.
fn lost(at: &Pointer, sent: &Value, back: &Value) -> Option<Pointer> {
    match (sent, back) {
        (Value::Object(sent), Value::Object(back)) => sent.iter().find_map(|(name, value)| match back.get(name) {
            None => (!value.is_null()).then(|| at.join(name)),
            Some(other) => lost(&at.join(name), value, other),
        }),
        (Value::Array(sent), Value::Array(back)) if sent.len() == back.len() => {
            let mut pairs = sent.iter().zip(back).enumerate();
            pairs.find_map(|(index, (value, other))| lost(&at.index(index), value, other))
        }
        _ => None,
    }
}

/// True where a target may have put a value there by itself: it is the documented default of the member, or there is none and it is one of
/// a few.
pub(super) fn is_default(writer: &Acting<'_>, reader: &Acting<'_>, at: &Pointer, value: Option<&Value>) -> bool {
    let contract = reader.session.contract;
    let shown = reader.collection.item.as_ref().and_then(|item| shape::within(contract, item, at));
    let described: Vec<Location> =
        sent_root(writer).and_then(|root| shape::within(contract, &root, at)).into_iter().chain(shown).collect();
    let default = described.iter().find_map(|at| shape::keyword(contract, at, "default"));
    let is_of_few = || {
        matches!(value, Some(Value::Bool(_)))
            || described
                .iter()
                .any(|at| ["enum", "const"].iter().any(|word| shape::keyword(contract, at, word).is_some()))
    };
    match default {
        Some(default) => value == Some(default),
        None => is_of_few(),
    }
}

/// The schema of the item in the content of a request.
fn sent_root(writer: &Acting<'_>) -> Option<Location> {
    let sent = writer.operation.body.iter().flat_map(|body| &body.content).find_map(|content| content.schema.clone());
    shape::within(writer.session.contract, &sent?, writer.effect.sent.as_ref()?)
}

/// True where request and answer describe a member by the same schema, so that what is sent there is what is shown.
fn is_same_both_ways(writer: &Acting<'_>, reader: &Acting<'_>, at: &Pointer) -> bool {
    let contract = writer.session.contract;
    let (Some(root), Some(item)) = (sent_root(writer), reader.collection.item.as_ref()) else { return false };
    let is_one_sided = |at: &Location| {
        ["writeOnly", "readOnly"].iter().any(|word| shape::keyword(contract, at, word) == Some(&Value::Bool(true)))
    };
    let described = shape::within(contract, item, at);
    shape::target(contract, &root) == shape::target(contract, item) && described.is_some_and(|at| !is_one_sided(&at))
}

/// What is to blame for a member that is not as it was written.
fn blamed(member: &Member, events: &[crate::history::item::Event], by: By, acting: &Acting<'_>) -> Written {
    let Some(seen) = member.seen else { return member.written };
    let since = || events.iter().filter(|event| event.at > seen);
    let culprit = [EventKind::Changed, EventKind::Refused, EventKind::Other]
        .into_iter()
        .find_map(|kind| since().rev().find(|event| event.kind == kind));
    match culprit {
        Some(event) => Written { operation: event.operation, story: event.story(), at: event.at },
        // It was read as it should be, and the list says otherwise.
        None if by == By::List && member.is_read => {
            Written { operation: acting.operation.index, story: Story::ListedIsRead, at: member.written.at }
        }
        None => member.written,
    }
}
