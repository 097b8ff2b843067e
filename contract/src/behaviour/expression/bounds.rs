//! JSON values as the language of expressions has them, and back, within bounds of number, bytes and depth.

use std::collections::BTreeMap;

use minijinja::value::ValueKind;
use serde_json::{Map, Value};

/// The most values that an expression is handed, and that it may give: as many as a set may hold items.
pub(super) const MAX_VALUES: usize = 10_000;

/// The most bytes of text that an expression is handed, and that it may give: joining is a product of two of these.
pub(super) const MAX_BYTES: usize = 64 * 1024;

/// The most levels of a value that is handed to an expression; deeper parts are undefined there.
pub(super) const MAX_DEPTH: usize = 64;

/// The number of values and of bytes that may still be handed over.
pub(super) struct Room {
    pub(super) values: usize,
    pub(super) bytes: usize,
}

impl Room {
    /// Takes one value with that many bytes of text; `None` where there is no room for it.
    pub(super) fn take(&mut self, bytes: usize) -> Option<()> {
        self.values = self.values.checked_sub(1)?;
        self.bytes = self.bytes.checked_sub(bytes)?;
        Some(())
    }
}

/// By hand, because with exact numbers `serde_json` serialises a number as a structure of its own. `None` where it is more
/// than an expression is handed.
pub(super) fn to_template(value: &Value, depth: usize, room: &mut Room) -> Option<minijinja::Value> {
    if depth > MAX_DEPTH {
        return Some(minijinja::Value::UNDEFINED);
    }
    room.take(value.as_str().map_or(0, str::len))?;
    Some(match value {
        Value::Null => minijinja::Value::from(()),
        Value::Bool(flag) => minijinja::Value::from(*flag),
        Value::Number(number) => number
            .as_i64()
            .map(minijinja::Value::from)
            .or_else(|| number.as_u64().map(minijinja::Value::from))
            .or_else(|| number.as_f64().map(minijinja::Value::from))
            .unwrap_or(minijinja::Value::UNDEFINED),
        Value::String(text) => minijinja::Value::from(text.as_str()),
        Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(|item| to_template(item, depth + 1, room)).collect();
            items?.into()
        }
        Value::Object(members) => {
            let mut made = BTreeMap::new();
            for (name, member) in members {
                room.take(name.len())?;
                made.insert(name.clone(), to_template(member, depth + 1, room)?);
            }
            made.into()
        }
    })
}

pub(super) fn from_template(value: &minijinja::Value, depth: usize, room: &mut Room) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    room.take(value.as_str().map_or(0, str::len))?;
    match value.kind() {
        ValueKind::Bool => Some(Value::Bool(value.is_true())),
        ValueKind::Number => {
            let text = value.to_string();
            serde_json::from_str(&text).ok()
        }
        ValueKind::String => value.as_str().map(|text| Value::String(text.to_owned())),
        ValueKind::Seq | ValueKind::Iterable => {
            let mut items = Vec::new();
            for item in value.try_iter().ok()? {
                items.push(from_template(&item, depth + 1, room)?);
            }
            Some(Value::Array(items))
        }
        ValueKind::Map => {
            let mut members = Map::new();
            for name in value.try_iter().ok()? {
                let member = value.get_item(&name).ok()?;
                let name = name.to_string();
                room.take(name.len())?;
                members.insert(name, from_template(&member, depth + 1, room).unwrap_or(Value::Null));
            }
            Some(Value::Object(members))
        }
        // The enum is open; whatever else the engine has is no JSON.
        ValueKind::Undefined | ValueKind::None | ValueKind::Bytes | ValueKind::Plain | ValueKind::Invalid | _ => None,
    }
}
