//! The builder of reports: results of a run -> report, each row with the place of the document that promises it.

use std::time::Duration;

use etalon_contract::document::Location;
use etalon_contract::model::{NUMBER_FORMAT_KEYWORD, Operation};
use etalon_contract::rule::{Advice, Breach, ResponseRule, Row, Rule, Subject};

use crate::evidence::{Evidence, Refusal};
use crate::plan::Plan;
use crate::report::{Ending, Mask, OperationReport, PromisePlace, Report, RowReport};
use crate::session::Session;
use crate::verdict::Verdict;

/// The course of a run: its ending, requests and time.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    /// The ending of the run.
    pub(crate) ending: Ending,
    /// The number of requests that were sent.
    pub(crate) requests: usize,
    /// The time that the run took, by the target's clock.
    pub(crate) took: Duration,
    /// The things that the run made and could not remove, each in a few words.
    pub(crate) left_behind: Vec<String>,
}

/// The results of one operation, before its report is made.
#[derive(Clone, Debug)]
pub(crate) struct OperationResult {
    /// The index of the operation.
    pub(crate) operation: usize,
    /// True where any of its plain valid requests was accepted.
    pub(crate) accepted: bool,
    /// The rows of the operation, in the order of the plan.
    pub(crate) rows: Vec<RowResult>,
}

/// The result of one row.
#[derive(Clone, Debug)]
pub(crate) struct RowResult {
    /// The row of the plan.
    pub(crate) row: Row,
    /// The verdict on the row.
    pub(crate) verdict: Verdict,
    /// The exchanges that show the violation.
    pub(crate) evidence: Option<Evidence>,
    /// Valid requests that were refused as nobody documents, where others were accepted.
    pub(crate) refusal: Option<Refusal>,
    /// The ids of the cases that were executed for it.
    pub(crate) cases: Vec<String>,
}

impl Report {
    /// The report of results, operation by operation.
    pub(crate) fn new(
        session: Session<'_>,
        plan: &Plan,
        results: Vec<OperationResult>,
        target: String,
        (course, unanswered): (&Course, usize),
    ) -> Self {
        let contract = session.contract;
        let operations = results.into_iter().map(|results| {
            let entry = &contract.entries()[results.operation];
            let rows = results.rows.into_iter().map(|result| RowReport {
                place: place(session, &result.row),
                row: result.row,
                verdict: result.verdict,
                cases: result.cases,
                evidence: result.evidence,
                refusal: result.refusal,
            });
            OperationReport {
                id: entry.id.clone(),
                method: entry.method.to_string(),
                path: entry.path.to_string(),
                accepted: results.accepted,
                rows: rows.collect(),
                left_out: plan
                    .operations
                    .iter()
                    .find(|planned| planned.operation == results.operation)
                    .map_or(0, |planned| planned.left_out),
            }
        });
        Self {
            title: contract.title().to_owned(),
            document: contract.document().name().to_owned(),
            target,
            seed: session.settings.seed,
            operations: operations.collect(),
            unusable: plan.unusable.clone(),
            ending: course.ending.clone(),
            unanswered,
            requests: course.requests,
            took: course.took,
            left_behind: course.left_behind.clone(),
            strictness: session.settings.strictness,
            enough: session.settings.enough,
            mask: Mask::of(session),
        }
    }
}

/// The place in the contract's files that promises a row: file, line, column and pointer.
fn place(session: Session<'_>, row: &Row) -> PromisePlace {
    let at = match session.contract.operation(row.operation) {
        Ok(operation) => location(operation, row),
        Err(_) => session.contract.entries()[row.operation].at.clone(),
    };
    let at = as_written(at);
    let place = session.contract.document().place(&at);
    PromisePlace { file: place.file, line: place.line, column: place.column, at }
}

/// A place as the document has it.
fn as_written(at: Location) -> Location {
    match at.pointer.parent() {
        Some(parent) if at.pointer.last().as_deref() == Some(NUMBER_FORMAT_KEYWORD) => {
            Location { file: at.file, pointer: parent.join("format") }
        }
        Some(_) | None => at,
    }
}

fn location(operation: &Operation, row: &Row) -> Location {
    let subject = || match &row.subject {
        Subject::Parameter { place, name } => {
            operation.parameter(*place, name).map_or(&operation.at, |parameter| &parameter.at)
        }
        Subject::Body => operation.body.as_ref().map_or(&operation.at, |body| &body.at),
        Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => &operation.at,
    };
    match &row.rule {
        Rule::Limit(limit) => match limit.breach() {
            Some(Breach::Keyword { at, .. }) => at.clone(),
            Some(_) | None => subject().clone(),
        },
        Rule::Response(rule) => {
            let response = operation.responses.iter().find(|response| response.status == rule.status());
            let header = |name: &str| {
                response?.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| &header.at)
            };
            let at = match rule {
                ResponseRule::Conforms(_) | ResponseRule::WriteOnly(_) => response.map(|response| &response.at),
                ResponseRule::Header { name, .. } => header(name),
            };
            at.unwrap_or(&operation.at).clone()
        }
        Rule::Advice(Advice::Discriminator { meant: Some(branch), .. }) => branch.schema(),
        Rule::Advice(Advice::Discriminator { meant: None, .. } | Advice::ReadOnly)
        | Rule::Protocol(_)
        | Rule::Security(_)
        | Rule::Story(_) => subject().clone(),
    }
}
