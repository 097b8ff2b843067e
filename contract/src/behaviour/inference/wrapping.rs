//! Where in a body the item or the items stand: at the root, or wrapped in an envelope; and which member of an item is its
//! key. An envelope is told from a member by what stands around it: a thing has members of its own there, an envelope has not.

use crate::behaviour::inference::words::{WRAPPERS, is_beside_items, is_envelope};
use crate::behaviour::paging;
use crate::behaviour::shape;
use crate::document::{Location, Pointer};
use crate::model::Contract;

/// The item that is looked for in a body: its collection, its parameter and, where one is known, its schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'w> {
    /// The name of the collection.
    pub(crate) collection: &'w str,
    /// The path parameter that names an item, and its schema.
    pub(crate) parameter: Option<(&'w str, Option<&'w Location>)>,
    /// A schema that describes the item elsewhere.
    pub(crate) item: Option<&'w Location>,
}

impl<'w> Wanted<'w> {
    /// An item of a collection, as a path parameter of that name names it.
    #[must_use]
    pub(crate) fn named(collection: &'w str, parameter: Option<&'w str>) -> Self {
        Self { collection, parameter: parameter.map(|name| (name, None)), item: None }
    }
}

/// Members of an item that hold what identifies it.
const HOLDERS: [&str; 9] =
    ["metadata", "data", "attributes", "info", "meta", "sys", "identity", "identifier", "properties"];

/// Members that are keys by custom.
const KEYS: [&str; 9] = ["id", "uuid", "guid", "uid", "gid", "sid", "objectid", "key", "slug"];

/// The pointer of the item in a body of this schema, with the item's schema there; the root where no envelope is told
/// from the item.
#[must_use]
pub(crate) fn one(contract: &Contract, body: &Location, wanted: &Wanted<'_>) -> (Pointer, Location) {
    let root = (Pointer::root(), body.clone());
    if key_at_top(contract, body, wanted).is_some() || same(contract, body, wanted.item) {
        return root;
    }
    let members = shape::members(contract, body);
    let named = Named::of(wanted);
    let own = wanted.item.map(|item| overlap(contract, body, item)).unwrap_or_default();
    // The first of those that rank alike.
    let ranked = members.iter().filter_map(|member| {
        let rank = wrapper_rank(contract, member, &members, &named, own)?;
        Some((rank, member))
    });
    if let Some((_, (name, at))) = ranked.min_by_key(|(rank, _)| *rank) {
        return (Pointer::root().join(name), at.clone());
    }
    only_of_list(contract, &members, &named).unwrap_or(root)
}

/// The item that is looked for, with the plain name of its collection and of one of it.
struct Named<'w> {
    wanted: &'w Wanted<'w>,
    singular: String,
    plural: String,
}

impl<'w> Named<'w> {
    fn of(wanted: &'w Wanted<'w>) -> Self {
        let plural = shape::plain(wanted.collection);
        Self { wanted, singular: shape::singular(&plural), plural }
    }

