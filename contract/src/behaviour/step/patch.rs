//! JSON Patch (RFC 6902): a list of changes, applied all or none.

use serde_json::Value;

use crate::document::Pointer;

/// A value with a list of changes applied.
///
/// # Errors
/// Which change cannot be applied, and why, as a sentence.
pub(crate) fn applied(value: &Value, changes: &Value) -> Result<Value, String> {
    let Value::Array(changes) = changes else { return Err("the patch is no list of changes".to_owned()) };
    let mut whole = value.clone();
    for (index, change) in changes.iter().enumerate() {
        apply(&mut whole, change).map_err(|reason| format!("change {index} of the patch: {reason}"))?;
    }
    Ok(whole)
}

fn apply(whole: &mut Value, change: &Value) -> Result<(), String> {
    let text = |name: &str| change.get(name).and_then(Value::as_str);
    let at = |name: &str| {
        let text = text(name).ok_or_else(|| format!("`{name}` is missing"))?;
        Pointer::parse(text).ok_or_else(|| format!("`{text}` is no JSON pointer"))
    };
    let value = || change.get("value").cloned().ok_or_else(|| "`value` is missing".to_owned());
    let path = at("path")?;
    match text("op").unwrap_or_default() {
        "add" => add(whole, &path, value()?),
        "remove" => take(whole, &path).map(drop),
        "replace" => {
            let there = path.get_mut(whole).ok_or_else(|| nothing(&path))?;
            *there = value()?;
            Ok(())
        }
        "move" => {
            let from = at("from")?;
            if path != from && path.is_within(&from) {
                return Err(format!("{from} cannot be moved into itself"));
            }
            let taken = take(whole, &from)?;
            add(whole, &path, taken)
        }
        "copy" => {
            let from = at("from")?;
            let copied = from.get(whole).cloned().ok_or_else(|| nothing(&from))?;
            add(whole, &path, copied)
        }
        "test" => {
            let there = path.get(whole).ok_or_else(|| nothing(&path))?;
            if *there == value()? { Ok(()) } else { Err(format!("the value at {path} is another")) }
        }
        unknown => Err(format!("`{unknown}` is no operation of RFC 6902")),
    }
}

fn nothing(at: &Pointer) -> String {
    format!("there is nothing at {at}")
}

fn add(whole: &mut Value, path: &Pointer, value: Value) -> Result<(), String> {
    let (Some(parent), Some(name)) = (path.parent(), path.last()) else {
        *whole = value;
        return Ok(());
    };
    match parent.get_mut(whole) {
        Some(Value::Object(members)) => {
            members.insert(name.into_owned(), value);
            Ok(())
        }
        Some(Value::Array(items)) => {
            let index = if name == "-" { Some(items.len()) } else { position(&name) };
            let index = index.filter(|index| *index <= items.len()).ok_or_else(|| nothing(path))?;
            items.insert(index, value);
            Ok(())
        }
        Some(_) | None => Err(nothing(&parent)),
    }
}

fn take(whole: &mut Value, path: &Pointer) -> Result<Value, String> {
    let (Some(parent), Some(name)) = (path.parent(), path.last()) else { return Ok(std::mem::take(whole)) };
    let taken = match parent.get_mut(whole) {
        Some(Value::Object(members)) => members.shift_remove(name.as_ref()),
        Some(Value::Array(items)) => {
            position(&name).filter(|index| *index < items.len()).map(|index| items.remove(index))
        }
        Some(_) | None => None,
    };
    taken.ok_or_else(|| nothing(path))
}

/// The index that a token says (RFC 6901 §4): no sign, no leading zero.
fn position(token: &str) -> Option<usize> {
    let is_plain = token == "0" || !token.starts_with('0') && token.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| token.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_operation_does_what_the_standard_says() {
        let value = json!({"a": {"b": 1}, "l": [1, 3]});
        let changes = json!([
            {"op": "test", "path": "/a/b", "value": 1},
            {"op": "add", "path": "/l/1", "value": 2},
            {"op": "add", "path": "/l/-", "value": 4},
            {"op": "replace", "path": "/a/b", "value": null},
            {"op": "copy", "from": "/l/0", "path": "/a/c"},
            {"op": "move", "from": "/a/b", "path": "/d"},
            {"op": "remove", "path": "/l/0"}
        ]);
        assert_eq!(applied(&value, &changes), Ok(json!({"a": {"c": 1}, "l": [2, 3, 4], "d": null})));
    }

    #[test]
    fn what_cannot_be_applied_is_refused_with_its_place() {
        let value = json!({"a": 1, "l": [1]});
        for change in [
            json!({"op": "test", "path": "/a", "value": 2}),
            json!({"op": "remove", "path": "/x"}),
            json!({"op": "replace", "path": "/x", "value": 1}),
            json!({"op": "add", "path": "/l/2", "value": 1}),
            json!({"op": "add", "path": "/l/01", "value": 1}),
            json!({"op": "move", "from": "/l", "path": "/l/0"}),
            json!({"op": "sort", "path": "/l"}),
            json!({"op": "add", "path": "/b"}),
        ] {
            let reason = applied(&value, &json!([change])).expect_err("it cannot be applied");
            assert!(reason.starts_with("change 0 of the patch: "), "{reason}");
        }
    }
}
