//! The query parameter that names the members which an answer shows.

use crate::behaviour::shape;
use crate::document::Location;
use crate::model::{Contract, In, Operation};

/// Parameters that name the members which are shown (`fields` of many services, `$select` of OData 4.01 §5.1.3).
const FIELDS: [&str; 4] = ["fields", "select", "includefields", "onlyfields"];

/// The query parameter that names the members which an answer shows of an item: one whose values are texts that say names.
#[must_use]
pub(crate) fn fields(contract: &Contract, operation: &Operation) -> Option<String> {
    let query = operation.parameters.iter().filter(|parameter| parameter.place == In::Query);
    let named = query.filter(|parameter| FIELDS.contains(&shape::plain(&parameter.name).as_str()));
    let says_names = |at: &Location| {
        let each = shape::items(contract, at);
        let types = shape::types(contract, each.as_ref().unwrap_or(at));
        types.is_empty() || types.contains(&"string")
    };
    let mut fitting = named.filter(|parameter| parameter.shape.schema().is_none_or(says_names));
    fitting.next().map(|parameter| parameter.name.clone())
}
