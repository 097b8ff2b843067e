//! Whether a POST asks for items instead of making one: by their keys, or by a body of criteria.

use crate::behaviour::inference::paths::name_of;
use crate::behaviour::inference::words::{Verb, is_criterion, verb};
use crate::behaviour::inference::wrapping::{self, Wanted};
use crate::behaviour::messages::{request_schema, success_schema};
use crate::behaviour::shape;
use crate::document::Location;
use crate::model::{Contract, Operation};

/// The fewest criteria in a body that asks.
const FEWEST_CRITERIA: usize = 3;

/// True where a POST to a collection answers with a list and takes keys below a word for reading (`/articles/get`), or a body
/// of criteria, of which nothing is a member of an item.
pub(super) fn reads(contract: &Contract, operation: &Operation, wanted: &Wanted<'_>) -> bool {
    let (Some(sent), Some(shown)) = (request_schema(operation), success_schema(operation)) else { return false };
    if operation.response(201).is_some_and(|response| response.status.is_success())
        || wrapping::many(contract, shown, wanted).is_none()
    {
        return false;
    }
    if shape::is_array(contract, sent) {
        return is_word_for_reading(operation) && is_of_keys(contract, sent);
    }
    let members = shape::members(contract, sent);
    let criteria = members.iter().filter(|(name, _)| is_criterion(&shape::plain(name))).count();
    let common = wanted.item.map_or(0, |item| wrapping::overlap(contract, sent, item));
    common == 0 && criteria >= FEWEST_CRITERIA && criteria * 2 > members.len()
}

/// True where the path ends in a word that says that something is read.
fn is_word_for_reading(operation: &Operation) -> bool {
    let name = name_of(operation.path.as_str().trim_end_matches('/'));
    matches!(shape::plain(&name).as_str(), "get" | "fetch" | "read") || verb(&name) == Some(Verb::Search)
}

/// True for an array of texts or numbers.
fn is_of_keys(contract: &Contract, at: &Location) -> bool {
    shape::items(contract, at).is_some_and(|each| {
        let types = shape::types(contract, &each);
        !types.is_empty() && types.iter().all(|kind| matches!(*kind, "string" | "integer" | "number"))
    })
}
