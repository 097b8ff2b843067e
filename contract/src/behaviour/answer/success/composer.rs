//! What an answer is composed of, with the seeded data for what nothing is known of.

use serde_json::Value;

use crate::behaviour::answer::occasion::Occasion;
use crate::behaviour::answer::success::envelope::Envelope;
use crate::behaviour::call::{Outcome, Refusal};
use crate::behaviour::{Effect, Inferred};
use crate::document::Location;
use crate::generate::{self, Choices, Seeded};
use crate::model::{Contract, Direction};
use crate::validate;

#[derive(Clone, Copy)]
pub(super) struct Composer<'s> {
    pub(super) contract: &'s Contract,
    pub(super) behaviour: &'s dyn Inferred,
    pub(super) occasion: &'s Occasion<'s>,
    pub(super) outcome: &'s Outcome,
    pub(super) effect: &'s Effect,
    /// The number of bodies so far that had no wire form.
    pub(super) attempt: u32,
}

impl Composer<'_> {
    pub(super) fn generate(&self, at: &Location, choices: &mut dyn Choices) -> Result<Value, Refusal> {
        generate::value(self.contract, at, Direction::Response, choices)
            .map_err(|cannot| Refusal::Unmakeable { reason: cannot.to_string() })
    }

    pub(super) fn choices(&self, what: &str, more: &[&str]) -> Seeded {
        let path = [what, self.occasion.call.operation.id.as_str()];
        let attempt = (self.attempt > 0).then(|| self.attempt.to_string());
        Seeded::new(self.occasion.context.seed, path.into_iter().chain(more.iter().copied()).chain(attempt.as_deref()))
    }

    /// True unless the value is known to violate the schema: what takes too many steps to tell is not thereby invalid.
    pub(super) fn allows(&self, at: &Location, value: &Value) -> bool {
        !matches!(validate::decide(self.contract, at, Direction::Response, value), Ok(Some(false)) | Err(_))
    }

    /// What stands around the item or the items in a body of this schema.
    pub(super) fn envelope<'e>(&'e self, body: &'e Location) -> Envelope<'e> {
        let listing = match self.outcome {
            Outcome::Listed(listing) => Some(listing),
            Outcome::Created(_)
            | Outcome::Found(_)
            | Outcome::Deleted(_)
            | Outcome::Accepted
            | Outcome::Answered
            | Outcome::Refused(_) => None,
        };
        let paging = self.effect.paging.as_ref().or(self.effect.paging_in_body.as_ref());
        Envelope { contract: self.contract, occasion: self.occasion, listing, paging, body }
    }
}
