//! Scenarios: what each kind of case sends, and which table judges what came back. Straight-line functions over a
//! transcript; pure.

pub(crate) mod acting;
pub(crate) mod adopt;
mod advised;
pub(crate) mod answer;
mod breach;
mod candidates;
mod compare;
mod corrected;
pub(crate) mod echo;
mod follow;
mod fuller;
mod limit;
mod list_filters;
pub(crate) mod pages;
mod path_values;
mod probe;
mod protocol;
mod security;
pub(crate) mod setup;
mod story;
mod tags;
mod tainted;
mod tested_request;
mod told;
mod twin;
mod usual;

pub(crate) use adopt::{like, renewed};
pub use answer::misfit;
pub(crate) use breach::break_content;
pub(crate) use candidates::{alone, candidates, widened, with_member};
pub(crate) use corrected::Corrections;
pub(crate) use path_values::{carry, creator_of, is_created, is_unlikely, may_be_found, named_collection};
pub(crate) use setup::{Certainty, Inputs, Source};
pub(crate) use tainted::Tainted;
pub(crate) use tested_request::{as_sent, make, read_back};
pub(crate) use told::refused_alike;
pub(crate) use twin::beside;

use etalon_contract::model::Operation;
use etalon_contract::rule::{Protocol, Rule, Side, Tagged};

use crate::case::Task;
use crate::scenario::setup::Setup;
use crate::session::Session;
use crate::transcript::{Pending, Step};
use crate::verdict::Verdict;

/// Executes a task against the record of what was answered so far: the verdict, or what has to be sent next.
///
/// # Errors
/// What has to be sent, or waited for, before the task can go on.
pub(crate) fn execute(
    session: Session<'_>,
    operation: &Operation,
    task: Task<'_>,
    inputs: Inputs<'_>,
    record: &[Step],
) -> Result<Verdict, Pending> {
    let setup = &mut Setup::new(session, inputs, task, record);
    let outcome = match task {
        Task::Valid(_) | Task::Probe(_) => limit::valid(setup, operation, task),
        Task::Row { row, .. } => match &row.rule {
            Rule::Limit(limit) => match limit.side() {
                Side::At => limit::at(setup, operation, row, task),
                Side::Past => limit::past(setup, operation, row, task),
            },
            Rule::Advice(advice) => match advice.side() {
                Side::At => limit::at(setup, operation, row, task),
                Side::Past => advised::run(setup, operation, row, task),
            },
            Rule::Protocol(rule) => match rule {
                Protocol::Malformed(_) | Protocol::Empty => limit::past(setup, operation, row, task),
                Protocol::UnsupportedMediaType => limit::media_type(setup, operation, row, task),
                Protocol::Unusual(kind) => protocol::unusual(setup, operation, row, *kind),
                Protocol::NotAcceptable => protocol::accept(setup, operation),
                Protocol::MethodNotAllowed => protocol::method(setup, operation),
                Protocol::UnknownPath => protocol::path(setup, operation),
                Protocol::Usual(kind) => usual::run(setup, operation, *kind),
                Protocol::HeadIsGet => tags::head(setup, operation),
                Protocol::Tag(Tagged::Tells) => tags::tells(setup, operation),
                Protocol::Tag(Tagged::NotModified) => tags::not_modified(setup, operation),
                Protocol::Tag(Tagged::Precondition) => tags::precondition(setup, operation),
            },
            Rule::Security(rule) => security::run(setup, operation, rule),
            Rule::Story(story) => story::run(setup, operation, row, *story),
            Rule::Response(_) => limit::missing(setup, operation, task),
        },
    };
    match outcome {
        Err(Pending::Verdict(verdict)) => Ok(*verdict),
        other => other,
    }
}
