//! The choice of the documented response and of its media type. It knows no values.

use crate::behaviour::Action;
use crate::behaviour::answer::occasion::Occasion;
use crate::behaviour::call::Outcome;
use crate::codec::{self};
use crate::model::{Content, MediaType, Operation, Response, StatusPattern};

/// The statuses that suit an outcome, best first.
fn preferred(action: Action, outcome: &Outcome) -> &'static [u16] {
    match outcome {
        Outcome::Created(_) => &[201, 200, 202, 204],
        Outcome::Found(_) if action == Action::Read => &[200, 206, 203],
        Outcome::Found(_) => &[200, 204, 202, 201],
        Outcome::Listed(_) => &[200, 206, 203],
        Outcome::Deleted(_) => &[204, 200, 202],
        Outcome::Accepted => &[202, 204, 200, 201],
        Outcome::Answered | Outcome::Refused(_) => &[],
    }
}

/// The documented response for an outcome, and the status to send it with.
pub(super) fn choose<'r>(occasion: &Occasion<'r>, action: Action, outcome: &Outcome) -> (u16, Option<&'r Response>) {
    let operation = occasion.call.operation;
    let preferred = preferred(action, outcome);
    let exact = preferred.iter().find_map(|status| {
        let is_it = |response: &&Response| response.status == StatusPattern::Exact(*status);
        operation.responses.iter().filter(|response| !response.is_said_to_fail()).find(is_it)
    });
    let succeeds = || {
        let documented = operation.responses.iter().filter(|response| response.status.is_success());
        documented.min_by_key(|one| (one.is_said_to_fail(), one.status))
    };
    let Some(response) = exact
        .or_else(succeeds)
        .or_else(|| redirect(operation))
        .or_else(|| operation.success())
        .or_else(|| error(operation))
    else {
        // Nothing is documented, so nothing is said.
        return (204, None);
    };
    let status = match response.status {
        StatusPattern::Exact(status) => status,
        StatusPattern::Range(digit) if digit != 2 => u16::from(digit) * 100,
        StatusPattern::Range(_) if matches!(outcome, Outcome::Created(_)) => 201,
        StatusPattern::Range(_) | StatusPattern::Default => preferred
            .iter()
            .copied()
            .find(|status| (*status == 204) == response.content.is_empty())
            .unwrap_or(if response.content.is_empty() { 204 } else { 200 }),
    };
    (status, Some(response))
}

/// The redirect that is the documented outcome where no success is; 304 only answers a condition.
fn redirect(operation: &Operation) -> Option<&Response> {
    let leads = |response: &&Response| match response.status {
        StatusPattern::Exact(status) => (300..400).contains(&status) && status != 304,
        StatusPattern::Range(digit) => digit == 3,
        StatusPattern::Default => false,
    };
    operation.responses.iter().filter(leads).min_by_key(|response| response.status)
}

/// The first error, where a contract documents nothing else.
fn error(operation: &Operation) -> Option<&Response> {
    operation.responses.iter().min_by_key(|response| response.status)
}

/// The content that the client wants most; of equals JSON, then the first.
#[must_use]
pub fn pick<'c>(content: &'c [Content], quality: &dyn Fn(&MediaType) -> u16) -> Option<&'c Content> {
    let wanted = |content: &Content| quality(&codec::concrete(&content.media_type));
    content
        .iter()
        .enumerate()
        .max_by_key(|(index, content)| (wanted(content), content.media_type.is_json(), std::cmp::Reverse(*index)))
        .map(|(_, content)| content)
}
