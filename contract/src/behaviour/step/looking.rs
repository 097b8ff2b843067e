//! Which requests look through all items of a set: those take longer the more there are. All others find what they are about
//! by its key or its rank, however much is remembered.

use crate::behaviour::shape;
use crate::behaviour::{Action, Effect, Filter, Inferred, Naming, Paging, Reach};
use crate::model::{Contract, In, Operation};

/// The most digits of a limit whose page is short.
const SHORT: usize = 3;

/// True where a request may look through all that is remembered of a collection. It says so rather too often.
#[must_use]
pub fn looks_through(
    contract: &Contract,
    behaviour: &dyn Inferred,
    operation: &Operation,
    query: Option<&str>,
) -> bool {
    let effect = behaviour.effect(operation.index);
    let Some(index) = effect.collection.or(effect.subject) else { return false };
    let mut above = std::iter::successors(Some(index), |index| behaviour.collection(*index).parent);
    let is_named_otherwise = above.any(|index| {
        let collection = behaviour.collection(index);
        let is_joined = !collection.also.is_empty() || collection.of.is_some();
        !collection.alternates.is_empty() || collection.has_caller || is_joined
    });
    let is_about_many = effect.reach != Reach::Set
        || effect.naming != Naming::Key
        || effect.batch.is_some()
        || effect.for_each.is_some()
        || effect.holds.is_some()
        || effect.shows.is_some()
        || !effect.elsewhere.is_empty();
    if is_named_otherwise || is_about_many {
        return true;
    }
    match effect.action {
        Action::List => {
            !effect.paging.as_ref().is_some_and(|paging| is_short(contract, effect, paging, operation, query))
        }
        Action::Delete | Action::Update | Action::Replace => effect.key_parameter.is_none(),
        Action::Answer | Action::Create | Action::Upsert | Action::Read => false,
    }
}

/// True where a page is asked for, of all items as they came, and not a long one.
fn is_short(contract: &Contract, effect: &Effect, paging: &Paging, operation: &Operation, query: Option<&str>) -> bool {
    let of_paging = paging.parameters();
    let mut pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let is_plain = pairs.all(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        of_paging.contains(&name) && (paging.limit.as_deref() != Some(name) || value.len() <= SHORT)
    });
    let chooses = |name: &str| {
        let parameter = operation.parameter(In::Query, name);
        parameter.is_none_or(|parameter| {
            parameter.shape.schema().is_some_and(|at| shape::keyword(contract, at, "default").is_some())
        })
    };
    let by_filter = effect.filters.iter().any(|Filter { parameter, .. }| chooses(parameter));
    let by_sort =
        effect.sort.as_ref().is_some_and(|sort| chooses(&sort.by) || sort.direction.as_deref().is_some_and(chooses));
    is_plain && !by_filter && !by_sort
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::behaviour::infer;

    #[test]
    fn what_is_found_by_key_or_rank_looks_through_nothing() {
        let query = |name: &str, schema: serde_json::Value| json!({"name": name, "in": "query", "schema": schema});
        let content = |schema: &str| json!({"description": "", "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}}});
        let root = json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {
            "/things": {
                "get": {"parameters": [query("limit", json!({"type": "integer"})), query("offset", json!({"type": "integer"})),
                    query("status", json!({"type": "string"}))], "responses": {"200": content("Things")}},
                "post": {"requestBody": content("Thing"), "responses": {"201": content("Thing")}}},
            "/things/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "get": {"responses": {"200": content("Thing")}}}},
            "components": {"schemas": {
                "Thing": {"type": "object", "properties": {"id": {"type": "string"}, "status": {"type": "string"}}},
                "Things": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}}});
        let contract = Contract::parse(&root.to_string()).expect("a document");
        let behaviour = infer(&contract);
        let looks = |operation: usize, query: Option<&str>| {
            looks_through(&contract, &behaviour, contract.operation(operation).expect("it is sound"), query)
        };
        for (operation, query, wanted) in [
            (0, None, false),
            (0, Some("limit=50&offset=1000000"), false),
            (0, Some("limit=100000"), true),
            (0, Some("status=open"), true),
            (0, Some("unknown=1"), true),
            (1, None, false),
            (2, None, false),
        ] {
            assert_eq!(looks(operation, query), wanted, "{operation} {query:?}");
        }
    }
}
