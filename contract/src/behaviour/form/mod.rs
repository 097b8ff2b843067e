//! What schemas describe of values, folded once for each schema and kept with the contract: what of a value they show
//! (`shown`), and what must be added to it (`completion`). Requests follow what is kept here; none of them reads the
//! document again. It knows nothing of operations, state or HTTP.

mod completion;
mod description;
mod shown;

pub(crate) use completion::{Base, Completion, Fill};
pub(crate) use description::{Description, Rest, described};
pub(crate) use shown::{sendable, shown};
