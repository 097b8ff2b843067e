//! The result of a run: a verdict for every row, with the evidence for each violation; and its forms for people and
//! programs. All but the times is the same for the same run.

mod build;
mod causes;
pub mod curl;
mod finding;
mod github;
mod group;
mod human;
mod json;
mod junit;
mod markdown;
mod mask;
pub mod sarif;

use std::fmt;
use std::time::Duration;

use etalon_contract::document::Location;
use etalon_contract::rule::{Row, Rule};

use crate::evidence::Evidence;
use crate::settings::Strictness;
use crate::verdict::{Level, Verdict, VerdictKind};

pub(crate) use build::{Course, OperationResult, RowResult};
pub(crate) use causes::habit;
pub use group::Group;
pub use human::{Paint, human};
pub use json::{FORMAT, json};
pub use mask::Mask;

/// Makes the formats from one line each: the documentation says what the format is for, in the help as well.
macro_rules! formats {
    ($(#[doc = $about:literal] $format:ident = $name:literal, $text:path;)+) => {
        /// A format of reports that are written to files.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Format {
            $(#[doc = $about] $format,)+
        }

        impl Format {
            /// All formats, in the order of the help.
            pub const ALL: &[Self] = &[$(Self::$format),+];

            /// The format's name on the command line.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$format => $name,)+
                }
            }

            /// The use of the format, as a sentence fragment.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$format => $about.trim_ascii(),)+
                }
            }

            /// The text of a file of this format: the reports of one or several contracts, in the order of their runs.
            #[must_use]
            pub fn text(self, reports: &[Report]) -> String {
                match self {
                    $(Self::$format => $text(reports),)+
                }
            }
        }
    };
}

formats! {
    /// every row with its verdict and evidence, for programs
    Json = "json", json::text;
    /// JUnit XML, as CI servers read it
    JUnit = "junit", junit::text;
    /// a summary of a CI step or a comment
    Markdown = "markdown", markdown::text;
    /// annotations of GitHub Actions, the worst nine
    GitHub = "github", github::text;
    /// SARIF 2.1.0, as code scanning reads it
    Sarif = "sarif", sarif::text;
}

impl Format {
    /// The format of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }
}

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

    /// The reason why the operation was not tested, from its documented responses; `None` where they were decided.
    fn why(&self) -> Option<&str> {
        self.rows.iter().find_map(|row| match &row.verdict {
            Verdict::Inconclusive(why) if row.group() == Group::Responses => Some(why.as_str()),
            Verdict::Inconclusive(_)
            | Verdict::Proved { .. }
            | Verdict::Violated(_)
            | Verdict::Unreachable(_)
            | Verdict::Waived(_) => None,
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

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every case was played.
    Complete,
    /// The run was interrupted.
    Interrupted,
    /// It took all of its time.
    OutOfTime,
    /// The target answered nothing any more; what happened last.
    Gone(String),
}

impl Ending {
    /// The word for programs.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Interrupted => "interrupted",
            Self::OutOfTime => "max-time",
            Self::Gone(_) => "gone",
        }
    }
}

/// The most pieces of help that are told: more is a list that nobody reads.
const HELPS: usize = 3;

/// The help for an operation that was not tested, from the reason why it was not.
fn help(id: &str, why: &str) -> String {
    for flag in ["--allow-writes", "--allow-destructive", "--read-only"] {
        if why.contains(flag) {
            return match flag {
                "--read-only" => "leave out --read-only: the operation changes something".to_owned(),
                flag => format!("{flag}: the operation changes something"),
            };
        }
    }
    if let Some((_, set)) = why.split_once("with --set ") {
        let names = set.split(';').next().unwrap_or(set);
        return format!("--set {names}, with something that exists on the target");
    }
    if why.contains("429") || why.contains("503") {
        return "--rate N/s, or a higher limit: the target asks for time".to_owned();
    }
    if why.contains("credentials") || why.contains("401") || why.contains("403") {
        return "--auth SCHEME=VALUE: the target lets nobody in, or not here".to_owned();
    }
    if why.contains("501") {
        return "an implementation: the target answers 501".to_owned();
    }
    if why.contains("404") {
        return format!("--set {id}.NAME=VALUE, with something that exists on the target");
    }
    format!("--set '{id}.body#/POINTER=VALUE', with what the target accepts: {why}")
}

