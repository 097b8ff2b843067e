//! OpenAPI Overlay documents 1.0 and 1.1: JSONPath targets (RFC 9535), `update`, `remove` and `copy`, in order,
//! straight on the value. An action that matches nothing changes nothing (Overlay 1.0 §4.4.3) and is worth a warning.

use roas_overlay::common::apply::{compile_path, locate, merge_json};
use serde_json::{Map, Value};

use crate::document::origin::Origins;
use crate::document::{Code, Defect, FileId, Location, Pointer, origin};

/// The two versions, as far as applying differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OverlayVersion {
    /// An update of an array is one entry.
    V1_0,
    /// An array in an update of an array is appended item by item; there is `copy`.
    V1_1,
}

/// Applies an overlay to a document; where its nodes then stand goes to `origins`, and what matched nothing to `notes`.
///
/// # Errors
/// The first action that cannot be understood or applied.
pub(super) fn apply(
    file: FileId,
    overlay: &Value,
    document: &mut Value,
    origins: &mut Origins,
    notes: &mut Vec<Defect>,
) -> Result<(), Defect> {
    let root = Location { file, pointer: Pointer::root() };
    let members = overlay.as_object().ok_or_else(|| invalid(&root, "an overlay must be an object"))?;
    let version = version(&root, members)?;
    let actions_at = root.join("actions");
    let actions = match members.get("actions") {
        Some(Value::Array(actions)) if !actions.is_empty() => actions,
        Some(Value::Array(_)) => return Err(invalid(&actions_at, "an overlay must have at least one action")),
        Some(_) => return Err(invalid(&actions_at, "`actions` must be an array")),
        None => return Err(invalid(&root, "an overlay must have `actions`")),
    };
    for (index, action) in actions.iter().enumerate() {
        let at = actions_at.index(index);
        let action = action.as_object().ok_or_else(|| invalid(&at, "an action must be an object"))?;
        perform(&at, action, version, document, origins, notes)?;
    }
    Ok(())
}

fn version(root: &Location, members: &Map<String, Value>) -> Result<OverlayVersion, Defect> {
    let Some(version) = members.get("overlay") else {
        return Err(invalid(root, "this is not an overlay: it has no `overlay` member")
            .hint("an overlay begins with `overlay: 1.0.0`"));
    };
    let text = match version {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    };
    match text.split('.').take(2).collect::<Vec<_>>()[..] {
        ["1", "0"] => Ok(OverlayVersion::V1_0),
        ["1", "1"] => Ok(OverlayVersion::V1_1),
        _ => Err(invalid(&root.join("overlay"), format!("`{text}` is not a known version of overlays"))
            .hint("write 1.0.0 or 1.1.0")),
    }
}

fn perform(
    at: &Location,
    action: &Map<String, Value>,
    version: OverlayVersion,
    document: &mut Value,
    origins: &mut Origins,
    notes: &mut Vec<Defect>,
) -> Result<(), Defect> {
    let target = text(at, action, "target")?.ok_or_else(|| invalid(at, "an action must have a `target`"))?;
    let found = query(&at.join("target"), document, target)?;
    let remove = match action.get("remove") {
        None | Some(Value::Bool(false)) => false,
        Some(Value::Bool(true)) => true,
        Some(_) => return Err(invalid(&at.join("remove"), "`remove` must be true or false")),
    };
    let source = match (action.get("update"), text(at, action, "copy")?) {
        (Some(_), Some(_)) => return Err(invalid(at, "an action cannot have both `update` and `copy`")),
        (update, None) => update.cloned().map(|update| (update, None)),
        (None, Some(_)) if version == OverlayVersion::V1_0 => {
            return Err(invalid(&at.join("copy"), "`copy` came with Overlay 1.1").hint("write `overlay: 1.1.0`"));
        }
        (None, Some(path)) => Some(copied(&at.join("copy"), document, path)?).map(|(copy, from)| (copy, Some(from))),
    };
    if found.is_empty() {
        let note = Defect::new(Code::UnmatchedAction, at.join("target"), format!("`{target}` matches nothing"));
        notes.push(note.hint("check the path, and whether an earlier action removed what it names"));
        return Ok(());
    }
    if remove {
        // From the last to the first, so that indices stay true.
        found.iter().rev().for_each(|pointer| take(document, pointer, origins));
        return Ok(());
    }
    let Some((source, copied_from)) = source else {
        notes.push(Defect::new(
            Code::UnmatchedAction,
            at.clone(),
            "this action has none of `update`, `copy` and `remove`, so it does nothing",
        ));
        return Ok(());
    };
    let before = if copied_from.is_some() { origins.clone() } else { Origins::default() };
    let from = match copied_from {
        Some(copied) => origin::Source::Document(copied, &before),
        None => origin::Source::Text(at.join("update")),
    };
    for pointer in &found {
        merge(pointer, &source, &from, version, document, origins).map_err(|NotAnObject| {
            invalid(&at.join("update"), format!("`{target}` is an object, so the update must be one"))
        })?;
    }
    Ok(())
}

/// An update of an object that is none itself.
struct NotAnObject;

