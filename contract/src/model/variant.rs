//! Operations of one method and path that only the query tells apart. The specification has no such thing, but many
//! documents do: `/items?view=status` beside `/items`, or `/items#cors` for what a required parameter `cors` asks for.

use crate::model::{In, Operation, PathTemplate};

/// The fit of a query to an operation; the greatest is meant. `None` where the path names a pair that the query does
/// not have.
pub(crate) fn fit(
    path: &PathTemplate,
    operation: Option<&Operation>,
    sent: &[(String, Option<String>)],
) -> Option<(usize, isize)> {
    let mut fixed = 0;
    for (name, value) in path.fixed_query() {
        let is_sent = sent.iter().any(|(known, has)| *known == name && (value.is_none() || *has == value));
        if !is_sent {
            return None;
        }
        fixed += 1;
    }
    let required = operation.into_iter().flat_map(|operation| &operation.parameters);
    let required = required.filter(|parameter| parameter.place == In::Query && parameter.required);
    let told = required.map(|parameter| {
        let nested = format!("{}[", parameter.name);
        if sent.iter().any(|(name, _)| *name == parameter.name || name.starts_with(&nested)) { 1 } else { -1 }
    });
    Some((fixed, told.sum()))
}

#[cfg(test)]
mod tests {
    use crate::document::{Document, NoFiles, Source};
    use crate::model::{Contract, Route};

    /// The id of the operation that a request leads to.
    fn reached(contract: &Contract, target: &str) -> Option<String> {
        match contract.route("GET", target) {
            Route::Found { operation, .. } => Some(contract.entries()[operation].id.clone()),
            Route::OtherMethods(_) | Route::Unknown => None,
        }
    }

    #[test]
    fn the_query_decides_between_operations_of_one_path() {
        let text = "openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /a/{x}: {get: {operationId: plain, responses: {'200': {description: x}}}}
  /a/{x}?view=status: {get: {operationId: status, responses: {'200': {description: x}}}}
  /a/{x}?view=status&deep: {get: {operationId: deep, responses: {'200': {description: x}}}}
  /a/{x}?page={page}: {get: {operationId: paged, responses: {'200': {description: x}}}}
  '/a/{x}#cors':
    get:
      operationId: cors
      parameters: [{name: cors, in: query, required: true, schema: {type: boolean}}]
      responses: {'200': {description: x}}
  /b: {get: {operationId: b, responses: {'200': {description: x}}}}
";
        let source = Source { name: "api.yaml", bytes: text.as_bytes() };
        let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("it can be loaded"));
        for (target, id) in [
            ("/a/1", "plain"),
            ("/a/1?view=other", "plain"),
            ("/a/1?view=status", "status"),
            ("/a/1?n=1&view=st%61tus", "status"),
            ("/a/1?view=status&deep", "deep"),
            ("/a/1?deep=&view=status", "deep"),
            ("/a/1?cors", "cors"),
            ("/a/1?cors=true&page=2", "cors"),
            ("/a/1?page=2", "plain"),
            ("/b?view=status", "b"),
        ] {
            assert_eq!(reached(&contract, target).as_deref(), Some(id), "{target}");
        }
        assert_eq!(reached(&contract, "/c?view=status"), None);
        let told: Vec<String> = crate::lint::diagnostics(&contract).into_iter().map(|one| one.reason).collect();
        assert!(told.iter().any(|one| one.contains("`GET /a/{x}` is described twice")), "{told:#?}");
    }
}
