//! Requests exactly at a row's limit, and just past it: `at` gives a valid request, `breach` one that breaks exactly
//! that row on the wire, with its twin, which is the same but keeps it.
//!
//! In reading order: the table of how limits are shown (`showing`), values at a limit (`at`, with `pairwise` for
//! optional members) and past it (`past`, by `near_misses`), requests that go against advice (`advised`), whether a
//! request breaks its row and no other (`only_this_row`), and whether one that was changed still is what it was made to
//! be (`recheck`).

mod showing;

mod pairwise;

mod at;

mod near_misses;
mod past;

mod advised;

mod only_this_row;

mod recheck;

use serde_json::Value;

pub use crate::generate::limit::recheck::{is_against, is_at, is_breach, is_valid};

use crate::codec::{Draft, DraftBody};
use crate::document::{Location, Pointer};
use crate::generate::canonical::{self, Form};
use crate::generate::limit::near_misses::Wanted;
use crate::generate::limit::only_this_row::breaks_only;
use crate::generate::plain::applicable::{self, Applicable};
use crate::generate::plain::maker::Way;
use crate::generate::request::{reaching, remove, violations};
use crate::generate::value::value_of_form;
use crate::generate::{Cannot, Choices, Why};
use crate::model::{Contract, Direction, Operation};
use crate::rule::{Advice, Branch, Breach, Keyword, Limit, Row, Rule, Side, Subject};
use crate::validate;

/// The most times that a request is made anew where a breach turns out not to be one, or to break more.
const ATTEMPTS: usize = 6;

/// The most values of the algebra's form that are tried.
const FORMS: usize = 6;

/// A request that breaks one row, and the same with that row kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// Breaks exactly the row, read back from its own bytes.
    pub draft: Draft,
    /// Valid, and the same in all but that row.
    pub twin: Draft,
}

/// The number of kinds of request that a row has, at least 1: each value of an enum, each wrong type, each near miss of a
/// format. The `variant` of [`at`] and [`breach`] is below it.
#[must_use]
pub fn variants(row: &Row) -> usize {
    match &row.rule {
        Rule::Limit(Limit::Keyword { breach: Breach::Keyword { keyword, .. }, side, operand }) => match side {
            Side::At => at::variants(*keyword, operand),
            Side::Past => past::variants(&row.subject, *keyword, operand),
        },
        Rule::Limit(_)
        | Rule::Advice(_)
        | Rule::Protocol(_)
        | Rule::Security(_)
        | Rule::Response(_)
        | Rule::Story(_) => 1,
    }
}

/// A valid request exactly at a row's limit: at a bound, a listed value, null, or without what may be left out.
///
/// # Errors
/// The reason why there is none: the limit cannot be met, or not without breaking another row.
pub fn at(
    contract: &Contract,
    operation: &Operation,
    row: &Row,
    variant: usize,
    choices: &mut dyn Choices,
) -> Result<Draft, Cannot> {
    if let Rule::Limit(Limit::Keyword {
        breach: Breach::Keyword { keyword: Keyword::AnyOf | Keyword::OneOf, at, .. },
        side: Side::At,
        ..
    }) = &row.rule
    {
        let count = contract.document().node(at).and_then(Value::as_array).map_or(0, Vec::len);
        let index = at::sampled(count, variant);
        let branch = Branch { pointer: row.pointer.clone(), at: at.clone(), index };
        return taking(contract, operation, row, branch, choices);
    }
    if let Rule::Advice(Advice::Discriminator { member, tag, meant: Some(meant) }) = &row.rule {
        return advised::named(contract, operation, row, (member, tag, meant), choices);
    }
    let mut last = Cannot::because("the row has no near side");
    for _ in 0..ATTEMPTS {
        let mut draft = reaching(contract, operation, Some(row), choices)?;
        match &row.rule {
            Rule::Limit(Limit::Omitted) => omit(&mut draft, row)?,
            Rule::Limit(Limit::Null { side: Side::At, .. }) => put(&mut draft, row, Value::Null)?,
            Rule::Limit(Limit::Keyword { breach: Breach::Keyword { keyword, .. }, side: Side::At, operand }) => {
                let value = at::value(contract, &root(operation, row)?, row, *keyword, operand, variant, choices)?;
                put(&mut draft, row, value)?;
            }
            Rule::Limit(_)
            | Rule::Advice(_)
            | Rule::Protocol(_)
            | Rule::Security(_)
            | Rule::Response(_)
            | Rule::Story(_) => return Err(last),
        }
        match violations(contract, operation, &draft)?.first() {
            None => return Ok(draft),
            Some(violation) => last = Cannot::because(format!("cannot be met alone: {violation}")),
        }
    }
    Err(last)
}

