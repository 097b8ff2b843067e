//! The conditions under which a change is accepted (RFC 9110 §13.1.1, RFC 6585 §3).

use crate::behaviour::call::Refusal;
use crate::behaviour::state::Item;
use crate::behaviour::step::transition::Step;
use crate::behaviour::tag;
use crate::model::{In, StatusPattern};

impl Step<'_> {
    /// Refuses a change whose condition does not hold, where the contract speaks of conditions.
    pub(super) fn holds(&self, item: &Item) -> Result<(), Refusal> {
        let operation = self.call.operation;
        let has = |status| operation.responses.iter().any(|one| one.status == StatusPattern::Exact(status));
        match self.call.headers.get("if-match") {
            Some(sent) if has(412) || operation.parameter(In::Header, "If-Match").is_some() => {
                let is_it = tag::has_strongly(sent, &tag::of_item(item));
                if is_it { Ok(()) } else { Err(Refusal::PreconditionFailed) }
            }
            None if has(428) => Err(Refusal::PreconditionRequired),
            Some(_) | None => Ok(()),
        }
    }
}