    /// The rank of a plain name for the one that holds an item, from 0, the best, to 3 for any other name.
    fn rank(&self, plain: &str) -> usize {
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
    named: &Named<'_>,
    own: usize,
) -> Option<(usize, bool, usize)> {
    let wanted = named.wanted;
    let plain = shape::plain(name);
    if !shape::is_object(contract, at) || shape::members(contract, at).is_empty() && plain != "data" {
        return None;
    }
    let rank = named.rank(&plain);
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
    let is_wrapper = is_wrapper && (is_it || !is_envelope(&plain));
    is_wrapper.then_some((if is_it { 0 } else { rank + 1 }, !is_keyed, usize::MAX - inner))
}

/// The one item of a list that is called like the collection, where nothing else stands beside the list.
fn only_of_list(contract: &Contract, members: &[(String, Location)], named: &Named<'_>) -> Option<(Pointer, Location)> {
    let (name, at) = members.iter().find(|(name, at)| {
        let plain = shape::plain(name);
        plain == named.plural && shape::singular(&plain) == named.singular && shape::is_array(contract, at)
    })?;
    let item = shape::items(contract, at)?;
    let is_stranger = |(name, _): &(String, Location)| {
        let plain = shape::plain(name);
        plain != named.plural && !is_envelope(&plain) && !is_beside_items(&plain)
    };
    let is_one = !members.iter().any(is_stranger) && key_at_top(contract, &item, named.wanted).is_some();
    is_one.then(|| (Pointer::root().join(name).index(0), item))
}

/// The number of members that two schemas have in common.
pub(crate) fn overlap(contract: &Contract, one: &Location, other: &Location) -> usize {
    let known = shape::by_name(contract, other);
    shape::members(contract, one).iter().filter(|(name, _)| known.contains_key(name)).count()
}

/// The fewest members that two schemas must have to be taken for one by these alone.
const ENOUGH: usize = 4;

/// True where a schema is that of the item, or describes the very members that it does: `allOf` of the item and a description is
/// the item.
pub(super) fn same(contract: &Contract, at: &Location, item: Option<&Location>) -> bool {
    item.is_some_and(|item| {
        let (at, item) = (shape::target(contract, at), shape::target(contract, item));
        let wanted = shape::members(contract, &item).len();
        if at == item {
            return wanted > 0;
        }
        wanted >= ENOUGH && shape::members(contract, &at).len() == wanted && overlap(contract, &at, &item) == wanted
    })
}

/// The most levels at which the array of items is looked for in a body.
const MAX_DEPTH: usize = 3;

/// The pointer of the array of items in a body of this schema, with the schema of one; `None` where there is none.
#[must_use]
pub(crate) fn many(contract: &Contract, body: &Location, wanted: &Wanted<'_>) -> Option<(Pointer, Location)> {
    if shape::is_array(contract, body) {
        return shape::items(contract, body).map(|item| (Pointer::root(), item));
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
        types.is_empty() || types.iter().any(|kind| matches!(*kind, "object" | "array"))
    };
    // One array of things is the list, if the object is not itself a thing that merely holds it.
    match found.as_slice() {
        [array] if !is_thing && is_of_things(array) && stands_alone(contract, body, array) => {
            found.pop().map(|array| (array.pointer, array.item))
        }
        _ => None,
    }
}

/// True where beside an array stands nothing but what envelopes have.
fn stands_alone(contract: &Contract, body: &Location, array: &Array) -> bool {
    let Some(first) = array.pointer.tokens().next() else { return true };
    let strangers = shape::members(contract, body)
        .into_iter()
        .filter(|(name, _)| *name != first)
        .filter(|(name, at)| {
            let plain = shape::plain(name);
            let is_of_paging = paging::words::member(&plain).is_some();
            !is_of_paging && !is_envelope(&plain) && !is_beside_items(&plain) && !shape::is_object(contract, at)
        })
        .count();
    strangers <= 2
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
    at: &Location,
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
    for (name, at) in shape::members(contract, at) {
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
            if let Some(item) = shape::items(contract, &at) {
                let rank = if same(contract, &item, wanted.item) { Rank::Item } else { rank };
                // Within something that is called like the list, anything is; elsewhere the name has to say so.
                let rank = if depth > 0 && rank == Rank::Other { outer.max(Rank::Wrapper).max(outer) } else { rank };
                found.push(Array { pointer: here.join(&name), item, rank, depth });
            }
        } else if shape::is_object(contract, &at) && (!is_envelope(&plain) || depth == 0) {
            let outer = if outer == Rank::Other { rank } else { outer };
            arrays(contract, &at, wanted, &here.join(&name), outer, depth + 1, found);
        }
    }
}

/// The pointer of the key in an item: of the member that the path parameter names and can mean, or of one that is a key
/// by custom.
#[must_use]
pub(crate) fn key_of(contract: &Contract, item: &Location, wanted: &Wanted<'_>) -> Option<Pointer> {
    if let Some(name) = key_at_top(contract, item, wanted) {
        return Some(Pointer::root().join(&name));
    }
    let singular = shape::singular(&shape::plain(wanted.collection));
    let members = shape::members(contract, item);
    let holds = |plain: &str| HOLDERS.contains(&plain) || plain == singular;
    members.iter().filter(|(name, at)| holds(&shape::plain(name)) && shape::is_object(contract, at)).find_map(
        |(name, at)| {
            let inner = key_at_top(contract, at, wanted)?;
            Some(Pointer::root().join(name).join(&inner))
        },
    )
}

