//! The item in a body: at the root, or in an envelope, which is told from a member by what stands around it: a thing
//! has members of its own there, an envelope has not.

use std::collections::HashMap;

use crate::behaviour::inference::words::{WRAPPERS, is_beside_items, is_envelope};
use crate::behaviour::inference::wrapping::key::{key_at_top, key_of};
use crate::behaviour::inference::wrapping::wanted::{Wanted, overlap, same};
use crate::behaviour::shape;
use crate::document::{Location, Pointer};
use crate::model::Contract;

/// The pointer of the item in a body of this schema, with the item's schema there; the root where no envelope is told
/// from the item.
#[must_use]
pub(crate) fn one(contract: &Contract, body: &Location, wanted: &Wanted<'_>) -> (Pointer, Location) {
    let root = (Pointer::root(), body.clone());
    if key_at_top(contract, body, wanted).is_some() || same(contract, body, wanted.item) {
        return root;
    }
    let members = shape::members(contract, body);
    // `{metadata: {name}, data}` is one thing, whose key stands within.
    let is_named_within = |(name, at): &(String, Location)| {
        name == "metadata"
            && wanted.parameter.is_some_and(|(parameter, _)| shape::member(contract, at, parameter).is_some())
    };
    if members.iter().any(is_named_within) {
        return root;
    }
    let names = Names::of(wanted);
    let own = wanted.item.map(|item| overlap(contract, body, item)).unwrap_or_default();
    // The first of those that rank alike.
    let ranked = members.iter().filter_map(|member| {
        let rank = wrapper_rank(contract, member, &members, &names, own)?;
        Some((rank, member))
    });
    if let Some((_, (name, at))) = ranked.min_by_key(|(rank, _)| *rank) {
        return (Pointer::root().join(name), at.clone());
    }
    only_of_list(contract, &members, &names).unwrap_or(root)
}

/// The place of the item in an element of a list that wraps it, with the item's schema there: `/node` beside a cursor, or
/// the member that is the very item. `None` where the element is the item.
#[must_use]
pub(crate) fn in_element(contract: &Contract, element: &Location, wanted: &Wanted<'_>) -> Option<(Pointer, Location)> {
    let wanted = Wanted { parameter: None, ..*wanted };
    if same(contract, element, wanted.item) || key_at_top(contract, element, &wanted).is_some() {
        return None;
    }
    let members = shape::members(contract, element);
    let overlaps = |at: &Location| wanted.item.map_or(0, |item| overlap(contract, at, item));
    let is_edge = members.iter().all(|(name, _)| matches!(shape::plain(name).as_str(), "node" | "cursor" | "typename"));
    let own = overlaps(element);
    let is_it = |(name, at): &&(String, Location)| {
        same(contract, at, wanted.item)
            || own == 0
                && (overlaps(at) > 1 || is_edge && shape::plain(name) == "node")
                && key_of(contract, at, &wanted).is_some()
    };
    let found = members.iter().filter(|(_, at)| shape::is_object(contract, at)).find(is_it);
    found.map(|(name, at)| (Pointer::root().join(name), at.clone()))
}

/// The item that is looked for, with the plain name of its collection and of one of it.
struct Names<'w> {
    wanted: &'w Wanted<'w>,
    singular: String,
    plural: String,
}

impl<'w> Names<'w> {
    fn of(wanted: &'w Wanted<'w>) -> Self {
        let plural = shape::plain(wanted.collection);
        Self { wanted, singular: shape::singular(&plural), plural }
    }

    /// The rank of a plain name for the one that holds an item, from 0, the best, to 3 for any other name.
    pub(super) fn rank(&self, plain: &str) -> usize {
        match plain {
            "data" => 0,
            name if name == self.singular => 0,
            name if name == self.plural
                || self.singular.ends_with(name)
                || shape::singular(name).ends_with(&self.singular) =>
            {
                1
            }
            name if WRAPPERS.contains(&name) => 2,
            _ => 3,
        }
    }
}

