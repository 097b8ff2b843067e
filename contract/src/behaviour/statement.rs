//! What a request says of one item, whether it takes effect at once or later: members, and members that are not there.

use serde_json::{Map, Value};

use crate::behaviour::known::{Known, lay_over};
use crate::document::{Location, Pointer};

/// The statement of a request about one item: members with values, and members that are not there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statement {
    /// The members that it says.
    pub(crate) value: Value,
    /// The schema that it says them by; what that describes and the request leaves out is nobody else's to say.
    pub(crate) request: Option<Location>,
    /// The members that it says are not there.
    pub(crate) absent: Vec<Pointer>,
}

impl Statement {
    /// The statement of evaluated expressions, by the members that they set; `None` for a member that is not there.
    pub(crate) fn of_expressions(values: impl IntoIterator<Item = (Pointer, Option<Value>)>) -> Self {
        let mut known = Vec::new();
        let mut absent = Vec::new();
        for (pointer, value) in values {
            match value {
                Some(value) => known.push(Known::At(pointer, value)),
                None => absent.push(pointer),
            }
        }
        let value = lay_over(Value::Object(Map::new()), &known, &mut |_| true);
        Self { value, request: None, absent }
    }
}
