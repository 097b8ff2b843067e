//! The body of an error as the contract declares it, as long as it stays valid; every fault is named in it.

use serde_json::Value;

use crate::behaviour::answer::problem::{Fault, Problem};
use crate::behaviour::answer::refusal::occurrence::Occurrence;
use crate::behaviour::answer::refusal::plain::instance;
use crate::behaviour::answer::refusal::refused::Refused;
use crate::behaviour::{Known, lay_over, shape, simplest};
use crate::codec::{self};
use crate::document::{Location, Pointer};
use crate::model::{Content, Direction};
use crate::validate;

impl Refused<'_> {
    pub(super) fn body(&self, content: &Content, problem: &Problem, status: u16) -> Option<(String, Vec<u8>)> {
        let value = self.value(content, problem, status)?;
        let bytes = codec::encode_body(self.contract, content, &value, Direction::Response).ok()?;
        Some((codec::content_type(&content.media_type, &bytes), bytes))
    }

    pub(super) fn value(&self, content: &Content, problem: &Problem, status: u16) -> Option<Value> {
        // A schema that cannot be read says nothing: neither that this fits nor that it does not.
        let is_readable =
            |at: &&Location| validate::is_valid(self.contract, at, Direction::Response, &Value::Null).is_ok();
        let Some(at) = content.schema.as_ref().filter(is_readable) else {
            return Some(if content.media_type.is_json() {
                problem.details(status, Some(&instance(self.context)))
            } else {
                Value::String(problem.in_full())
            });
        };
        // Problem details whose members nobody describes are those of the standard.
        if content.media_type.is_problem_json() && shape::members(self.contract, at).is_empty() {
            let whole = problem.details(status, Some(&instance(self.context)));
            if validate::is_valid(self.contract, at, Direction::Response, &whole).unwrap_or(false) {
                return Some(whole);
            }
        }
        let (brief, listing) =
            self.laid(content, at, &Occurrence { problem, status, fault: None, detail: &problem.detail })?;
        if problem.faults.len() < 2 || listing == Listing::Each {
            return Some(brief);
        }
        // The shape has no list, or none that takes them all: so they are named in its sentence.
        let full = problem.in_full();
        self.laid(content, at, &Occurrence { problem, status, fault: None, detail: &full }).map(|(full, _)| full)
    }

    fn laid(&self, content: &Content, at: &Location, occurrence: &Occurrence<'_>) -> Option<(Value, Listing)> {
        let problem = occurrence.problem;
        let base = simplest(self.contract, at).ok()?;
        let mut known = Vec::new();
        if base.is_string() {
            known.push(Known::At(Pointer::root(), Value::String(occurrence.detail.to_owned())));
        }
        self.fill(at, &Pointer::root(), occurrence, content.media_type.is_problem_json(), 0, &mut known);
        if content.media_type.is_problem_json()
            && !problem.faults.is_empty()
            && shape::member(self.contract, at, "errors").is_none()
        {
            // RFC 9457 §3.2: an extension member, as its own example has it.
            let errors = problem.faults.iter().map(Fault::details).collect();
            known.push(Known::At(Pointer::root().join("errors"), Value::Array(errors)));
        }
        let is_valid =
            |value: &Value| validate::is_valid(self.contract, at, Direction::Response, value).unwrap_or(false);
        let laid = lay_over(base, &known, &mut |tried| is_valid(tried));
        let is_there = |one: &Known| match one {
            Known::At(pointer, told) => pointer.get(&laid).is_some_and(|there| holds(there, told)),
            Known::Absent(_) => false,
        };
        let listing = if known.iter().any(is_there) { Listing::Each } else { Listing::None };
        is_valid(&laid).then_some((laid, listing))
    }
}

/// The room that a declared error has for single faults: a place for each, or none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listing {
    Each,
    None,
}

/// True where a list of faults, or an object of them by field, stands as it was told.
fn holds(there: &Value, told: &Value) -> bool {
    match (there, told) {
        (Value::Array(_), Value::Array(_)) => there == told,
        (Value::Object(there), Value::Object(told)) => {
            told.iter().all(|(name, member)| there.get(name) == Some(member))
        }
        _ => false,
    }
}