/// The key among the members of an item themselves.
fn key_at_top(contract: &Contract, item: &Location, wanted: &Wanted<'_>) -> Option<String> {
    let members = shape::members(contract, item);
    let can_be = |at: &Location| wanted.parameter.is_none_or(|(_, schema)| is_nameable(contract, at, schema));
    let named = |name: &str| {
        let fits = |(member, at): &&(String, Location)| shape::plain(member) == name && can_be(at);
        members.iter().find(fits).map(|(member, _)| member.clone())
    };
    let singular = shape::singular(&shape::plain(wanted.collection));
    let Some((parameter, _)) = wanted.parameter else {
        return KEYS.iter().find_map(|name| named(name)).or_else(|| named(&format!("{singular}id")));
    };
    let plain = shape::plain(parameter);
    let rest = plain.strip_prefix(&singular).filter(|rest| !rest.is_empty()).unwrap_or(&plain);
    let longest = || {
        let ends = members.iter().filter(|(name, at)| {
            let name = shape::plain(name);
            !name.is_empty() && plain.ends_with(&name) && can_be(at)
        });
        ends.max_by_key(|(name, _)| name.len()).map(|(name, _)| name.clone())
    };
    named(&plain)
        .or_else(|| named(rest))
        .or_else(|| if plain.ends_with("id") { named("id") } else { None })
        .or_else(longest)
        .or_else(|| named(&format!("{singular}id")))
        .or_else(|| {
            if !is_name_of(&plain, &singular) {
                return None;
            }
            // A text that names a thing is not the number that it has beside its name.
            let is_text = wanted.parameter.and_then(|(_, schema)| schema).is_some_and(|at| {
                let types = shape::types(contract, at);
                types.contains(&"string") && !types.contains(&"integer")
            });
            let counts = members
                .iter()
                .any(|(name, at)| shape::plain(name) == "id" && shape::types(contract, at).contains(&"integer"));
            let is_random = wanted
                .parameter
                .and_then(|(_, schema)| schema)
                .is_some_and(|at| shape::format(contract, at) == Some("uuid"));
            let names: &[&str] = if is_random { &[] } else { &["name", "slug", "key", "login", "username"] };
            let by_name = || names.iter().find_map(|name| named(name));
            if is_text && counts { by_name().or_else(|| named("id")) } else { named("id").or_else(by_name) }
        })
        .or_else(|| {
            if plain.ends_with("id") {
                ["uuid", "uid", "guid", "key"].iter().find_map(|name| named(name))
            } else {
                None
            }
        })
        // A parameter may be called like nothing that an item has.
        .or_else(|| KEYS.iter().find_map(|name| named(name)))
}

/// Words that a parameter which names a thing in one way or another is made of.
const WAYS: [&str; 11] =
    ["id", "uuid", "name", "slug", "key", "login", "username", "number", "email", "code", "identifier"];

/// The members that a parameter such as `id_or_name` may mean besides the key.
#[must_use]
pub(crate) fn alternates(contract: &Contract, item: &Location, parameter: &str, key: &Pointer) -> Vec<Pointer> {
    let plain = shape::plain(parameter);
    let halves = plain.match_indices("or").map(|(at, word)| (&plain[..at], &plain[at + word.len()..]));
    let ways = halves.filter(|(left, right)| WAYS.contains(right) && WAYS.iter().any(|way| left.ends_with(way)));
    let named = |plain: &str| {
        let members = shape::members(contract, item);
        let found = members.iter().filter(|(name, at)| {
            let name = shape::plain(name);
            let is_plain = !shape::is_object(contract, at) && !shape::is_array(contract, at);
            is_plain && (name == plain || WAYS.contains(&name.as_str()) && plain.ends_with(&name))
        });
        found.max_by_key(|(name, _)| name.len()).map(|(name, _)| Pointer::root().join(name))
    };
    let mut found: Vec<Pointer> = ways.flat_map(|(left, right)| [named(left), named(right)]).flatten().collect();
    found.retain(|pointer| pointer != key);
    found.dedup();
    found
}

/// `{tenant}` of `/tenants`, and `{idOrName}`: a parameter that is called as the thing itself.
fn is_name_of(plain: &str, singular: &str) -> bool {
    let is_either = plain.contains("id") && ["name", "slug", "key", "login"].iter().any(|word| plain.contains(word));
    let is_short = plain.len() > 2 && plain != "id" && (singular.ends_with(plain) || plain.ends_with(singular));
    is_either || plain == singular || is_short
}

/// True where a path parameter of this schema can mean a member of that one.
fn is_nameable(contract: &Contract, member: &Location, parameter: Option<&Location>) -> bool {
    let types = shape::types(contract, member);
    if types.iter().all(|kind| matches!(*kind, "object" | "array" | "boolean" | "null")) && !types.is_empty() {
        return false;
    }
    let Some(parameter) = parameter else { return true };
    let wanted = shape::types(contract, parameter);
    let is_number = |kind: &&str| matches!(*kind, "integer" | "number");
    if types.is_empty() || wanted.is_empty() {
        return true;
    }
    if wanted.iter().all(is_number) {
        return types.iter().any(is_number);
    }
    match shape::format(contract, parameter) {
        Some("uuid") => {
            types.contains(&"string") && matches!(shape::format(contract, member), None | Some("uuid" | "guid"))
        }
        _ => true,
    }
}
