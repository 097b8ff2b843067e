//! Criteria in the body of a search: `{field, operator, value}`, alone or in groups that are joined by AND and OR.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use crate::behaviour::paging::comparison::Mark;
use crate::behaviour::shape;
use crate::behaviour::state::text;
use crate::document::Location;
use crate::model::Contract;

/// Members that name the member of an item.
const FIELDS: [&str; 6] = ["field", "attribute", "property", "fieldname", "propertyname", "column"];

/// Members that say how it is compared.
const OPERATORS: [&str; 5] = ["operator", "op", "comparator", "condition", "comparison"];

/// Members that hold what it is compared with.
const VALUES: [&str; 2] = ["value", "values"];

/// The deepest group within groups that is looked into.
const MAX_DEPTH: usize = 12;

/// True for a schema of criteria: of its members one names a member of items, and one has the value.
pub(crate) fn are(contract: &Contract, at: &Location) -> bool {
    let at = shape::items(contract, at).filter(|_| shape::is_array(contract, at)).unwrap_or_else(|| at.clone());
    let names: Vec<String> = shape::members(contract, &at).into_iter().map(|(name, _)| shape::plain(&name)).collect();
    let has = |words: &[&str]| names.iter().any(|name| words.contains(&name.as_str()));
    has(&FIELDS) && has(&VALUES)
}

/// True where a value meets criteria; `look` gives a member of it by the name that the criteria have for it. What is not understood
/// is met by nothing.
pub(crate) fn met(criteria: &Value, look: &dyn Fn(&str) -> Option<Value>) -> bool {
    meets(criteria, look, 0)
}

