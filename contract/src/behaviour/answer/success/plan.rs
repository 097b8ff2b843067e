//! The way in which an item or a list gets into a body, settled once for each operation and schema: where every part of the
//! schema judges items one by one, each is shown, judged and written by itself, and the body is written around it. Any other
//! body is composed and judged as a whole. A plan is data, made of the contract alone.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use serde_json::Value;

use crate::behaviour::answer::simplest;
use crate::behaviour::inference::is_envelope;
use crate::behaviour::shape;
use crate::behaviour::{Effect, Inferred};
use crate::codec;
use crate::document::{Folding, Location, Pointer};
use crate::model::{Content, Contract, MediaType, Schema};

/// The number of what is shown of items, never used twice in a process: so that what one contract showed is never taken for
/// what the next one shows.
static NUMBERS: AtomicU64 = AtomicU64::new(0);

/// The most plans that are kept for a contract: one for each operation and content, so only a document without end has more.
const MAX_PLANS: usize = 100_000;

/// Keywords that judge nothing, or that are followed.
const SILENT: [&str; 14] = [
    "$ref",
    "allOf",
    "type",
    "title",
    "description",
    "default",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "xml",
    "externalDocs",
    "$comment",
];

/// Keywords that look at an object, but at no member's value: `properties` is followed.
const OF_OBJECTS: [&str; 6] =
    ["properties", "required", "additionalProperties", "minProperties", "maxProperties", "propertyNames"];

/// The way in which a body shows what came of a request.
pub(super) enum BodyPlan {
    /// It is composed and judged as a whole.
    Composed,
    /// What is shown of each item is written by itself.
    Placed(Box<Placed>),
}

/// The place of items in a body, and how each is shown there.
pub(super) struct Placed {
    /// The schema of an item.
    pub(super) each: Location,
    /// The place of the item or of the list.
    pub(super) place: Pointer,
    /// The names on the way to that place.
    pub(super) way: Vec<String>,
    /// The media type that the bytes are of.
    pub(super) media_type: MediaType,
    /// The body without an item: with an empty list in its place, where it is a list.
    pub(super) base: Value,
    /// The body with the first item that was shown; `None` where the schema allows none there.
    pub(super) stand_in: OnceLock<Option<Value>>,
    /// The number of what is shown of an item where that fits the schema as it is, which other operations share.
    pub(super) plain: u64,
    /// The number of what is shown of an item where it had to be completed.
    pub(super) completed: u64,
}

/// The content whose body is planned, with what stands there.
pub(super) struct Asked<'a> {
    pub(super) contract: &'a Contract,
    pub(super) behaviour: &'a dyn Inferred,
    pub(super) effect: &'a Effect,
    pub(super) content: &'a Content,
    /// The schema of the body.
    pub(super) at: &'a Location,
    /// The place of the item or of the list.
    pub(super) place: &'a Pointer,
    pub(super) holds: Holds,
}

/// The kind of what a body holds at its place.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Holds {
    /// One item.
    One,
    /// A list of items.
    Many,
}

/// The operation, the seed of its data, the schema and the kind of a body.
type PlanKey = (usize, u64, Location, Holds);

/// What the same is shown by: the collection and the subject of an operation, the schema, and whether that is the collection's own.
type Alike = (Option<usize>, Option<usize>, Location, bool);

/// The plans of a contract, and the numbers of what is shown alike.
#[derive(Default)]
struct Plans {
    plans: RwLock<HashMap<PlanKey, Arc<BodyPlan>, Folding>>,
    alike: RwLock<HashMap<Alike, u64>>,
}

/// The plan of an operation's body, made when it is first asked for and kept with the contract.
pub(super) fn plan(asked: &Asked<'_>, operation: usize, seed: u64) -> Arc<BodyPlan> {
    let plans = asked.contract.attached::<Plans>();
    let key = (operation, seed, asked.at.clone(), asked.holds);
    if let Some(found) = plans.plans.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Arc::clone(found);
    }
    let made = Arc::new(match asked.placed(&plans) {
        Some(placed) => BodyPlan::Placed(Box::new(placed)),
        None => BodyPlan::Composed,
    });
    let mut all = plans.plans.write().unwrap_or_else(PoisonError::into_inner);
    if all.len() < MAX_PLANS {
        all.insert(key, Arc::clone(&made));
    }
    made
}

