//! The self-contained bundles that validators are compiled from: some schemas and all that they refer to, as they apply
//! in one direction.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::document::{Code, Defect, Document, FileId, Location, Pointer};
use crate::model::format::{NUMBER_FORMAT_KEYWORD, is_number_format};
use crate::model::{Children, Direction, conjuncts, subschemas};

/// The schemas at `roots` and all that they refer to, as one sparse document per file: every schema stands at its own
/// pointer, every `$ref` is absolute ([`Location::uri`]), `required` fits the direction, and numeric formats are written
/// as the keyword `x-etalon-format`, since `format` in JSON Schema speaks of strings only.
///
/// # Errors
/// The first reference that leads nowhere.
pub fn bundle(
    document: &Document,
    roots: &[Location],
    direction: Direction,
) -> Result<BTreeMap<FileId, Value>, Defect> {
    let mut wanted: Vec<Location> = roots.to_vec();
    let mut seen: BTreeSet<Location> = BTreeSet::new();
    while let Some(at) = wanted.pop() {
        if !seen.insert(at.clone()) {
            continue;
        }
        let value = document
            .node(&at)
            .ok_or_else(|| Defect::new(Code::BrokenReference, at.clone(), "there is no schema here"))?;
        references(document, &at, value, &mut wanted)?;
    }
    let mut files = BTreeMap::new();
    let entered = seen.clone();
    // In order of pointer, so that an outer schema is in place before one that lies within it.
    for at in seen {
        let sparse = files.entry(at.file).or_insert(Value::Null);
        if at.pointer.get(sparse).is_some_and(|there| !there.is_null()) {
            continue;
        }
        let value = document.node(&at).expect("it was found above");
        plant(
            sparse,
            document.node(&Location { file: at.file, pointer: Pointer::root() }),
            &at.pointer,
            directed(document, &at, value, direction)?,
        );
    }
    for at in entered {
        if let Some(schema) = files.get_mut(&at.file).and_then(|file| at.pointer.get_mut(file)) {
            *schema = counted(schema.take());
        }
    }
    Ok(files)
}

/// The keyword by which bundles mark every schema that a reference leads to or that many values meet, so that visits can be
/// counted.
pub(crate) const STEP: &str = "x-etalon-step";

/// A validator asks its own keywords last, and none after one that refuses; only within `allOf` does one come before the
/// alternatives that a visit must be counted for.
fn counted(mut schema: Value) -> Value {
    if schema == Value::Bool(true) {
        return json!({STEP: true});
    }
    if let Value::Object(members) = &mut schema {
        match members.get_mut("allOf").and_then(Value::as_array_mut).and_then(|parts| parts.first_mut()) {
            Some(first) => *first = counted(first.take()),
            None => {
                members.insert("allOf".to_owned(), json!([{STEP: true}]));
            }
        }
    }
    schema
}

/// True for what only counts visits.
pub(crate) fn is_step(schema: &Value) -> bool {
    schema.as_object().is_some_and(|members| members.len() == 1 && members.contains_key(STEP))
}

/// Puts a value at its pointer, with objects and arrays on the way as in the original.
fn plant(sparse: &mut Value, original: Option<&Value>, pointer: &Pointer, value: Value) {
    let mut here = sparse;
    let mut model = original;
    for token in pointer.tokens() {
        model = match model {
            Some(Value::Array(items)) => {
                if !here.is_array() {
                    *here = Value::Array(vec![Value::Null; items.len()]);
                }
                token.parse::<usize>().ok().and_then(|index| items.get(index))
            }
            Some(Value::Object(members)) => {
                if !here.is_object() {
                    *here = Value::Object(Map::new());
                }
                members.get(token.as_ref())
            }
            _ => None,
        };
        here = match here {
            Value::Array(items) => {
                let index: usize = token.parse().expect("the pointer was found in the original");
                &mut items[index]
            }
            Value::Object(members) => members.entry(token.into_owned()).or_insert(Value::Null),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                unreachable!("the original has a container here")
            }
        };
    }
    *here = value;
}

fn references(document: &Document, at: &Location, schema: &Value, found: &mut Vec<Location>) -> Result<(), Defect> {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        found.push(document.resolve(at, reference)?);
    }
    for (pointer, child) in subschemas(schema) {
        references(document, &Location { file: at.file, pointer: at.pointer.append(&pointer) }, child, found)?;
    }
    Ok(())
}

