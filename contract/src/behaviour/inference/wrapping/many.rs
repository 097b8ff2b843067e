//! The array of items in a body: the body itself, or a member of it or of its envelope.

use crate::behaviour::inference::words::{WRAPPERS, is_beside_items, is_envelope};
use crate::behaviour::inference::wrapping::key::{is_name_of_keys, key_at_top};
use crate::behaviour::inference::wrapping::wanted::{Wanted, same};
use crate::behaviour::paging;
use crate::behaviour::shape;
use crate::document::{Location, Pointer};
use crate::model::Contract;

/// The most levels at which the array of items is looked for in a body.
const MAX_DEPTH: usize = 3;

/// The pointer of the array of items in a body of this schema, with the schema of one; `None` where there is none.
#[must_use]
pub(crate) fn many(contract: &Contract, body: &Location, wanted: &Wanted<'_>) -> Option<(Pointer, Location)> {
    if shape::is_array(contract, body) {
        return shape::items(contract, body).map(|item| (Pointer::root(), item));
    }
    if is_one(contract, body, wanted) {
        return None;
    }
    let mut found: Vec<Array> = Vec::new();
    arrays(contract, body, wanted, &Pointer::root(), Rank::Other, 0, &mut found);
    found.sort_by_key(|array| (array.depth, array.rank));
    // What stands further out is the list, unless what stands within says so by its name.
    let is_thing = key_at_top(contract, body, &Wanted { parameter: None, ..*wanted }).is_some();
    let telling = found.iter().position(|array| array.rank <= Rank::Wrapper);
    if let Some(position) = telling {
        let array = found.swap_remove(position);
        // A thing with a key may hold an array that is called like anything.
        return (!(is_thing && array.rank == Rank::Wrapper && array.depth > 0)).then_some((array.pointer, array.item));
    }
    let outermost = found.iter().map(|array| array.depth).min()?;
    found.retain(|array| array.depth == outermost);
    let is_of_things = |array: &Array| {
        let types = shape::types(contract, &array.item);
        types.is_empty()
            || types.iter().any(|kind| matches!(*kind, "object" | "array"))
            // A list of keys, where nothing else is there.
            || array.depth == 0 && is_key_or_list(&array.pointer) && shape::members(contract, body).len() == 1
    };
    // One array of things is the list, if the object is not itself a thing that merely holds it.
    match found.as_slice() {
        [array] if !is_thing && is_of_things(array) && stands_alone(contract, body, array) => {
            found.pop().map(|array| (array.pointer, array.item))
        }
        _ => None,
    }
}

/// True for the place of an array that is called as keys are.
fn is_key_or_list(at: &Pointer) -> bool {
    at.last().is_some_and(|name| is_name_of_keys(&shape::plain(&name)))
}

/// The most plain members that an object around a list has of its own; a thing has more.
const MAX_PLAIN: usize = 1;

/// The most plain members that an object has which only holds a list.
const MAX_BESIDE: usize = 4;

/// True for an object that says so much of itself that the lists in it are its own: `subscription` of a user.
fn is_thing_itself(contract: &Contract, at: &Location) -> bool {
    let plain = shape::members(contract, at).into_iter().filter(|(name, at)| {
        let name = shape::plain(name);
        let is_plain = !shape::is_object(contract, at) && !shape::is_array(contract, at);
        is_plain && !is_envelope(&name) && paging::words::member(&name).is_none()
    });
    plain.count() > MAX_BESIDE
}

/// True for the plain name of an object that tells of the page or of the request: `pageInfo`, `pacerPageInfo`.
fn tells_of_pages(plain: &str) -> bool {
    const ENDINGS: [&str; 6] = ["pageinfo", "pagination", "paginationinfo", "paging", "metadata", "pagemetadata"];
    paging::words::is_envelope(plain) || ENDINGS.iter().any(|ending| plain.ends_with(ending))
}

