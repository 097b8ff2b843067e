//! The result of a run: a verdict for every row, with the evidence for each violation; and its forms for people and
//! programs. All but the times is the same for the same run.

pub mod curl;
mod human;
mod json;
mod mask;

use std::time::Duration;

use etalon_contract::document::Location;
use etalon_contract::model::Operation;
use etalon_contract::rule::{Breach, Row, Rule, Side, Subject};

use crate::plan::Plan;
use crate::run::Evidence;
use crate::session::Session;
use crate::settings::Showing;
use crate::verdict::{Verdict, VerdictKind};

pub use human::{Paint, human};
pub use json::{FORMAT, json};
pub use mask::Mask;

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// The contract's title.
    pub title: String,
    /// The name of its document.
    pub document: String,
    /// The target's URL.
    pub target: String,
    /// The seed.
    pub seed: u64,
    /// The operations in the order of the document.
    pub operations: Vec<OperationReport>,
    /// The operations that could not be tested, and why.
    pub unusable: Vec<(String, String)>,
    /// How many requests were sent.
    pub requests: usize,
    /// How long it took.
    pub took: Duration,
    /// What must not be shown of its exchanges.
    pub mask: Mask,
}

/// What is known of an operation.
#[derive(Clone, Debug)]
pub struct OperationReport {
    /// Its id.
    pub id: String,
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// Whether any of its plain valid requests was accepted.
    pub accepted: bool,
    /// Its rows in order.
    pub rows: Vec<RowReport>,
    /// How many positions of its schemas lie deeper, or are more, than have rows.
    pub left_out: usize,
}

impl OperationReport {
    /// Whether the target was seen to do what the operation is for. A refusal of everything proves rows about refusals;
    /// only what was accepted shows that the operation was there.
    #[must_use]
    pub fn is_tested(&self) -> bool {
        self.accepted
            || self.rows.iter().any(|row| {
                matches!(row.verdict, Verdict::Proved { .. } | Verdict::Waived(_))
                    && match row.group {
                        Group::Limits | Group::Invalid | Group::Stateful => true,
                        Group::Responses => row.id.contains(" response 2"),
                        Group::Protocol | Group::Security => false,
                    }
            })
    }

    /// Why it was not tested: what its valid requests were answered.
    fn why(&self) -> Option<&str> {
        self.rows.iter().find_map(|row| match &row.verdict {
            Verdict::Inconclusive(why) if row.group == Group::Responses => Some(why.as_str()),
            Verdict::Inconclusive(_)
            | Verdict::Proved { .. }
            | Verdict::Violated(_)
            | Verdict::Unreachable(_)
            | Verdict::Waived(_) => None,
        })
    }
}

/// What is known of a row.
#[derive(Clone, Debug)]
pub struct RowReport {
    /// Its id.
    pub id: String,
    /// Its group.
    pub group: Group,
    /// The verdict.
    pub verdict: Verdict,
    /// Where the contract promises it: `file:line:column` and the JSON pointer.
    pub place: String,
    /// The ids of the cases that were played for it.
    pub cases: Vec<String>,
    /// What shows that it is violated.
    pub evidence: Option<Evidence>,
}

/// Groups of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// What lies at a limit is accepted.
    Limits,
    /// What lies past it is refused.
    Invalid,
    /// What HTTP asks for.
    Protocol,
    /// Who may call.
    Security,
    /// The documented responses.
    Responses,
    /// What operations do together.
    Stateful,
}

impl Group {
    /// All, in the order of reports.
    pub const ALL: [Self; 6] =
        [Self::Limits, Self::Invalid, Self::Protocol, Self::Security, Self::Responses, Self::Stateful];

    /// The group of a row.
    #[must_use]
    pub fn of(row: &Row) -> Self {
        match &row.rule {
            Rule::Limit { side: Side::At, .. } | Rule::Null { side: Side::At, .. } | Rule::Omitted => Self::Limits,
            Rule::Discriminator { tag, .. } => match tag.side() {
                Side::At => Self::Limits,
                Side::Past => Self::Invalid,
            },
            Rule::Limit { side: Side::Past, .. }
            | Rule::Null { side: Side::Past, .. }
            | Rule::Malformed
            | Rule::ReadOnly
            | Rule::Empty => Self::Invalid,
            Rule::Unusual(_)
            | Rule::UnsupportedMediaType
            | Rule::NotAcceptable
            | Rule::MethodNotAllowed
            | Rule::UnknownPath => Self::Protocol,
            Rule::Security(_) => Self::Security,
            Rule::Response(_) | Rule::ResponseHeader { .. } | Rule::WriteOnly(_) => Self::Responses,
            Rule::Story(_) => Self::Stateful,
        }
    }

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Limits => "limits",
            Self::Invalid => "invalid",
            Self::Protocol => "protocol",
            Self::Security => "security",
            Self::Responses => "responses",
            Self::Stateful => "stateful",
        }
    }
}

/// What a run amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Something was shown, and nothing is violated.
    Conforms,
    /// The same, but the contract is so defective that some of its operations could not be tested.
    Partly,
    /// Something is violated.
    Violates,
    /// Not one valid request was accepted, so nothing is known.
    NothingTested,
}

