//! The algebra of schemas, by `jsonschema`'s canonical form: whether any value satisfies a schema, which keywords are in
//! each other's way where none does, and the same schema with `not`, `oneOf` and conditions resolved, from which values
//! can be made where the plain way finds none. It sees a closed copy: the schema and all that it refers to.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use jsonschema::Draft;
use jsonschema::canonical::UnsatisfiableReason as Unsatisfied;
use jsonschema::canonical::{self, CanonicalSchema, CanonicalView, Cause, PreparedDocument, Satisfiability};
use serde_json::{Map, Value, json};

use crate::document::{Document, Location, NoFiles, Pointer, Source};
use crate::generate::plain::applicable::{Applicable, along};
use crate::generate::plain::maker::Way;
use crate::generate::{Cannot, Why};
use crate::model::{Children, Contract, Direction, NUMBER_FORMAT_KEYWORD, NumberFormat, bundle, is_step};

/// How many schemas a closed copy may hold: the algebra multiplies branches out, and takes seconds for what is larger.
const MAX_SCHEMAS: usize = 1_500;

/// The same where branches are taken: what the other branches refuse multiplies out further.
const MAX_BRANCHED: usize = 300;

/// How many pairs of branches are compared.
const MAX_PAIRS: usize = 50;

/// How many steps a reason is followed down to the keywords that make it.
const MAX_STEPS: usize = 32;

/// What the algebra says of a schema.
#[derive(Clone)]
pub(crate) enum Form {
    /// Some value may satisfy it: the same schema in canonical form, as the only schema of a contract of its own.
    Canonical(Arc<Contract>),
    /// None does, or nothing is known.
    None(Cannot),
}

/// Where the canonical form stands in its contract.
pub(crate) fn root() -> Location {
    Location::entry(["components", "schemas", "root"].iter().collect())
}

/// What acts on a place, the keyword to break, and the member that it speaks of.
type Broken = (Applicable, Location, Option<String>);

/// What was found so far.
#[derive(Default)]
struct Forms {
    known: RwLock<HashMap<(Location, Direction), Form>>,
    broken: RwLock<HashMap<Broken, Form>>,
    empty: RwLock<HashMap<(Applicable, Direction), Option<Cannot>>>,
}

const KEPT: &str = "nothing panics while this is held";

/// The canonical form of the schema at a location.
pub(crate) fn form(contract: &Contract, at: &Location, direction: Direction) -> Form {
    let forms = contract.attached::<Forms>();
    let key = (at.clone(), direction);
    if let Some(found) = forms.known.read().expect(KEPT).get(&key) {
        return found.clone();
    }
    let made = Closed::new(contract, std::slice::from_ref(at), direction, MAX_SCHEMAS)
        .and_then(|closed| closed.canonical(json!({"$ref": "#/$defs/k0"})))
        .map_or_else(Form::None, Form::Canonical);
    forms.known.write().expect(KEPT).insert(key, made.clone());
    made
}

/// The canonical form of all that the schema at a location refuses.
pub(crate) fn negation(contract: &Contract, at: &Location, direction: Direction) -> Form {
    Closed::new(contract, std::slice::from_ref(at), direction, MAX_SCHEMAS)
        .and_then(|closed| closed.canonical(json!({"not": {"$ref": "#/$defs/k0"}})))
        .map_or_else(
            |cannot| match cannot.why {
                Why::Unsatisfiable => Form::None(Cannot::of(Why::Implied, "every value is valid")),
                Why::Defective | Why::Implied | Why::NoWireForm | Why::Budget | Why::NotFound => Form::None(cannot),
            },
            Form::Canonical,
        )
}

/// Whether a place can hold any value, within the branches that the way takes: the reason where it cannot.
pub(crate) fn emptiness(contract: &Contract, root: &Location, way: Way<'_>, direction: Direction) -> Option<Cannot> {
    let forms = contract.attached::<Forms>();
    along(contract, root, way).into_iter().find_map(|here| {
        let key = (here, direction);
        if let Some(found) = forms.empty.read().expect(KEPT).get(&key) {
            return found.clone();
        }
        let found = empty(contract, &key.0, direction);
        forms.empty.write().expect(KEPT).insert(key, found.clone());
        found
    })
}

fn empty(contract: &Contract, here: &Applicable, direction: Direction) -> Option<Cannot> {
    let closed = Closed::new(contract, &everything(here), direction, bound(here)).ok()?;
    let mut all: Vec<Value> = closed.parts(here).map(|(_, part)| Value::Object(part)).collect();
    all.extend(here.barred.iter().map(|barred| closed.not(barred)));
    let refused =
        |all: &[Value]| closed.canonical(json!({"allOf": all})).err().filter(|cannot| cannot.why == Why::Unsatisfiable);
    if let Some(cannot) = refused(&all) {
        return Some(cannot);
    }
    let exclusive = here.taken.iter().find(|taken| taken.is_exclusive())?;
    all.extend(here.taken.iter().filter(|taken| taken.is_exclusive()).flat_map(|t| &t.others).map(|o| closed.not(o)));
    let at = &exclusive.at.pointer;
    refused(&all).map(|_| {
        Cannot::unsatisfiable(format!("whatever fits this branch of #{at} fits another of its branches as well"))
    })
}

