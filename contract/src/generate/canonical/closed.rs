//! A closed copy of schemas: they and all that they refer to, under names of their own, as the algebra takes them; and
//! its canonical form as a contract. It knows nothing of what is asked of the algebra.

use std::collections::HashSet;
use std::sync::Arc;

use jsonschema::Draft;
use jsonschema::canonical::{self, CanonicalSchema, CanonicalView, Satisfiability};
use serde_json::{Map, Value, json};

use crate::document::{Document, Location, NoFiles, Source};
use crate::generate::canonical::conflict::Conflicts;
use crate::generate::plain::applicable::Applicable;
use crate::generate::{Cannot, Why};
use crate::model::{Children, Contract, Direction, NUMBER_FORMAT_KEYWORD, NumberFormat, bundle, is_step};
use crate::rule::Keyword;

/// Schemas and all that they refer to, under names of their own.
pub(super) struct Closed {
    schemas: Map<String, Value>,
    places: Vec<Location>,
}

impl Closed {
    pub(super) fn new(
        contract: &Contract,
        roots: &[Location],
        direction: Direction,
        most: usize,
    ) -> Result<Self, Cannot> {
        if !reaches_at_most(contract.document(), roots, most) {
            return Err(too_many(most));
        }
        let files = bundle(contract.document(), roots, direction).map_err(|defect| Cannot::defective(&defect))?;
        let mut copying = Copying { places: roots.to_vec(), count: 0, most };
        let mut schemas = Map::new();
        while schemas.len() < copying.places.len() {
            let at = copying.places[schemas.len()].clone();
            let found = files.get(&at.file).and_then(|file| at.pointer.get(file)).cloned().unwrap_or(Value::Bool(true));
            let copy = copying.schema(&found)?;
            schemas.insert(format!("k{}", schemas.len()), copy);
        }
        Ok(Self { schemas, places: copying.places })
    }

    /// The schemas that act on a value, part by part: without what leads to another part, and without the alternatives
    /// that are taken.
    pub(super) fn parts<'a>(
        &'a self,
        here: &'a Applicable,
    ) -> impl Iterator<Item = (&'a Location, Map<String, Value>)> {
        here.parts.iter().filter_map(|at| {
            let mut part = self.copy(at)?.as_object()?.clone();
            part.shift_remove("$ref");
            part.shift_remove("allOf");
            for taken in &here.taken {
                let word = taken.at.pointer.last().unwrap_or_default();
                if taken.at.file == at.file && taken.at.pointer.parent().is_some_and(|owner| owner == at.pointer) {
                    part.shift_remove(word.as_ref());
                    if word == "if" {
                        part.shift_remove("then");
                        part.shift_remove("else");
                    }
                }
            }
            Some((at, part))
        })
    }

    /// The schema of all values that the schema at a location refuses.
    pub(super) fn not(&self, at: &Location) -> Value {
        let number = self.places.iter().position(|known| known == at);
        number.map_or(Value::Bool(true), |number| json!({"not": {"$ref": format!("#/$defs/k{number}")}}))
    }

    fn copy(&self, at: &Location) -> Option<&Value> {
        let number = self.places.iter().position(|known| known == at)?;
        self.schemas.get(&format!("k{number}"))
    }

    /// The canonical form of a schema that refers to these by name.
    ///
    /// # Errors
    /// `Unsatisfiable`, with the keywords that conflict, where no value satisfies it; another reason where that is not known.
    pub(super) fn canonical(&self, root: Value) -> Result<Arc<Contract>, Cannot> {
        self.judged(root, as_contract)
    }

    /// The reason why no value satisfies a schema that refers to these by name; `None` where one may, or where that is not
    /// known.
    pub(super) fn emptiness(&self, root: Value) -> Option<Cannot> {
        self.judged(root, |_| Ok(())).err().filter(|cannot| cannot.why == Why::Unsatisfiable)
    }

    /// The thing that is made of the canonical form of a schema that some value may satisfy.
    fn judged<T>(&self, root: Value, make: fn(&CanonicalSchema) -> Result<T, Cannot>) -> Result<T, Cannot> {
        let Value::Object(mut whole) = root else { return Err(Cannot::because("a boolean has no form")) };
        whole.insert("$defs".to_owned(), Value::Object(self.schemas.clone()));
        let whole = Value::Object(whole);
        let unusable =
            |error: jsonschema::CanonicalizationError| Cannot::because(format!("the algebra of schemas: {error}"));
        let prepared = canonical::options()
            .with_draft(Draft::Draft202012)
            .offline()
            .should_validate_formats(true)
            .prepare(&whole)
            .map_err(unusable)?;
        let found = prepared.canonicalize().map_err(unusable)?;
        if found.satisfiability() == Satisfiability::No {
            return Err(Cannot::unsatisfiable(
                Conflicts { schemas: &self.schemas, places: &self.places }.told(&prepared),
            ));
        }
        make(&found)
    }
}

fn too_many(most: usize) -> Cannot {
    Cannot::budget(format!("the algebra takes at most {most} schemas at once"))
}