fn number() -> u64 {
    NUMBERS.fetch_add(1, Ordering::Relaxed)
}

impl Asked<'_> {
    /// The place of items; `None` where not each of them is judged by itself.
    fn placed(&self, plans: &Plans) -> Option<Placed> {
        if !codec::is_json(self.contract, self.content) || self.content.media_type.is_problem_json() {
            return None;
        }
        let here = self.passed()?;
        let [at] = here.as_slice() else { return None };
        let each = match self.holds {
            Holds::One => at.clone(),
            Holds::Many => self.listed(at)?,
        };
        let holds_list = self.holds == Holds::One
            && shape::is_array(self.contract, &each)
            && !shape::is_object(self.contract, &each);
        // What a dynamic reference means depends on the files that were gone through before.
        if holds_list || each.file != self.at.file {
            return None;
        }
        let base = match self.holds {
            Holds::One if self.place.as_str().is_empty() => Value::Null,
            Holds::One => simplest(self.contract, self.at).ok().filter(|base| !self.holds_more(base))?,
            Holds::Many => {
                let mut base = simplest(self.contract, self.at).ok()?;
                self.place.put(&mut base, Value::Array(Vec::new())).ok()?;
                base
            }
        };
        Some(Placed {
            plain: self.number(plans, &each),
            completed: number(),
            each,
            place: self.place.clone(),
            way: self.place.tokens().map(std::borrow::Cow::into_owned).collect(),
            media_type: self.content.media_type.clone(),
            base,
            stand_in: OnceLock::new(),
        })
    }

    /// True where another thing must stand beside the item, which is made for each answer.
    fn holds_more(&self, base: &Value) -> bool {
        let first = self.place.tokens().next();
        let mut members = base.as_object().into_iter().flatten();
        members.any(|(name, value)| {
            value.is_object() && first.as_deref() != Some(name.as_str()) && !is_envelope(&shape::plain(name))
        })
    }

    /// The schemas at the place, where each schema on the way there judges it by `properties` alone.
    fn passed(&self) -> Option<Vec<Location>> {
        let mut here = vec![self.at.clone()];
        for token in self.place.tokens() {
            let mut below = Vec::new();
            for at in &here {
                let conjuncts = self.contract.conjuncts(at);
                for part in conjuncts.schemas.iter().filter(|_| conjuncts.is_whole) {
                    let member = part.member("properties", &token);
                    let rest = part.get("additionalProperties").filter(|_| member.is_none());
                    if !speaks_only(part, &OF_OBJECTS) || rest.is_some_and(|rest| *rest != Value::Bool(true)) {
                        return None;
                    }
                    below.extend(member.map(|member| member.at));
                }
                if !conjuncts.is_whole {
                    return None;
                }
            }
            here = below;
        }
        Some(here)
    }

    /// The schema of each item of the list at a location; `None` where more than `items` judges them, or where the list shows
    /// keys.
    fn listed(&self, at: &Location) -> Option<Location> {
        let conjuncts = self.contract.conjuncts(at);
        if !conjuncts.is_whole || !conjuncts.schemas.iter().all(|part| speaks_only(part, &["items"])) {
            return None;
        }
        let mut items = conjuncts.schemas.iter().filter_map(|part| part.child("items"));
        let (Some(each), None) = (items.next(), items.next()) else { return None };
        let is_scalar = !shape::is_object(self.contract, &each.at) && !shape::types(self.contract, &each.at).is_empty();
        (!is_scalar).then_some(each.at)
    }

    /// The number of what a schema shows of items as they are: the same for all operations that show the same.
    fn number(&self, plans: &Plans, each: &Location) -> u64 {
        let collection = self.effect.collection.map(|number| self.behaviour.collection(number));
        let is_own = collection.is_some_and(|collection| collection.item.as_ref() == Some(each));
        // Whether an answer tells the key by another name depends on where its schema stands.
        let at = if is_own { each.clone() } else { self.meant(each) };
        let key = (self.effect.collection, self.effect.subject, at, is_own);
        let mut alike = plans.alike.write().unwrap_or_else(PoisonError::into_inner);
        *alike.entry(key).or_insert_with(number)
    }

    /// The location that a schema stands for which is a reference and nothing else.
    fn meant(&self, at: &Location) -> Location {
        let is_bare = self
            .contract
            .document()
            .node(at)
            .and_then(Value::as_object)
            .is_some_and(|node| node.len() == 1 && node.contains_key("$ref"));
        if is_bare { shape::target(self.contract, at) } else { at.clone() }
    }
}

