//! Which schemas act on a place within a value: the parts of its schema, with the branches taken that a way takes.

use serde_json::Value;

use crate::document::Location;
use crate::generate::plain::facets::matches;
use crate::generate::plain::maker::Way;
use crate::model::Contract;
use crate::rule::{Branch, TemplateToken};

/// The most schemas that may act on one value before the rest is passed over.
const MAX_PARTS: usize = 32;

/// The schemas that act on one value, with the branches that are taken and the conditions that may not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Applicable {
    /// The schemas that it must satisfy.
    pub(crate) parts: Vec<Location>,
    /// The branches that are taken here, which stand among the parts.
    pub(crate) taken: Vec<Taken>,
    /// The conditions that may not hold here.
    pub(crate) barred: Vec<Location>,
}

/// An alternative of which one branch is taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Taken {
    /// The location of `anyOf`, `oneOf` or `if`.
    pub(crate) at: Location,
    /// The branches that are not taken; none for `if`.
    pub(crate) others: Vec<Location>,
}

impl Taken {
    /// True where one branch may be satisfied and no other.
    pub(crate) fn is_exclusive(&self) -> bool {
        self.at.pointer.last().is_some_and(|word| word == "oneOf")
    }
}

/// The schemas that act on each value on a way, from the whole to the place. Ends early where nothing is known of what
/// follows.
pub(crate) fn along(contract: &Contract, root: &Location, way: Way<'_>) -> Vec<Applicable> {
    let mut here = Applicable::default();
    parts(contract, root, &mut here.parts);
    let mut found = vec![];
    for depth in 0..=way.path.len() {
        let branches = way.branches.iter().filter(|branch| branch.pointer.tokens().count() == depth);
        branches.for_each(|branch| here.take(contract, branch));
        let next = way.path.get(depth).map(|token| inner(contract, &here.parts, token));
        found.push(std::mem::take(&mut here));
        match next {
            Some(parts) if !parts.is_empty() => here.parts = parts,
            _ => break,
        }
    }
    found
}

impl Applicable {
    fn take(&mut self, contract: &Contract, branch: &Branch) {
        if branch.is_condition() {
            if branch.index == 0 {
                parts(contract, &branch.at, &mut self.parts);
            } else {
                self.barred.push(branch.at.clone());
            }
            self.taken.push(Taken { at: branch.at.clone(), others: Vec::new() });
        } else {
            let count = contract.document().node(&branch.at).and_then(Value::as_array).map_or(0, Vec::len);
            let others =
                (0..count).filter(|index| *index != branch.index).map(|index| branch.at.index(index)).collect();
            self.taken.push(Taken { at: branch.at.clone(), others });
        }
        parts(contract, &branch.schema(), &mut self.parts);
    }
}

/// Adds the schemas that act on the same value as the one at a location.
fn parts(contract: &Contract, at: &Location, into: &mut Vec<Location>) {
    for schema in contract.conjuncts(at).schemas {
        if into.len() <= MAX_PARTS && !into.contains(&schema.at) {
            into.push(schema.at);
        }
    }
}

/// The schemas of a member or item, of all the parts of its owner.
fn inner(contract: &Contract, owners: &[Location], token: &str) -> Vec<Location> {
    let mut found = Vec::new();
    let is_index = token.parse::<usize>().is_ok();
    for owner in owners {
        let Ok(schema) = contract.schema(owner) else { continue };
        let mut take = |at: Location| parts(contract, &at, &mut found);
        let mut named = false;
        if schema.get("properties").and_then(|named| named.get(token)).is_some() {
            take(owner.join("properties").join(token));
            named = true;
        }
        let meant = |pattern: &str| {
            TemplateToken::of(token).pattern().map_or_else(|| matches(pattern, token), |it| it == pattern)
        };
        for (pattern, _) in schema.named("patternProperties").filter(|(pattern, _)| meant(pattern)) {
            take(owner.join("patternProperties").join(pattern));
            named = true;
        }
        if !named && schema.child("additionalProperties").is_some() {
            take(owner.join("additionalProperties"));
        }
        if is_index && schema.get("prefixItems").and_then(|items| items.get(token.parse().unwrap_or(0))).is_some() {
            take(owner.join("prefixItems").join(token));
        } else if (token == "*" || is_index) && schema.child("items").is_some() {
            take(owner.join("items"));
        }
    }
    found
}
