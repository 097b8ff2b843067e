//! The reference model of state: which resource an operation acts on, and `(state, request) -> (state', answer)` as a pure
//! function. Inferred from the document alone; what paths cannot say, `x-etalon` declares. Every inference can say why.

mod effect;
mod expression;
mod extension;
mod infer;
mod paging;
pub mod shape;
mod wrapping;

pub use effect::{Action, Behaviour, Collection, Effect, Origin, PageBy, Paging, Timing};
pub use expression::{Expression, Scope};
pub use infer::infer;