/// A valid request that takes a branch.
fn taking(
    contract: &Contract,
    operation: &Operation,
    row: &Row,
    branch: Branch,
    choices: &mut dyn Choices,
) -> Result<Draft, Cannot> {
    let schema = branch.schema();
    let mut within = row.within.clone();
    within.push(branch);
    let wanted = Row { within, ..row.clone() };
    let mut last = Cannot::because("no request was found that takes the branch");
    for _ in 0..ATTEMPTS {
        let draft = reaching(contract, operation, Some(&wanted), choices)?;
        match validate::is_valid(contract, &schema, Direction::Request, get(&draft, row)?) {
            Ok(true) => return Ok(draft),
            Ok(false) => last = Cannot::because("the value that was made fits another branch"),
            Err(defect) => return Err(Cannot::defective(&defect)),
        }
    }
    Err(last)
}

/// A request that breaks a row and nothing else, with its twin.
///
/// # Errors
/// The reason why there is none: `implied by …`, `no wire form: …`.
pub fn breach(
    contract: &Contract,
    operation: &Operation,
    row: &Row,
    variant: usize,
    choices: &mut dyn Choices,
) -> Result<Broken, Cannot> {
    if matches!(row.rule, Rule::Advice(Advice::ReadOnly)) {
        return advised::read_only(contract, operation, row, choices);
    }
    if let Rule::Advice(Advice::Discriminator { member, meant: None, .. }) = &row.rule {
        return advised::unknown(contract, operation, row, member, choices);
    }
    let mut last = Cannot::because("the row has no far side");
    for _ in 0..ATTEMPTS {
        let twin = reaching(contract, operation, Some(row), choices)?;
        for draft in past(contract, operation, row, variant, &twin, choices)? {
            match breaks_only(contract, operation, row, &draft, &twin) {
                Ok(()) => return Ok(Broken { draft, twin }),
                // A reason that speaks of the contract says more than one that speaks of what was tried last.
                Err(cannot) if last.why == Why::NotFound || cannot.why != Why::NotFound => last = cannot,
                Err(_) => {}
            }
        }
        if last.why == Why::NoWireForm {
            break;
        }
    }
    // One kind is enough to know whether there is any, and what has no form on the wire gains nothing by another value.
    if variant > 0 || last.why == Why::NoWireForm {
        return Err(last);
    }
    if let Rule::Limit(Limit::Overlap { breach: Breach::Keyword { at, .. } }) = &row.rule {
        return Err(canonical::disjoint(contract, at).unwrap_or(last));
    }
    match by_canonical_form(contract, operation, row, choices) {
        Ok(broken) => Ok(broken),
        Err(cannot) if cannot.why == Why::Implied && last.why != Why::Implied => Err(cannot),
        Err(_) => Err(last),
    }
}

/// A breach from the algebra of schemas: a value that satisfies all that acts on the place, but for this one keyword.
fn by_canonical_form(
    contract: &Contract,
    operation: &Operation,
    row: &Row,
    choices: &mut dyn Choices,
) -> Result<Broken, Cannot> {
    let (here, at, member) = acting_at(contract, operation, row)?;
    let form = match canonical::breaking(contract, &here, at, member) {
        Form::Canonical(form) => form,
        Form::None(cannot) => return Err(cannot),
    };
    let mut last = Cannot::because("no value was found that breaks this alone");
    for attempt in 0..FORMS {
        let twin = reaching(contract, operation, Some(row), choices)?;
        let value = match value_of_form(&form, attempt, choices) {
            Ok(value) => value,
            Err(cannot) => {
                last = cannot;
                continue;
            }
        };
        let mut draft = twin.clone();
        put(&mut draft, row, value)?;
        match breaks_only(contract, operation, row, &draft, &twin) {
            Ok(()) => return Ok(Broken { draft, twin }),
            Err(cannot) => last = cannot,
        }
    }
    Err(last)
}

/// The schemas that act on the place that a row speaks of, the location of its keyword, and the member that it names.
fn acting_at<'r>(
    contract: &Contract,
    operation: &Operation,
    row: &'r Row,
) -> Result<(Applicable, &'r Location, Option<&'r str>), Cannot> {
    let Rule::Limit(Limit::Keyword { breach: Breach::Keyword { at, member, .. }, side: Side::Past, .. }) = &row.rule
    else {
        return Err(Cannot::because("the row is about no keyword"));
    };
    let path: Vec<String> = row.pointer.tokens().map(|token| token.into_owned()).collect();
    let levels = applicable::along(contract, &root(operation, row)?, Way { path: &path, branches: &row.within });
    let here = levels.into_iter().nth(path.len());
    here.map(|here| (here, at, member.as_deref()))
        .ok_or_else(|| Cannot::because("no schema is known that describes this place"))
}

