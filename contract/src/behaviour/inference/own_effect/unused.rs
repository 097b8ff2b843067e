//! The query parameters of an operation that mean nothing that is known.

use crate::behaviour::{Batch, Effect};
use crate::model::{In, Operation};

/// The query parameters of an operation that mean nothing to it.
pub(crate) fn unused(operation: &Operation, effect: &Effect) -> Vec<String> {
    let is_used = |name: &str| {
        effect.fields.as_deref() == Some(name)
            || effect.variant.as_deref() == Some(name)
            || effect.asked.iter().any(|(asked, _)| asked == name)
            || effect.filters.iter().any(|filter| filter.parameter == name)
            || matches!(&effect.batch, Some(Batch::Query(known)) if known == name)
            || effect.set.iter().any(|(_, expression)| expression.as_str().contains(name))
    };
    let query = operation.parameters.iter().filter(|parameter| parameter.place == In::Query);
    query.map(|parameter| parameter.name.clone()).filter(|name| !is_used(name)).collect()
}
