//! What the document advises: a member that only the server sets is sent to it, a discriminator says a name that no
//! alternative has. The twin follows the advice.

use etalon_contract::document::Pointer;
use etalon_contract::model::Operation;
use etalon_contract::rule::{Advice, Row, Rule};
use serde_json::Value;

use crate::case::Task;
use crate::judge;
use crate::judge::advised::Kept;
use crate::scenario::answer;
use crate::scenario::limit::{self, Pair};
use crate::scenario::setup::Setup;
use crate::transcript::{Exchange, Pending, Role};
use crate::verdict::Verdict;

/// Goes against the advice, then follows it. Where the schemas refuse the request as well, it is judged as any breach.
pub(super) fn run(setup: &mut Setup<'_>, operation: &Operation, row: &Row, task: Task<'_>) -> Result<Verdict, Pending> {
    let pair = limit::pair(setup, operation, row, task)?;
    if !setup.violations(operation, &pair.broken)?.is_empty() {
        return limit::refused(setup, operation, row, pair);
    }
    let Pair { broken, twin, draft } = pair;
    let met = setup.send(Role::Tested, operation, broken)?;
    if met.accepted() {
        let read_only = matches!(row.rule, Rule::Advice(Advice::ReadOnly));
        let kept = if read_only { kept(setup, operation, row, draft.body_value(), met) } else { Kept::Unseen };
        return Ok(judge::advised::accepted(row, &kept));
    }
    let twin = setup.send(Role::Twin, operation, twin)?;
    Ok(judge::advised::refused(operation, row, &met.response, &twin.response))
}

/// The fate of a value that was sent, as far as the answer shows it.
fn kept(setup: &Setup<'_>, operation: &Operation, row: &Row, sent: Option<&Value>, met: &Exchange) -> Kept {
    let shown = setup.effect(operation).and_then(|effect| {
        let inside: Pointer = below(&row.pointer, effect.sent.as_ref()?)?;
        let item = answer::item(effect, &met.response)?;
        Some((row.pointer.get(sent?)?.clone(), inside.get(&item)?.clone()))
    });
    match shown {
        Some((sent, got)) if sent == got => Kept::Same,
        Some((_, got)) => Kept::Other(got),
        None => Kept::Unseen,
    }
}

/// A pointer as seen from a place above it; `None` where it leads elsewhere.
fn below(pointer: &Pointer, place: &Pointer) -> Option<Pointer> {
    pointer.is_within(place).then(|| Pointer::parse(&pointer.as_str()[place.as_str().len()..]))?
}
