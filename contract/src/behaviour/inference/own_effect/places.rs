//! The places of the item or the items in the request and the answers of an operation.

use crate::behaviour::inference::own_effect::surroundings::Surroundings;
use crate::behaviour::inference::wrapping::{self, Wanted};
use crate::behaviour::messages::{other_success_schemas, request_schema, success_schema};
use crate::behaviour::paging::parameters::{self};
use crate::behaviour::shape;
use crate::behaviour::{Effect, Test};
use crate::document::{Location, Pointer};

impl Surroundings<'_> {
    pub(super) fn wrap_one(&self, effect: &mut Effect, parameter: Option<&str>) {
        let (contract, operation) = (self.contract, self.operation);
        let returned = success_schema(operation).map(|at| wrapping::one(contract, at, &self.wanted(parameter)));
        let shown = returned.as_ref().map(|(_, at)| at).filter(|at| !shape::members(contract, at).is_empty());
        let sent = request_schema(operation).map(|at| self.sent(at, shown, parameter));
        effect.sent = sent;
        effect.returned = returned.as_ref().map(|(pointer, _)| pointer.clone());
        let others = other_success_schemas(operation).into_iter();
        let item = self.item.or(shown);
        let others =
            others.map(|at| (at.clone(), wrapping::one(contract, at, &Wanted { item, ..self.wanted(parameter) }).0));
        effect.returned_else = others.filter(|(_, place)| Some(place) != effect.returned.as_ref()).collect();
        for (pointer, what) in [(&effect.sent, "request"), (&effect.returned, "response")] {
            if let Some(pointer) = pointer.as_ref().filter(|pointer| !pointer.as_str().is_empty()) {
                effect.because.push(format!("in its {what} the item stands at {pointer}"));
            }
        }
    }

    /// The pointer of the item in a request of the schema `at`: the object most of whose members are those of the item,
    /// as known or as `shown` in the response.
    pub(super) fn sent(&self, at: &Location, shown: Option<&Location>, parameter: Option<&str>) -> Pointer {
        let contract = self.contract;
        let item = self.item.or(shown);
        let Some(item) = item else {
            let (pointer, _) = wrapping::one(contract, at, &self.wanted(parameter));
            return pointer;
        };
        let own = wrapping::overlap(contract, at, item);
        let members = shape::members(contract, at);
        let known = shape::by_name(contract, item);
        let is_twin = |name: &str, at: &Location| {
            let target = shape::target(contract, at);
            members.iter().any(|(other, at)| other != name && shape::target(contract, at) == target)
        };
        let inner = members.iter().filter(|(name, at)| shape::is_object(contract, at) && !is_twin(name, at));
        let inner = inner.filter_map(|(name, at)| {
            let common = wrapping::overlap(contract, at, item);
            // What the item has by that name is a member of it, unless nothing else of the request is and the two have less in
            // common than that has with the item.
            let is_member = known.get(name).is_some_and(|member| {
                own > usize::from(common > 1) || wrapping::overlap(contract, at, member) >= common
            });
            (common > 0 && !is_member && common >= own).then_some((common, name))
        });
        match inner.max_by_key(|(common, _)| *common) {
            Some((common, name)) if common > own || common == own && members.len() == 1 => Pointer::root().join(name),
            Some(_) | None if own == 0 && members.len() == 1 => match members.first() {
                Some((name, at)) if shape::is_object(contract, at) && !known.contains_key(name) => {
                    Pointer::root().join(name)
                }
                Some(_) | None => Pointer::root(),
            },
            Some(_) | None => Pointer::root(),
        }
    }

    /// Sets the place of the one item in a request that wraps it in a list: `{Contacts: [{…}]}`.
    pub(super) fn wrap_sent_list(&self, effect: &mut Effect) {
        let (Some(at), Some(item)) = (request_schema(self.operation), self.item) else { return };
        let is_root = effect.sent.as_ref().is_some_and(|sent| sent.as_str().is_empty());
        if !is_root || wrapping::overlap(self.contract, at, item) > 0 {
            return;
        }
        if let Some((place, each)) = wrapping::many(self.contract, at, &self.wanted(None))
            && !place.as_str().is_empty()
            && wrapping::overlap(self.contract, &each, item) > 1
        {
            effect.because.push(format!("in its request the item is the one of the list at {place}"));
            effect.sent = Some(place.join("0"));
        }
    }

    pub(super) fn wrap_many(&self, effect: &mut Effect) {
        let (contract, operation) = (self.contract, self.operation);
        let found = success_schema(operation).and_then(|at| wrapping::many(contract, at, &self.wanted(None)));
        let Some((pointer, item)) = found else { return };
        let paging = parameters::of(contract, operation);
        let inner = wrapping::in_element(contract, &item, &self.wanted(None));
        let in_body = if paging.is_none() { parameters::in_body(contract, operation) } else { None };
        let meanings =
            self.meanings(paging.as_ref().or(in_body.as_ref()), inner.as_ref().map_or(&item, |(_, item)| item));
        let place = if pointer.as_str().is_empty() { "the body itself".to_owned() } else { pointer.to_string() };
        effect.because.push(format!("the items stand at {place}"));
        effect.returned = Some(pointer);
        effect.element = inner.map(|(pointer, _)| pointer);
        effect.because.extend(effect.element.as_ref().map(|at| format!("each element has its item at {at}")));
        let others = other_success_schemas(operation).into_iter();
        let others = others.filter_map(|at| Some((at.clone(), wrapping::many(contract, at, &self.wanted(None))?.0)));
        effect.returned_else = others.filter(|(_, place)| Some(place) != effect.returned.as_ref()).collect();
        if let Some(paging) = paging.as_ref().or(in_body.as_ref()) {
            effect.because.push(format!("its pages are found {}", paging.describe()));
        }
        effect.paging = paging;
        effect.paging_in_body = in_body;
        for filter in &meanings.filters {
            let name = filter
                .member
                .as_ref()
                .map_or_else(|| filter.parameter.clone(), |member| format!("{}[{member}]", filter.parameter));
            effect.because.push(match (filter.test, filter.at.as_str()) {
                (Test::Contains, "") => format!("{name} searches all texts"),
                (Test::Criteria, _) => format!("{name} has the criteria that are met"),
                (Test::Fields, _) => format!("{name} chooses by the members that it names"),
                (Test::Shown, at) => format!("{name} asks for those whose {at} is on"),
                (_, "") => format!("{name} chooses by the key"),
                _ => format!("{name} chooses by {}", filter.at),
            });
        }
        if let Some(sort) = &meanings.sort {
            effect.because.push(format!("{} gives the order", sort.by));
        }
        effect.filters = meanings.filters;
        effect.sort = meanings.sort;
        effect.unused = meanings.unused;
    }

    /// Sets the place of the items in the answer, where the answer is a list of those that were sent.
    pub(super) fn wrap_shown_items(&self, effect: &mut Effect) {
        let found = success_schema(self.operation).and_then(|at| wrapping::many(self.contract, at, &self.wanted(None)));
        if let Some((pointer, _)) = found {
            effect.because.push("its answer is a list of the items".to_owned());
            effect.returned = Some(pointer);
        }
    }
}
