//! The problem of a valid request that cannot be carried out.

use crate::behaviour::answer::problem::fault::{FaultPlace, shown_place};
use crate::behaviour::answer::problem::{Kind, Problem};
use crate::behaviour::{Clash, Refusal};
use crate::document::Pointer;
use crate::model::In;
use crate::validate::show;

impl Problem {
    /// Why a valid request cannot be carried out.
    #[must_use]
    pub fn of_refusal(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::NotFound { parameter, collection } => {
                let problem = Self::new(Kind::NotFound, format!("there is no such item in {collection}"));
                match parameter {
                    Some(name) => {
                        problem.fault(FaultPlace::Parameter(In::Path, name.clone()), "it names nothing that is there")
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
                    Some(pointer) => problem.fault(shown_place(pointer), format!("{value} is there already")),
                    None => problem,
                }
            }
            Refusal::BadCursor { parameter } => {
                Self::new(Kind::BadCursor, format!("the cursor in {parameter} is none that this list gave out")).fault(
                    FaultPlace::Parameter(In::Query, parameter.clone()),
                    "it is none of the cursors that this list gives out in its links",
                )
            }
            Refusal::Unpatchable { reason } => {
                Self::new(Kind::Unpatchable, reason.clone()).fault(FaultPlace::Body(Pointer::root()), reason.clone())
            }
            Refusal::PreconditionFailed => Self::new(
                Kind::PreconditionFailed,
                "what is there has another ETag than If-Match names: it was changed meanwhile",
            )
            .fault(FaultPlace::Parameter(In::Header, "If-Match".to_owned()), "it is not the ETag of what is there"),
            Refusal::PreconditionRequired => {
                Self::new(Kind::PreconditionRequired, "a change here needs If-Match with the ETag of what is there")
            }
            Refusal::KeyReused { header } => {
                Self::new(Kind::KeyReused, format!("{header} was used for another request with other content"))
                    .fault(FaultPlace::Parameter(In::Header, header.clone()), "it was used for another request")
            }
            Refusal::Full(full) => Self::new(Kind::Full, full.to_string()),
            Refusal::Unmakeable { reason } => Self::new(Kind::Unmakeable, reason.clone()),
        }
    }
}
