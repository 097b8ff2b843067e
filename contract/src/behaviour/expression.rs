//! The expressions of `x-etalon`: what a member of an item is set from. Plain paths (`body.emailAddress`) are looked up in
//! the request's own values, so numbers keep every digit; everything else is evaluated by minijinja.

use std::fmt;
use std::sync::{Arc, LazyLock};

use minijinja::value::ValueKind;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Map, Value};

/// How deep a value may be to be handed to an expression; deeper parts are undefined there.
const MAX_DEPTH: usize = 64;

/// The environment of all expressions: no templates, no loaders, nothing but built-in filters and tests.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment
});

/// The names that an expression may use.
const NAMES: [&str; 4] = ["body", "path", "query", "each"];

/// An expression over `body`, `path`, `query` and `each`.
#[derive(Clone)]
pub struct Expression {
    text: String,
    how: How,
}

#[derive(Clone)]
enum How {
    /// Names to follow, the first one of [`NAMES`].
    Path(Vec<String>),
    /// Anything else.
    Compiled(Arc<minijinja::Expression<'static, 'static>>),
}

/// What an expression sees of a request.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'r> {
    /// The body; null where there is none.
    pub body: &'r Value,
    /// The path parameters by name.
    pub path: &'r Value,
    /// The query parameters by name.
    pub query: &'r Value,
    /// The current one of `for-each`; null elsewhere.
    pub each: &'r Value,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// Why it cannot be read, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim().to_owned();
        if let Some(names) = path(&text) {
            return Ok(Self { text, how: How::Path(names) });
        }
        let compiled = ENVIRONMENT
            .compile_expression_owned(text.clone())
            .map_err(|error| format!("`{text}` is not an expression: {error}"))?;
        if let Some(unknown) = compiled.undeclared_variables(false).iter().find(|name| !NAMES.contains(&name.as_str()))
        {
            return Err(format!("`{unknown}` is none of {}", NAMES.join(", ")));
        }
        Ok(Self { text, how: How::Compiled(Arc::new(compiled)) })
    }

    /// The expression as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where in the body it looks, if that is all that it does: `body.a.b` gives `/a/b`.
    #[must_use]
    pub fn body_pointer(&self) -> Option<crate::document::Pointer> {
        match &self.how {
            How::Path(names) if names[0] == "body" => Some(names[1..].iter().collect()),
            How::Path(_) | How::Compiled(_) => None,
        }
    }

    /// Its value; `None` where it is undefined, null or cannot be computed.
    #[must_use]
    pub fn evaluate(&self, scope: &Scope<'_>) -> Option<Value> {
        let value = match &self.how {
            How::Path(names) => {
                let mut here = match names[0].as_str() {
                    "body" => scope.body,
                    "path" => scope.path,
                    "query" => scope.query,
                    _ => scope.each,
                };
                for name in &names[1..] {
                    here = here.get(name)?;
                }
                here.clone()
            }
            How::Compiled(expression) => {
                let context: std::collections::BTreeMap<&str, minijinja::Value> = [
                    ("body", to_template(scope.body, 0)),
                    ("path", to_template(scope.path, 0)),
                    ("query", to_template(scope.query, 0)),
                    ("each", to_template(scope.each, 0)),
                ]
                .into_iter()
                .collect();
                from_template(&expression.eval(minijinja::Value::from(context)).ok()?, 0)?
            }
        };
        (!value.is_null()).then_some(value)
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Expression({})", self.text)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// The names of a plain path, where the text is one.
fn path(text: &str) -> Option<Vec<String>> {
    let names: Vec<String> = text.split('.').map(str::to_owned).collect();
    let is_name = |name: &String| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
    };
    (names.iter().all(is_name) && NAMES.contains(&names[0].as_str())).then_some(names)
}

/// By hand, because with exact numbers `serde_json` serialises a number as a structure of its own.
fn to_template(value: &Value, depth: usize) -> minijinja::Value {
    match value {
        _ if depth > MAX_DEPTH => minijinja::Value::UNDEFINED,
        Value::Null => minijinja::Value::from(()),
        Value::Bool(flag) => minijinja::Value::from(*flag),
        Value::Number(number) => number
            .as_i64()
            .map(minijinja::Value::from)
            .or_else(|| number.as_u64().map(minijinja::Value::from))
            .or_else(|| number.as_f64().map(minijinja::Value::from))
            .unwrap_or(minijinja::Value::UNDEFINED),
        Value::String(text) => minijinja::Value::from(text.as_str()),
        Value::Array(items) => items.iter().map(|item| to_template(item, depth + 1)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), to_template(member, depth + 1)))
            .collect::<std::collections::BTreeMap<_, _>>()
            .into(),
    }
}

fn from_template(value: &minijinja::Value, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value.kind() {
        ValueKind::Bool => Some(Value::Bool(value.is_true())),
        ValueKind::Number => {
            let text = value.to_string();
            serde_json::from_str(&text).ok()
        }
        ValueKind::String => value.as_str().map(|text| Value::String(text.to_owned())),
        ValueKind::Seq | ValueKind::Iterable => value
            .try_iter()
            .ok()?
            .map(|item| from_template(&item, depth + 1))
            .collect::<Option<Vec<_>>>()
            .map(Value::Array),
        ValueKind::Map => {
            let mut members = Map::new();
            for name in value.try_iter().ok()? {
                let member = value.get_item(&name).ok()?;
                members.insert(name.to_string(), from_template(&member, depth + 1).unwrap_or(Value::Null));
            }
            Some(Value::Object(members))
        }
        // The enum is open; whatever else the engine has is no JSON.
        ValueKind::Undefined | ValueKind::None | ValueKind::Bytes | ValueKind::Plain | ValueKind::Invalid | _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Option<Value> {
        let scope = Scope {
            body: &json!({"n": 12345678901234567890123_u128.to_string(), "a": {"b": [1, 2.5]}, "none": null}),
            path: &json!({"id": "7"}),
            query: &json!({}),
            each: &Value::Null,
        };
        Expression::parse(text).expect("an expression").evaluate(&scope)
    }

    #[test]
    fn paths_and_computations_have_values() {
        assert_eq!(value("body.a.b"), Some(json!([1, 2.5])));
        assert_eq!(value("body.a.b[0] + 1"), Some(json!(2)));
        assert_eq!(value("'x-' ~ path.id"), Some(json!("x-7")));
        assert_eq!(value("{'a': body.a.b|length}"), Some(json!({"a": 2})));
        assert_eq!(value("path.id == '7'"), Some(json!(true)));
    }

    #[test]
    fn what_is_undefined_or_null_has_none() {
        for text in ["body.none", "body.x.y", "query.page", "body['x'].y", "each.z", "none"] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn a_broken_expression_or_name_is_refused() {
        assert!(Expression::parse("body.a +").is_err());
        assert!(Expression::parse("env.HOME ~ ''").is_err());
    }

    #[test]
    fn the_place_in_the_body_is_told() {
        let pointer = Expression::parse("body.a.b").expect("an expression").body_pointer();
        assert_eq!(pointer.expect("it has one").as_str(), "/a/b");
        assert_eq!(Expression::parse("each.a").expect("an expression").body_pointer(), None);
    }
}
