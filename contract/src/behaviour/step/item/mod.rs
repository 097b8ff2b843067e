//! Items, as state keeps them: `new` ones, `changed` ones and those that examples have `shown`, all made `whole` by their
//! schema, so that none violates it. `key`, `scope_members` and `times` are the members that the mock says by itself; `begun` is what it
//! does not say of a thing that has only begun. What the schema says of them is found once (`facts`).

mod facts;
mod maker;

mod changed;
mod new;
mod shown;
mod whole;

mod begun;
mod key;
mod scope_members;
mod times;

pub(crate) use maker::{Maker, NewItem};
