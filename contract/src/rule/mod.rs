//! The closed list of all that an exchange can break, and the rows of a contract: one for each thing that it promises and
//! a black box can show. The generator breaks rows, the validator names them, the runner proves them: one type for all.

mod advice;
mod enumerate;
mod keyword;
mod limit;
mod response;
mod row;
mod subject;

pub use enumerate::{Enumeration, enumerate, rows};
pub use keyword::Keyword;
pub use row::{Branch, Row, Rule, SecurityRule, Side, Story, Tag, Unusual};
pub use subject::{Breach, Subject};
