//! Where the nodes of the entry document stand in a text, once overlays were laid over it: in the overlay that brought
//! them, or under another index than theirs, because something before them was removed. Says nothing of nodes that
//! stand where their pointer says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::{FileId, Location, Pointer};

/// The nodes that stand elsewhere than their pointer says. What is below a node stands below where that stands, unless it
/// is named itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    moved: BTreeMap<Pointer, Location>,
    shifted: usize,
}

/// The most nodes that are noted to stand elsewhere: an overlay that people wrote has hundreds. Of further ones the nearest place
/// is told.
const MAX_MOVED: usize = 50_000;

/// The most items that are moved up in all. After that, removing items changes no places any more.
const MAX_SHIFTED: usize = 100_000;

/// The origin of something that is laid into the document.
pub(super) enum Source<'s> {
    /// From a text: an overlay's.
    Text(Location),
    /// From another place of the document, as it was when it was copied.
    Document(Pointer, &'s Origins),
}

impl Source<'_> {
    fn join(&self, token: &str) -> Self {
        match self {
            Self::Text(at) => Self::Text(at.join(token)),
            Self::Document(at, origins) => Self::Document(at.join(token), origins),
        }
    }

    pub(super) fn index(&self, index: usize) -> Self {
        match self {
            Self::Text(at) => Self::Text(at.index(index)),
            Self::Document(at, origins) => Self::Document(at.index(index), origins),
        }
    }
}

impl Origins {
    /// The location at which a node of the entry document was written.
    pub(super) fn find(&self, at: &Pointer) -> Location {
        let mut above = Some(at.clone());
        while let Some(here) = above.filter(|_| !self.moved.is_empty()) {
            if let Some(origin) = self.moved.get(&here) {
                let rest = Pointer::parse(&at.as_str()[here.as_str().len()..]).unwrap_or_default();
                return Location { file: origin.file, pointer: origin.pointer.append(&rest) };
            }
            above = here.parent();
        }
        Location { file: FileId(0), pointer: at.clone() }
    }

    /// Notes what merging `update` into the node at a pointer changes: members that are new, values that are replaced, and
    /// items that are added.
    pub(super) fn merge(&mut self, at: &Pointer, node: &Value, update: &Value, from: &Source<'_>) {
        match (node, update) {
            (Value::Object(members), Value::Object(more)) => {
                for (key, value) in more {
                    match members.get(key) {
                        Some(known) => self.merge(&at.join(key), known, value, &from.join(key)),
                        None => self.set(&at.join(key), &from.join(key)),
                    }
                }
            }
            (Value::Array(items), Value::Array(more)) => {
                for index in 0..more.len() {
                    self.set(&at.index(items.len() + index), &from.index(index));
                }
            }
            _ => self.set(at, from),
        }
    }

    /// Notes that a whole node comes from elsewhere.
    pub(super) fn set(&mut self, at: &Pointer, from: &Source<'_>) {
        self.forget(at);
        if self.moved.len() >= MAX_MOVED {
            return;
        }
        match from {
            Source::Text(origin) => {
                self.moved.insert(at.clone(), origin.clone());
            }
            Source::Document(source, origins) => {
                self.moved.insert(at.clone(), origins.find(source));
                for (below, origin) in origins.below(source) {
                    self.moved.insert(at.append(&below), origin);
                }
            }
        }
    }

    /// Notes that a member is gone, or an item of an array that had so many: those after it move up.
    pub(super) fn remove(&mut self, parent: &Pointer, token: &str, items: Option<usize>) {
        let (Some(items), Ok(index)) = (items, token.parse::<usize>()) else {
            return self.forget(&parent.join(token));
        };
        self.shifted = self.shifted.saturating_add(items.saturating_sub(index));
        let moving = if self.shifted > MAX_SHIFTED || self.moved.len() >= MAX_MOVED { 0..0 } else { index + 1..items };
        for later in moving {
            let (from, to) = (parent.index(later), parent.index(later - 1));
            let (origin, below) = (self.find(&from), self.below(&from));
            self.forget(&to);
            self.moved.insert(to.clone(), origin);
            self.moved.extend(below.into_iter().map(|(below, origin)| (to.append(&below), origin)));
        }
        self.forget(&parent.index(items.saturating_sub(1)));
    }

