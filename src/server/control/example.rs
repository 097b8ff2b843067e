//! A request to begin with: one that its operation allows, about something that is there where anything is.

use etalon_contract::behaviour::{Inferred as _, Problem, items_of, typed};
use etalon_contract::codec::{Draft, encode};
use etalon_contract::generate::{self, Seeded};
use etalon_contract::model::{In, Operation};
use serde_json::{Value, json};

use crate::server::control::Ask;
use crate::server::control::reply::{Reply, missing, unfitting};
use crate::server::start::Ground;

impl Ask<'_> {
    pub(super) fn example_request(&self) -> Result<Reply, Problem> {
        let id = self.path("operation");
        let ground = self.subject.ground();
        let found = ground.services.iter().enumerate().find_map(|(number, service)| {
            let entry = service.contract.entries().iter().find(|entry| entry.id == id)?;
            Some((number, service, entry.index))
        });
        let (number, service, index) = found.ok_or_else(|| missing(format!("there is no operation `{id}`")))?;
        let contract = &service.contract;
        let operation = contract.operation(index).map_err(|defect| unfitting(defect.reason.clone()))?;
        let mut choices = Seeded::new(ground.context.seed, ["example", id]);
        let mut draft =
            generate::valid(contract, operation, &mut choices).map_err(|cannot| unfitting(cannot.to_string()))?;
        draft.parameters.retain(|(place, name, _)| operation.parameter(*place, name).is_some_and(|one| one.required));
        self.name_what_is_there(&ground, (number, operation), &mut draft);
        let mut request = encode(contract, operation, &draft).map_err(|no_form| unfitting(no_form.to_string()))?;
        for (scheme, _) in operation.security.first().into_iter().flat_map(|alternative| &alternative.schemes) {
            self.subject.credentials().show(scheme, &mut request);
        }
        let headers: Vec<[&str; 2]> = request.headers.iter().map(|(name, value)| [name, value]).collect();
        // What is no text cannot be shown as one.
        let body = std::str::from_utf8(&request.body).unwrap_or_default();
        Ok(Reply::value(json!({"method": request.method, "target": request.target, "headers": headers, "body": body})))
    }

    /// Lets the path of a request name the first item that is there, or where one could be.
    fn name_what_is_there(&self, ground: &Ground<'_>, (number, operation): (usize, &Operation), draft: &mut Draft) {
        let Ground { services, catalogues, context, .. } = ground;
        let (service, snapshot) = (&services[number], self.world.snapshot());
        let effect = service.behaviour.effect(operation.index);
        let Some((collection, state)) = effect.collection.or(effect.subject).zip(snapshot.states().nth(number)) else {
            return;
        };
        let first = |collection: usize| {
            items_of(service.meaning(), &catalogues[number], state, collection, context).into_iter().next()
        };
        let parent = || service.behaviour.collection(collection).parent.and_then(first);
        let (scope, key) = match (first(collection), parent()) {
            (Some((place, item)), _) => (place.scope, Some(item.key.clone())),
            (None, Some((place, item))) => ([place.scope, vec![item.key.clone()]].concat(), None),
            (None, None) => return,
        };
        let mut scope = scope.into_iter();
        for name in operation.path.parameters() {
            let is_key = effect.key_parameter.as_deref() == Some(name);
            let Some(text) = (if is_key { key.clone() } else { scope.next() }) else { continue };
            let schema = operation.parameter(In::Path, name).and_then(|one| one.shape.schema());
            let value = schema.map_or(Some(Value::String(text.clone())), |at| typed(&service.contract, at, &text));
            if let Some(value) = value {
                draft.set_parameter(In::Path, name, value);
            }
        }
    }
}