/// What a run has shown of an operation.
#[derive(Clone, Debug)]
pub struct Results {
    /// Its index.
    pub operation: usize,
    /// Whether any of its plain valid requests was accepted.
    pub accepted: bool,
    /// Its rows.
    pub rows: Vec<Result>,
}

/// A row with what a run has shown of it.
#[derive(Clone, Debug)]
pub struct Result {
    /// The row.
    pub row: Row,
    /// The verdict.
    pub verdict: Verdict,
    /// The evidence.
    pub evidence: Option<Evidence>,
    /// The ids of the cases that were played for it.
    pub cases: Vec<String>,
}

impl Report {
    /// The report of results, operation by operation.
    pub(crate) fn new(
        session: Session<'_>,
        plan: &Plan,
        results: Vec<Results>,
        target: String,
        requests: usize,
        took: Duration,
    ) -> Self {
        let contract = session.contract;
        let operations = results.into_iter().map(|results| {
            let entry = &contract.entries()[results.operation];
            let rows = results.rows.into_iter().map(|result| RowReport {
                id: result.row.id.clone(),
                group: Group::of(&result.row),
                place: place(session, &result.row),
                verdict: result.verdict,
                cases: result.cases,
                evidence: result.evidence,
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
            requests,
            took,
            mask: match session.settings.showing {
                Showing::Masked => Mask::new(session.settings.credentials.secrets(contract)),
                Showing::Plain => Mask::default(),
            },
        }
    }

    /// All rows in order.
    pub fn rows(&self) -> impl Iterator<Item = &RowReport> {
        self.operations.iter().flat_map(|operation| &operation.rows)
    }

    /// How many positions of the contract's schemas have no rows.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.operations.iter().map(|operation| operation.left_out).sum()
    }

    /// How many rows have a verdict.
    #[must_use]
    pub fn count(&self, word: VerdictKind) -> usize {
        self.rows().filter(|row| row.verdict.kind() == word).count()
    }

    /// What the run amounts to.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        if self.count(VerdictKind::Violated) > 0 {
            return Conclusion::Violates;
        }
        match (self.operations.iter().any(OperationReport::is_tested), self.unusable.is_empty()) {
            (true, true) => Conclusion::Conforms,
            (true, false) => Conclusion::Partly,
            (false, _) => Conclusion::NothingTested,
        }
    }

    /// Why nothing was tested: what the first operation's valid requests were answered.
    #[must_use]
    pub fn why_nothing(&self) -> Option<&str> {
        self.operations.iter().find_map(OperationReport::why)
    }

    /// The operations that could not be tested, by id, each with the reason: those that the document describes too badly,
    /// and those of which the target accepted no valid request.
    #[must_use]
    pub fn untested(&self) -> Vec<(&str, &str)> {
        let unusable = self.unusable.iter().map(|(id, why)| (id.as_str(), why.as_str()));
        let unseen = self.operations.iter().filter(|operation| !operation.is_tested());
        unusable
            .chain(unseen.map(|operation| {
                (operation.id.as_str(), operation.why().unwrap_or("no valid request of it was accepted"))
            }))
            .collect()
    }
}

/// Where the contract promises a row.
fn place(session: Session<'_>, row: &Row) -> String {
    let at = match session.contract.operation(row.operation) {
        Ok(operation) => location(operation, row),
        Err(_) => session.contract.entries()[row.operation].at.clone(),
    };
    let at = as_written(at);
    let place = session.contract.document().place(&at);
    format!("{}:{}:{} {at}", place.file, place.line, place.column)
}

/// The keyword that the model gives a number's format, which JSON Schema has for strings alone; documents say `format`.
const NUMBER_FORMAT: &str = "x-etalon-format";

/// A place as the document has it.
fn as_written(at: Location) -> Location {
    match at.pointer.parent() {
        Some(parent) if at.pointer.last().as_deref() == Some(NUMBER_FORMAT) => {
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
        Rule::Limit { breach: Breach::Keyword { at, .. }, .. }
        | Rule::Null { breach: Breach::Keyword { at, .. }, .. } => at.clone(),
        Rule::Response(status) | Rule::WriteOnly(status) => {
            let response = operation.responses.iter().find(|response| response.status == *status);
            response.map_or(&operation.at, |response| &response.at).clone()
        }
        Rule::ResponseHeader { status, name } => {
            let response = operation.responses.iter().find(|response| response.status == *status);
            let header = response
                .and_then(|response| response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)));
            header.map_or(&operation.at, |header| &header.at).clone()
        }
        Rule::Discriminator { meant: Some(branch), .. } => branch.schema(),
        Rule::Limit { .. }
        | Rule::Null { .. }
        | Rule::Omitted
        | Rule::Discriminator { .. }
        | Rule::ReadOnly
        | Rule::Unusual(_)
        | Rule::Malformed
        | Rule::Empty
        | Rule::UnsupportedMediaType
        | Rule::NotAcceptable
        | Rule::MethodNotAllowed
        | Rule::UnknownPath
        | Rule::Security(_)
        | Rule::Story(_) => subject().clone(),
    }
}
