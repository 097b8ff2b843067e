//! The keywords that compare values, judged at a cost linear in the text of the value: `minimum` and its kin,
//! `multipleOf`, `enum`, `const` and `uniqueItems`. The validator of record builds a rational of each number instead,
//! which for eight kilobytes of `1e-9999` takes seconds. What is wrong is told by the validator's own words, for a
//! value that stands in.

use std::sync::OnceLock;

use jsonschema::{Keyword, ValidationError, ValidationOptions, Validator};
use serde_json::{Map, Number, Value, json};

use crate::model::Exact;
use crate::validate::equality::{Distinct, Listed, compare, equal};

/// Teaches a validator to compare in this way.
pub(super) fn register<'i, R>(options: ValidationOptions<'i, R>) -> ValidationOptions<'i, R> {
    ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "enum", "const", "uniqueItems"]
        .into_iter()
        .fold(options, |options, word| {
            options.with_keyword(word, move |_, said: &Value, _| match Comparison::of(word, said) {
                Some(comparison) => {
                    Ok(Box::new(Judge { word, said: said.clone(), comparison, words: OnceLock::new() }) as Box<_>)
                }
                // It is no schema, and the validator says why not.
                None => match alone(word, said) {
                    Ok(_) => Err(ValidationError::custom(format!("it is no value of `{word}`"))),
                    Err(error) => Err(error.to_owned()),
                },
            })
        })
}

/// The validator of one keyword alone, as it comes.
fn alone(word: &str, said: &Value) -> Result<Validator, ValidationError<'static>> {
    let schema = Value::Object(Map::from_iter([(word.to_owned(), said.clone())]));
    jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&schema).map_err(ValidationError::to_owned)
}

/// The comparison that a keyword asks for.
enum Comparison {
    /// Not less, or more than the number where it is not allowed itself.
    Least(Number, Itself),
    /// Not more, or less than the number where it is not allowed itself.
    Most(Number, Itself),
    /// A whole number times this one.
    Multiple(Number, Exact),
    /// One of few values of texts alone, which need no hash.
    Texts(Vec<String>),
    /// A value that is one of these.
    Listed(Listed),
    /// The value that is this one.
    Constant(Value),
    /// No two items alike; nothing where it says `false`.
    Unique(Distinctness),
}

/// The bound itself: allowed or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Itself {
    Allowed,
    Excluded,
}

/// The difference of items: asked for or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Distinctness {
    Asked,
    NotAsked,
}

/// Up to how many texts are compared one by one: fewer than a hash costs.
const FEW: usize = 8;

impl Comparison {
    /// The comparison that a keyword with this operand asks for; `None` where it may not have it.
    fn of(word: &str, said: &Value) -> Option<Self> {
        match (word, said) {
            ("minimum", Value::Number(limit)) => Some(Self::Least(limit.clone(), Itself::Allowed)),
            ("exclusiveMinimum", Value::Number(limit)) => Some(Self::Least(limit.clone(), Itself::Excluded)),
            ("maximum", Value::Number(limit)) => Some(Self::Most(limit.clone(), Itself::Allowed)),
            ("exclusiveMaximum", Value::Number(limit)) => Some(Self::Most(limit.clone(), Itself::Excluded)),
            ("multipleOf", Value::Number(step)) => Some(Self::Multiple(step.clone(), Exact::of(step))),
            ("enum", Value::Array(values)) => {
                let texts: Option<Vec<String>> = values.iter().map(|value| value.as_str().map(str::to_owned)).collect();
                Some(match texts.filter(|texts| texts.len() <= FEW) {
                    Some(texts) => Self::Texts(texts),
                    None => Self::Listed(Listed::of(values)),
                })
            }
            ("const", value) => Some(Self::Constant(value.clone())),
            ("uniqueItems", Value::Bool(true)) => Some(Self::Unique(Distinctness::Asked)),
            ("uniqueItems", Value::Bool(false)) => Some(Self::Unique(Distinctness::NotAsked)),
            _ => None,
        }
    }

    fn holds(&self, instance: &Value) -> bool {
        match (self, instance) {
            (Self::Least(limit, itself), Value::Number(number)) => {
                let order = compare(number, limit);
                order.is_gt() || *itself == Itself::Allowed && order.is_eq()
            }
            (Self::Most(limit, itself), Value::Number(number)) => {
                let order = compare(number, limit);
                order.is_lt() || *itself == Itself::Allowed && order.is_eq()
            }
            (Self::Multiple(step, exact), Value::Number(number)) => match (number.as_i64(), step.as_i64()) {
                (Some(number), Some(step)) if step > 0 => number % step == 0,
                (Some(_) | None, Some(_) | None) => {
                    Exact::of(number).is_multiple_of(exact).unwrap_or_else(|| {
                        // A step of more than nineteen digits, which the document has to have asked for.
                        alone("multipleOf", &Value::Number(step.clone()))
                            .is_ok_and(|validator| validator.is_valid(instance))
                    })
                }
            },
            (Self::Least(..) | Self::Most(..) | Self::Multiple(..), _) => true,
            (Self::Texts(texts), Value::String(text)) => texts.contains(text),
            (Self::Texts(_), _) => false,
            (Self::Listed(listed), instance) => listed.has(instance),
            (Self::Constant(value), instance) => equal(value, instance),
            (Self::Unique(Distinctness::Asked), Value::Array(items)) => {
                let mut seen = Distinct::default();
                items.len() < 2 || items.iter().all(|item| seen.add(item))
            }
            (Self::Unique(_), _) => true,
        }
    }

    /// A small value that breaks the keyword in the same way.
    fn broken(&self) -> Value {
        // Past what the validator of record builds rationals of, so that it compares these by their exponent.
        let far = |text: &str| Value::Number(text.parse().expect("it is a number"));
        match self {
            Self::Least(..) => far("-1e99999"),
            Self::Most(..) => far("1e99999"),
            Self::Multiple(..) => far("1e-99999"),
            Self::Texts(_) | Self::Listed(_) | Self::Constant(_) => {
                // A list of a few candidates always has one that the schema does not.
                let candidates = (0u32..).map(|number| Value::String(format!("\u{0}{number}")));
                candidates.into_iter().find(|candidate| !self.holds(candidate)).unwrap_or_default()
            }
            Self::Unique(_) => json!([0, 0]),
        }
    }
}

/// A keyword that compares.
struct Judge {
    word: &'static str,
    said: Value,
    comparison: Comparison,
    /// The validator of record, which has the words for what is wrong; compiled when something first is.
    words: OnceLock<Option<Validator>>,
}

impl<'i> Keyword<'i> for Judge {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) {
            return Ok(());
        }
        let broken = self.comparison.broken();
        let words = self.words.get_or_init(|| alone(self.word, &self.said).ok());
        let told = words.as_ref().and_then(|words| words.validate(&broken).err().map(|error| error.to_owned()));
        Err(told.unwrap_or_else(|| ValidationError::custom(format!("it breaks `{}`", self.word))))
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        self.comparison.holds(instance)
    }
}
