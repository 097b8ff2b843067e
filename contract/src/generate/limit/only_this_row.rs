//! Whether a request breaks its row and nothing else: the wire truth. What cannot be told by it is a reason why not.

use serde_json::Value;

use crate::codec::Draft;
use crate::generate::limit::{NOT_THERE, root, subject_value, subject_value_mut};
use crate::generate::request::violations;
use crate::generate::{Cannot, Why};
use crate::model::{Contract, Direction, Operation};
use crate::rule::{Branch, Breach, Keyword, Row};
use crate::validate::{self, Violation};

/// Tells whether a request, read back from its own bytes, breaks the row and nothing else; the reason where it does
/// not.
pub(crate) fn breaks_only(
    contract: &Contract,
    operation: &Operation,
    row: &Row,
    draft: &Draft,
    twin: &Draft,
) -> Result<(), Cannot> {
    let mut found = violations(contract, operation, draft)?;
    found.retain(|violation| violation.breaks(row) || !is_echo(violation, subject_value(twin, &violation.subject)));
    if let Some(branch) = row.alternative() {
        if found.is_empty() && breaks_unsent(contract, operation, row, draft) {
            return Err(Cannot::no_wire_form("what is sent is read as a valid value"));
        }
        if found.is_empty() {
            return Err(Cannot::of(Why::Implied, "implied by nothing: another branch allows it"));
        }
        if found.iter().all(|violation| violation.breaks(row)) {
            return in_branch(contract, row, branch, draft, twin);
        }
    }
    match found.iter().find(|violation| !violation.breaks(row)) {
        None if !found.is_empty() => Ok(()),
        None if !breaks_unsent(contract, operation, row, draft) => {
            Err(Cannot::because("every value that was tried is valid"))
        }
        None => Err(Cannot::no_wire_form("what is sent is read as a valid value")),
        Some(other) if found.iter().any(|violation| violation.breaks(row)) => {
            Err(Cannot::of(Why::Implied, format!("implied by {}", name(other.breach.clone()))))
        }
        Some(other) => Err(Cannot::because(format!("it would break something else: {other}"))),
    }
}

/// True where members or items count as unevaluated only because the schema that evaluates them is not satisfied any more:
/// they stand in the valid twin as well (JSON Schema Core §11, annotations of a failing schema are dropped).
fn is_echo(violation: &Violation, twin: Option<&Value>) -> bool {
    let Breach::Keyword { keyword, member, .. } = &violation.breach else { return false };
    let there = || violation.pointer.get(twin?);
    match (keyword, member) {
        (Keyword::UnevaluatedProperties, Some(name)) => there().is_some_and(|object| object.get(name).is_some()),
        (Keyword::UnevaluatedItems, _) => there().is_some_and(Value::is_array),
        _ => false,
    }
}

/// Tells whether a value breaks, of its branch, the row and nothing else.
fn in_branch(contract: &Contract, row: &Row, branch: &Branch, draft: &Draft, twin: &Draft) -> Result<(), Cannot> {
    let whole = subject_value(draft, &row.subject).ok_or_else(|| Cannot::because(NOT_THERE))?;
    let owner = branch.pointer.first_in(whole).and_then(|pointer| pointer.get(whole).cloned());
    let owner = owner.ok_or_else(|| Cannot::because(NOT_THERE))?;
    let mut found = validate::value(contract, &branch.schema(), Direction::Request, &row.subject, &owner)
        .map_err(|defect| Cannot::defective(&defect))?;
    let kept = subject_value(twin, &row.subject)
        .and_then(|whole| branch.pointer.first_in(whole).and_then(|pointer| pointer.get(whole)));
    let depth = branch.pointer.tokens().count();
    let deeper = row.within.iter().skip_while(|known| *known != branch).skip(1);
    let within: Vec<Branch> =
        deeper.map(|branch| Branch { pointer: branch.pointer.below(depth), ..branch.clone() }).collect();
    let inner = Row { pointer: row.pointer.below(depth), within, ..row.clone() };
    found.retain(|violation| violation.breaks(&inner) || !is_echo(violation, kept));
    match found.iter().find(|violation| !violation.breaks(&inner)) {
        None if found.is_empty() => Err(Cannot::because("every value that was tried satisfies the branch")),
        None => match inner.alternative() {
            Some(next) => {
                let within = |draft: &Draft, value: Value| {
                    let mut narrowed = draft.clone();
                    *subject_value_mut(&mut narrowed, &row.subject)? = value;
                    Some(narrowed)
                };
                let missing = || Cannot::because(NOT_THERE);
                let kept = kept.cloned().ok_or_else(missing)?;
                let (narrowed, kept) =
                    (within(draft, owner).ok_or_else(missing)?, within(twin, kept).ok_or_else(missing)?);
                in_branch(contract, &inner, next, &narrowed, &kept)
            }
            None => Ok(()),
        },
        Some(other) if found.iter().any(|violation| violation.breaks(&inner)) => {
            Err(Cannot::of(Why::Implied, format!("implied by {}", name(other.breach.clone()))))
        }
        Some(other) => Err(Cannot::because(format!("it would break something else: {other}"))),
    }
}

/// True where the value itself breaks something, before it is written.
fn breaks_unsent(contract: &Contract, operation: &Operation, row: &Row, draft: &Draft) -> bool {
    let Some(value) = subject_value(draft, &row.subject) else { return true };
    root(operation, row)
        .is_ok_and(|root| !validate::is_valid(contract, &root, Direction::Request, value).unwrap_or(true))
}

fn name(breach: Breach) -> String {
    match breach {
        Breach::Keyword { keyword: Keyword::Required, member: Some(member), .. } => format!("required {member}"),
        Breach::Keyword { keyword, .. } => keyword.to_string(),
        Breach::Absent => "the part being required".to_owned(),
        Breach::Unexpected => "the part not being allowed".to_owned(),
        Breach::Malformed => "its form on the wire".to_owned(),
        Breach::MediaType => "the media type".to_owned(),
        Breach::Status => "the status".to_owned(),
        Breach::Problem => "RFC 9457".to_owned(),
        Breach::Beyond => "a bound of what is read".to_owned(),
        Breach::Undecided => "what cannot be told".to_owned(),
    }
}
