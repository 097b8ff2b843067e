//! The members of a declared error that say something of a problem, told by their names.

use serde_json::{Map, Value, json};

use crate::behaviour::answer::problem::{Fault, FaultPlace};
use crate::behaviour::answer::refusal::occurrence::Occurrence;
use crate::behaviour::answer::refusal::refused::Refused;
use crate::behaviour::{Known, lay_over, shape, simplest};
use crate::document::{Location, Pointer};
use crate::model::Direction;
use crate::validate;

impl Refused<'_> {
    /// Collects the values of the members of a declared error that their names tell, `here` being the pointer of the
    /// object and `at` its schema.
    pub(super) fn fill(
        &self,
        at: &Location,
        here: &Pointer,
        occurrence: &Occurrence<'_>,
        is_problem: bool,
        depth: usize,
        known: &mut Vec<Known>,
    ) {
        if depth > MAX_DEPTH {
            return;
        }
        for (name, at) in shape::members(self.contract, at) {
            let place = here.join(&name);
            let plain = shape::plain(&name);
            let types = shape::types(self.contract, &at);
            if types.contains(&"array") {
                if ["errors", "details", "violations", "fielderrors", "invalidparams", "causes"]
                    .contains(&plain.as_str())
                    && occurrence.fault.is_none()
                    && let Some(items) = self.list(&at, occurrence, depth)
                {
                    known.push(Known::At(place, items));
                }
                continue;
            }
            if types.contains(&"object") || types.is_empty() && !shape::members(self.contract, &at).is_empty() {
                if plain == "source" && !occurrence.has_place() {
                    known.push(Known::Absent(place));
                } else if plain == "jsonapi" {
                    known.push(Known::At(place.join("version"), json!("1.0")));
                } else if ["error", "source", "fault", "problem", "status"].contains(&plain.as_str()) {
                    self.fill(&at, &place, occurrence, false, depth + 1, known);
                } else if plain == "errors" && occurrence.fault.is_none() && !occurrence.problem.faults.is_empty() {
                    // Messages by field, as ASP.NET and Laravel have them.
                    known.push(Known::At(place, by_field(&occurrence.problem.faults)));
                }
                continue;
            }
            if let Some(value) = self.text(&plain, &at, &types, occurrence, is_problem) {
                known.push(Known::At(place, value));
            }
        }
    }

    /// The array of single faults; the problem itself where it has none.
    fn list(&self, at: &Location, occurrence: &Occurrence<'_>, depth: usize) -> Option<Value> {
        let items = shape::items(self.contract, at)?;
        let whole = [Fault { detail: occurrence.problem.detail.clone(), place: FaultPlace::Request }];
        let faults = if occurrence.problem.faults.is_empty() { &whole[..] } else { &occurrence.problem.faults };
        let listed = faults
            .iter()
            .map(|fault| {
                let base = simplest(self.contract, &items).ok()?;
                let occurrence = Occurrence { fault: Some(fault), ..*occurrence };
                let mut known = Vec::new();
                if base.is_string() {
                    known.push(Known::At(Pointer::root(), Value::String(fault.describe())));
                }
                self.fill(&items, &Pointer::root(), &occurrence, false, depth + 1, &mut known);
                Some(lay_over(base, &known, &mut |tried| {
                    validate::is_valid(self.contract, &items, Direction::Response, tried).unwrap_or(false)
                }))
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Value::Array(listed))
    }
}

fn by_field(faults: &[Fault]) -> Value {
    let mut members = Map::new();
    for fault in faults {
        let name = match &fault.place {
            FaultPlace::Body(pointer) => pointer.as_str().trim_start_matches('/').replace('/', "."),
            FaultPlace::Parameter(_, name) => name.clone(),
            FaultPlace::Request => String::new(),
        };
        let there = members.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(messages) = there {
            messages.push(Value::String(fault.detail.clone()));
        }
    }
    Value::Object(members)
}

/// The most levels of a declared error that are filled: none has its texts further down.
const MAX_DEPTH: usize = 4;
