//! What a request asks a list for: its query parameters, and for a POST that lists the members of its body, which are called by
//! their places (`/search/limit`).

use serde_json::Value;

use crate::behaviour::messages::request_schema;
use crate::behaviour::paging::criteria;
use crate::behaviour::shape;
use crate::document::{Location, Pointer};
use crate::model::{Contract, In, Operation, Shape, Style};

/// One thing that may be asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The name of the query parameter, or the place in the body.
    pub(crate) name: String,
    /// The schema of its value.
    pub(crate) schema: Option<Location>,
    /// The description in the document.
    pub(crate) description: Option<String>,
}

impl Asked {
    /// The name in plain spelling; of a place in the body, that of the member.
    pub(crate) fn plain(&self) -> String {
        plain(&self.name)
    }
}

/// The plain name of a query parameter, or of the member at a place in the body.
pub(crate) fn plain(name: &str) -> String {
    let bare = if name.starts_with('/') { name.rsplit('/').next().unwrap_or(name) } else { name };
    shape::plain(bare)
}

/// True for the name of a place in the body.
pub(crate) fn is_in_body(name: &str) -> bool {
    name.starts_with('/')
}

/// All that a query may ask.
pub(crate) fn by_query(operation: &Operation) -> Vec<Asked> {
    let query = operation.parameters.iter().filter(|parameter| parameter.place == In::Query);
    let asked = query.map(|parameter| Asked {
        name: parameter.name.clone(),
        schema: parameter.shape.schema().cloned(),
        description: parameter.description.clone(),
    });
    asked.collect()
}

/// All that a query may ask about pages: its parameters, and the members of those that are written member by member (`page[size]`).
pub(crate) fn with_members(contract: &Contract, operation: &Operation) -> Vec<Asked> {
    let query = operation.parameters.iter().filter(|parameter| parameter.place == In::Query);
    let deep = query.filter(|parameter| matches!(&parameter.shape, Shape::Schema { style: Style::DeepObject, .. }));
    let within = deep.flat_map(|parameter| {
        let members = parameter.shape.schema().map(|at| shape::members(contract, at)).unwrap_or_default();
        members.into_iter().map(|(name, at)| Asked {
            name: format!("{}[{name}]", parameter.name),
            schema: Some(at),
            description: None,
        })
    });
    by_query(operation).into_iter().chain(within).collect()
}

/// All that the body of a POST may ask: its members, and those of the objects in it that hold more of them.
pub(crate) fn by_body(contract: &Contract, operation: &Operation) -> Vec<Asked> {
    let Some(body) = request_schema(operation).filter(|_| operation.method.as_str() == "POST") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, at) in shape::members(contract, body) {
        let here = Pointer::root().join(&name);
        let inner = shape::members(contract, &at);
        let holds = shape::is_object(contract, &at) && !inner.is_empty() && !criteria::are(contract, &at);
        match holds {
            true => found.extend(inner.into_iter().map(|(name, at)| one(contract, here.join(&name), at))),
            false => found.push(one(contract, here, at)),
        }
    }
    found
}

fn one(contract: &Contract, here: Pointer, at: Location) -> Asked {
    let description = shape::keyword(contract, &at, "description").and_then(Value::as_str).map(str::to_owned);
    Asked { name: here.as_str().to_owned(), schema: Some(at), description }
}
