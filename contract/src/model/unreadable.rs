//! Keywords of schemas that cannot be read as they are written, in every version: what they say is told otherwise, or
//! left out, so that the rest of the schema counts. `lint` reads the text again and reports them. This knows no
//! dialect.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::model::pattern;

/// Members whose values belong to the user's data, never to the specification.
const DATA: [&str; 6] = ["example", "examples", "default", "enum", "value", "const"];

/// The most repetitions that an expression may ask for, and still be told from any number of them: an expression of more is
/// larger than any validator compiles.
const MAX_REPEATED: u64 = 100_000;

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
    if let Some(Value::String(pattern)) = members.get_mut("pattern") {
        if let Some(open) = without_end(pattern) {
            *pattern = open;
        }
        if !pattern::is_matchable(pattern) {
            members.shift_remove("pattern");
        }
    }
    if let Some(Value::Object(patterns)) = members.get_mut("patternProperties") {
        patterns.retain(|name, _| pattern::is_matchable(name));
    }
}

/// An expression with each repetition that ends beyond all bounds written without an end; `None` where there is none.
fn without_end(pattern: &str) -> Option<String> {
    let mut written = String::with_capacity(pattern.len());
    let (mut rest, mut found) = (pattern, false);
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        let end = from.find('}')?;
        let escapes = before.len() - before.trim_end_matches('\\').len();
        let bounds = from[1..end].split_once(',').filter(|_| escapes % 2 == 0);
        let parsed = bounds.and_then(|(least, most)| Some((least.parse::<u64>().ok()?, most.parse::<u64>().ok()?)));
        written.push_str(before);
        match parsed {
            Some((least, most)) if most > MAX_REPEATED && least <= MAX_REPEATED => {
                written.push_str(&format!("{{{least},}}"));
                found = true;
            }
            Some(_) | None => written.push_str(&from[..=end]),
        }
        rest = &from[end + 1..];
    }
    written.push_str(rest);
    found.then_some(written)
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
        let mut node = json!({"schema": {"type": "string", "pattern": "^[_-.]+$", "minLength": 2},
            "other": {"patternProperties": {"(": {"type": "string"}, "^x": {"type": "integer"}}},
            "properties": {"pattern": {"pattern": "^a"}}, "example": {"pattern": "("}});
        leave_out(&mut node, Flags::Meant);
        assert_eq!(node["schema"], json!({"type": "string", "minLength": 2}));
        assert_eq!(node["other"]["patternProperties"], json!({"^x": {"type": "integer"}}));
        assert_eq!(
            (&node["properties"]["pattern"]["pattern"], &node["example"]["pattern"]),
            (&json!("^a"), &json!("("))
        );
    }

    #[test]
    fn a_repetition_beyond_all_bounds_has_no_end() {
        assert_eq!(without_end("^0x[a-f]{0,2147483648}$").as_deref(), Some("^0x[a-f]{0,}$"));
        assert_eq!(without_end("^[a-f]{1,40}$"), None);
        assert_eq!(without_end("^\\{1,2147483648}$"), None);
        assert_eq!(without_end("{"), None);
    }
}
