//! The reference model of state: which resource an operation acts on, and `(state, request) -> (state', answer)` as a
//! pure function. Inferred from the document alone; what paths cannot say, `x-etalon` declares. Every inference can say
//! why.
//!
//! In reading order: the words (`effect`, `expression`, `context`, `call`, `known`, `statement`), the document's own
//! examples (`example`), what operations do
//! (`inference`), what is remembered (`state`), how lists are cut (`paging`), what a request does (`step`), what comes
//! back (`answer`), what streams tell (`following`), what is there from the start because somebody gives it (`seed`).

mod call;
mod context;
mod describe;
mod effect;
mod example;
mod expression;
mod known;
mod messages;
mod scalar;
pub mod shape;
mod statement;
mod tag;

mod form;

mod state;

pub mod paging;

mod inference;

mod step;

mod answer;

mod following;

mod carry;
mod saved;

mod seed;

pub use answer::{
    Asked, Declined, Fault, FaultPlace, Kind, Occasion, Problem, REASON, Refused, Wish, compose, described_headers,
    pick, reason, reason_phrase, requested, simplest, undeclared,
};
pub use call::{Call, Clash, Listing, Outcome, PageLink, Refusal, Relation};
pub use carry::{Carried, Meaning, carry};
pub use context::Context;
pub use describe::describe;
pub use effect::{
    Action, Batch, Behaviour, Collection, Effect, Elsewhere, Filter, Lay, Missing, Naming, Origin, Owner, PageBy,
    Paging, Part, Reach, Sort, Test, Timing,
};
pub use example::Examples;
pub use expression::{Expression, Scope};
pub use following::{Following, following};
pub use inference::{Beginning, Inferred, OnDemand, infer};
pub use known::{Known, lay_over};
pub use saved::{Saved, save};
pub use scalar::{moment, timestamp, typed, uuid};
pub use seed::{
    Catalogue, Catalogued, Misfit, Populated, export, held, items_of, populate, remove_item, seed, set_item,
};
pub use state::{Change, ChangeKind, Difference, Full, Item, MAX_WEIGHT, Place, State};
pub use step::{Begun, Prepared, begun, looks_through, prepare, ready, step};
