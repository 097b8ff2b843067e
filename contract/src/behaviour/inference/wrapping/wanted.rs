//! The item that is looked for in a body, and how alike two schemas are.

use crate::behaviour::shape;
use crate::document::Location;
use crate::model::Contract;

/// The item that is looked for in a body: its collection, its parameter and, where one is known, its schema.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted<'w> {
    /// The name of the collection.
    pub(crate) collection: &'w str,
    /// The path parameter that names an item, and its schema.
    pub(crate) parameter: Option<(&'w str, Option<&'w Location>)>,
    /// A schema that describes the item elsewhere.
    pub(crate) item: Option<&'w Location>,
    /// The schema of what a client sends to make one.
    pub(crate) sent: Option<&'w Location>,
}

impl<'w> Wanted<'w> {
    /// An item of a collection, as a path parameter of that name names it.
    #[must_use]
    pub(crate) fn named(collection: &'w str, parameter: Option<&'w str>) -> Self {
        Self { collection, parameter: parameter.map(|name| (name, None)), ..Self::default() }
    }
}

/// The number of members that two schemas have in common.
pub(crate) fn overlap(contract: &Contract, one: &Location, other: &Location) -> usize {
    let known = shape::by_name(contract, other);
    shape::members(contract, one).iter().filter(|(name, _)| known.contains_key(name)).count()
}

/// True for two uses of one schema that describes members, or for two that read the same.
pub(crate) fn is_one(contract: &Contract, at: &Location, other: &Location) -> bool {
    let (at, other) = (shape::target(contract, at), shape::target(contract, other));
    let reads_same = || contract.document().node(&at) == contract.document().node(&other);
    !shape::members(contract, &at).is_empty() && (at == other || reads_same())
}

/// The fewest members that two schemas must have to be taken for one by these alone.
const ENOUGH: usize = 4;

/// True where a schema is that of the item, or describes the very members that it does: `allOf` of the item and a description is
/// the item.
pub(crate) fn same(contract: &Contract, at: &Location, item: Option<&Location>) -> bool {
    item.is_some_and(|item| {
        let (at, item) = (shape::target(contract, at), shape::target(contract, item));
        let wanted = shape::members(contract, &item).len();
        if at == item {
            return wanted > 0;
        }
        wanted >= ENOUGH && shape::members(contract, &at).len() == wanted && overlap(contract, &at, &item) == wanted
    })
}