/// The canonical form of what satisfies all that acts on a value, but for one keyword, which it breaks. Where branches are
/// taken here, no other branch is satisfied instead.
pub(crate) fn breaking(contract: &Contract, here: &Applicable, keyword: &Location, member: Option<&str>) -> Form {
    let forms = contract.attached::<Forms>();
    let key = (here.clone(), keyword.clone(), member.map(str::to_owned));
    if let Some(found) = forms.broken.read().expect(KEPT).get(&key) {
        return found.clone();
    }
    let made = broken(contract, here, keyword, member).map_or_else(Form::None, Form::Canonical);
    forms.broken.write().expect(KEPT).insert(key, made.clone());
    made
}

fn broken(
    contract: &Contract,
    here: &Applicable,
    keyword: &Location,
    member: Option<&str>,
) -> Result<Arc<Contract>, Cannot> {
    let closed = Closed::new(contract, &everything(here), Direction::Request, bound(here))?;
    let owner = keyword.pointer.parent().unwrap_or_default();
    let word = keyword.pointer.last().unwrap_or_default().into_owned();
    let mut all = Vec::new();
    let mut broken = None;
    for (at, mut part) in closed.parts(here) {
        if at.file == keyword.file && at.pointer == owner && broken.is_none() {
            broken = Some(without(&mut part, &word, member)?);
        }
        all.push(Value::Object(part));
    }
    let broken = broken.ok_or_else(|| Cannot::because("the keyword does not act here alone"))?;
    all.push(json!({"not": broken}));
    all.extend(here.taken.iter().flat_map(|taken| &taken.others).map(|other| closed.not(other)));
    all.extend(here.barred.iter().map(|barred| closed.not(barred)));
    closed.canonical(json!({"allOf": all})).map_err(|cannot| match cannot.why {
        Why::Unsatisfiable => Cannot::of(Why::Implied, format!("implied: {}", cannot.reason)),
        Why::Defective | Why::Implied | Why::NoWireForm | Why::Budget | Why::NotFound => cannot,
    })
}

/// Says that no value fits two branches of the `oneOf` at a location, where that is so.
pub(crate) fn disjoint(contract: &Contract, at: &Location) -> Option<Cannot> {
    let count = contract.document().node(at).and_then(Value::as_array).map_or(0, Vec::len);
    let pairs = (0..count).flat_map(|one| (one + 1..count).map(move |other| (one, other)));
    if count * count > MAX_PAIRS * 2 {
        return None;
    }
    for (one, other) in pairs {
        let branches = [at.index(one), at.index(other)];
        let closed = Closed::new(contract, &branches, Direction::Request, MAX_BRANCHED).ok()?;
        let both = json!({"allOf": [{"$ref": "#/$defs/k0"}, {"$ref": "#/$defs/k1"}]});
        if closed.canonical(both).err().is_none_or(|cannot| cannot.why != Why::Unsatisfiable) {
            return None;
        }
    }
    Some(Cannot::of(Why::Implied, "implied: no two branches have a value in common"))
}

/// The schemas that a closed copy must hold.
fn everything(here: &Applicable) -> Vec<Location> {
    let others = here.taken.iter().flat_map(|taken| &taken.others);
    here.parts.iter().chain(others).chain(&here.barred).cloned().collect()
}

fn bound(here: &Applicable) -> usize {
    if here.taken.is_empty() { MAX_SCHEMAS } else { MAX_BRANCHED }
}

/// Takes a keyword out of a schema, and gives it with what it needs beside it to mean the same.
fn without(part: &mut Map<String, Value>, word: &str, member: Option<&str>) -> Result<Value, Cannot> {
    let missing = || Cannot::because("the keyword does not stand in the schema");
    if word == "required" {
        let name = member.ok_or_else(missing)?;
        let names = part.get_mut("required").and_then(Value::as_array_mut).ok_or_else(missing)?;
        names.retain(|known| known != name);
        return Ok(json!({"required": [name]}));
    }
    let word = if word == NUMBER_FORMAT_KEYWORD { "format" } else { word };
    let operand = part.shift_remove(word).ok_or_else(missing)?;
    let mut alone = Map::from_iter([(word.to_owned(), operand)]);
    let beside: &[&str] = match word {
        "additionalProperties" => &["properties", "patternProperties"],
        "items" => &["prefixItems"],
        "contains" => &["minContains", "maxContains"],
        "minContains" | "maxContains" => &["contains"],
        "if" => &["then", "else"],
        _ => &[],
    };
    for name in beside {
        let Some(value) = part.get(*name) else { continue };
        let kept = match (*name, value) {
            ("properties" | "patternProperties", Value::Object(named)) => {
                Value::Object(named.keys().map(|name| (name.clone(), Value::Bool(true))).collect())
            }
            ("prefixItems", Value::Array(items)) => Value::Array(items.iter().map(|_| Value::Bool(true)).collect()),
            (_, other) => other.clone(),
        };
        alone.insert((*name).to_owned(), kept);
    }
    if word == "contains" {
        part.shift_remove("minContains");
        part.shift_remove("maxContains");
    }
    Ok(Value::Object(alone))
}