fn directed(document: &Document, at: &Location, schema: &Value, direction: Direction) -> Result<Value, Defect> {
    let Value::Object(members) = schema else { return Ok(schema.clone()) };
    let mut copy = Map::with_capacity(members.len());
    for (keyword, value) in members {
        let here = at.join(keyword);
        let value = match (keyword.as_str(), Children::of(keyword, value)) {
            ("$ref", _) => match value.as_str() {
                Some(reference) => Value::String(document.resolve(at, reference)?.uri()),
                None => continue,
            },
            // References are resolved against the document, never against these.
            ("$id" | "id" | "$anchor" | "$dynamicAnchor" | "$vocabulary" | "$schema", _) => continue,
            ("required", _) => exempt(document, at, value, direction),
            (_, Children::None) => value.clone(),
            ("items" | "additionalProperties", Children::One(child)) => {
                counted(directed(document, &here, child, direction)?)
            }
            (_, Children::One(child)) => directed(document, &here, child, direction)?,
            (_, Children::List(children)) => Value::Array(
                children
                    .iter()
                    .enumerate()
                    .map(|(index, child)| directed(document, &here.index(index), child, direction))
                    .collect::<Result<_, _>>()?,
            ),
            (_, Children::Named(children)) => Value::Object(
                children
                    .iter()
                    .map(|(name, child)| Ok((name.clone(), directed(document, &here.join(name), child, direction)?)))
                    .collect::<Result<_, Defect>>()?,
            ),
        };
        copy.insert(keyword.clone(), value);
    }
    if let Some(format) = members.get("format").and_then(Value::as_str)
        && is_number_format(format)
    {
        copy.insert(NUMBER_FORMAT_KEYWORD.to_owned(), Value::String(format.to_owned()));
    }
    Ok(Value::Object(copy))
}

fn exempt(document: &Document, at: &Location, required: &Value, direction: Direction) -> Value {
    let Some(names) = required.as_array() else { return required.clone() };
    let kept = names.iter().filter(|name| name.as_str().is_none_or(|name| !is_exempt(document, at, name, direction)));
    Value::Array(kept.cloned().collect())
}

/// True where a member that the schema at a location requires does not travel in this direction. All parts of an `allOf`
/// speak of the same object, so any of them may say so (OpenAPI 3.0.4 §4.7.24.1, `readOnly`).
pub(crate) fn is_exempt(document: &Document, at: &Location, member: &str, direction: Direction) -> bool {
    let mut whole = at.clone();
    while let Some(outer) = outer_of_all(&whole.pointer) {
        whole.pointer = outer;
    }
    let flagged = |value: &Value| value.get(direction.exempting()) == Some(&Value::Bool(true));
    conjuncts(document, &whole).schemas.iter().any(|schema| {
        schema.member("properties", member).is_some_and(|property| {
            flagged(property.value) || document.follow(&property.at).is_ok_and(|(_, target)| flagged(target))
        })
    })
}

/// The schema whose `allOf` a schema stands in.
fn outer_of_all(pointer: &Pointer) -> Option<Pointer> {
    let list = pointer.parent()?;
    (list.last()? == "allOf").then(|| list.parent())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{NoFiles, Source};

    #[test]
    fn a_member_that_any_part_of_an_all_of_calls_read_only_is_not_required_of_requests() {
        let root = json!({"openapi": "3.0.3", "paths": {}, "components": {"schemas": {
            "Base": {"type": "object", "required": ["id"], "properties": {"id": {"readOnly": true}, "a": {}}},
            "Outer": {"allOf": [{"$ref": "#/components/schemas/Base"}], "required": ["id", "a"]},
            "Beside": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["id", "a"]}]},
            "Other": {"oneOf": [{"required": ["id"]}], "properties": {"id": {"readOnly": true}}}
        }}});
        let text = root.to_string();
        let document =
            Document::load(Source { name: "api.json", bytes: text.as_bytes() }, &[], &NoFiles).expect("a document");
        let at = |pointer: &str| Location::entry(Pointer::parse(pointer).expect("a pointer"));
        for (place, exempts) in [
            ("/components/schemas/Base", true),
            ("/components/schemas/Outer", true),
            ("/components/schemas/Beside/allOf/1", true),
            ("/components/schemas/Other/oneOf/0", false),
        ] {
            assert_eq!(is_exempt(&document, &at(place), "id", Direction::Request), exempts, "{place}");
            assert!(!is_exempt(&document, &at(place), "id", Direction::Response), "{place}");
            assert!(!is_exempt(&document, &at(place), "a", Direction::Request), "{place}");
        }
    }
}
