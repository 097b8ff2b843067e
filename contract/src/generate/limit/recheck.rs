//! Whether a request that was changed is still what it was made to be: valid, at its row's limit, or breaking its row
//! and nothing else. Whoever makes a request smaller asks here, so that what shrinks means what it meant.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::codec::Draft;
use crate::document::{Location, Pointer};
use crate::generate::limit::only_this_row::breaks_only;
use crate::generate::limit::showing::{Kept, showing};
use crate::generate::limit::{Broken, advised, get, subject_value};
use crate::generate::request::violations;
use crate::model::{Contract, Direction, Operation};
use crate::rule::{Advice, Breach, Limit, Measure, Row, Rule, Side, Subject};
use crate::validate;

/// True where a request, read back from its own bytes, violates nothing.
#[must_use]
pub fn is_valid(contract: &Contract, operation: &Operation, draft: &Draft) -> bool {
    violations(contract, operation, draft).is_ok_and(|found| found.is_empty())
}

/// True where a request, read back from its own bytes, breaks the row in one place, and nothing else that its twin keeps; and
/// where the row is about a bound, whether it lies as far past it as `met`, which is known to: just past is what is asked for.
#[must_use]
pub fn is_breach(contract: &Contract, operation: &Operation, row: &Row, met: &Draft, broken: &Broken) -> bool {
    let Broken { draft, twin } = broken;
    let Ok(mut found) = violations(contract, operation, draft) else { return false };
    found.retain(|violation| violation.breaks(row));
    let in_one_place = found.windows(2).all(|two| two[0].pointer == two[1].pointer);
    in_one_place && as_far_past(contract, row, met, draft) && breaks_only(contract, operation, row, draft, twin).is_ok()
}

fn as_far_past(contract: &Contract, row: &Row, met: &Draft, draft: &Draft) -> bool {
    let Rule::Limit(Limit::Keyword { breach: Breach::Keyword { keyword, at, .. }, side: Side::Past, .. }) = &row.rule
    else {
        return true;
    };
    let (Ok(before), Ok(now)) = (get(met, row), get(draft, row)) else { return true };
    is_kept(showing(keyword.class()).kept_past, (contract, at), before, now)
}

/// True where a value has the same of a property as another had; `at` is the location of the keyword.
fn is_kept(kept: Kept, (contract, at): (&Contract, &Location), before: &Value, now: &Value) -> bool {
    match kept {
        Kept::Value => before == now,
        Kept::Size(measure) => measured(measure, before) == measured(measure, now),
        Kept::Names => names(before) == names(now),
        Kept::Branches => branches(contract, at, before) == branches(contract, at, now),
        Kept::Nothing => true,
    }
}

/// True where a request is valid and lies at the row's limit as `met` does, which is known to.
#[must_use]
pub fn is_at(contract: &Contract, operation: &Operation, row: &Row, met: &Draft, draft: &Draft) -> bool {
    is_valid(contract, operation, draft) && lies_there(contract, row, met, draft)
}

/// True where a request still goes against what the document advises, as the row says, and its twin does not.
#[must_use]
pub fn is_against(contract: &Contract, operation: &Operation, row: &Row, broken: &Broken) -> bool {
    is_valid(contract, operation, &broken.twin) && advised::is_against(contract, operation, row, &broken.draft)
}

fn lies_there(contract: &Contract, row: &Row, met: &Draft, draft: &Draft) -> bool {
    if let Rule::Limit(Limit::Omitted) = row.rule {
        return left_out(draft, row);
    }
    let (Ok(before), Ok(now)) = (get(met, row), get(draft, row)) else { return false };
    if let Rule::Advice(Advice::Discriminator { member, meant: Some(meant), .. }) = &row.rule {
        return before.get(member) == now.get(member)
            && validate::is_valid(contract, &meant.schema(), Direction::Request, now).unwrap_or(false);
    }
    let Rule::Limit(Limit::Keyword { breach: Breach::Keyword { keyword, at, .. }, side: Side::At, .. }) = &row.rule
    else {
        return before == now;
    };
    is_kept(showing(keyword.class()).kept_at, (contract, at), before, now)
}

fn left_out(draft: &Draft, row: &Row) -> bool {
    match &row.subject {
        Subject::Parameter { place, name } => draft.parameter(*place, name).is_none(),
        Subject::Body if row.pointer == Pointer::root() => draft.body.is_none(),
        Subject::Body => {
            let (Some(whole), Some(owner)) = (subject_value(draft, &row.subject), row.pointer.owner()) else {
                return false;
            };
            // Leaving out the owner would show nothing about its member.
            owner.first_in(whole).is_some() && row.pointer.first_in(whole).is_none()
        }
        Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => false,
    }
}

/// The size of a value by a measure; `None` where the value has none, and where that takes a schema to tell.
fn measured(measure: Measure, value: &Value) -> Option<usize> {
    match measure {
        Measure::Characters => value.as_str().map(|text| text.chars().count()),
        Measure::Items => value.as_array().map(Vec::len),
        Measure::Members => value.as_object().map(Map::len),
        Measure::Number | Measure::Contained => None,
    }
}

