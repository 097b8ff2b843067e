//! Evidence: the exchanges that show a verdict, and what making them small took.

use etalon_contract::codec::Request;

use crate::case::{Case, Sends, Task};
use crate::transcript::{Exchange, Role, Step};
use crate::verdict::{Failure, Verdict};

/// The exchanges that show a verdict.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The id of the case.
    pub case: String,
    /// The exchanges, up to the one that shows it.
    pub exchanges: Vec<Exchange>,
    /// The index of the exchange that shows it.
    pub at: usize,
    /// The effort of making it smaller; `None` where that was not tried.
    pub effort: Option<Effort>,
}

impl Evidence {
    /// A case's own evidence: the exchange that shows its verdict, or else the last tested one, with all that was sent
    /// beside it.
    #[must_use]
    pub fn of(case: &Case, record: &[Step], verdict: &Verdict) -> Option<Self> {
        let exchanges = exchanges(record);
        let tested = |exchange: &Exchange| exchange.role == Role::Tested;
        let shown = match verdict {
            Verdict::Violated(failure) => failure.shown.filter(|at| *at < exchanges.len()),
            Verdict::Proved { .. } | Verdict::Inconclusive(_) | Verdict::Unreachable(_) | Verdict::Waived(_) => None,
        };
        let at = shown.or_else(|| exchanges.iter().rposition(tested).or(exchanges.len().checked_sub(1)))?;
        Some(Self { case: case.id.clone(), exchanges, at, effort: None })
    }

    /// A certain exchange of a case, with what was sent before it.
    #[must_use]
    pub fn at(case: &Case, record: &[Step], at: usize) -> Self {
        let mut exchanges = exchanges(record);
        exchanges.truncate(at + 1);
        Self { case: case.id.clone(), at: exchanges.len().saturating_sub(1), exchanges, effort: None }
    }

    /// Notes what it took to come here from what was found first. A story is as large as all its requests.
    pub fn took(&mut self, found: &Self, task: Task<'_>, effort: Option<(ShrinkEnd, usize)>) {
        let bytes = |evidence: &Self| -> usize {
            let shown = evidence
                .exchanges
                .iter()
                .enumerate()
                .filter(|(at, _)| task.sends() == Sends::Story || *at == evidence.at);
            shown.map(|(_, exchange)| size(&exchange.request)).sum()
        };
        let (from, to) = (bytes(found), bytes(self));
        self.effort = effort.map(|(end, requests)| Effort { from, to, requests, end });
    }
}

fn exchanges(record: &[Step]) -> Vec<Exchange> {
    let exchanged = record.iter().filter_map(|step| match step {
        Step::Exchanged(exchange) => Some(exchange.as_ref().clone()),
        Step::Waited(_) => None,
    });
    exchanged.collect()
}

/// A refusal of valid requests with a status that is not documented. Where others of the operation are accepted, the row of its success is
/// none the less proved, and the refusal is told beside it.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The failure in words, with its weight.
    pub failure: Failure,
    /// The exchanges that show it.
    pub evidence: Option<Evidence>,
}

/// The effort of shrinking a request, and its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// The bytes of the first request that failed: its target, fields and content.
    pub from: usize,
    /// The bytes of the smallest.
    pub to: usize,
    /// The number of requests that were sent for it.
    pub requests: usize,
    /// The reason why it went no further.
    pub end: ShrinkEnd,
}

/// The reason why shrinking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShrinkEnd {
    /// Nothing can be taken away.
    Minimal,
    /// The budget was spent before that was known.
    Budget,
}

/// The size of a request in bytes: its target, fields and content.
fn size(request: &Request) -> usize {
    let fields: usize = request.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    request.target.len() + fields + request.body.len()
}
