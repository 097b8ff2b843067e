//! The result of a run: a verdict for every row, with the evidence for each violation; and its forms for people and
//! programs. All but the times is the same for the same run.

mod build;
mod causes;
mod conclusion;
pub mod curl;
mod ending;
mod finding;
mod format;
mod github;
mod group;
mod human;
mod json;
mod junit;
mod markdown;
mod mask;
pub mod sarif;
mod shown;
mod untested;

use std::fmt;
use std::time::Duration;

use etalon_contract::document::Location;
use etalon_contract::rule::{Row, Rule};

use crate::evidence::{Evidence, Refusal};
use crate::settings::Strictness;
use crate::verdict::{Verdict, VerdictKind};

pub(crate) use build::{Course, OperationResult, RowResult};
pub(crate) use causes::{causes, habit, said};
pub use conclusion::Conclusion;
pub use ending::Ending;
pub use format::Format;
pub use group::Group;
pub use human::{Paint, human};
pub use json::{FORMAT, json};
pub use mask::Mask;
pub use shown::Shown;

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// The title of the contract.
    pub title: String,
    /// The name of its document.
    pub document: String,
    /// The URL of the target.
    pub target: String,
    /// The seed of all generated values.
    pub seed: u64,
    /// The operations in the order of the document.
    pub operations: Vec<OperationReport>,
    /// The operations that could not be tested, and why.
    pub unusable: Vec<(String, String)>,
    /// The end of the run.
    pub ending: Ending,
    /// The number of cases that ended because a request got no answer, asked twice.
    pub unanswered: usize,
    /// The number of requests that were sent.
    pub requests: usize,
    /// The time that the run took.
    pub took: Duration,
    /// The things that the run made and could not remove, each in a few words.
    pub left_behind: Vec<String>,
    /// The level from which a violation fails the run.
    pub strictness: Strictness,
    /// The share of the operations that must have been tested for a conclusion, in percent.
    pub enough: u8,
    /// The mask over what must not be shown of its exchanges.
    pub mask: Mask,
}

/// An operation with its rows.
#[derive(Clone, Debug)]
pub struct OperationReport {
    /// The id of the operation.
    pub id: String,
    /// The operation's HTTP method.
    pub method: String,
    /// The operation's path template.
    pub path: String,
    /// True where any of its plain valid requests was accepted.
    pub accepted: bool,
    /// The rows in the order of the contract.
    pub rows: Vec<RowReport>,
    /// The number of positions of its schemas that have no rows: they lie deeper, or are more, than is looked at.
    pub left_out: usize,
}

impl OperationReport {
    /// True where the target was seen to do what the operation is for. A refusal of everything proves rows about refusals;
    /// only what was accepted shows that the operation was there.
    #[must_use]
    pub fn is_tested(&self) -> bool {
        self.accepted
            || self.rows.iter().any(|row| {
                matches!(row.verdict, Verdict::Proved { .. } | Verdict::Waived(_))
                    && match row.group() {
                        Group::Limits | Group::Invalid | Group::Stateful => true,
                        Group::Responses => matches!(&row.row.rule, Rule::Response(rule) if rule.status().is_success()),
                        Group::Protocol | Group::Security => false,
                    }
            })
    }
}

/// A row with its verdict and evidence.
#[derive(Clone, Debug)]
pub struct RowReport {
    /// The row of the contract.
    pub row: Row,
    /// The verdict on it.
    pub verdict: Verdict,
    /// The place where the contract promises it.
    pub place: PromisePlace,
    /// The ids of the cases that were executed for it, in order; empty for responses, which every exchange shows.
    pub cases: Vec<String>,
    /// The exchanges that show the violation; `None` where it is not violated.
    pub evidence: Option<Evidence>,
    /// Valid requests that were refused with a status that is not documented, where others were accepted.
    pub refusal: Option<Refusal>,
}

impl RowReport {
    /// The row's id, the same from run to run: `createPet body /name maxLength=8 past`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.row.id
    }

    /// The group of the row.
    #[must_use]
    pub fn group(&self) -> Group {
        Group::of(&self.row)
    }

    /// The reason why the row is not proved, or the note on its proof; `None` where there is nothing to say, and for
    /// violations, which say what was expected and found.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::Proved { note } => note.as_deref(),
            Verdict::Inconclusive(why) | Verdict::Unreachable(why) | Verdict::Waived(why) => Some(why),
            Verdict::Violated(_) => None,
        }
    }
}

/// The place of a document that promises a row. Written `FILE:LINE:COLUMN #POINTER`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromisePlace {
    /// The file as it was named; that of the overlay where an overlay brought the place.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The place in the document as it is after overlays.
    pub at: Location,
}

impl fmt::Display for PromisePlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{} {}", self.file, self.line, self.column, self.at)
    }
}

impl Report {
    /// All rows in order.
    pub fn rows(&self) -> impl Iterator<Item = &RowReport> {
        self.operations.iter().flat_map(|operation| &operation.rows)
    }

    /// All that was shown against rows, in their order.
    pub fn shown(&self) -> impl Iterator<Item = Shown<'_>> {
        self.rows().flat_map(RowReport::shown)
    }

    /// The number of positions of the contract's schemas that have no rows.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.operations.iter().map(|operation| operation.left_out).sum()
    }

    /// The number of rows that have a verdict.
    #[must_use]
    pub fn count(&self, word: VerdictKind) -> usize {
        self.rows().filter(|row| row.verdict.kind() == word).count()
    }
}