fn meets(criteria: &Value, look: &dyn Fn(&str) -> Option<Value>, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match criteria {
        Value::Array(all) => all.iter().all(|one| meets(one, look, depth + 1)),
        Value::Object(members) if members.is_empty() => true,
        Value::Object(members) => group(members, look, depth).unwrap_or_else(|| one(members, look)),
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The answer of a group of criteria; `None` where these are no group.
fn group(members: &Map<String, Value>, look: &dyn Fn(&str) -> Option<Value>, depth: usize) -> Option<bool> {
    for (name, inner) in members {
        let all = inner.as_array();
        match (shape::plain(name).as_str(), all) {
            ("and" | "all", Some(all)) => return Some(all.iter().all(|one| meets(one, look, depth + 1))),
            ("or" | "any", Some(all)) => return Some(all.iter().any(|one| meets(one, look, depth + 1))),
            ("not", None) => return Some(!meets(inner, look, depth + 1)),
            _ => {}
        }
    }
    if named(members, &FIELDS).is_some() {
        return None;
    }
    let all = members.values().find_map(Value::as_array).filter(|all| all.iter().all(Value::is_object))?;
    let joins = named(members, &OPERATORS).or_else(|| named(members, &["logic", "conjunction", "join", "match"]));
    let is_any = joins.and_then(Value::as_str).is_some_and(|word| matches!(&*shape::plain(word), "or" | "any"));
    let mut each = all.iter().map(|one| meets(one, look, depth + 1));
    Some(if is_any { each.any(|met| met) } else { each.all(|met| met) })
}

/// The answer of one criterion.
fn one(members: &Map<String, Value>, look: &dyn Fn(&str) -> Option<Value>) -> bool {
    let Some(field) = named(members, &FIELDS).and_then(Value::as_str) else { return false };
    let wanted = named(members, &VALUES).cloned().unwrap_or(Value::Null);
    let operator = named(members, &OPERATORS).and_then(Value::as_str).unwrap_or("=");
    compares(operator, look(field).as_ref(), &wanted)
}

/// True where a member that is there stands to the wanted value as the operator says.
fn compares(operator: &str, there: Option<&Value>, wanted: &Value) -> bool {
    let word = shape::plain(operator);
    let has = |value: &Value| match there {
        Some(Value::Array(all)) => all.iter().any(|one| text(one) == text(value)),
        Some(one) => text(one) == text(value),
        None => value.is_null(),
    };
    let is_among = || wanted.as_array().map_or_else(|| has(wanted), |all| all.iter().any(has));
    let holds = || {
        let there = there.map(|there| text(there).to_lowercase()).unwrap_or_default();
        there.contains(&text(wanted).to_lowercase())
    };
    let begins = || there.is_some_and(|there| text(there).to_lowercase().starts_with(&text(wanted).to_lowercase()));
    let ends = || there.is_some_and(|there| text(there).to_lowercase().ends_with(&text(wanted).to_lowercase()));
    let compare = |there: &Value| Mark::compare(Some(&Mark::of(there)), Some(&Mark::of(wanted)));
    let order = || there.filter(|there| !there.is_null()).map(compare);
    match (operator, word.as_str()) {
        ("=" | "==", _) | (_, "eq" | "equals" | "equal" | "is" | "in" | "anyof") => is_among(),
        ("!=" | "<>", _) | (_, "neq" | "ne" | "notequals" | "notequal" | "isnot" | "nin" | "notin" | "noneof") => {
            !is_among()
        }
        ("~", _) | (_, "contains" | "like" | "ilike" | "matches" | "containstoken") => holds(),
        ("!~", _) | (_, "notcontains" | "doesnotcontain" | "notlike" | "notcontainstoken") => !holds(),
        ("^", _) | (_, "startswith" | "beginswith" | "prefix") => begins(),
        ("$", _) | (_, "endswith" | "suffix") => ends(),
        (">", _) | (_, "gt" | "greaterthan" | "after") => order() == Some(Ordering::Greater),
        ("<", _) | (_, "lt" | "lessthan" | "before") => order() == Some(Ordering::Less),
        (">=", _) | (_, "gte" | "greaterthanorequal" | "min") => order().is_some_and(Ordering::is_ge),
        ("<=", _) | (_, "lte" | "lessthanorequal" | "max") => order().is_some_and(Ordering::is_le),
        (_, "exists" | "isset" | "hasproperty" | "isnotnull") => there.is_some_and(|there| !there.is_null()),
        (_, "notexists" | "isnull" | "isempty" | "nothasproperty") => there.is_none_or(Value::is_null),
        _ => false,
    }
}

fn named<'m>(members: &'m Map<String, Value>, words: &[&str]) -> Option<&'m Value> {
    members.iter().find(|(name, _)| words.contains(&shape::plain(name).as_str())).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn criteria_are_met_alone_and_in_groups() {
        let item = json!({"email": "a@b.c", "age": 30, "tags": ["x", "y"], "gone": null});
        let look = |name: &str| item.get(name).cloned();
        let c =
            |field: &str, operator: &str, value: Value| json!({"field": field, "operator": operator, "value": value});
        for (criteria, wanted) in [
            (c("email", "=", json!("a@b.c")), true),
            (c("email", "!=", json!("a@b.c")), false),
            (c("email", "~", json!("@B")), true),
            (c("tags", "IN", json!(["y", "z"])), true),
            (c("age", ">", json!(29)), true),
            (c("age", "LTE", json!(29)), false),
            (c("gone", "exists", Value::Null), false),
            (c("age", "sounds like", json!(30)), false),
            (json!({"operator": "AND", "value": [c("age", ">", json!(1)), c("age", "<", json!(9))]}), false),
            (json!({"operator": "OR", "value": [c("age", ">", json!(1)), c("age", "<", json!(9))]}), true),
            (
                json!({"and": [c("age", "=", json!(30)), {"or": [c("age", "=", json!(1)), c("tags", "=", json!("x"))]}]}),
                true,
            ),
            (json!({}), true),
        ] {
            assert_eq!(met(&criteria, &look), wanted, "{criteria}");
        }
    }
}
