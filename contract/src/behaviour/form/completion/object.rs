//! An object completed member by member: what is known, what its base has, defaults, and what is required.

use serde_json::{Map, Value};

use crate::behaviour::form::completion::branch::is_barred;
use crate::behaviour::form::completion::{Base, Completion, Fill, Turn};
use crate::behaviour::form::description::{Description, described};
use crate::behaviour::shape;
use crate::document::{Location, Pointer};

impl Completion<'_> {
    pub(super) fn object(
        &self,
        at: &Location,
        request: Option<&Location>,
        known: &Map<String, Value>,
        base: Base<'_>,
        here: &Pointer,
        turn: Turn,
    ) -> Map<String, Value> {
        let description = described(self.contract, at);
        let said = request.map(|at| described(self.contract, at));
        let is_said = |name: &str| {
            said.as_ref().and_then(|said| said.members.get(name)).is_some_and(|member| !member.is_read_only)
                && !description.members.get(name).is_some_and(|member| member.is_read_only)
        };
        let chosen: Vec<&Location> =
            description.choices.iter().filter_map(|choice| self.chosen(choice, &description, known, turn)).collect();
        let chosen_descriptions: Vec<_> = chosen.iter().map(|at| described(self.contract, at)).collect();
        let fits_choice = |name: &str| {
            chosen.is_empty()
                || description.members.get(name).is_none_or(|member| member.is_certain)
                || chosen_descriptions.iter().any(|one| one.members.contains_key(name))
        };
        let bases = self.bases(at, &chosen, base, here, &description);
        let mut whole = Map::new();
        for (name, value) in bases.iter().flat_map(|base| base.iter()) {
            // What was drawn for another alternative does not suit this one.
            let is_barred_here = || {
                let branches = chosen_descriptions.iter().filter_map(|one| one.members.get(name));
                branches.into_iter().any(|member| is_barred(self.contract, &member.at, value))
            };
            if whole.contains_key(name) || known.contains_key(name) || !fits_choice(name) || is_barred_here() {
                continue;
            }
            let is_required = description.members.get(name).is_some_and(|member| member.is_required)
                || chosen_descriptions.iter().any(|one| one.members.get(name).is_some_and(|member| member.is_required));
            let is_wanted = match self.fill {
                Fill::Described => !is_said(name),
                Fill::Required => false,
            };
            if is_required || is_wanted {
                whole.insert(name.clone(), value.clone());
            }
        }
        if let (Fill::Described, Some(said)) = (self.fill, &said) {
            // What a client could have said and did not has its default.
            for (name, member) in &said.members {
                let Some(own) = description.members.get(name).filter(|_| !known.contains_key(name)) else { continue };
                let default = shape::keyword(self.contract, &member.at, "default")
                    .or_else(|| shape::keyword(self.contract, &own.at, "default"));
                if let Some(default) = default
                    && is_said(name)
                    && fits_choice(name)
                    && self.is_valid(&own.at, default)
                {
                    whole.insert(name.clone(), default.clone());
                }
            }
        }
        for (name, member) in known {
            let below = description.member(name).flatten();
            // A branch may say more of a member than what stands around it.
            let branch = chosen_descriptions.iter().find_map(|one| one.members.get(name)).map(|member| &member.at);
            let value = match branch.or(below) {
                Some(at) => {
                    let request = said.as_ref().and_then(|said| said.member(name).flatten());
                    let there = match base {
                        Base::There(value) => value.get(name).map_or(Base::Fresh, Base::There),
                        Base::Made(value) => value.get(name).map_or(Base::Fresh, Base::Made),
                        Base::Fresh => Base::Fresh,
                    };
                    self.value(at, request, member, there, &here.join(name), turn.below())
                }
                None => member.clone(),
            };
            whole.insert(name.clone(), self.held(&description, name, value, &here.join(name), turn));
        }
        for (name, member) in &description.members {
            let is_missing = member.is_required && !member.is_write_only && !whole.contains_key(name);
            if is_missing && let Ok(value) = self.generated(&member.at, &here.join(name)) {
                whole.insert(name.clone(), value);
            }
        }
        whole
    }

    /// A member with what the other parts of an `allOf` ask of it.
    fn held(&self, description: &Description, name: &str, mut value: Value, here: &Pointer, turn: Turn) -> Value {
        let also = description.members.get(name).map_or(&[][..], |member| &member.also);
        for at in also {
            if !self.is_valid(at, &value) {
                value = self.value(at, None, &value, Base::Fresh, here, turn.below());
            }
        }
        value
    }

    /// The objects that missing members are taken from, those of the chosen branches first.
    fn bases(
        &self,
        at: &Location,
        chosen: &[&Location],
        base: Base<'_>,
        here: &Pointer,
        description: &Description,
    ) -> Vec<Map<String, Value>> {
        let mut found = Vec::new();
        if let Base::There(Value::Object(members)) | Base::Made(Value::Object(members)) = base {
            found.push(members.clone());
            // What is there was whole already, so that only what is new is missing.
            if chosen.is_empty() {
                return found;
            }
        }
        for branch in chosen {
            if let Ok(Value::Object(members)) = self.generated(branch, here) {
                found.push(members);
            }
        }
        let needs_own = self.fill == Fill::Described
            && !matches!(base, Base::There(Value::Object(_)) | Base::Made(Value::Object(_)));
        if needs_own
            && !(chosen.len() == description.choices.len()
                && !chosen.is_empty()
                && description.members.values().all(|member| !member.is_certain))
            && let Ok(Value::Object(members)) = self.generated(at, here)
        {
            found.push(members);
        }
        found
    }
}
