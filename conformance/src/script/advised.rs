//! What the document advises: a member that only the server sets is sent to it, a discriminator says a name that no
//! alternative has. The twin follows the advice.

use etalon_contract::document::Pointer;
use etalon_contract::model::Operation;
use etalon_contract::rule::{Advice, Row, Rule};
use serde_json::Value;

use crate::judge;
use crate::judge::advised::Kept;
use crate::plan::Act;
use crate::script::limit::{self, Pair};
use crate::script::reply;
use crate::script::stage::Stage;
use crate::talk::{Exchange, Halt, Role};
use crate::verdict::Verdict;

/// Goes against the advice, then follows it. Where the schemas refuse the request as well, it is judged as any breach.
pub fn play(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation, row: &Row) -> Result<Verdict, Halt> {
    let pair = limit::pair(stage, operation, row, Act::Advised)?;
    if !stage.violations(operation, &pair.broken)?.is_empty() {
        return limit::refused(stage, operation, row, pair);
    }
    let Pair { broken, twin, draft } = pair;
    let met = stage.send(Role::Tested, operation, broken)?;
    if met.accepted() {
        let read_only = matches!(row.rule, Rule::Advice(Advice::ReadOnly));
        let kept = if read_only { kept(stage, operation, row, draft.body_value(), met) } else { Kept::Unseen };
        return Ok(judge::advised::accepted(row, &kept));
    }
    let twin = stage.send(Role::Twin, operation, twin)?;
    Ok(judge::advised::refused(operation, row, &met.response, &twin.response))
}

/// What became of a value that was sent, as far as the answer shows.
fn kept(stage: &Stage<'_, '_, '_, '_>, operation: &Operation, row: &Row, sent: Option<&Value>, met: &Exchange) -> Kept {
    let shown = stage.effect(operation).and_then(|effect| {
        let inside: Pointer = below(&row.pointer, effect.sent.as_ref()?)?;
        let item = reply::item(effect, &met.response)?;
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