/// Brings an update into the node at a pointer (Overlay 1.1 §4.4.3): into an array as further items, into an object member by
/// member, in place of anything else.
fn merge(
    pointer: &Pointer,
    update: &Value,
    from: &origin::Source<'_>,
    version: OverlayVersion,
    document: &mut Value,
    origins: &mut Origins,
) -> Result<(), NotAnObject> {
    let Some(node) = pointer.get_mut(document) else { return Ok(()) };
    match (&mut *node, update) {
        (Value::Array(items), Value::Array(more)) if version == OverlayVersion::V1_1 => {
            (0..more.len()).for_each(|index| origins.set(&pointer.index(items.len() + index), &from.index(index)));
            items.extend(more.iter().cloned());
        }
        (Value::Array(items), entry) => {
            origins.set(&pointer.index(items.len()), from);
            items.push(entry.clone());
        }
        (Value::Object(_), Value::Object(_)) => {
            origins.merge(pointer, node, update, from);
            merge_json(node, update);
        }
        (Value::Object(_), _) => return Err(NotAnObject),
        (scalar, update) => {
            origins.set(pointer, from);
            *scalar = update.clone();
        }
    }
    Ok(())
}

fn text<'v>(at: &Location, action: &'v Map<String, Value>, key: &str) -> Result<Option<&'v str>, Defect> {
    match action.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(invalid(&at.join(key), format!("`{key}` must be a JSONPath string"))),
    }
}

fn query(at: &Location, document: &Value, path: &str) -> Result<Vec<Pointer>, Defect> {
    let compiled = compile_path(path).map_err(|error| {
        invalid(at, format!("`{path}` is not a JSONPath: {error}"))
            .hint("names with slashes or braces go in brackets: $.paths['/pets/{id}']")
    })?;
    Ok(locate(document, &compiled).iter().filter_map(|text| Pointer::parse(text)).collect())
}

/// The value that an action of an overlay copies, and the pointer at which it stands.
fn copied(at: &Location, document: &Value, path: &str) -> Result<(Value, Pointer), Defect> {
    let found = query(at, document, path)?;
    match found.as_slice() {
        [one] => Ok((one.get(document).cloned().unwrap_or_default(), one.clone())),
        [] => Err(invalid(at, format!("`{path}` matches nothing, so there is nothing to copy"))),
        _ => Err(invalid(at, format!("`{path}` matches {} nodes; only one can be copied", found.len()))),
    }
}

fn take(document: &mut Value, pointer: &Pointer, origins: &mut Origins) {
    let (Some(parent), Some(last)) = (pointer.parent(), pointer.last()) else { return };
    match parent.get_mut(document) {
        Some(Value::Object(members)) => {
            members.shift_remove(last.as_ref());
            origins.remove(&parent, &last, None);
        }
        Some(Value::Array(items)) => {
            if let Some(index) = last.parse().ok().filter(|index: &usize| *index < items.len()) {
                origins.remove(&parent, &last, Some(items.len()));
                items.remove(index);
            }
        }
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {}
    }
}

fn invalid(at: &Location, reason: impl Into<String>) -> Defect {
    Defect::new(Code::InvalidOverlay, at.clone(), reason)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn applied(version: &str, actions: &Value) -> Result<(Value, usize), Defect> {
        let mut document = json!({"a": {"x": 1, "list": [1, 2, 3]}, "b": {"x": 2}, "s": "old", "z": 0});
        let mut notes = Vec::new();
        let overlay = json!({"overlay": version, "info": {"title": "t", "version": "1"}, "actions": actions});
        apply(FileId(1), &overlay, &mut document, &mut Origins::default(), &mut notes)?;
        Ok((document, notes.len()))
    }

    #[test]
    fn actions_update_remove_and_copy_in_order() {
        let (document, unmatched) = applied(
            "1.1.0",
            &json!([
                {"target": "$.a", "update": {"x": {"deep": true}, "y": 7}},
                {"target": "$.a.list", "update": [4, 5]},
                {"target": "$.a.list[?@ == 2]", "remove": true},
                {"target": "$.b", "copy": "$.a"},
                {"target": "$.s", "update": "new"},
                {"target": "$.nowhere", "update": {}},
                {"target": "$.a", "remove": true},
            ]),
        )
        .expect("it can be applied");
        assert_eq!(document, json!({"b": {"x": {"deep": true}, "list": [1, 3, 4, 5], "y": 7}, "s": "new", "z": 0}));
        assert_eq!(document.as_object().expect("an object").keys().collect::<Vec<_>>(), ["b", "s", "z"]);
        assert_eq!(unmatched, 1);
    }

    #[test]
    fn an_update_of_an_array_is_one_entry_in_1_0() {
        let (document, _) =
            applied("1.0.0", &json!([{"target": "$.a.list", "update": [4]}])).expect("it can be applied");
        assert_eq!(document["a"]["list"], json!([1, 2, 3, [4]]));
    }

    #[test]
    fn what_cannot_be_applied_says_where() {
        for (version, actions, pointer) in [
            ("2.0.0", json!([{"target": "$"}]), "/overlay"),
            ("1.0.0", json!([]), "/actions"),
            ("1.0.0", json!([{"update": {}}]), "/actions/0"),
            ("1.0.0", json!([{"target": "$.a", "update": {}}, {"target": "paths./a"}]), "/actions/1/target"),
            ("1.0.0", json!([{"target": "$.a", "copy": "$.b"}]), "/actions/0/copy"),
            ("1.1.0", json!([{"target": "$.a", "copy": "$.*"}]), "/actions/0/copy"),
            ("1.1.0", json!([{"target": "$.a", "update": 1}]), "/actions/0/update"),
        ] {
            let defect = applied(version, &actions).expect_err("it cannot be applied");
            assert_eq!(defect.at.pointer.as_str(), pointer, "{defect}");
        }
    }
}
