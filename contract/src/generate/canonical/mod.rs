//! The algebra of schemas, by `jsonschema`'s canonical form: whether any value satisfies a schema, which keywords are
//! in each other's way where none does, and the same schema with `not`, `oneOf` and conditions resolved, from which
//! values can be made where the plain way finds none. It sees a closed copy (`closed`) and says what conflicts in it
//! (`conflict`); `impossible` asks it about a whole document, but for what is plain without it (`plainly`).

mod closed;
mod conflict;
mod impossible;
mod plainly;

pub(crate) use closed::root;
pub use impossible::impossible;

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use serde_json::{Map, Value, json};

use crate::document::Location;
use crate::generate::canonical::closed::Closed;
use crate::generate::plain::applicable::{Applicable, along};
use crate::generate::plain::maker::Way;
use crate::generate::{Cannot, Why};
use crate::model::{Contract, Direction, NUMBER_FORMAT_KEYWORD};

/// The most schemas that a closed copy may hold: the algebra multiplies branches out, and takes seconds for what is larger.
const MAX_SCHEMAS: usize = 1_500;

/// The same where branches are taken: what the other branches refuse multiplies out further.
const MAX_BRANCHED: usize = 300;

/// The most pairs of branches that are compared.
const MAX_PAIRS: usize = 50;

/// The canonical form of a schema, or the reason why there is none.
#[derive(Clone)]
pub(crate) enum Form {
    /// Some value may satisfy it: the same schema in canonical form, as the only schema of a contract of its own.
    Canonical(Arc<Contract>),
    /// None does, or nothing is known.
    None(Cannot),
}

/// The schemas that act on a place, the keyword to break, and the member that it speaks of.
type Broken = (Applicable, Location, Option<String>);

/// The forms that were found so far, kept with the contract.
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

/// The reason why a place can hold no value, within the branches that the way takes; `None` where it can.
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
    let refused = |all: &[Value]| closed.emptiness(json!({"allOf": all}));
    if let Some(cannot) = refused(&all) {
        return Some(cannot);
    }
    let exclusive = here.taken.iter().find(|taken| taken.is_exclusive())?;
    all.extend(here.taken.iter().filter(|taken| taken.is_exclusive()).flat_map(|t| &t.others).map(|o| closed.not(o)));
    let at = &exclusive.at.pointer;
    refused(&all).map(|_| {
        Cannot::unsatisfiable(format!(
            "every value that fits this branch of #{at} fits another of its branches as well"
        ))
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
        closed.emptiness(both)?;
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
