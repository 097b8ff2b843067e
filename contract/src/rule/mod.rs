//! The closed list of all that an exchange can break, and the rows of a contract: one for each thing that it promises
//! and a black box can show. The generator breaks rows, the validator names them, the runner proves them: one type for
//! all.
//!
//! A [`Breach`] says what is broken in which part ([`Subject`]) of an exchange, by which [`Keyword`] of a schema. A
//! [`Row`] stands at a [`PointerTemplate`] and has a [`Rule`], of one of the six sections of `docs/rows.md`: `limit`,
//! `advice`, `protocol`, `security`, `response` and `story`. [`enumerate`] finds all rows of an operation but stories,
//! which need to know what operations do to state, and [`RowCounter`] counts them where nobody needs to see them.

mod keyword;
mod subject;

mod branch;
mod row;
mod side;
mod template;

mod advice;
mod limit;
mod protocol;
mod response;
mod security;
mod story;

mod count;
mod enumerate;

pub use advice::{Advice, Tag};
pub use branch::Branch;
pub use count::{RowCounter, RowCounts};
pub use enumerate::{Enumeration, enumerate, rows};
pub use keyword::{Class, End, Keyword, Measure};
pub use limit::Limit;
pub use protocol::{Malformation, Protocol, Tagged, Unusual, Usual};
pub use response::ResponseRule;
pub(crate) use response::write_only;
pub use row::{Row, Rule};
pub use security::SecurityRule;
pub use side::Side;
pub use story::Story;
pub use subject::{Breach, Subject};
pub use template::{PointerTemplate, TemplateToken};
