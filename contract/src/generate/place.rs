//! What acts on a place within a value, and getting there in a value at hand.

use serde_json::Value;

use crate::document::{Location, Pointer};
use crate::generate::Cannot;
use crate::generate::facets::Facets;
use crate::model::{Contract, Direction, Schema};

/// The facets of the value at a row's pointer (`*` for items and members of any name), seen from the schema of the whole.
pub(crate) fn facets_at<'c>(contract: &'c Contract, root: &Location, pointer: &Pointer) -> Result<Facets<'c>, Cannot> {
    let schema = contract.schema(root).map_err(|defect| Cannot::because(defect.to_string()))?;
    let mut schemas = vec![schema];
    for token in pointer.tokens() {
        let facets = Facets::of(contract, &schemas, Direction::Request)?;
        schemas = step(&facets, &token).ok_or_else(|| {
            Cannot::because(format!("{pointer} lies within an alternative, which is broken as a whole"))
        })?;
    }
    Facets::of(contract, &schemas, Direction::Request)
}

fn step<'c>(facets: &Facets<'c>, token: &str) -> Option<Vec<Schema<'c>>> {
    if let Some(member) = facets.member(token) {
        return Some(member.to_vec());
    }
    if let Some(item) = token.parse::<usize>().ok().and_then(|index| facets.prefix.get(index)) {
        return Some(item.clone());
    }
    let found = if facets.items.is_empty() { &facets.additional } else { &facets.items };
    (token == "*" && !found.is_empty()).then(|| found.clone())
}

/// The pointer of the first place in a value that a row's pointer names.
pub(crate) fn concrete(value: &Value, template: &Pointer) -> Option<Pointer> {
    let mut here = value;
    let mut pointer = Pointer::root();
    for token in template.tokens() {
        let (next, name) = match here {
            Value::Array(items) => {
                let index = if token == "*" { 0 } else { token.parse().ok()? };
                (items.get(index)?, index.to_string())
            }
            // A member of any name is the one that was added for it, which stands last.
            Value::Object(members) if token == "*" => {
                let (name, member) = members.iter().next_back()?;
                (member, name.clone())
            }
            Value::Object(members) => (members.get(token.as_ref())?, token.into_owned()),
            _ => return None,
        };
        here = next;
        pointer = pointer.join(&name);
    }
    Some(pointer)
}
