//! The reference model of state: which resource an operation acts on, and `(state, request) -> (state', answer)` as a pure
//! function. Inferred from the document alone; what paths cannot say, `x-etalon` declares. Every inference can say why.

mod act;
mod compose;
mod declare;
mod describe;
mod effect;
mod envelope;
mod expression;
mod extension;
mod gather;
mod header;
mod infer;
mod inference;
mod lay;
mod location;
mod make;
mod outcome;
mod page;
mod paging;
mod ready;
mod resource;
mod role;
mod sent;
pub mod shape;
mod simplest;
mod state;
mod step;
mod survey;
mod wrapping;

pub use compose::{Occasion, compose, pick};
pub use describe::describe;
pub use effect::{Action, Behaviour, Collection, Effect, Missing, Origin, PageBy, Paging, Timing};
pub use expression::{Expression, Scope};
pub use header::{Asked, described as described_headers};
pub use infer::{Known, OnDemand, infer};
pub use lay::{Fact, lay};
pub use make::{timestamp, typed, uuid};
pub use outcome::{Call, Clash, Context, Listing, Outcome, PageLink, Refusal, Relation};
pub use ready::ready;
pub use simplest::simplest;
pub use state::{Full, Item, MAX_ITEMS_PER_SET, MAX_WEIGHT, Place, State};
pub use step::step;