/// True where a schema has no keywords but these and those that judge nothing.
fn speaks_only(schema: &Schema<'_>, words: &[&str]) -> bool {
    schema.value.as_object().is_some_and(|node| {
        node.keys()
            .map(String::as_str)
            .all(|word| SILENT.contains(&word) || words.contains(&word) || word.starts_with("x-"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::behaviour::infer;
    use crate::document::{Document, NoFiles, Source};

    /// True where each item of the list that `GET /things` shows is judged by itself, by the schema of the body.
    fn is_placed(body: &Value) -> bool {
        let content = |schema: &Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
        let thing = json!({"$ref": "#/components/schemas/Thing"});
        let root = json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "paths": {"/things": {
                "get": {"responses": {"200": content(body)}},
                "post": {"requestBody": content(&thing), "responses": {"201": content(&thing)}}}},
            "components": {"schemas": {
                "Thing": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
                "List": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}}});
        let bytes = root.to_string();
        let source = Source { name: "t.json", bytes: bytes.as_bytes() };
        let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("a document"));
        let behaviour = infer(&contract);
        let operation = contract.operation(0).expect("it is sound");
        let content = &operation.success().expect("it is documented").content[0];
        let place = if body.get("items").is_some() || body.get("$ref").is_some() { "" } else { "/things" };
        let asked = Asked {
            contract: &contract,
            behaviour: &behaviour,
            effect: behaviour.effect(0),
            content,
            at: content.schema.as_ref().expect("it is described"),
            place: &Pointer::parse(place).expect("a pointer"),
            holds: Holds::Many,
        };
        matches!(&*plan(&asked, 0, 0), BodyPlan::Placed(_))
    }

    #[test]
    fn items_are_judged_one_by_one_where_nothing_else_looks_at_them() {
        let list = json!({"$ref": "#/components/schemas/List"});
        for (body, placed) in [
            (json!({"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}), true),
            (list.clone(), true),
            (json!({"type": "object", "properties": {"things": list, "total": {"type": "integer"}}}), true),
            (json!({"allOf": [{"type": "object", "properties": {"things": list}}, {"required": ["things"]}]}), true),
            (
                json!({"type": "object", "properties": {"things": {"allOf": [list, {"title": "all"}]}}, "x-note": 1}),
                true,
            ),
            (json!({"properties": {"things": {"allOf": [list, {"minItems": 1}]}}}), false),
            (json!({"properties": {"things": {"allOf": [list, {"uniqueItems": true}]}}}), false),
            (json!({"type": "object", "properties": {"things": {"allOf": [list, list]}}}), true),
            (json!({"properties": {"things": {"allOf": [list, {"items": {"type": "object"}}]}}}), false),
            (json!({"properties": {"things": {"allOf": [list, {"contains": {"type": "object"}}]}}}), false),
            (json!({"properties": {"things": {"allOf": [list, {"prefixItems": [{"type": "object"}]}]}}}), false),
            (json!({"properties": {"things": list}, "unevaluatedProperties": false}), false),
            (json!({"properties": {"things": list}, "if": {"required": ["total"]}, "then": {}}), false),
            (json!({"oneOf": [{"properties": {"things": list}}]}), false),
            (json!({"allOf": [{"properties": {"things": list}}, {"additionalProperties": {"type": "array"}}]}), false),
            (json!({"allOf": [{"properties": {"things": list}}, {"patternProperties": {"^t": {}}}]}), false),
        ] {
            assert_eq!(is_placed(&body), placed, "{body}");
        }
    }
}