/// False where more schemas than that can be reached from some: found without copying any, since most questions about large
/// documents end here.
fn reaches_at_most(document: &Document, roots: &[Location], most: usize) -> bool {
    let mut seen: HashSet<Location> = HashSet::new();
    let mut open: Vec<Location> = roots.to_vec();
    let mut count = 0;
    while let Some(at) = open.pop() {
        let Some(root) = document.node(&at).filter(|_| seen.insert(at.clone())) else { continue };
        let mut within = vec![root];
        while let Some(schema) = within.pop() {
            count += 1;
            if count > most {
                return false;
            }
            for (keyword, value) in schema.as_object().into_iter().flatten() {
                match Children::of(keyword, value) {
                    Children::None => {}
                    Children::One(child) => within.push(child),
                    Children::List(children) => within.extend(children),
                    Children::Named(children) => within.extend(children.values()),
                }
            }
            let reference = schema.get("$ref").and_then(Value::as_str);
            open.extend(reference.and_then(|reference| document.resolve(&at, reference).ok()));
        }
    }
    true
}

struct Copying {
    places: Vec<Location>,
    count: usize,
    most: usize,
}

impl Copying {
    /// A copy without what only people read, with references by name, and the formats of integers as bounds.
    fn schema(&mut self, schema: &Value) -> Result<Value, Cannot> {
        self.count += 1;
        if self.count > self.most {
            return Err(too_many(self.most));
        }
        let Value::Object(members) = schema else { return Ok(schema.clone()) };
        let mut copy = Map::new();
        for (keyword, value) in members {
            let copied = match (keyword.as_str(), Children::of(keyword, value)) {
                ("$ref", _) => self.reference(value),
                (_, Children::One(child)) => self.schema(child)?,
                (_, Children::List(children)) if children.iter().all(is_step) => continue,
                (_, Children::List(children)) => {
                    Value::Array(children.iter().map(|child| self.schema(child)).collect::<Result<_, _>>()?)
                }
                (_, Children::Named(children)) => Value::Object(
                    children
                        .iter()
                        .map(|(name, child)| Ok((name.clone(), self.schema(child)?)))
                        .collect::<Result<_, Cannot>>()?,
                ),
                (word, Children::None) if is_asserted(word) => value.clone(),
                (_, Children::None) => continue,
            };
            copy.insert(keyword.clone(), copied);
        }
        let format = members.get(NUMBER_FORMAT_KEYWORD).and_then(Value::as_str);
        if let Some((least, most)) = format.and_then(NumberFormat::find).and_then(NumberFormat::integers) {
            let bound =
                |value: i128| Value::Number(serde_json::Number::from_i128(value).expect("it has 64 bits at most"));
            let bounds = json!({"minimum": bound(least), "maximum": bound(most)});
            if let Value::Array(parts) = copy.entry("allOf").or_insert_with(|| json!([])) {
                parts.push(bounds);
            }
            copy.shift_remove("format");
        }
        Ok(Value::Object(copy))
    }

    fn reference(&mut self, value: &Value) -> Value {
        let Some(at) = value.as_str().and_then(Location::from_uri) else { return value.clone() };
        let number = self.places.iter().position(|known| *known == at).unwrap_or_else(|| {
            self.places.push(at);
            self.places.len() - 1
        });
        json!(format!("#/$defs/k{number}"))
    }
}

/// True for keywords that a value can break and that hold no schemas.
fn is_asserted(keyword: &str) -> bool {
    Keyword::parse(keyword).is_some() && !keyword.starts_with("content") && keyword != NUMBER_FORMAT_KEYWORD
        || keyword == "dependentRequired"
}

/// The location of the canonical form in its contract.
pub(crate) fn root() -> Location {
    Location::entry(["components", "schemas", "root"].iter().collect())
}

/// The canonical form as the only schema of a contract, so that values are made of it as of any other.
fn as_contract(found: &CanonicalSchema) -> Result<Arc<Contract>, Cannot> {
    if let CanonicalView::Raw(raw) = found.view() {
        let reason: &'static str = raw.reason.into();
        return Err(Cannot::because(format!("the algebra of schemas gave up: {}", reason.replace('_', " "))));
    }
    let mut schema = found.to_json_schema();
    let definitions = match &mut schema {
        Value::Object(members) => members.shift_remove("$defs").unwrap_or_else(|| json!({})),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => json!({}),
    };
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "the canonical form of a schema", "version": "1"},
        "paths": {},
        "components": {"schemas": {"root": schema}},
        "$defs": definitions,
    });
    let text = rooted(document).to_string();
    let source = Source { name: "canonical.json", bytes: text.as_bytes() };
    let document = Document::load(source, &[], &NoFiles)
        .map_err(|_| Cannot::because("the algebra of schemas wrote what cannot be read"))?;
    Ok(Arc::new(Contract::new(document)))
}

/// A reference to the whole is one to where the whole stands now.
fn rooted(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| {
                    if name == "$ref" && value == "#" {
                        (name, json!("#/components/schemas/root"))
                    } else {
                        (name, rooted(value))
                    }
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(rooted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}
