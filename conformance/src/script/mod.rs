//! Scripts: what each kind of case sends, and which table judges what came back. Straight-line functions over a talk; pure.

mod advised;
mod breach;
mod compare;
mod limit;
mod made;
mod narrow;
mod pages;
mod place;
mod probe;
mod protocol;
mod reply;
mod security;
mod spoilt;
pub mod spot;
mod stage;
mod story;

pub use breach::spoil;
pub use made::{make, read_back};
pub use place::is_created;
pub use probe::Probe;
pub use spoilt::Spoilt;
pub use stage::{Care, Draw, Material, Scene, USER_AGENT};

use etalon_contract::model::Operation;
use etalon_contract::rule::{Protocol, Row, Rule};

use crate::plan::Act;
use crate::script::stage::Stage;
use crate::talk::{Halt, Talk};
use crate::verdict::Verdict;

/// Plays a case against the record of a talk: its verdict, or what has to be sent next.
///
/// # Errors
/// What has to be sent, or waited for, before the case can go on.
///
/// # Panics
/// Never on any document or answer; a case whose act does not fit its row is a mistake of the plan.
pub fn play(
    scene: Scene<'_>,
    operation: &Operation,
    row: Option<&Row>,
    act: Act,
    draw: Draw<'_>,
    talk: &mut Talk<'_>,
) -> Result<Verdict, Halt> {
    let stage = &mut Stage::new(scene, draw, talk);
    let played = match (act, row) {
        (Act::Valid(_) | Act::Probe(_), _) => limit::valid(stage, operation, act),
        (_, None) => unreachable!("only plain valid requests have no row"),
        (Act::Past(variant), Some(row)) => limit::past(stage, operation, row, variant),
        (Act::At(variant), Some(row)) => limit::at(stage, operation, row, variant),
        (Act::MediaType(variant), Some(row)) => limit::media_type(stage, operation, row, variant),
        (Act::Advised, Some(row)) => advised::play(stage, operation, row),
        (Act::Unusual, Some(row)) => match &row.rule {
            Rule::Protocol(Protocol::Unusual(kind)) => protocol::unusual(stage, operation, row, *kind),
            other => unreachable!("the plan gives unusual bodies to their rows, not {other:?}"),
        },
        (Act::Accept, Some(_)) => protocol::accept(stage, operation),
        (Act::Method, Some(_)) => protocol::method(stage, operation),
        (Act::Path, Some(_)) => protocol::path(stage, operation),
        (Act::Security, Some(row)) => match &row.rule {
            Rule::Security(rule) => security::play(stage, operation, rule),
            other => unreachable!("the plan gives security rows to security cases, not {other:?}"),
        },
        (Act::Story, Some(row)) => match &row.rule {
            Rule::Story(told) => story::play(stage, operation, *told),
            other => unreachable!("the plan gives stories to story cases, not {other:?}"),
        },
    };
    match played {
        Err(Halt::Verdict(verdict)) => Ok(*verdict),
        other => other,
    }
}