/// True for a body that wraps one thing under the thing's own name: `{fax: {id, title, pages: […]}}`.
fn is_one(contract: &Contract, body: &Location, wanted: &Wanted<'_>) -> bool {
    let singular = shape::singular(&shape::plain(wanted.collection));
    let members = shape::members(contract, body);
    let holds = |(name, at): &(String, Location)| shape::plain(name) == singular && shape::is_object(contract, at);
    let Some((_, at)) = members.iter().find(|member| holds(member)) else { return false };
    // Beside the one thing, a list of just such things is what is answered without a key.
    let is_of_it = |(name, list): &(String, Location)| {
        shape::singular(&shape::plain(name)) == singular
            && shape::items(contract, list)
                .is_some_and(|each| shape::target(contract, &each) == shape::target(contract, at))
    };
    if members.iter().any(is_of_it) {
        return false;
    }
    let plain = shape::members(contract, at).into_iter().filter(|(name, at)| {
        let is_plain = !shape::is_object(contract, at) && !shape::is_array(contract, at);
        is_plain && paging::words::member(&shape::plain(name)).is_none()
    });
    plain.count() > MAX_PLAIN
}

/// True where beside an array stands nothing but what envelopes have.
fn stands_alone(contract: &Contract, body: &Location, array: &Array) -> bool {
    let Some(first) = array.pointer.tokens().next() else { return true };
    let strangers: Vec<Location> = shape::members(contract, body)
        .into_iter()
        .filter(|(name, _)| *name != first)
        .filter(|(name, at)| {
            let plain = shape::plain(name);
            let is_of_paging = paging::words::member(&plain).is_some();
            !is_of_paging && !is_envelope(&plain) && !is_beside_items(&plain) && !shape::is_object(contract, at)
        })
        .map(|(_, at)| at)
        .collect();
    let objects = shape::members(contract, body).into_iter().filter(|(name, at)| {
        let plain = shape::plain(name);
        let is_known = is_envelope(&plain) || is_beside_items(&plain) || tells_of_pages(&plain);
        !is_known && shape::is_object(contract, at) && !shape::members(contract, at).is_empty()
    });
    // Beside several things an array is one more of them.
    if objects.count() > 1 {
        return false;
    }
    // Whole numbers alone beside an array count it, in whatever language.
    strangers.len() <= 2 || strangers.iter().all(|at| shape::types(contract, at) == ["integer"])
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Item,
    Data,
    Name,
    Wrapper,
    Other,
}

struct Array {
    pointer: Pointer,
    item: Location,
    rank: Rank,
    depth: usize,
}

fn arrays(
    contract: &Contract,
    body: &Location,
    wanted: &Wanted<'_>,
    here: &Pointer,
    outer: Rank,
    depth: usize,
    found: &mut Vec<Array>,
) {
    if depth >= MAX_DEPTH {
        return;
    }
    let plural = shape::plain(wanted.collection);
    let singular = shape::singular(&plural);
    for (name, at) in shape::members(contract, body) {
        let plain = shape::plain(&name);
        if is_beside_items(&plain) && shape::singular(&plain) != singular {
            continue;
        }
        let rank = match plain.as_str() {
            "data" => Rank::Data,
            name if name == plural || shape::singular(name) == singular => Rank::Name,
            name if WRAPPERS.contains(&name) => Rank::Wrapper,
            _ => Rank::Other,
        };
        if shape::is_array(contract, &at) {
            let all = shape::all_within(contract, body, &Pointer::root().join(&name));
            let items = all.iter().rev().filter_map(|at| shape::items(contract, at));
            if let Some(item) = items.max_by_key(|item| shape::members(contract, item).len()) {
                let rank = if same(contract, &item, wanted.item) { Rank::Item } else { rank };
                // Within something that is called like the list, anything is; elsewhere the name has to say so.
                let rank = if depth > 0 && rank == Rank::Other { outer.max(Rank::Wrapper).max(outer) } else { rank };
                found.push(Array { pointer: here.join(&name), item, rank, depth });
            }
        } else if shape::is_object(contract, &at)
            && (!is_envelope(&plain) || depth == 0)
            && (rank != Rank::Other || !is_thing_itself(contract, &at))
        {
            let outer = if outer == Rank::Other { rank } else { outer };
            arrays(contract, &at, wanted, &here.join(&name), outer, depth + 1, found);
        }
    }
}
