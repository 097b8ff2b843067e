//! One error of the validator as violations: the keyword that is broken, the member that it is about, and a sentence.
//! It judges nothing.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;

use crate::document::{Location, Pointer};
use crate::model::{Contract, Direction};
use crate::rule::{Breach, Keyword, Subject};
use crate::validate::explain::{causes, explain, quoted};
use crate::validate::{Violation, contains};

/// The most violations of one value that are told: enough to mend them in one go, bounded for hostile bodies.
pub(super) const MAX_VIOLATIONS: usize = 100;

/// Adds the violations that an error of the validator is, at most [`MAX_VIOLATIONS`] of them; `schema` is the location of the
/// schema that was asked, for errors that name no place of their own.
pub(super) fn collect(
    contract: &Contract,
    error: &ValidationError<'_>,
    subject: &Subject,
    (schema, direction): (&Location, Direction),
    found: &mut Vec<Violation>,
) {
    let pointer = Pointer::parse(error.instance_path().as_str()).unwrap_or_default();
    let at = keyword_location(error).unwrap_or_else(|| schema.clone());
    let (message, limit) = explain(error);
    let (message, causes) = causes(contract, &at, error).unwrap_or((message, Vec::new()));
    let mut push = |keyword: Keyword, at: &Location, member: Option<String>, message: String| {
        found.push(Violation {
            subject: subject.clone(),
            pointer: pointer.clone(),
            breach: Breach::Keyword { keyword, at: at.clone(), member },
            limit: limit.clone(),
            message,
            causes: causes.clone(),
            more: 0,
        });
    };
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the kinds are the validator's; the others are named by their keyword"
    )]
    match error.kind() {
        Kind::Required { property } => {
            let member = property.as_str().map(str::to_owned);
            match dependent(&at) {
                Some(at) => push(Keyword::DependentRequired, &at, member, message),
                None => push(Keyword::Required, &at, member, message),
            }
        }
        kind @ (Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected }) => {
            let keyword = Keyword::parse(kind.keyword()).unwrap_or(Keyword::AdditionalProperties);
            for name in unexpected.iter().take(MAX_VIOLATIONS) {
                push(keyword, &at, Some(name.clone()), unexpected_member(name));
            }
        }
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            found.push(Violation { pointer, ..Violation::whole(subject.clone(), Breach::Undecided, message) });
        }
        Kind::FalseSchema => push(Keyword::False, &at, None, message),
        Kind::AdditionalItems { .. } => push(Keyword::Items, &at, None, message),
        Kind::Contains => {
            let word = at.pointer.last().and_then(|word| Keyword::parse(&word)).unwrap_or(Keyword::Contains);
            let counted = contains::sentence(contract, &at, direction, error.instance());
            push(word, &at, None, counted.unwrap_or(message));
        }
        kind => {
            // Every other kind is named as the keyword that makes it; one that is not is a reference's, told as such.
            let keyword = Keyword::parse(kind.keyword())
                .or_else(|| at.pointer.last().and_then(|word| Keyword::parse(&word)))
                .unwrap_or(Keyword::False);
            push(keyword, &at, None, message);
        }
    }
}

/// The location of the keyword that an error is about.
fn keyword_location(error: &ValidationError<'_>) -> Option<Location> {
    Location::from_uri(error.absolute_keyword_location()?.as_str())
}

/// The location of `dependentRequired`, for an error about one of its members; `None` for any other.
fn dependent(at: &Location) -> Option<Location> {
    let mut pointer = Some(at.pointer.clone());
    // The validator names the member that asks, or the keyword itself.
    for _ in 0..2 {
        let here = pointer?;
        if here.last().is_some_and(|word| word == "dependentRequired") {
            return Some(Location { file: at.file, pointer: here });
        }
        pointer = here.parent();
    }
    None
}

/// The number of violations that an error is told as.
pub(super) fn breadth(error: &ValidationError<'_>) -> usize {
    if let Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } = error.kind() {
        unexpected.len()
    } else {
        1
    }
}

fn unexpected_member(name: &str) -> String {
    format!("the member {} may not be here", quoted(name))
}
