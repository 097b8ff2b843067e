//! Scripts: what each kind of case sends, and which table judges what came back. Straight-line functions over a talk; pure.

mod advised;
mod answer;
mod breach;
mod compare;
pub mod draft_place;
mod limit;
mod list_filters;
mod pages;
mod path_values;
mod probe;
mod protocol;
mod security;
mod setup;
mod story;
mod tainted;
mod tested_request;
mod twin;

pub use breach::break_content;
pub use path_values::is_created;
pub use setup::{Certainty, Inputs, Source};
pub use tainted::Tainted;
pub use tested_request::{make, read_back};

use etalon_contract::model::Operation;
use etalon_contract::rule::{Protocol, Row, Rule};

use crate::case::Act;
use crate::scenario::setup::Setup;
use crate::session::Session;
use crate::transcript::{Pending, Step};
use crate::verdict::Verdict;

/// Plays a case against the record of a talk: its verdict, or what has to be sent next.
///
/// # Errors
/// What has to be sent, or waited for, before the case can go on.
///
/// # Panics
/// Never on any document or answer; a case whose act does not fit its row is a mistake of the plan.
pub fn execute(
    session: Session<'_>,
    operation: &Operation,
    row: Option<&Row>,
    act: Act,
    inputs: Inputs<'_>,
    record: &[Step],
) -> Result<Verdict, Pending> {
    let setup = &mut Setup::new(session, inputs, record);
    let outcome = match (act, row) {
        (Act::Valid(_) | Act::Probe(_), _) => limit::valid(setup, operation, act),
        (_, None) => unreachable!("only plain valid requests have no row"),
        (Act::Past(variant), Some(row)) => limit::past(setup, operation, row, variant),
        (Act::At(variant), Some(row)) => limit::at(setup, operation, row, variant),
        (Act::MediaType(variant), Some(row)) => limit::media_type(setup, operation, row, variant),
        (Act::Advised, Some(row)) => advised::run(setup, operation, row),
        (Act::Unusual, Some(row)) => match &row.rule {
            Rule::Protocol(Protocol::Unusual(kind)) => protocol::unusual(setup, operation, row, *kind),
            other => unreachable!("the plan gives unusual bodies to their rows, not {other:?}"),
        },
        (Act::Accept, Some(_)) => protocol::accept(setup, operation),
        (Act::Method, Some(_)) => protocol::method(setup, operation),
        (Act::Path, Some(_)) => protocol::path(setup, operation),
        (Act::Security, Some(row)) => match &row.rule {
            Rule::Security(rule) => security::run(setup, operation, rule),
            other => unreachable!("the plan gives security rows to security cases, not {other:?}"),
        },
        (Act::Story, Some(row)) => match &row.rule {
            Rule::Story(told) => story::run(setup, operation, *told),
            other => unreachable!("the plan gives stories to story cases, not {other:?}"),
        },
    };
    match outcome {
        Err(Pending::Verdict(verdict)) => Ok(*verdict),
        other => other,
    }
}
