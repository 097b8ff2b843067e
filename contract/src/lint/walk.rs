//! The walk over every object of a document, as it is written, against the grammar of the specification, and over every
//! reference.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::document::{Code, Defect, Document, Location, Severity, Version, nearest};
use crate::lint::fields::{fields, members_of};
use crate::lint::grammar::{Field, Kind, Shape};
use crate::lint::keyword::shown;
use crate::lint::look::{Lint, MAX_FOUND};
use crate::lint::sample::Sample;
use crate::lint::seen::{Seen, Wiring};
use crate::lint::{object, sample, schema, usage};
use crate::model::{PathTemplate, StatusPattern};

/// The longest path that is looked into, in bytes.
const MAX_PATH: usize = 4_000;

/// The most levels that objects are followed into one another within one file; the readers of text stop far before.
const MAX_DEPTH: usize = 512;

/// Everything that the walk over a document finds.
#[derive(Debug)]
pub(crate) struct Findings {
    /// The defects that were found, in order, each with its severity.
    pub(crate) found: Vec<(Defect, Severity)>,
    /// The examples and defaults that there are.
    pub(crate) samples: Vec<Sample>,
    /// The schemas whose keywords may be in each other's way.
    pub(crate) composed: Vec<Location>,
    /// The components that nothing refers to.
    pub(crate) unused: Vec<Defect>,
}

/// Walks over a document.
pub(crate) fn walk(document: &Document) -> Findings {
    let mut lint = Lint {
        document,
        written: document.reread(),
        found: Vec::new(),
        queue: vec![(Location::default(), Kind::Document, document.version())],
        seen: HashSet::new(),
        settled: HashSet::new(),
        schemas: Seen::default(),
        usage: usage::Usage::default(),
        wiring: Wiring::default(),
        samples: Vec::new(),
        composed: Vec::new(),
    };
    while let Some((at, kind, version)) = lint.queue.pop() {
        let number = at.file.0 as usize;
        let Some(file) = lint.written.get_mut(number).map(std::mem::take) else { continue };
        let version = Version::of(&file).unwrap_or(version);
        if let Some(node) = at.pointer.get(&file) {
            lint.visit(&at, kind, node, version, 0);
        }
        lint.written[number] = file;
        if lint.found.len() >= MAX_FOUND {
            break;
        }
    }
    lint.found.truncate(MAX_FOUND);
    if lint.found.is_empty() && document.version() == Version::OpenApi30 {
        lint.read_by_types();
    }
    let unused = lint.usage.unused(document);
    Findings { found: lint.found, samples: lint.samples, composed: lint.composed, unused }
}