/// The conclusion of a run, the worst last (`docs/exit-codes.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conclusion {
    /// Something was shown, and nothing is violated.
    Conforms,
    /// The same, but the contract is so defective that some of its operations could not be tested.
    Partly,
    /// So few operations could be tested that it says little.
    TooLittle,
    /// Requests got no answer, so what they were about is not known.
    Unanswered,
    /// The run took all of its time, and rows are left.
    CutShort,
    /// Not one valid request was accepted, so nothing is known.
    NothingTested,
    /// The target is gone.
    Gone,
    /// A row is violated.
    Violates,
    /// The run was interrupted.
    Interrupted,
}

impl Conclusion {
    /// The conclusion of the runs of several contracts: the worst of them. Nothing is tested where there is none.
    #[must_use]
    pub fn of(reports: &[Report]) -> Self {
        reports.iter().map(Report::conclusion).max().unwrap_or(Self::NothingTested)
    }

    /// The word for it in reports for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Partly => "partly-tested",
            Self::Violates => "violates",
            Self::TooLittle => "too-little-tested",
            Self::Unanswered => "unanswered",
            Self::CutShort => "cut-short",
            Self::NothingTested => "nothing-tested",
            Self::Gone => "target-gone",
            Self::Interrupted => "interrupted",
        }
    }
}

impl Report {
    /// All rows in order.
    pub fn rows(&self) -> impl Iterator<Item = &RowReport> {
        self.operations.iter().flat_map(|operation| &operation.rows)
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

    /// The conclusion of the run: of all that holds, the worst.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        let ended = match self.ending {
            Ending::Complete => Conclusion::Conforms,
            Ending::Interrupted => Conclusion::Interrupted,
            Ending::OutOfTime => Conclusion::CutShort,
            Ending::Gone(_) => Conclusion::Gone,
        };
        let mut holds = vec![ended];
        if self.rows().any(|row| self.fails(row)) {
            holds.push(Conclusion::Violates);
        }
        let tested = self.operations.iter().filter(|operation| operation.is_tested()).count();
        if tested == 0 {
            holds.push(Conclusion::NothingTested);
        } else if tested * 100 < self.operations.len() * usize::from(self.enough) {
            holds.push(Conclusion::TooLittle);
        }
        if self.unanswered > 0 {
            holds.push(Conclusion::Unanswered);
        }
        if !self.unusable.is_empty() {
            holds.push(Conclusion::Partly);
        }
        holds.into_iter().max().unwrap_or(Conclusion::Conforms)
    }

    /// True where a row fails the run: it is violated, and weighs enough for that.
    #[must_use]
    pub fn fails(&self, row: &RowReport) -> bool {
        match (&row.verdict, self.strictness) {
            (Verdict::Violated(_), Strictness::Should) => true,
            (Verdict::Violated(failure), Strictness::Must) => failure.level == Level::Must,
            (
                Verdict::Proved { .. } | Verdict::Inconclusive(_) | Verdict::Unreachable(_) | Verdict::Waived(_),
                Strictness::Must | Strictness::Should,
            ) => false,
        }
    }

    /// The reason why nothing was tested: what the first operation's valid requests were answered.
    #[must_use]
    pub fn why_nothing(&self) -> Option<&str> {
        self.operations.iter().find_map(OperationReport::why)
    }

    /// The help that would let most be tested: at most three sentences, each with the number of operations that wait
    /// for it.
    #[must_use]
    pub fn helps(&self) -> Vec<String> {
        let mut counts: Vec<(String, usize)> = Vec::new();
        for (id, why) in self.untested() {
            let help = help(id, why);
            match counts.iter_mut().find(|(known, _)| *known == help) {
                Some((_, count)) => *count += 1,
                None => counts.push((help, 1)),
            }
        }
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.truncate(HELPS);
        counts
            .into_iter()
            .map(|(help, count)| format!("{help} ({count} {})", if count == 1 { "operation" } else { "operations" }))
            .collect()
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

    /// The same, with the credentials masked in the reasons.
    pub(crate) fn untested_masked(&self) -> Vec<(&str, String)> {
        self.untested().into_iter().map(|(id, why)| (id, self.mask.prose(why))).collect()
    }
}
