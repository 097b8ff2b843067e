//! The closed list of all that an exchange can break, and the rows of a contract: one for each thing that it promises and
//! a black box can show. The generator breaks rows, the validator names them, the runner proves them: one type for all.

mod discriminator;
mod enumerate;
mod keyword;
mod overlap;
mod row;
mod sides;
mod subject;
mod walk;
mod write_only;

pub use enumerate::{Enumeration, enumerate, rows};
pub use keyword::Keyword;
pub use row::{Branch, Row, Rule, SecurityRule, Side, Story, Tag, Unusual};
pub use subject::{Breach, Subject};