impl Lint<'_> {
    /// Asks openapiv3, whose types are a second reading of OpenAPI 3.0, about a document that nothing else was found in:
    /// what it refuses must not go unseen.
    fn read_by_types(&mut self) {
        let Some(root) = self.written.first() else { return };
        if let Err(error) = openapiv3::OpenAPI::deserialize(root) {
            let reason = format!("the typed reading of OpenAPI 3.0 stumbles over this document: {error}");
            self.warn(Code::WrongType, Location::default(), reason, None);
        }
    }

    pub(crate) fn visit(&mut self, at: &Location, kind: Kind, node: &Value, version: Version, depth: usize) {
        if depth > MAX_DEPTH || self.found.len() >= MAX_FOUND {
            return;
        }
        if kind == Kind::Schema {
            schema::schema(self, at, node, version, depth);
            return schema::check_against_meta_schema(self, at);
        }
        let Value::Object(members) = node else {
            let reason = format!("{} must be an object, not {}", kind.name(), shown(node));
            return self.warn(Code::WrongType, at.clone(), reason, None);
        };
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            if kind.may_be_reference(version) {
                self.refer(at, reference, kind, version);
                self.beside(at, members, kind, version);
                if kind != Kind::PathItem {
                    return;
                }
            } else {
                let reason = format!("a `$ref` may not stand for {} in {version}", kind.name());
                self.warn(Code::Unsupported, at.join("$ref"), reason, None);
                if self.document.resolve(at, reference).is_ok() {
                    self.refer(at, reference, kind, version);
                }
                return;
            }
        }
        match fields(kind) {
            Some(known) => self.fields(at, kind, members, known, version, depth),
            None => self.own_members(at, kind, members, version, depth),
        }
        object::check(self, at, kind, members, version);
        sample::of_object(self.document, at, kind, members, version, &mut self.samples);
    }

    /// Reports members beside a reference, which are ignored, but for those that the specification allows there.
    fn beside(&mut self, at: &Location, members: &Map<String, Value>, kind: Kind, version: Version) {
        if kind == Kind::PathItem {
            for key in ["parameters", "servers"].iter().filter(|key| members.contains_key(**key)) {
                let reason =
                    format!("`{key}` beside a path item's `$ref` concerns no operation that the `$ref` leads to");
                self.warn(Code::Unsupported, at.join(key), reason, None);
            }
            return;
        }
        let allowed = |key: &str| {
            key == "$ref"
                || key.starts_with("x-")
                || version >= Version::OpenApi31 && matches!(key, "summary" | "description")
        };
        let harmless = |key: &str| matches!(key, "summary" | "description" | "title");
        if let Some(key) = members.keys().find(|key| !allowed(key) && !harmless(key)) {
            let reason = format!("`{key}` beside a `$ref` is ignored");
            self.warn(Code::Unsupported, at.join(key), reason, None);
        }
    }

    fn fields(
        &mut self,
        at: &Location,
        kind: Kind,
        members: &Map<String, Value>,
        known: &[Field],
        version: Version,
        depth: usize,
    ) {
        for field in known.iter().filter(|field| field.is_required(version) && !members.contains_key(field.name)) {
            let near = members.keys().find(|key| nearest(key, [field.name]).is_some());
            let hint = near.map(|near| format!("did you mean `{}` by `{near}`?", field.name));
            self.warn(Code::Missing, at.clone(), format!("{} must have `{}`", kind.name(), field.name), hint);
        }
        for (key, value) in members {
            let here = at.join(key);
            if let Some(field) = known.iter().find(|field| field.name == key && field.is_in(version)) {
                self.member(&here, field, value, version, depth + 1);
            } else if !key.starts_with("x-") && !object::is_known_elsewhere(kind, key, version) {
                let later = known.iter().any(|field| field.name == key);
                let reason = if later {
                    format!("{version} does not know `{key}` in {}; it is ignored", kind.name())
                } else {
                    format!("{} has no `{key}`; it is ignored", kind.name())
                };
                let names = known.iter().filter(|field| field.is_in(version)).map(|field| field.name);
                let meant = nearest(key, names).filter(|meant| !members.contains_key(*meant));
                self.warn(Code::Unsupported, here, reason, meant.map(|meant| format!("did you mean `{meant}`?")));
            }
        }
    }

    fn member(&mut self, at: &Location, field: &Field, value: &Value, version: Version, depth: usize) {
        let name = field.name;
        let wrong = match (field.shape, value) {
            (Shape::Any, _) | (Shape::Text, Value::String(_)) | (Shape::Flag, Value::Bool(_)) => None,
            (Shape::Text, other) => Some(format!("`{name}` must be a string, not {}", shown(other))),
            (Shape::Flag, other) => Some(format!("`{name}` must be true or false, not {}", shown(other))),
            (Shape::Texts, Value::Array(items)) => items
                .iter()
                .find(|item| !item.is_string())
                .map(|item| format!("`{name}` must hold strings, not {}", shown(item))),
            (Shape::Texts, other) => Some(format!("`{name}` must be a list of strings, not {}", shown(other))),
            (Shape::TextMap, Value::Object(named)) => named
                .iter()
                .find(|(key, item)| !item.is_string() && !key.starts_with("x-"))
                .map(|(key, item)| format!("`{key}` in `{name}` must be a string, not {}", shown(item))),
            (Shape::One(kind), value) => {
                self.visit(at, kind, value, version, depth);
                None
            }
            (Shape::List(kind), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.visit(&at.index(index), kind, item, version, depth);
                }
                None
            }
            (Shape::Map(kind), Value::Object(named)) if named.get("$ref").is_some_and(Value::is_string) => {
                self.section_elsewhere(at, kind, named, version);
                None
            }
            (Shape::Map(kind), Value::Object(named)) => {
                for (key, item) in named.iter().filter(|(key, _)| kind == Kind::Schema || !key.starts_with("x-")) {
                    let here = at.join(key);
                    // Components are what references lead to; each is looked at once.
                    if self.seen.insert((here.clone(), kind)) {
                        self.visit(&here, kind, item, version, depth);
                    }
                }
                None
            }
            (Shape::List(_), other) => Some(format!("`{name}` must be a list, not {}", shown(other))),
            (Shape::Map(_) | Shape::TextMap, other) => {
                Some(format!("`{name}` must be an object, not {}", shown(other)))
            }
        };
        if let Some(reason) = wrong {
            self.warn(Code::WrongType, at.clone(), reason, None);
        }
    }

    /// A whole map that stands elsewhere, which the specification does not have, but which many write.
    fn section_elsewhere(&mut self, at: &Location, kind: Kind, named: &Map<String, Value>, version: Version) {
        let reference = named.get("$ref").and_then(Value::as_str).unwrap_or_default();
        match self.document.resolve(at, reference) {
            Ok(target) => {
                self.usage.refer(at, &target);
                let names = self.document.node(&target).and_then(Value::as_object).into_iter().flatten();
                for name in names.map(|(name, _)| name).filter(|name| !name.starts_with("x-")) {
                    let here = target.join(name);
                    if self.seen.insert((here.clone(), kind)) {
                        self.queue.push((here, kind, version));
                    }
                }
                self.warn(
                    Code::Unsupported,
                    at.join("$ref"),
                    "a `$ref` may not stand for a whole map; it is followed all the same",
                    None,
                );
            }
            Err(defect) => self.found.push((Defect { at: at.join("$ref"), ..defect }, Severity::Error)),
        }
    }

    fn own_members(&mut self, at: &Location, kind: Kind, members: &Map<String, Value>, version: Version, depth: usize) {
        let Some(inner) = members_of(kind) else { return };
        for (key, item) in members.iter().filter(|(key, _)| !key.starts_with("x-") && *key != "$ref") {
            let here = at.join(key);
            if kind == Kind::Paths {
                self.path_key(&here, key);
            } else if kind == Kind::Responses {
                self.status_key(&here, key);
            }
            self.visit(&here, inner, item, version, depth + 1);
        }
        if kind == Kind::Responses && members.is_empty() {
            self.warn(Code::Missing, at.clone(), "`responses` must have one response or more", None);
        }
    }

    fn path_key(&mut self, here: &Location, key: &str) {
        if !key.starts_with('/') {
            let hint = Some(format!("write `/{key}`"));
            self.warn(Code::WrongType, here.clone(), format!("the path `{key}` must begin with a slash"), hint);
        } else if let Some(name) = twice(key) {
            let reason = format!("the path `{key}` has `{{{name}}}` twice");
            self.warn(Code::PathParameter, here.clone(), reason, Some("give each its own name".to_owned()));
        } else if key.contains(['?', '#']) {
            let reason = format!("the path `{key}` has a query or fragment, which the specification does not have");
            let hint = Some("describe query parameters instead".to_owned());
            self.warn(Code::Unsupported, here.clone(), reason, hint);
        }
    }

    fn status_key(&mut self, here: &Location, key: &str) {
        if StatusPattern::parse(key).is_none() {
            let hint = "a status has three digits, such as 200; a range is written as 2XX".to_owned();
            self.warn(Code::WrongType, here.clone(), format!("`{key}` is not a status"), Some(hint));
        } else if key.contains('x') {
            let reason = format!("the range `{key}` must be written in upper case; it is read so all the same");
            let hint = Some(format!("write `{}`", key.to_ascii_uppercase()));
            self.warn(Code::WrongType, here.clone(), reason, hint);
        }
    }
}

/// The parameter that a path template has more than once.
fn twice(path: &str) -> Option<String> {
    if path.len() > MAX_PATH {
        return None;
    }
    let template = PathTemplate::parse(path);
    let mut seen = HashSet::new();
    template.parameters().find(|name| !seen.insert(name.to_owned())).map(str::to_owned)
}
