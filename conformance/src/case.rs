//! Cases: what a run does against a target, one after another, and which row each decides. A case is data: `plan` makes it,
//! `scenario` knows what it sends.

use etalon_contract::rule::{Protocol, Row, Rule, Side};

/// A case: something to do, with an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// A hash of what the case is, 12 hexadecimal digits: the same case has the same id in every run.
    pub id: String,
    /// The work of the case.
    pub kind: CaseKind,
}

/// The work of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaseKind {
    /// Sends a plain valid request: the how-manieth, from 0. It shows the documented responses.
    Valid(usize),
    /// Sends a valid request of a kind that servers trip over. It shows the documented responses.
    Probe(Probe),
    /// Does what decides a row.
    Row {
        /// The index of the row among those of its operation.
        row: usize,
        /// The index of the way to break or meet the row, from 0.
        variant: usize,
    },
}

impl Case {
    /// The index of the row that the case decides; `None` for valid requests.
    #[must_use]
    pub fn row(&self) -> Option<usize> {
        match self.kind {
            CaseKind::Valid(_) | CaseKind::Probe(_) => None,
            CaseKind::Row { row, .. } => Some(row),
        }
    }

    /// The task of the case, given the rows of its operation.
    #[must_use]
    pub fn task<'r>(&self, rows: &'r [Row]) -> Task<'r> {
        match self.kind {
            CaseKind::Valid(number) => Task::Valid(number),
            CaseKind::Probe(probe) => Task::Probe(probe),
            CaseKind::Row { row, variant } => Task::Row { row: &rows[row], variant },
        }
    }
}

/// The task of a case, with its row at hand.
#[derive(Clone, Copy, Debug)]
pub enum Task<'r> {
    /// A plain valid request: the how-manieth, from 0.
    Valid(usize),
    /// A valid request of a kind that servers trip over.
    Probe(Probe),
    /// A row is decided.
    Row {
        /// The row that is decided, of the plan.
        row: &'r Row,
        /// The index of the way to break or meet the row, from 0.
        variant: usize,
    },
}

/// The tested request of a task, seen from the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sends {
    /// A request that is valid.
    Valid,
    /// A valid request exactly at a limit.
    AtLimit,
    /// A request that breaks its row, with a twin that does not.
    Breach,
    /// A request that goes against what the document advises, with a twin that follows it.
    AgainstAdvice,
    /// A valid request with another method, path, `Accept`, body or credentials than the contract has for it.
    Altered,
    /// Several requests whose answers must agree.
    Story,
}

impl<'r> Task<'r> {
    /// The row; `None` for valid requests.
    #[must_use]
    pub fn row(self) -> Option<&'r Row> {
        match self {
            Self::Valid(_) | Self::Probe(_) => None,
            Self::Row { row, .. } => Some(row),
        }
    }

    /// The tested request of the task. Rows about responses, which every exchange shows, have a plain valid one.
    #[must_use]
    pub fn sends(self) -> Sends {
        let Some(row) = self.row() else { return Sends::Valid };
        match &row.rule {
            Rule::Limit(limit) => match limit.side() {
                Side::At => Sends::AtLimit,
                Side::Past => Sends::Breach,
            },
            Rule::Advice(advice) => match advice.side() {
                Side::At => Sends::AtLimit,
                Side::Past => Sends::AgainstAdvice,
            },
            Rule::Protocol(Protocol::Malformed(_) | Protocol::Empty | Protocol::UnsupportedMediaType) => Sends::Breach,
            Rule::Protocol(
                Protocol::Unusual(_)
                | Protocol::NotAcceptable
                | Protocol::MethodNotAllowed
                | Protocol::UnknownPath
                | Protocol::Usual(_)
                | Protocol::HeadIsGet
                | Protocol::Tag(_),
            )
            | Rule::Security(_) => Sends::Altered,
            Rule::Response(_) => Sends::Valid,
            Rule::Story(_) => Sends::Story,
        }
    }
}

/// A kind of valid request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Probe {
    /// The document's examples: the how-manieth of the content and of each parameter.
    Example(usize),
    /// Everything that may be there is, with values of its own: the how-manieth.
    Filled(usize),
    /// Texts are as long as they may be.
    Long,
    /// Texts have characters of two, three and four bytes.
    Wide,
    /// Texts have the characters that mean something to databases, shells, markup and formats.
    Quoted,
    /// Texts have control characters.
    Control,
    /// Texts are empty, or blank at both ends.
    Blank(usize),
    /// Lists are as long as they may be.
    Many,
    /// Texts are alike, and so are the elements of lists.
    Alike,
    /// Numbers are far above zero.
    High,
    /// Numbers are far below zero, or zero.
    Low,
    /// Numbers have a fraction.
    Fraction,
    /// Whatever may be null is.
    Null,
    /// Schemas that may hold themselves do, several times.
    Deep,
    /// Members of odd names are added.
    Named,
    /// Many members are added.
    Crowded,
}

/// The most requests that have everything filled in: two values of one in four that must meet do so with 99 % in sixteen.
const FILLED: usize = 16;

impl Probe {
    /// The words that stand for the kind in what case ids are hashed from.
    pub(crate) fn words(self) -> String {
        let word = match self {
            Self::Example(number) => return format!("Example({number})"),
            Self::Filled(number) => return format!("Filled({number})"),
            Self::Blank(number) => return format!("Blank({number})"),
            Self::Long => "Long",
            Self::Wide => "Wide",
            Self::Quoted => "Quoted",
            Self::Control => "Control",
            Self::Many => "Many",
            Self::Alike => "Alike",
            Self::High => "High",
            Self::Low => "Low",
            Self::Fraction => "Fraction",
            Self::Null => "Null",
            Self::Deep => "Deep",
            Self::Named => "Named",
            Self::Crowded => "Crowded",
        };
        word.to_owned()
    }

    /// All of them but examples, which each operation has its own of, in the order in which they are sent.
    pub fn all() -> impl Iterator<Item = Self> {
        let others = [
            Self::Long,
            Self::Wide,
            Self::Quoted,
            Self::Control,
            Self::Blank(0),
            Self::Blank(1),
            Self::Many,
            Self::Alike,
            Self::High,
            Self::Low,
            Self::Fraction,
            Self::Null,
            Self::Deep,
            Self::Named,
            Self::Crowded,
        ];
        (0..FILLED).map(Self::Filled).chain(others)
    }
}