/// The requests to try, the most telling first.
fn past(
    contract: &Contract,
    operation: &Operation,
    row: &Row,
    variant: usize,
    twin: &Draft,
    choices: &mut dyn Choices,
) -> Result<Vec<Draft>, Cannot> {
    let mut one = twin.clone();
    let each = |values: Vec<Value>| {
        let with = |value| {
            let mut draft = twin.clone();
            put(&mut draft, row, value).map(|()| draft)
        };
        values.into_iter().map(with).collect()
    };
    match &row.rule {
        Rule::Limit(Limit::Required) => {
            omit(&mut one, row)?;
            Ok(vec![one])
        }
        Rule::Limit(Limit::Null { side: Side::Past, .. }) => {
            put(&mut one, row, Value::Null)?;
            Ok(vec![one])
        }
        Rule::Limit(Limit::Keyword { breach: Breach::Keyword { keyword, member, .. }, side: Side::Past, operand }) => {
            let here = get(twin, row)?;
            let wanted = Wanted { row, keyword: *keyword, member: member.as_deref(), operand, variant, here };
            let values = past::values(contract, &root(operation, row)?, &wanted, choices)?;
            each(values)
        }
        Rule::Limit(Limit::Overlap { breach: Breach::Keyword { at, .. } }) => {
            each(past::overlapping(contract, &root(operation, row)?, row, at, choices)?)
        }
        Rule::Limit(_)
        | Rule::Advice(_)
        | Rule::Protocol(_)
        | Rule::Security(_)
        | Rule::Response(_)
        | Rule::Story(_) => Err(Cannot::because("the row has no far side")),
    }
}

/// The schema of the whole value that a row's pointer starts from.
fn root(operation: &Operation, row: &Row) -> Result<Location, Cannot> {
    let schema = match &row.subject {
        Subject::Parameter { place, name } => {
            operation.parameter(*place, name).and_then(|parameter| parameter.shape.schema().cloned())
        }
        Subject::Body => operation
            .body
            .as_ref()
            .and_then(|body| body.content.get(row.content.unwrap_or(0)))
            .and_then(|content| content.schema.clone()),
        Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => None,
    };
    schema.ok_or_else(|| Cannot::because("there is no schema here"))
}

fn subject_value<'d>(draft: &'d Draft, subject: &Subject) -> Option<&'d Value> {
    match subject {
        Subject::Parameter { place, name } => draft.parameter(*place, name),
        Subject::Body => draft.body_value(),
        Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => None,
    }
}

fn subject_value_mut<'d>(draft: &'d mut Draft, subject: &Subject) -> Option<&'d mut Value> {
    match subject {
        Subject::Parameter { place, name } => {
            draft.parameters.iter_mut().find(|(p, n, _)| p == place && n == name).map(|(_, _, value)| value)
        }
        Subject::Body => draft.body_value_mut(),
        Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => None,
    }
}

const NOT_THERE: &str = "the place could not be reached";

fn get<'d>(draft: &'d Draft, row: &Row) -> Result<&'d Value, Cannot> {
    subject_value(draft, &row.subject)
        .and_then(|whole| row.pointer.first_in(whole)?.get(whole))
        .ok_or_else(|| Cannot::because(NOT_THERE))
}

fn get_mut<'d>(draft: &'d mut Draft, row: &Row) -> Result<&'d mut Value, Cannot> {
    let whole = subject_value_mut(draft, &row.subject).ok_or_else(|| Cannot::because(NOT_THERE))?;
    let pointer = row.pointer.first_in(whole).ok_or_else(|| Cannot::because(NOT_THERE))?;
    pointer.get_mut(whole).ok_or_else(|| Cannot::because(NOT_THERE))
}

fn put(draft: &mut Draft, row: &Row, value: Value) -> Result<(), Cannot> {
    let whole = subject_value_mut(draft, &row.subject).ok_or_else(|| Cannot::because(NOT_THERE))?;
    let pointer = row.pointer.first_in(whole).ok_or_else(|| Cannot::because(NOT_THERE))?;
    pointer.put(whole, value).map_err(|_| Cannot::because(NOT_THERE))
}

fn omit(draft: &mut Draft, row: &Row) -> Result<(), Cannot> {
    match &row.subject {
        Subject::Parameter { place, name } => draft.remove_parameter(*place, name),
        Subject::Body if row.pointer == Pointer::root() => draft.body = None,
        Subject::Body => {
            let Some(DraftBody::Value { value, .. }) = &mut draft.body else {
                return Err(Cannot::because(NOT_THERE));
            };
            let pointer = row.pointer.first_in(value).ok_or_else(|| Cannot::because(NOT_THERE))?;
            remove(value, &pointer);
        }
        Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => {
            return Err(Cannot::because(NOT_THERE));
        }
    }
    Ok(())
}
