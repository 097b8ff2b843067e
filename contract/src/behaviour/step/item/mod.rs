//! Items, as state keeps them: `new` ones, `changed` ones and those that examples have `shown`, all made `whole` by their
//! schema, so that none violates it. `key`, `scope_members` and `times` are the members that the mock says by itself.

mod maker;

mod changed;
mod new;
mod shown;
mod whole;

mod key;
mod scope_members;
mod times;

pub(crate) use maker::{Maker, NewItem};
