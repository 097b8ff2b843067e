//! The expressions of `x-etalon`: what a member of an item is set from. Plain paths (`body.emailAddress`) are looked up
//! in the request's own values, so numbers keep every digit; everything else is evaluated by minijinja.
//!
//! `bounds` says how large values may be there, and `filters` are those of the language that are replaced by bounded
//! ones.

mod bounds;
mod filters;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, LazyLock};

use minijinja::{Environment, UndefinedBehavior};
use serde_json::Value;

use crate::behaviour::expression::bounds::{MAX_BYTES, MAX_VALUES, Room, from_template, to_template};
use crate::behaviour::expression::filters::{join, list, replace};

/// The longest expression that is read, in bytes: reading one takes stack for each of its terms, and ten thousand take
/// it all.
const MAX_LENGTH: usize = 1_000;

/// The most steps of one evaluation: some hundred times what an expression of that length needs without loops.
const MAX_STEPS: u64 = 20_000;

/// Filters that make more of what they are given than it has, by numbers that a client may choose: an expression has no use
/// for them that is worth the memory.
const LEFT_OUT: [&str; 5] = ["format", "indent", "batch", "slice", "pprint"];

/// The names that an expression may use.
const NAMES: [&str; 4] = ["body", "path", "query", "each"];

/// The environment of all expressions: no templates, no loaders, nothing but built-in filters and tests.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_fuel(Some(MAX_STEPS));
    LEFT_OUT.iter().for_each(|name| environment.remove_filter(name));
    environment.add_filter("join", join);
    environment.add_filter("replace", replace);
    environment.add_filter("list", list);
    environment
});

/// An expression over `body`, `path`, `query` and `each`.
#[derive(Clone)]
pub struct Expression {
    text: String,
    /// The names among [`NAMES`] that the expression uses.
    names: BTreeSet<String>,
    how: How,
}

#[derive(Clone)]
enum How {
    /// Names to follow, the first one of [`NAMES`].
    Path(Vec<String>),
    /// An expression of any other kind, compiled.
    Compiled(Arc<minijinja::Expression<'static, 'static>>),
}

/// The request as an expression sees it.
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
    /// Compiles the text of an expression.
    ///
    /// # Errors
    /// Why it cannot be read, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim().to_owned();
        if text.len() > MAX_LENGTH {
            let bytes = text.len();
            return Err(format!("an expression may have {MAX_LENGTH} bytes at most, and this one has {bytes}"));
        }
        if let Some(names) = path(&text) {
            let first = names.first().cloned().into_iter().collect();
            return Ok(Self { text, names: first, how: How::Path(names) });
        }
        let compiled = ENVIRONMENT
            .compile_expression_owned(text.clone())
            .map_err(|error| format!("`{text}` is not an expression: {error}"))?;
        let names: BTreeSet<String> = compiled.undeclared_variables(false).into_iter().collect();
        if let Some(unknown) = names.iter().find(|name| !NAMES.contains(&name.as_str())) {
            return Err(format!("`{unknown}` is none of {}", NAMES.join(", ")));
        }
        Ok(Self { text, names, how: How::Compiled(Arc::new(compiled)) })
    }

    /// The expression as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The pointer into the body of an expression that does nothing but look there: `body.a.b` gives `/a/b`.
    #[must_use]
    pub fn body_pointer(&self) -> Option<crate::document::Pointer> {
        match &self.how {
            How::Path(names) if names[0] == "body" => Some(names[1..].iter().collect()),
            How::Path(_) | How::Compiled(_) => None,
        }
    }

    /// The value of the expression; `None` where it is undefined, null or cannot be computed within the bounds of
    /// values, bytes and steps.
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
                // What is handed over is bounded, and so is what can be made of it.
                let mut room = Room { values: MAX_VALUES, bytes: MAX_BYTES };
                let mut seen = BTreeMap::new();
                for (name, value) in NAMES
                    .into_iter()
                    .zip([scope.body, scope.path, scope.query, scope.each])
                    .filter(|(name, _)| self.names.contains(*name))
                {
                    seen.insert(name, to_template(value, 0, &mut room)?);
                }
                let value = expression.eval(minijinja::Value::from(seen)).ok()?;
                from_template(&value, 0, &mut Room { values: MAX_VALUES, bytes: MAX_BYTES })?
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
    fn an_expression_is_bounded_in_length_steps_and_output() {
        assert!(Expression::parse(&vec!["1"; 10_000].join("+")).is_err(), "ten thousand terms");
        assert!(Expression::parse(&"(".repeat(900)).is_err());
        assert_eq!(value(&vec!["1"; 500].join("+")), Some(json!(500)));
        for text in [
            "'x' * 1000000",
            "body.a.b * 1000000",
            "(body.a.b * 1000000)|list",
            "(['x' * 60000] * 60000)|join('y')",
            "('x' * 60000)|replace('', 'x' * 60000)",
            "('x' * 60000) ~ ('x' * 60000)",
            "[body.a.b] * 9999999999",
        ] {
            let parsed = Expression::parse(text);
            assert!(parsed.is_err() || value(text).is_none(), "{text}");
        }
        assert_eq!(value("['a', 'b']|join('-')"), Some(json!("a-b")));
        assert_eq!(value("'a.b'|replace('.', '-')"), Some(json!("a-b")));
    }

    #[test]
    fn more_than_an_expression_is_handed_gives_nothing() {
        let body = json!({"a": "x".repeat(MAX_BYTES + 1), "b": 1});
        let scope = Scope { body: &body, path: &json!({"id": "7"}), query: &json!({}), each: &Value::Null };
        let evaluated = |text: &str| Expression::parse(text).expect("an expression").evaluate(&scope);
        assert_eq!(evaluated("body.b + 1"), None);
        assert_eq!(evaluated("body.b"), Some(json!(1)), "a path is looked up, whatever lies beside it");
        assert_eq!(evaluated("path.id ~ 'x'"), Some(json!("7x")), "what is not used is not handed over");
    }

    #[test]
    fn the_place_in_the_body_is_told() {
        let pointer = Expression::parse("body.a.b").expect("an expression").body_pointer();
        assert_eq!(pointer.expect("it has one").as_str(), "/a/b");
        assert_eq!(Expression::parse("each.a").expect("an expression").body_pointer(), None);
    }
}
