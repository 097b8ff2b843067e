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
use crate::scenario::answer;
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

/// An item as it is seen in an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighted<'v> {
    /// The place that it is in.
    pub place: &'v Place,
    /// The item itself.
    pub item: &'v Value,
    /// The answer that it is seen in.
    pub by: By,
    /// The items that the same answer shows, with this one.
    pub beside: &'v [Value],
}

/// A member that is no other than it was written, as far as can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likely {
    /// It is as it was written.
    Same,
    /// Nothing can be said of it.
    Unknown,
    /// It has what the target puts there by itself.
    Own,
}

impl Likely {
    fn same(is_shown: bool) -> Self {
        if is_shown { Self::Same } else { Self::Unknown }
    }
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
        sighted: Sighted<'_>,
    ) -> Vec<(Written, Verdict)> {
        let session = self.session;
        let Sighted { place, item, by, .. } = sighted;
        let Some(known) = self.items.known_mut(place).filter(|known| known.is_there) else { return Vec::new() };
        if !known.is_shown(acting.collection.key.get(item), item) {
            return Vec::new();
        }
        if by == By::Read {
            known.found_by.insert(acting.operation.index);
        }
        let mut verdicts: BTreeMap<(usize, Story), (Written, Verdict)> = BTreeMap::new();
        let Item { members, events, own, .. } = known;
        for member in members.iter_mut() {
            if own.contains(&member.at) {
                continue;
            }
            let Ok(writer) = Acting::of(session, member.written.operation) else { continue };
            let (blamed, verdict) = match difference(&writer, acting, sighted, member) {
                Ok(Likely::Same) => {
                    member.seen = Some(number);
                    member.is_read |= by == By::Read;
                    (member.written, Verdict::proved())
                }
                Ok(Likely::Unknown) => continue,
                Ok(Likely::Own) => {
                    own.push(member.at.clone());
                    continue;
                }
                Err(found) => {
                    own.push(member.at.clone());
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

/// The difference between a member as it was written and as it is seen.
fn difference(
    writer: &Acting<'_>,
    reader: &Acting<'_>,
    sighted: Sighted<'_>,
    member: &Member,
) -> Result<Likely, Box<Found>> {
    let Sighted { place, item, .. } = sighted;
    let seen = member.at.get(item);
    let found = |at: &Pointer, sent: Option<&Value>, back: Option<&Value>| {
        Box::new(Found { at: at.clone(), sent: sent.cloned(), back: back.cloned() })
    };
    let Some(value) = &member.value else {
        // It is to be gone: that it is still there shows, whatever else it may have become.
        let stays = member.before.is_some()
            && seen == member.before.as_ref()
            && !is_default(writer, reader, &member.at, seen)
            && !is_needed(reader, &member.at)
            && seen.is_some_and(|seen| answer::text(seen) != place.key);
        return if stays { Err(found(&member.at, None, seen)) } else { Ok(Likely::same(seen.is_none())) };
    };
    let Some(back) = seen else {
        // What was shown before is not left out later, and what has the same schema both ways is there.
        let lost = !value.is_null() && may_be_lost(writer, reader, (member, &member.at), sighted);
        return if lost { Err(found(&member.at, Some(value), None)) } else { Ok(Likely::Unknown) };
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
        return Ok(Likely::Unknown);
    }
    match likeness(writer, item, &member.at, value) {
        Likeness::Different { at, back, .. } if is_own_value(writer, &at, &back) => Ok(Likely::Own),
        Likeness::Different { at, sent, back } => Err(Box::new(Found { at, sent: Some(sent), back: Some(back) })),
        Likeness::Excused => Ok(Likely::Own),
        Likeness::OfOtherType | Likeness::Spelling(_) => Ok(Likely::Unknown),
        // Null stands for many things beside itself.
        Likeness::Same => match lost(&member.at, value, back) {
            Some(at) if may_be_lost(writer, reader, (member, &at), sighted) => {
                Err(found(&at, at.get(&wrapped(&member.at, value)), None))
            }
            Some(_) => Ok(Likely::Unknown),
            None => Ok(Likely::same(!value.is_null())),
        },
    }
}

/// True where what is not there is lost: the answer describes it as the request does, and it was shown before, or other items show it.
fn may_be_lost(
    writer: &Acting<'_>,
    reader: &Acting<'_>,
    (member, at): (&Member, &Pointer),
    sighted: Sighted<'_>,
) -> bool {
    let contract = reader.session.contract;
    let shows = |other: &Value| at.get(other).is_some_and(|value| !value.is_null());
    let is_described = reader.collection.item.as_ref().is_some_and(|item| shape::within(contract, item, at).is_some());
    match sighted.by {
        // The answer to a write may show as much as it likes, and a list less than the item.
        By::Answer => false,
        By::List => is_described && sighted.beside.iter().any(shows),
        By::Read => {
            let knowledge = reader.session.knowledge.borrow();
            let is_shown = || member.seen.is_some() || knowledge.sample(reader.index).is_some_and(shows);
            is_described && (member.is_read || is_same_both_ways(writer, reader, at) && is_shown())
        }
    }
}

/// True where an item has to have a member, by its schema.
fn is_needed(reader: &Acting<'_>, at: &Pointer) -> bool {
    let contract = reader.session.contract;
    let within = at.parent().zip(at.last()).zip(reader.collection.item.as_ref());
    within.is_some_and(|((parent, name), item)| {
        shape::within(contract, item, &parent)
            .is_some_and(|object| shape::required(contract, &object).contains(name.as_ref()))
    })
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
