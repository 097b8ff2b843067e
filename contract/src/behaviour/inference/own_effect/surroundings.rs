//! An operation beside what is known of its collection: its name, its items, the words for their keys.

use crate::behaviour::Paging;
use crate::behaviour::inference::paths::parent_of;
use crate::behaviour::inference::pieces::Inference;
use crate::behaviour::inference::resource::{Resource, parameter_schema};
use crate::behaviour::inference::words;
use crate::behaviour::inference::wrapping::{self, Wanted};
use crate::behaviour::messages::success_schema;
use crate::behaviour::paging::filter::Items;
use crate::behaviour::paging::meanings::{Meanings, meanings};
use crate::behaviour::shape;
use crate::document::Location;
use crate::model::{Contract, Operation};

/// An operation, and what is known of the collection that it acts on.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) inference: &'a Inference,
    pub(super) contract: &'a Contract,
    pub(super) operation: &'a Operation,
    pub(super) name: &'a str,
    pub(super) item: Option<&'a Location>,
    /// The schema of what a client sends to make one.
    pub(super) made_of: Option<&'a Location>,
}

impl<'a> Surroundings<'a> {
    pub(super) fn wanted<'w>(&'w self, parameter: Option<&'w str>) -> Wanted<'w> {
        let parameter = parameter.map(|name| (name, parameter_schema(self.operation, name)));
        Wanted { collection: self.name, parameter, item: self.item, sent: self.made_of }
    }

    pub(super) fn meanings(&self, paging: Option<&Paging>, item: &Location) -> Meanings {
        let keys = |plain: &str| {
            if !self.is_key_list(plain) {
                return None;
            }
            let wanted = self.wanted(None);
            Some(wrapping::key_of(self.contract, item, &wanted).unwrap_or_default())
        };
        let singular = shape::singular(&shape::plain(self.name));
        meanings(self.contract, self.operation, paging, item, Items { singular: &singular, keys: &keys })
    }

    /// The thing that the answer shows, where that is the one which holds the items.
    pub(super) fn holder(&self, resource: &Resource) -> Option<usize> {
        let shown = shape::target(self.contract, success_schema(self.operation)?);
        let paths = self.inference.paths();
        let own = &paths.nodes()[paths.of_entry(self.operation.index)].path;
        (resource.holder.as_ref()? == &shown).then(|| paths.number(parent_of(own))).flatten()
    }
}

impl Surroundings<'_> {
    pub(super) fn is_key_list(&self, name: &str) -> bool {
        words::is_key_list(&shape::plain(name), self.name)
    }
}