    /// The origins of the nodes below a node, by the way from there.
    fn below(&self, at: &Pointer) -> Vec<(Pointer, Location)> {
        let start = format!("{}/", at.as_str());
        let from = Pointer::parse(&start).unwrap_or_default();
        let within = self.moved.range(from..).take_while(|(pointer, _)| pointer.as_str().starts_with(&start));
        within
            .filter_map(|(pointer, origin)| {
                Some((Pointer::parse(&pointer.as_str()[at.as_str().len()..])?, origin.clone()))
            })
            .collect()
    }

    fn forget(&mut self, at: &Pointer) {
        self.moved.remove(at);
        for (below, _) in self.below(at) {
            self.moved.remove(&at.append(&below));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Location, Pointer};
    use crate::document::{Document, NoFiles, Source};

    const DOCUMENT: &str = "openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /a:
    get:
      parameters:
        - {name: one}
        - {name: two}
        - {name: three}
      responses: {'200': {description: old}}
";

    const OVERLAY: &str = "overlay: 1.0.0
info: {title: o, version: '1'}
actions:
  - target: $.paths['/a'].get
    update:
      summary: new
      responses:
        '200': {description: changed}
        '404': {description: added}
  - target: $.paths['/a'].get.parameters[?@.name == 'one']
    remove: true
  - target: $.paths['/a'].get.parameters
    update: {name: four}
";

    const COPIES: &str = "overlay: 1.1.0
info: {title: o, version: '1'}
actions:
  - target: $.paths
    update: {/b: {}}
  - target: $.paths['/b']
    copy: $.paths['/a']
  - target: $.paths['/a'].get.responses
    remove: true
";

    /// File, line and the pointer there of a node.
    fn placed(pointer: &str) -> (String, usize, String) {
        let overlays = [
            Source { name: "one.overlay.yaml", bytes: OVERLAY.as_bytes() },
            Source { name: "two.overlay.yaml", bytes: COPIES.as_bytes() },
        ];
        let source = Source { name: "api.yaml", bytes: DOCUMENT.as_bytes() };
        let document = Document::load(source, &overlays, &NoFiles).expect("it can be loaded");
        let at = Location::entry(Pointer::parse(pointer).expect("a pointer"));
        assert!(document.node(&at).is_some(), "there is no {pointer} in {}", document.root());
        let place = document.place(&at);
        assert!(document.excerpt(&place).is_some(), "{place:?}");
        (place.file, place.line, place.pointer.as_str().to_owned())
    }

    #[test]
    fn what_an_overlay_brought_stands_in_the_overlay() {
        let text = |file: &str, line: usize, pointer: &str| (file.to_owned(), line, pointer.to_owned());
        assert_eq!(placed("/paths/~1a/get"), text("api.yaml", 5, "/paths/~1a/get"));
        assert_eq!(placed("/paths/~1a/get/summary"), text("one.overlay.yaml", 6, "/actions/0/update/summary"));
        let status = |status: &str| format!("/paths/~1b/get/responses/{status}/description");
        let update = |status: &str| format!("/actions/0/update/responses/{status}/description");
        assert_eq!(placed(&status("200")), text("one.overlay.yaml", 8, &update("200")));
        assert_eq!(placed(&status("404")), text("one.overlay.yaml", 9, &update("404")));
        assert_eq!(placed("/paths/~1b"), text("two.overlay.yaml", 5, "/actions/0/update/~1b"));
        assert_eq!(placed("/paths/~1b/get"), text("api.yaml", 5, "/paths/~1a/get"));
    }

    #[test]
    fn what_moved_up_in_a_list_stands_where_it_was_written() {
        for item in ["/paths/~1a/get/parameters", "/paths/~1b/get/parameters"] {
            assert_eq!(placed(&format!("{item}/0/name")).1, 8, "{item}");
            assert_eq!(placed(&format!("{item}/1/name")).1, 9, "{item}");
            let four = placed(&format!("{item}/2/name"));
            assert_eq!((four.0.as_str(), four.1, four.2.as_str()), ("one.overlay.yaml", 13, "/actions/2/update/name"));
        }
    }
}
