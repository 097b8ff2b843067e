//! State, as the control interface has it: all of it as data, and items one by one.

use std::sync::Arc;

use etalon_contract::behaviour::{Item, Place, Problem, State, export, items_of, remove_item, set_item};
use etalon_contract::model::In;
use serde_json::{Map, Value, json};

use crate::server::control::Ask;
use crate::server::control::reply::{Reply, misfits, missing};
use crate::server::start::{Ground, owner, seeded, unknown};

impl Ask<'_> {
    /// The states of the world, contract by contract.
    fn states(&self) -> Vec<State> {
        self.world.snapshot().states().cloned().collect()
    }

    pub(super) fn get_state(&self) -> Result<Reply, Problem> {
        let Ground { services, catalogues, context, .. } = self.subject.ground();
        let mut all = Map::new();
        for ((service, catalogue), state) in services.iter().zip(&catalogues).zip(self.states()) {
            for (word, items) in export(service.meaning(), catalogue, &state, &context) {
                // Of two contracts that have the word, the first is meant where it is given.
                all.entry(word).or_insert(items);
            }
        }
        Ok(Reply::value(all))
    }

    pub(super) fn set_state(&self) -> Result<Reply, Problem> {
        let Ground { services, catalogues, mut states, context } = self.subject.ground();
        seeded(services, &catalogues, &mut states, self.body(), &context).map_err(misfits)?;
        self.subject.restore_world(self.world, &self.subject.worlds().holding(self.world, states))?;
        Ok(Reply::Empty(204))
    }

    pub(super) fn get_items(&self) -> Result<Reply, Problem> {
        let found = self.items()?;
        Ok(Reply::value(found.into_iter().map(|(place, item)| told(&place, &item)).collect::<Vec<_>>()))
    }

    pub(super) fn get_item(&self) -> Result<Reply, Problem> {
        let (place, item) = self.item()?.ok_or_else(|| self.no_item())?;
        Ok(Reply::value(told(&place, &item)))
    }

    pub(super) fn set_item(&self) -> Result<Reply, Problem> {
        self.alone("items are not put")?;
        let (contract, collection) = self.collection()?;
        let there = self.item()?;
        let scope = self.scope().unwrap_or_default();
        let place = there.map_or(Place { collection, scope }, |(place, _)| place);
        let Ground { services, catalogues, context, .. } = self.subject.ground();
        let (service, catalogue) = (&services[contract], &catalogues[contract]);
        let at = (&place, self.key());
        let put =
            service.edit(self.world, |state| set_item(service.meaning(), catalogue, state, at, self.body(), &context));
        Ok(Reply::value(told(&place, &*put.map_err(misfits)?)))
    }

    pub(super) fn delete_item(&self) -> Result<Reply, Problem> {
        self.alone("items are not taken away")?;
        let (contract, _) = self.collection()?;
        let (place, item) = self.item()?.ok_or_else(|| self.no_item())?;
        let Ground { services, context, .. } = self.subject.ground();
        let service = &services[contract];
        let removed = service
            .edit(self.world, |state| remove_item(service.meaning(), state, (&place, &item.key), &context).ok_or(()));
        removed.map_err(|()| self.no_item())?;
        Ok(Reply::Empty(204))
    }

    /// The contract and the collection of the path, by their numbers.
    fn collection(&self) -> Result<(usize, usize), Problem> {
        let catalogues = self.subject.ground().catalogues;
        let word = self.path("collection");
        owner(word, &catalogues).ok_or_else(|| missing(unknown(word, &catalogues)))
    }

    /// The items of the collection of the path.
    fn items(&self) -> Result<Vec<(Place, Arc<Item>)>, Problem> {
        let (contract, collection) = self.collection()?;
        let Ground { services, catalogues, context, .. } = self.subject.ground();
        let states = self.states();
        let meaning = services[contract].meaning();
        Ok(items_of(meaning, &catalogues[contract], &states[contract], collection, &context))
    }

    /// The item of the path: in the set that is named, or wherever it is.
    fn item(&self) -> Result<Option<(Place, Arc<Item>)>, Problem> {
        let (scope, key) = (self.scope(), self.key());
        let is_it = |(place, item): &(Place, Arc<Item>)| {
            item.key == key && scope.as_ref().is_none_or(|scope| *scope == place.scope)
        };
        Ok(self.items()?.into_iter().find(is_it))
    }

    fn no_item(&self) -> Problem {
        missing(format!("there is no `{}` in {}", self.path("key"), self.path("collection")))
    }

    /// The key of the path; that of what there is one of is empty, and `-` in a path.
    fn key(&self) -> &str {
        let key = self.path("key");
        if key == ONLY { "" } else { key }
    }

    /// The scope that the query names.
    fn scope(&self) -> Option<Vec<String>> {
        let named = self.call.parameter(In::Query, "scope")?.as_array()?;
        Some(named.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }
}

/// The word in a path for what there is one of.
const ONLY: &str = "-";

fn told(place: &Place, item: &Item) -> Value {
    json!({"key": item.key, "scope": place.scope, "value": item.value})
}
