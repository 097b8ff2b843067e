//! The `x-etalon` extension of an operation: what it does to state, where paths alone cannot say it.

use serde_json::Value;

use crate::behaviour::{Action, Expression, Timing};
use crate::document::{Code, Defect, Location, Pointer};

/// The members that the extension may have.
const MEMBERS: [&str; 7] = ["resource", "action", "key", "unique", "set", "for-each", "async"];

/// The members of an `x-etalon` extension; `None` and empty where it is silent.
#[derive(Clone, Debug, Default)]
pub(super) struct Extension {
    pub(super) resource: Option<String>,
    pub(super) action: Option<Action>,
    pub(super) key: Option<Pointer>,
    pub(super) unique: Vec<Pointer>,
    pub(super) set: Vec<(Pointer, Expression)>,
    pub(super) for_each: Option<Expression>,
    pub(super) timing: Option<Timing>,
}

/// Reads the extension at a place.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn read(value: &Value, at: &Location) -> Result<Extension, Vec<Defect>> {
    let Value::Object(members) = value else {
        return Err(vec![invalid(at, "`x-etalon` must be an object")]);
    };
    let mut found = Extension::default();
    let mut defects = Vec::new();
    for (name, value) in members {
        let here = at.join(name);
        let result = match name.as_str() {
            "resource" => text(value, &here).map(|text| found.resource = Some(text.to_owned())),
            "action" => action(value, &here).map(|action| found.action = Some(action)),
            "key" => pointer(value, &here).map(|pointer| found.key = Some(pointer)),
            "unique" => unique(value, &here).map(|unique| found.unique = unique),
            "set" => set(value, &here).map(|set| found.set = set),
            "for-each" => expression(value, &here).map(|expression| found.for_each = Some(expression)),
            "async" => match value.as_bool() {
                Some(afterwards) => {
                    found.timing = Some(if afterwards { Timing::Afterwards } else { Timing::AtOnce });
                    Ok(())
                }
                None => Err(invalid(&here, "`async` must be true or false")),
            },
            unknown => Err(invalid(&here, format!("`{unknown}` is not known here"))
                .hint(format!("known are {}", MEMBERS.join(", ")))),
        };
        defects.extend(result.err());
    }
    if defects.is_empty() { Ok(found) } else { Err(defects) }
}

fn action(value: &Value, at: &Location) -> Result<Action, Defect> {
    let word = text(value, at)?;
    Action::parse(word).ok_or_else(|| {
        invalid(at, format!("`{word}` is no action"))
            .hint("an action is create, upsert, read, list, replace, update, delete or answer")
    })
}

fn unique(value: &Value, at: &Location) -> Result<Vec<Pointer>, Defect> {
    match value {
        Value::Array(items) => items.iter().enumerate().map(|(index, item)| pointer(item, &at.index(index))).collect(),
        Value::String(_) => pointer(value, at).map(|pointer| vec![pointer]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            Err(invalid(at, "`unique` must be a list of JSON pointers"))
        }
    }
}

fn set(value: &Value, at: &Location) -> Result<Vec<(Pointer, Expression)>, Defect> {
    let Value::Object(members) = value else { return Err(invalid(at, "`set` must be an object")) };
    members
        .iter()
        .map(|(name, value)| {
            let here = at.join(name);
            let target = Pointer::parse(name).ok_or_else(|| {
                invalid(&here, format!("`{name}` is not a JSON pointer")).hint(format!("write `/{name}`"))
            })?;
            Ok((target, expression(value, &here)?))
        })
        .collect()
}

fn expression(value: &Value, at: &Location) -> Result<Expression, Defect> {
    Expression::parse(text(value, at)?).map_err(|reason| invalid(at, reason))
}

fn pointer(value: &Value, at: &Location) -> Result<Pointer, Defect> {
    let text = text(value, at)?;
    Pointer::parse(text)
        .ok_or_else(|| invalid(at, format!("`{text}` is not a JSON pointer")).hint(format!("write `/{text}`")))
}

fn text<'v>(value: &'v Value, at: &Location) -> Result<&'v str, Defect> {
    value.as_str().ok_or_else(|| invalid(at, "this must be a string"))
}

/// The defect of an extension that cannot be followed.
pub(super) fn invalid(at: &Location, reason: impl Into<String>) -> Defect {
    Defect::new(Code::InvalidExtension, at.clone(), reason)
}
