//! Members of an item that say in which set it is: the path's parameters by their names, by the things they name, or as
//! JSON:API relationships.

use crate::behaviour::known::Known;
use crate::behaviour::scalar::typed;
use crate::behaviour::shape;
use crate::behaviour::step::item::maker::Maker;
use crate::document::{Location, Pointer};
use crate::model::Piece;

/// A member of an item that says in which set it is.
pub(super) struct ScopePlace {
    /// The number of the path parameter that says the same.
    pub(super) parameter: usize,
    /// The pointer of the member.
    pub(super) at: Pointer,
    /// The name of the relationship that the member identifies, where it does.
    pub(super) relation: Option<String>,
}

impl Maker<'_> {
    /// The members that the path of the set says.
    pub(crate) fn scope_members(&self) -> Vec<Pointer> {
        let known = self.known_scope().into_iter();
        known
            .map(|one| match one {
                Known::At(pointer, _) | Known::Absent(pointer) => pointer,
            })
            .collect()
    }

    /// The path parameters that name the set, where the item has members for them.
    pub(super) fn known_scope(&self) -> Vec<Known> {
        let Some(item) = &self.collection.item else { return Vec::new() };
        let mut known = Vec::new();
        for ScopePlace { parameter, at, relation } in &self.facts().scope {
            let Some(value) = self.place.scope.get(*parameter) else { continue };
            known.extend(self.typed_at(item, at, value));
            if let (Some(relation), Some(data)) = (relation, at.parent()) {
                known.extend(self.typed_at(item, &data.join("type"), relation));
            }
        }
        known
    }

    /// The members of an item that say in which set it is.
    pub(super) fn find_scope_places(&self, item: &Location) -> Vec<ScopePlace> {
        let mut places = Vec::new();
        let owners = self.owners();
        for (parameter, name) in self.collection.scope.iter().enumerate() {
            let plain = shape::plain(name);
            let owner = owners.get(parameter).map(|owner| format!("{owner}id"));
            let bare = plain.strip_suffix("id").filter(|bare| !bare.is_empty()).unwrap_or(&plain).to_owned();
            for (root, (member, at)) in self.members_and_metadata(item) {
                let spelled = shape::plain(&member);
                let here = root.join(&member);
                let is_named = spelled == plain || owner.as_ref() == Some(&spelled);
                if is_named && here != self.collection.key {
                    places.push(ScopePlace { parameter, at: here, relation: None });
                } else if spelled == bare {
                    places.push(ScopePlace { parameter, at: here.join("id"), relation: None });
                } else if spelled == "relationships" {
                    // JSON:API §7.2.2.2: a relationship holds a resource identifier object.
                    for (relation, _) in shape::members(self.contract, &at) {
                        if shape::plain(&relation) == bare {
                            let id = here.join(&relation).join("data").join("id");
                            places.push(ScopePlace { parameter, at: id, relation: Some(relation) });
                        }
                    }
                }
            }
        }
        places
    }

    /// The members of an item, and those of its `metadata`, each with the place of what has it.
    fn members_and_metadata(&self, item: &Location) -> Vec<(Pointer, (String, Location))> {
        let own = shape::members(self.contract, item);
        let metadata = own.iter().find(|(name, at)| name == "metadata" && shape::is_object(self.contract, at));
        let inner = metadata.map(|(name, at)| (Pointer::root().join(name), shape::members(self.contract, at)));
        let inner =
            inner.into_iter().flat_map(|(root, members)| members.into_iter().map(move |one| (root.clone(), one)));
        let inner: Vec<_> = inner.collect();
        own.into_iter().map(|one| (Pointer::root(), one)).chain(inner).collect()
    }

    /// The plain names of the things that the scope's parameters name, by the words before them: `list` in
    /// `/lists/{l}/todos/{id}`.
    fn owners(&self) -> Vec<String> {
        let mut owners = Vec::new();
        let mut word = String::new();
        for piece in self.collection.item_path.iter().flat_map(|path| path.segments()).flat_map(|segment| &segment.0) {
            match piece {
                Piece::Literal(text) => word.clone_from(text),
                Piece::Parameter(_) => owners.push(shape::plain(&shape::singular(&word))),
            }
        }
        owners
    }

    fn typed_at(&self, item: &Location, pointer: &Pointer, value: &str) -> Option<Known> {
        let at = shape::within(self.contract, item, pointer)?;
        typed(self.contract, &at, value).map(|value| Known::At(pointer.clone(), value))
    }
}