/// The rank of a member as the one that holds the item, the lower the better; `None` where it holds none. `own` is the number
/// of members that the body itself has in common with the item.
fn wrapper_rank(
    contract: &Contract,
    (name, at): &(String, Location),
    members: &[(String, Location)],
    names: &Names<'_>,
    own: usize,
) -> Option<(usize, bool, usize)> {
    let wanted = names.wanted;
    let plain = shape::plain(name);
    if !shape::is_object(contract, at) || shape::members(contract, at).is_empty() && plain != "data" {
        return None;
    }
    // Of two that are alike neither is an envelope.
    let target = shape::target(contract, at);
    let is_twin = |(other, at): &(String, Location)| other != name && shape::target(contract, at) == target;
    if names.rank(&plain) > 2 && members.iter().any(is_twin) {
        return None;
    }
    let rank = names.rank(&plain);
    let is_keyed = key_of(contract, at, wanted).is_some();
    let inner = wanted.item.map(|item| overlap(contract, at, item)).unwrap_or_default();
    let is_it = same(contract, at, wanted.item);
    let beside = members.iter().filter(|(other, _)| other != name);
    let (objects, plainly): (Vec<_>, Vec<_>) = beside
        .filter(|(other, _)| !is_envelope(&shape::plain(other)))
        .partition(|(_, at)| shape::is_object(contract, at));
    let is_alone = objects.is_empty() && plainly.is_empty();
    let is_wrapper = is_it
        || is_alone && (rank < 3 || is_keyed || inner > own || members.len() == 1 && own == 0)
        || plainly.is_empty() && rank < 2 && (is_keyed || inner > own)
        || rank < 2 && is_keyed && own <= inner
        || inner > own && inner > 1 && own == 0;
    // What identifies a thing (`metadata`) is no envelope while the thing has other members beside it.
    let is_wrapper =
        is_wrapper && (is_it || !is_envelope(&plain) && !shows_more_beside(contract, name, at, members, wanted));
    is_wrapper.then_some((if is_it { 0 } else { rank + 1 }, !is_keyed, usize::MAX - inner))
}

/// True where more of what a client sends to make an item stands beside a member than within it.
fn shows_more_beside(
    contract: &Contract,
    name: &str,
    at: &Location,
    members: &[(String, Location)],
    wanted: &Wanted<'_>,
) -> bool {
    let Some(sent) = wanted.sent else { return false };
    let sent_names = shape::by_name(contract, sent);
    let beside = members
        .iter()
        .filter(|(other, _)| other != name && !is_envelope(&shape::plain(other)) && sent_names.contains_key(other));
    beside.count() > overlap(contract, at, sent).max(overlap_within(contract, at, name, &sent_names))
}

/// The number of members that a member has in common with the one of its name that is sent.
fn overlap_within(contract: &Contract, at: &Location, name: &str, sent: &HashMap<String, Location>) -> usize {
    sent.get(name).map_or(0, |sent| overlap(contract, at, sent))
}

/// The one item of a list that is called like the collection, where nothing else stands beside the list.
fn only_of_list(contract: &Contract, members: &[(String, Location)], names: &Names<'_>) -> Option<(Pointer, Location)> {
    let (name, at) = members.iter().find(|(name, at)| {
        let plain = shape::plain(name);
        plain == names.plural && shape::singular(&plain) == names.singular && shape::is_array(contract, at)
    })?;
    let item = shape::items(contract, at)?;
    let is_stranger = |(name, _): &(String, Location)| {
        let plain = shape::plain(name);
        plain != names.plural && !is_envelope(&plain) && !is_beside_items(&plain)
    };
    let is_one = !members.iter().any(is_stranger) && key_at_top(contract, &item, names.wanted).is_some();
    is_one.then(|| (Pointer::root().join(name).index(0), item))
}
