//! An object completed member by member: what is known, what its base has, defaults, and what is required.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::behaviour::form::completion::branch::is_barred;
use crate::behaviour::form::completion::{Base, Completion, Fill, Turn};
use crate::behaviour::form::description::{Description, described};
use crate::behaviour::shape;
use crate::document::{Location, Pointer};

/// The schema of an object as one value has it: what it describes, what the request says by, and the branches that suit.
struct FittedSchema<'d> {
    description: &'d Description,
    said: Option<&'d Description>,
    branches: Vec<Arc<Description>>,
}

impl FittedSchema<'_> {
    /// True for a member that is the client's to say.
    fn is_said(&self, name: &str) -> bool {
        self.said.and_then(|said| said.members.get(name)).is_some_and(|member| !member.is_read_only)
            && !self.description.members.get(name).is_some_and(|member| member.is_read_only)
    }

    /// The schema of a member, as it is shown.
    fn schema_of(&self, name: &str) -> Option<&Location> {
        self.description.members.get(name).map(|member| &member.at)
    }

    /// True unless the member is one of another branch than those that were chosen.
    fn fits_choice(&self, name: &str) -> bool {
        self.branches.is_empty()
            || self.description.members.get(name).is_none_or(|member| member.is_certain)
            || self.branches.iter().any(|one| one.members.contains_key(name))
    }

    fn is_required(&self, name: &str) -> bool {
        let all = std::iter::once(self.description).chain(self.branches.iter().map(Arc::as_ref));
        all.filter_map(|one| one.members.get(name)).any(|member| member.is_required)
    }

    /// The schema of a member. A branch may say more of it than what stands around the branch.
    fn member(&self, name: &str) -> Option<&Location> {
        let branch = self.branches.iter().find_map(|one| one.members.get(name)).map(|member| &member.at);
        branch.or_else(|| self.description.member(name).flatten())
    }
}

impl Completion<'_> {
    /// An object with the members that are known, those of its base that it wants, defaults, and what it requires.
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
        let chosen: Vec<&Location> =
            description.choices.iter().filter_map(|choice| self.chosen(choice, &description, known, turn)).collect();
        let branches = chosen.iter().map(|at| described(self.contract, at)).collect();
        let fitted = FittedSchema { description: &description, said: said.as_deref(), branches };
        let mut whole = Map::new();
        for base in self.bases(at, &chosen, base, here, &description) {
            self.take_from(&base, &fitted, known, &mut whole);
        }
        self.take_defaults(&fitted, known, &mut whole);
        for (name, member) in known {
            let value = match fitted.member(name) {
                Some(at) => {
                    let request = fitted.said.and_then(|said| said.member(name).flatten());
                    self.value(at, request, member, base.member(name), &here.join(name), turn.below())
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

    /// Takes from a base the members that are required or wanted and that nobody said.
    fn take_from(
        &self,
        base: &Map<String, Value>,
        fitted: &FittedSchema<'_>,
        known: &Map<String, Value>,
        whole: &mut Map<String, Value>,
    ) {
        for (name, value) in base {
            // What was drawn for another alternative does not suit this one.
            let is_barred_here = || {
                let mut branches = fitted.branches.iter().filter_map(|one| one.members.get(name));
                branches.any(|member| is_barred(self.contract, &member.at, value))
            };
            if whole.contains_key(name) || known.contains_key(name) || !fitted.fits_choice(name) || is_barred_here() {
                continue;
            }
            let is_wanted = match self.fill {
                Fill::Described => !fitted.is_said(name),
                Fill::Required => false,
            };
            if is_wanted || fitted.is_required(name) {
                // A list that the client could have sent and did not has nothing in it.
                let empty = (value.is_array() && self.fill == Fill::Described && fitted.is_said(name))
                    .then(|| Value::Array(Vec::new()))
                    .filter(|empty| fitted.schema_of(name).is_some_and(|at| self.is_valid(at, empty)));
                whole.insert(name.clone(), empty.unwrap_or_else(|| value.clone()));
            }
        }
    }

    /// Gives members that the client could have said and did not their defaults.
    fn take_defaults(&self, fitted: &FittedSchema<'_>, known: &Map<String, Value>, whole: &mut Map<String, Value>) {
        let (Fill::Described, Some(said)) = (self.fill, fitted.said) else { return };
        for (name, member) in &said.members {
            let own = fitted.description.members.get(name).filter(|_| !known.contains_key(name));
            let Some(own) = own else { continue };
            let default = shape::keyword(self.contract, &member.at, "default")
                .or_else(|| shape::keyword(self.contract, &own.at, "default"));
            if let Some(default) = default
                && fitted.is_said(name)
                && fitted.fits_choice(name)
                && self.is_valid(&own.at, default)
            {
                whole.insert(name.clone(), default.clone());
            }
        }
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