fn names(value: &Value) -> Option<BTreeSet<&str>> {
    value.as_object().map(|members| members.keys().map(String::as_str).collect())
}

/// The branches of an alternative that a value satisfies, by their indices.
fn branches(contract: &Contract, at: &Location, value: &Value) -> Vec<usize> {
    let count = contract.document().node(at).and_then(Value::as_array).map_or(0, Vec::len);
    let satisfies =
        |index: &usize| validate::is_valid(contract, &at.index(*index), Direction::Request, value).unwrap_or(false);
    (0..count).filter(satisfies).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Document, NoFiles, Source};
    use crate::generate::{Numbers, at, breach};
    use crate::rule::rows;

    fn contract() -> Contract {
        let schema = json!({"type": "object", "required": ["name"], "additionalProperties": false, "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 4},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
            "size": {"type": "integer", "minimum": 10},
            "note": {"type": "string"}}});
        let operation = json!({"operationId": "add", "responses": {"204": {"description": "done"}},
            "requestBody": {"required": true, "content": {"application/json": {"schema": schema}}}});
        let root =
            json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/x": {"post": operation}}});
        let bytes = root.to_string().into_bytes();
        let source = Source { name: "one.json", bytes: &bytes };
        Contract::new(Document::load(source, &[], &NoFiles).expect("it is OpenAPI"))
    }

    fn row(contract: &Contract, id: &str) -> Row {
        let operation = contract.operation(0).expect("it is sound");
        rows(contract, operation).into_iter().find(|row| row.id == id).unwrap_or_else(|| panic!("no row {id}"))
    }

    fn with(draft: &Draft, body: Value) -> Draft {
        let mut draft = draft.clone();
        *draft.body_value_mut().expect("it has a body") = body;
        draft
    }

    #[test]
    fn a_breach_that_is_changed_elsewhere_stays_one_and_any_other_does_not() {
        let contract = contract();
        let operation = contract.operation(0).expect("it is sound");
        let row = row(&contract, "add body /name maxLength=4 past");
        let made = breach(&contract, operation, &row, 0, &mut Numbers::new(&[])).expect("it can be broken");
        let breaks = |body: Value| {
            let changed = Broken { draft: with(&made.draft, body), twin: made.twin.clone() };
            is_breach(&contract, operation, &row, &made.draft, &changed)
        };
        assert!(breaks(json!({"name": "aaaaa"})) && breaks(json!({"name": "bbbbbbb", "note": ""})));
        assert!(!breaks(json!({"name": "aaaa"})));
        assert!(!breaks(json!({"name": "aaaaa", "note": 1})), "it breaks another row besides");
    }

    #[test]
    fn a_bound_is_passed_no_further() {
        let contract = contract();
        let operation = contract.operation(0).expect("it is sound");
        let row = row(&contract, "add body /size minimum=10 past");
        let made = breach(&contract, operation, &row, 0, &mut Numbers::new(&[])).expect("it can be broken");
        let breaks = |body: Value| {
            let changed = Broken { draft: with(&made.draft, body), twin: made.twin.clone() };
            is_breach(&contract, operation, &row, &made.draft, &changed)
        };
        assert!(breaks(json!({"name": "a", "size": 9})));
        assert!(!breaks(json!({"name": "a", "size": 0})));
    }

    #[test]
    fn what_breaks_a_row_in_two_places_is_another_breach() {
        let contract = contract();
        let operation = contract.operation(0).expect("it is sound");
        let row = row(&contract, "add body /tags/* type=string past");
        let made = breach(&contract, operation, &row, 0, &mut Numbers::new(&[])).expect("it can be broken");
        let breaks = |body: Value| {
            let changed = Broken { draft: with(&made.draft, body), twin: made.twin.clone() };
            is_breach(&contract, operation, &row, &made.draft, &changed)
        };
        assert!(breaks(json!({"name": "a", "tags": [1, ""]})));
        assert!(!breaks(json!({"name": "a", "tags": [1, 2]})));
    }

    #[test]
    fn a_request_at_a_limit_stays_there() {
        let contract = contract();
        let operation = contract.operation(0).expect("it is sound");
        for (id, there, gone) in [
            ("add body /name maxLength=4 at", json!({"name": "zzzz"}), json!({"name": "zzz"})),
            (
                "add body /tags maxItems=3 at",
                json!({"name": "a", "tags": ["", "", ""]}),
                json!({"name": "a", "tags": []}),
            ),
            ("add body /note omitted", json!({"name": "a"}), json!({"name": "a", "note": ""})),
        ] {
            let row = row(&contract, id);
            let met = at(&contract, operation, &row, 0, &mut Numbers::new(&[])).expect("it can be met");
            assert!(is_at(&contract, operation, &row, &met, &met), "{id}");
            assert!(is_at(&contract, operation, &row, &met, &with(&met, there)), "{id}");
            assert!(!is_at(&contract, operation, &row, &met, &with(&met, gone)), "{id}");
        }
    }
}
