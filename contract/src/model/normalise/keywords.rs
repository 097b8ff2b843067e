//! The keywords of one schema object in the dialect of OpenAPI 3.0 -> those of JSON Schema 2020-12.

use serde_json::{Map, Value};

/// Keywords that the dialect of OpenAPI 3.0 does not know, so that they must not begin to act ("Schema Object").
pub(crate) const UNKNOWN_TO_3_0: [&str; 18] = [
    "const",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "prefixItems",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
    "propertyNames",
    "patternProperties",
    "$dynamicRef",
    "$dynamicAnchor",
    "$anchor",
    "$id",
];

/// Marks the `prefixItems` that was a list of `items` (JSON Schema draft 4), which the dialects do not have, but documents do.
pub(super) const TUPLE: &str = "x-etalon-tuple";

/// Marks a schema that is `nullable` beside an `enum` without null: whether null is valid there is read both ways.
pub const DOUBTFUL_NULL: &str = "x-etalon-doubtful-null";

/// The keywords of a schema object, rewritten in place; the schemas below it are left as they are.
pub(super) fn rewrite(members: &mut Map<String, Value>) {
    // One look at the keys tells what there is to do, which mostly is nothing.
    let (mut is_nullable, mut is_exclusive, mut drops) = (false, false, false);
    let (mut is_tuple, mut was_tuple) = (false, false);
    for (keyword, value) in members.iter() {
        match keyword.as_str() {
            "items" => is_tuple = value.is_array(),
            TUPLE => was_tuple = true,
            "nullable" => is_nullable = true,
            "exclusiveMinimum" | "exclusiveMaximum" => is_exclusive = true,
            other => drops |= is_dropped(other, value),
        }
    }
    if is_nullable {
        nullable(members);
    }
    if is_exclusive {
        exclusive(members, "exclusiveMinimum", "minimum");
        exclusive(members, "exclusiveMaximum", "maximum");
    }
    if drops {
        members.retain(|keyword, value| !is_dropped(keyword, value) || was_tuple && keyword == "prefixItems");
    }
    if is_tuple && let Some(items) = members.shift_remove("items") {
        members.insert("prefixItems".to_owned(), items);
        members.insert(TUPLE.to_owned(), Value::Bool(true));
    }
}

/// True where a keyword must go: one that the dialect does not know, or a `required` of JSON Schema draft 3, where it stood
/// in the property and was true or false.
pub(super) fn is_dropped(keyword: &str, value: &Value) -> bool {
    keyword == "required" && value.is_boolean() || UNKNOWN_TO_3_0.contains(&keyword)
}

/// `nullable` acts only beside a `type` (OpenAPI 3.0.3 "Schema Object"); an `enum` beside it then has null too.
pub(super) fn nullable(members: &mut Map<String, Value>) {
    if members.get("nullable") != Some(&Value::Bool(true)) {
        return;
    }
    let Some(Value::String(kind)) = members.get("type") else { return };
    let kind = kind.clone();
    members.insert("type".to_owned(), serde_json::json!([kind, "null"]));
    if let Some(Value::Array(values)) = members.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
        // By the letter of 3.0.3 null is not valid here; much is written as if it were.
        members.insert(DOUBTFUL_NULL.to_owned(), Value::Bool(true));
    }
}

pub(super) fn exclusive(members: &mut Map<String, Value>, flag: &str, bound: &str) {
    match members.get(flag) {
        Some(Value::Bool(true)) => {
            if let Some(limit) = members.shift_remove(bound) {
                members.insert(flag.to_owned(), limit);
            } else {
                members.shift_remove(flag);
            }
        }
        Some(Value::Bool(false)) => {
            members.shift_remove(flag);
        }
        _ => {}
    }
}
