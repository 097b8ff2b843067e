//! Verbs that name a member of the item below which they stand: `/servers/{id}/actions/change_protection` changes its
//! `protection`, `…/add_subnet` adds to its `subnets`.

use crate::behaviour::inference::words::lays;
use crate::behaviour::{Lay, shape};
use crate::document::{Location, Pointer};
use crate::model::Contract;

/// The member of an item that a word treats, and how.
pub(crate) fn laid(contract: &Contract, item: &Location, word: &str) -> Option<(Pointer, Lay)> {
    let (lay, named) = lays(word)?;
    let members = shape::members(contract, item);
    let is_it = |(name, at): &&(String, Location)| {
        let name = shape::plain(name);
        let fits = match lay {
            Lay::Merge => shape::is_object(contract, at) && !shape::members(contract, at).is_empty(),
            Lay::Append | Lay::Take => shape::is_array(contract, at),
        };
        fits && (name == named || shape::singular(&name) == shape::singular(&named))
    };
    let (name, _) = members.iter().find(is_it)?;
    Some((Pointer::root().join(name), lay))
}
