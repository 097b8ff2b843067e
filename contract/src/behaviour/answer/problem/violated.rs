//! The problem of a request that violates the contract: one fault for each violation, the first of them in its
//! sentence.

use crate::behaviour::answer::problem::fault::{Fault, FaultPlace, shown_place};
use crate::behaviour::answer::problem::text::{clip, thousands};
use crate::behaviour::answer::problem::{Kind, Problem};
use crate::rule::Subject;
use crate::validate::Violation;

/// The most faults that a problem lists; the others are counted in `untold`.
const MAX_LISTED: usize = 100;

impl Problem {
    /// The problem of a request that violates the contract, with a fault for each violation, or for each complaint of
    /// the alternative that was meant.
    #[must_use]
    pub fn of_violations(violations: &[Violation]) -> Self {
        let mut faults: Vec<Fault> = violations
            .iter()
            .flat_map(|violation| match &violation.subject {
                Subject::Parameter { place, name } => {
                    vec![Fault::new(violation.message.as_str(), FaultPlace::Parameter(*place, clip(name.clone())))]
                }
                // What the alternative says that was meant is what has to be mended.
                Subject::Body if !violation.causes.is_empty() => {
                    let causes = violation.causes.iter();
                    causes.map(|cause| Fault::new(cause.message.as_str(), shown_place(&cause.pointer))).collect()
                }
                Subject::Body => vec![Fault::new(violation.message.as_str(), shown_place(&violation.target()))],
                Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => {
                    vec![Fault::new(violation.message.as_str(), FaultPlace::Request)]
                }
            })
            .collect();
        let untold: usize = violations.iter().map(|violation| violation.more).sum();
        let all = faults.len().saturating_add(untold);
        faults.truncate(MAX_LISTED);
        let untold = all - faults.len();
        let first = faults.first().map_or_else(String::new, Fault::describe);
        let detail = match (all, untold) {
            (1, _) => first,
            (all, 0) => format!("{} faults, the first at {first}", thousands(all)),
            (_, more) => {
                format!("{} faults and {} more, the first at {first}", thousands(faults.len()), thousands(more))
            }
        };
        Self { faults, untold, ..Self::new(Kind::Validation, detail) }
    }
}