/// Schemas and all that they refer to, under names of their own.
struct Closed {
    schemas: Map<String, Value>,
    places: Vec<Location>,
}

impl Closed {
    fn new(contract: &Contract, roots: &[Location], direction: Direction, most: usize) -> Result<Self, Cannot> {
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

    /// What acts on a value, part by part: without what leads to another part, and without the alternatives that are taken.
    fn parts<'a>(&'a self, here: &'a Applicable) -> impl Iterator<Item = (&'a Location, Map<String, Value>)> {
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

    /// What a schema refuses.
    fn not(&self, at: &Location) -> Value {
        let number = self.places.iter().position(|known| known == at);
        number.map_or(Value::Bool(true), |number| json!({"not": {"$ref": format!("#/$defs/k{number}")}}))
    }

    fn copy(&self, at: &Location) -> Option<&Value> {
        let number = self.places.iter().position(|known| known == at)?;
        self.schemas.get(&format!("k{number}"))
    }

    fn canonical(&self, root: Value) -> Result<Arc<Contract>, Cannot> {
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
            return Err(Cannot::unsatisfiable(self.conflict(&prepared)));
        }
        as_contract(&found)
    }

    /// The keywords that are in each other's way.
    fn conflict(&self, prepared: &PreparedDocument<'_>) -> String {
        const PLAIN: &str = "no value satisfies all keywords";
        let Ok(reasons) = prepared.unsatisfiable() else { return PLAIN.to_owned() };
        let mut at = String::new();
        for _ in 0..MAX_STEPS {
            match reasons.get(&at) {
                Some(Unsatisfied::Literal) => return format!("`false` at {}", self.place(&at)),
                Some(Unsatisfied::Empty(cause)) => {
                    if cause.keywords.is_empty() || cause.keywords == ["$ref"] {
                        let next = self.followed(&cause.pointer);
                        if next == at {
                            return format!("nothing satisfies the schema at {}", self.place(&at));
                        }
                        at = next;
                    } else {
                        return self.cause(cause) + " allows nothing";
                    }
                }
                Some(Unsatisfied::Conflict(causes)) => {
                    let causes: Vec<String> = causes.iter().map(|cause| self.cause(cause)).collect();
                    return format!("{} cannot both be satisfied", causes.join(" and "));
                }
                None => {
                    let next = self.followed(&at);
                    if next == at {
                        return PLAIN.to_owned();
                    }
                    at = next;
                }
            }
        }
        PLAIN.to_owned()
    }

    /// The pointer of the schema that the one at a pointer refers to; itself where it is no reference.
    fn followed(&self, pointer: &str) -> String {
        let target = |reference: &Value| reference.as_str().and_then(|text| text.strip_prefix('#')).map(str::to_owned);
        if pointer.is_empty() {
            return "/$defs/k0".to_owned();
        }
        let tail = pointer.strip_prefix("/$defs/").unwrap_or(pointer);
        let (name, rest) =
            tail.split_once('/').map_or((tail, String::new()), |(name, rest)| (name, format!("/{rest}")));
        let found = self.schemas.get(name).and_then(|schema| schema.pointer(&rest));
        found.and_then(|schema| schema.get("$ref")).and_then(target).unwrap_or_else(|| pointer.to_owned())
    }

    fn cause(&self, cause: &Cause) -> String {
        let words: Vec<String> = cause.keywords.iter().map(|word| format!("`{word}`")).collect();
        let words = if words.is_empty() { "the schema".to_owned() } else { words.join(", ") };
        match self.place(&cause.pointer) {
            place if place.is_empty() => words,
            place => format!("{words} at {place}"),
        }
    }

    fn place(&self, pointer: &str) -> String {
        let Some(tail) = pointer.strip_prefix("/$defs/k") else { return String::new() };
        let (number, rest) =
            tail.split_once('/').map_or((tail, String::new()), |(number, rest)| (number, format!("/{rest}")));
        let known = number.parse::<usize>().ok().and_then(|number| self.places.get(number));
        let rest = Pointer::parse(&rest).unwrap_or_default();
        known.map_or_else(String::new, |at| format!("#{}", at.pointer.append(&rest)))
    }
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
            return Err(Cannot::budget(format!("the algebra takes at most {} schemas at once", self.most)));
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
    crate::rule::Keyword::parse(keyword).is_some()
        && !keyword.starts_with("content")
        && keyword != NUMBER_FORMAT_KEYWORD
        || keyword == "dependentRequired"
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
