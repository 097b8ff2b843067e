//! The problem of a valid request that cannot be carried out.

use crate::behaviour::answer::problem::fault::{FaultPlace, shown_place};
use crate::behaviour::answer::problem::{Kind, Problem};
use crate::behaviour::{Clash, Refusal};
use crate::document::Pointer;
use crate::model::In;
use crate::validate::show;

impl Problem {
    /// The problem of a valid request that cannot be carried out: kind, sentence, and the fault where it has a place.
    #[must_use]
    pub fn of_refusal(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::NotFound { parameter, collection } => {
                let problem = Self::new(Kind::NotFound, format!("{collection} has no such item"));
                match parameter {
                    Some(name) => {
                        problem.fault(FaultPlace::Parameter(In::Path, name.clone()), "it names no item that exists")
                    }
                    None => problem,
                }
            }
            Refusal::Conflict(clash) => {
                let Clash { at, sent, value, collection } = clash.as_ref();
                let value = show(value);
                let problem =
                    Self::new(Kind::Conflict, format!("{collection} already has an item whose {at} is {value}"));
                match sent {
                    Some(pointer) => problem.fault(shown_place(pointer), format!("{value} exists already")),
                    None => problem,
                }
            }
            Refusal::BadCursor { parameter } => {
                Self::new(Kind::BadCursor, format!("the cursor in {parameter} is not one that this list has returned"))
                    .fault(
                        FaultPlace::Parameter(In::Query, parameter.clone()),
                        "it is not one of the cursors in the links of this list",
                    )
            }
            Refusal::Unpatchable { reason } => {
                Self::new(Kind::Unpatchable, reason.clone()).fault(FaultPlace::Body(Pointer::root()), reason.clone())
            }
            Refusal::PreconditionFailed => Self::new(
                Kind::PreconditionFailed,
                "the item has another ETag than If-Match names: it was changed in the meantime",
            )
            .fault(FaultPlace::Parameter(In::Header, "If-Match".to_owned()), "it is not the ETag of the item"),
            Refusal::PreconditionRequired => {
                Self::new(Kind::PreconditionRequired, "a change needs If-Match with the ETag of the item")
            }
            Refusal::KeyReused { header } => {
                Self::new(Kind::KeyReused, format!("{header} was used for another request with other content"))
                    .fault(FaultPlace::Parameter(In::Header, header.clone()), "it was used for another request")
            }
            Refusal::NoSuccess => Self::new(
                Kind::NoSuccess,
                "the request is valid, but the contract documents errors alone for this operation, so nothing was done",
            ),
            Refusal::Full(full) => Self::new(Kind::Full, full.to_string()),
            Refusal::Unmakeable { reason } => Self::new(Kind::Unmakeable, reason.clone()),
        }
    }
}
