//! Places in a draft: a part of the request, and a pointer into its value.

use etalon_contract::codec::Draft;
use etalon_contract::document::Pointer;
use etalon_contract::generate::Broken;
use etalon_contract::model::In;
use serde_json::Value;

/// The most places of one request that are looked at: one that is larger takes more requests than any budget has.
const MOST: usize = 10_000;

/// A part of a request that has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A parameter, by its part of the request and its name.
    Parameter(In, String),
    /// The content of the request.
    Body,
}

/// A place in a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DraftPlace {
    /// The part of the request.
    pub part: Part,
    /// The place within its value.
    pub at: Pointer,
}

/// The parts of a draft that have values.
#[must_use]
pub(crate) fn parts(draft: &Draft) -> Vec<Part> {
    let parameters = draft.parameters.iter().map(|(place, name, _)| Part::Parameter(*place, name.clone()));
    parameters.chain(draft.body.as_ref().map(|_| Part::Body)).collect()
}

/// The value of a part.
#[must_use]
pub(crate) fn value<'d>(draft: &'d Draft, part: &Part) -> Option<&'d Value> {
    match part {
        Part::Parameter(place, name) => draft.parameter(*place, name),
        Part::Body => draft.body_value(),
    }
}

/// The value of a part, to be changed.
pub(crate) fn value_mut<'d>(draft: &'d mut Draft, part: &Part) -> Option<&'d mut Value> {
    match part {
        Part::Parameter(place, name) => {
            draft.parameters.iter_mut().find(|(p, n, _)| p == place && n == name).map(|(.., value)| value)
        }
        Part::Body => draft.body_value_mut(),
    }
}

/// Every place in a draft, outer ones first, but for the parts that are given.
#[must_use]
pub(crate) fn places(draft: &Draft, given: &dyn Fn(&Part) -> bool) -> Vec<DraftPlace> {
    let mut found = Vec::new();
    for part in parts(draft).into_iter().filter(|part| !given(part)) {
        if let Some(value) = value(draft, &part) {
            collect(&part, &Pointer::root(), value, &mut found);
        }
    }
    found
}

fn collect(part: &Part, at: &Pointer, value: &Value, found: &mut Vec<DraftPlace>) {
    if found.len() >= MOST {
        return;
    }
    found.push(DraftPlace { part: part.clone(), at: at.clone() });
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                collect(part, &at.join(name), member, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(part, &at.index(index), item, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl DraftPlace {
    /// The value of a draft at this place; `None` where the draft has nothing there.
    #[must_use]
    pub(crate) fn get<'d>(&self, draft: &'d Draft) -> Option<&'d Value> {
        self.at.get(value(draft, &self.part)?)
    }

    /// The same request with another value here; in the twin too, where it has the same value here.
    #[must_use]
    pub(crate) fn replaced(&self, plan: &Broken, new: &Value) -> Option<Broken> {
        let old = self.get(&plan.draft)?;
        let mut changed = plan.clone();
        if self.get(&plan.twin) == Some(old) {
            *self.at.get_mut(value_mut(&mut changed.twin, &self.part)?)? = new.clone();
        }
        *self.at.get_mut(value_mut(&mut changed.draft, &self.part)?)? = new.clone();
        Some(changed)
    }

    /// The values here, in the draft and, where it has this place, in the twin, to be changed.
    pub(crate) fn both_mut<'p>(&self, plan: &'p mut Broken) -> (Option<&'p mut Value>, Option<&'p mut Value>) {
        let here = value_mut(&mut plan.draft, &self.part).and_then(|value| self.at.get_mut(value));
        let twin = value_mut(&mut plan.twin, &self.part).and_then(|value| self.at.get_mut(value));
        (here, twin)
    }
}

/// The same request without a part.
#[must_use]
pub(crate) fn without(plan: &Broken, part: &Part) -> Broken {
    let mut changed = plan.clone();
    for draft in [&mut changed.draft, &mut changed.twin] {
        match part {
            Part::Parameter(place, name) => draft.remove_parameter(*place, name),
            Part::Body => draft.body = None,
        }
    }
    changed
}
