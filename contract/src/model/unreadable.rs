//! Keywords of schemas that cannot be read as they are written, in every version: what they say is told otherwise, or
//! left out, so that the rest of the schema counts. `lint` reads the text again and reports them. This knows no
//! dialect.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::model::{ecma, pattern};

/// The mark of a schema whose `pattern` was surely meant in another dialect than ECMA-262.
pub const DOUBTFUL_PATTERN: &str = "x-etalon-doubtful-pattern";

/// Members whose values belong to the user's data, never to the specification.
const DATA: [&str; 6] = ["example", "examples", "default", "enum", "value", "const"];

/// The meaning of `exclusiveMinimum: true`: in JSON Schema draft 4 it sharpens the bound beside it, later it means
/// nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flags {
    /// It is read elsewhere.
    Meant,
    /// It means nothing, and is left out.
    Unknown,
}

/// Rewrites what cannot be read in all schemas of a tree.
pub(crate) fn leave_out(node: &mut Value, flags: Flags) {
    let mut open = vec![(node, Names::Keywords)];
    while let Some((node, names)) = open.pop() {
        match node {
            Value::Object(members) => {
                if names == Names::Keywords {
                    schema(members, flags);
                }
                for (name, value) in members.iter_mut() {
                    let is_data = names == Names::Keywords && (DATA.contains(&name.as_str()) || name.starts_with("x-"));
                    if !is_data && (value.is_object() || value.is_array()) {
                        let names = match (names, name.as_str()) {
                            (
                                Names::Keywords,
                                "properties" | "patternProperties" | "schemas" | "definitions" | "$defs",
                            ) => Names::OfMembers,
                            (Names::Keywords | Names::OfMembers, _) => Names::Keywords,
                        };
                        open.push((value, names));
                    }
                }
            }
            Value::Array(items) => open.extend(items.iter_mut().map(|item| (item, Names::Keywords))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// The names of an object's members: words of the specification, or the author's own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Words of the specification.
    Keywords,
    /// Names that the document's author gives.
    OfMembers,
}

fn schema(members: &mut Map<String, Value>, flags: Flags) {
    if flags == Flags::Unknown {
        for flag in ["exclusiveMinimum", "exclusiveMaximum"] {
            if members.get(flag).is_some_and(Value::is_boolean) {
                members.shift_remove(flag);
            }
        }
    }
    if let Some(Value::Array(required)) = members.get_mut("required")
        && required.len() > 1
    {
        let mut seen = HashSet::new();
        required.retain(|name| name.as_str().is_none_or(|name| seen.insert(name.to_owned())));
    }
    if members.get("pattern").and_then(Value::as_str).is_some_and(|written| ecma::meant(written).is_some()) {
        members.insert(DOUBTFUL_PATTERN.to_owned(), Value::Bool(true));
    }
    if let Some(Value::String(written)) = members.get_mut("pattern") {
        match pattern::readable(written) {
            Some(Cow::Borrowed(_)) => {}
            Some(Cow::Owned(told)) => *written = told,
            None => {
                members.shift_remove("pattern");
            }
        }
    }
    if let Some(Value::Object(patterns)) = members.get_mut("patternProperties")
        && patterns.keys().any(|name| !matches!(pattern::readable(name), Some(Cow::Borrowed(_))))
    {
        let told = std::mem::take(patterns).into_iter();
        *patterns = told.filter_map(|(name, schema)| Some((pattern::readable(&name)?.into_owned(), schema))).collect();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_required_once_and_data_stay_as_they_are() {
        let mut node = json!({"schema": {"required": ["a", "b", "a"], "properties": {"required": {"required": ["c", "c"]}},
            "example": {"required": ["d", "d"]}}});
        leave_out(&mut node, Flags::Meant);
        assert_eq!(node["schema"]["required"], json!(["a", "b"]));
        assert_eq!(node["schema"]["properties"]["required"]["required"], json!(["c"]));
        assert_eq!(node["schema"]["example"]["required"], json!(["d", "d"]));
    }

    #[test]
    fn a_flag_that_means_nothing_is_left_out_and_the_bound_beside_it_counts() {
        let written = json!({"schema": {"minimum": 0, "exclusiveMinimum": true, "exclusiveMaximum": 3}});
        let mut node = written.clone();
        leave_out(&mut node, Flags::Meant);
        assert_eq!(node, written);
        leave_out(&mut node, Flags::Unknown);
        assert_eq!(node, json!({"schema": {"minimum": 0, "exclusiveMaximum": 3}}));
    }

    #[test]
    fn an_expression_that_cannot_be_matched_asks_nothing() {
        let mut node = json!({"schema": {"type": "string", "pattern": "^[_-.]+$", "minLength": 2}, "b": {"pattern": "^[\\w-.]+$"},
            "other": {"patternProperties": {"(": {"type": "string"}, "^x": {"type": "integer"}}},
            "properties": {"pattern": {"pattern": "^a"}}, "example": {"pattern": "("}});
        leave_out(&mut node, Flags::Meant);
        assert_eq!(node["schema"], json!({"type": "string", "minLength": 2}));
        assert_eq!(node["b"], json!({"pattern": "^[\\w\\-.]+$"}));
        assert_eq!(node["other"]["patternProperties"], json!({"^x": {"type": "integer"}}));
        assert_eq!(
            (&node["properties"]["pattern"]["pattern"], &node["example"]["pattern"]),
            (&json!("^a"), &json!("("))
        );
    }
}
