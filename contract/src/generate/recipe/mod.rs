//! Recipes: what a schema's facets come to, folded once for the life of the contract and then only followed. Those that
//! leave no choice of branches have one; whatever is more than that is made the plain way, of its facets. Following a
//! recipe takes the same decisions as the plain way and makes the same value.
//!
//! In reading order: the recipes of a contract (`kept`), schema -> recipe (`compile`, with `frame` for objects that are
//! made often), recipe -> value (`follow`), and which recipes need no validator (`proof`).

mod kept;

mod compile;

mod frame;

mod follow;

mod proof;
pub(crate) use proof::is_silent;

pub(crate) use kept::{Root, root};

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock, Weak};

use serde_json::Value;

use crate::document::Location;
use crate::generate::plain::agree::Agreement;
use crate::generate::plain::facets::Kind;
use crate::generate::plain::number::Range;
use crate::generate::plain::text::Texts;
use crate::generate::recipe::frame::Frames;
use crate::generate::recipe::kept::Recipes;

/// A recipe: the steps that make a value which satisfies the schemas at some places.
#[derive(Debug)]
pub(crate) struct Recipe {
    /// The locations of the schemas.
    places: Vec<Location>,
    /// `None` where the plain way is taken.
    steps: Option<Steps>,
    /// Set once it is known that this recipe and all within it are proven.
    proven_within: AtomicBool,
}

/// The steps of a recipe, by the type that is chosen.
#[derive(Debug)]
struct Steps {
    /// The types, in the order in which they are tried, null last.
    kinds: Vec<Kind>,
    /// The listed values; the types say nothing then.
    values: Vec<Value>,
    /// Examples of the document that may stand for the value.
    examples: Vec<Value>,
    /// Examples that are a whole list or object, and may stand for a member of another.
    wholes: Vec<Value>,
    integer: Option<Range>,
    number: Option<Range>,
    text: Option<Texts<'static>>,
    list: Option<List>,
    object: Option<Object>,
    /// The proof that the value satisfies its keywords by the way it is made, as long as what lies within does.
    proof: Proof,
}

/// The need to judge what is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    ByConstruction,
    None,
}

#[derive(Debug)]
struct List {
    least: u64,
    /// The most items that are allowed.
    bound: u64,
    /// The children that the first items are made of.
    prefix: Vec<Child>,
    /// The child that all later items are made of.
    rest: Child,
}

#[derive(Debug)]
struct Object {
    members: Vec<Member>,
    agreement: Agreement,
    /// `None` where it has too many members for that.
    frames: Option<Frames>,
}

#[derive(Debug)]
struct Member {
    name: String,
    need: Need,
    /// The bit of an optional member, in turn; none where there are too many, or where it is always there.
    bit: u64,
    child: Child,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Always,
    NowAndThen,
}

/// The source of a member or item.
#[derive(Debug)]
enum Child {
    /// Nothing is said of it.
    Free,
    /// These schemas, looked up when one is first made.
    Of { places: Vec<Location>, found: OnceLock<Found> },
}

/// A recipe as others hold it. Those with something within belong to the contract alone, since they may come back to where
/// they began.
#[derive(Debug)]
enum Found {
    Leaf(Arc<Recipe>),
    Kept(Weak<Recipe>),
}

impl Child {
    fn places(&self) -> &[Location] {
        match self {
            Self::Free => &[],
            Self::Of { places, .. } => places,
        }
    }
}

impl Recipe {
    fn new(places: Vec<Location>, steps: Option<Steps>) -> Self {
        Self { places, steps, proven_within: AtomicBool::new(false) }
    }

    /// True where nothing lies within the values.
    fn is_leaf(&self) -> bool {
        self.steps.as_ref().is_some_and(|steps| steps.list.is_none() && steps.object.is_none())
    }

    /// The children that members and items are made of.
    fn children(&self) -> impl Iterator<Item = &Child> {
        let steps = self.steps.iter();
        steps.flat_map(|steps| {
            let items = steps.list.iter().flat_map(|list| list.prefix.iter().chain([&list.rest]));
            items.chain(steps.object.iter().flat_map(|object| object.members.iter().map(|member| &member.child)))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Document, NoFiles, Pointer, Source};
    use crate::generate::plain::maker::{Maker, Way};
    use crate::generate::{Choices, Numbers, Seeded};
    use crate::model::{Contract, Direction};

    fn contract(root: &Value) -> Contract {
        let text = root.to_string();
        let source = Source { name: "api.json", bytes: text.as_bytes() };
        Contract::new(Document::load(source, &[], &NoFiles).expect("a document"))
    }

    fn mixed() -> Value {
        json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}, "components": {"schemas": {
            "Leaf": {"type": ["string", "null"], "maxLength": 20, "description": "the first name"},
            "Letters": {"type": "string", "pattern": "^[a-f]{2,9}(-[0-9]+)*$", "minLength": 4},
            "Wide": {"type": "object", "required": ["id", "other", "z"], "properties": (0..70).map(|number| {
                (format!("m{number}"), json!({"type": "integer", "minimum": number}))
            }).chain([("id".to_owned(), json!({"type": "string", "format": "uuid"}))]).collect::<serde_json::Map<_, _>>()},
            "Some": {"type": "object", "required": ["c", "extra"], "additionalProperties": {"type": "number"}, "properties": {
                "a": {"$ref": "#/components/schemas/Leaf"}, "b": {"enum": [null, 1, "x", [2]]},
                "c": {"allOf": [{"type": "number", "multipleOf": 0.5}, {"maximum": 7}]},
                "startDate": {"type": "string", "format": "date"}, "endDate": {"type": "string", "format": "date"},
                "givenName": {"type": "string"}, "familyName": {"type": "string"}, "email": {"type": "string"},
                "never": false, "any": true, "seen": {"type": "string", "readOnly": true}
            }},
            "Tree": {"type": "object", "required": ["label"], "properties": {
                "label": {"$ref": "#/components/schemas/Letters"},
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}, "maxItems": 3},
                "either": {"oneOf": [{"$ref": "#/components/schemas/Some"}, {"type": "boolean"}]},
                "pair": {"type": "array", "minItems": 2, "prefixItems": [{"type": "string"}, {"type": ["integer", "object"]}], "items": false},
                "set": {"type": "array", "uniqueItems": true, "items": {"type": "boolean"}},
                "told": {"type": "string", "examples": ["this", 7], "default": "that"},
                "counted": {"type": "object", "minProperties": 2},
                "both": {"allOf": [{"$ref": "#/components/schemas/Some"}, {"properties": {"a": {"minLength": 3}}}]}
            }},
            "Endless": {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Endless"}}}
        }}})
    }

    fn all() -> Vec<Contract> {
        let shipped =
            [include_str!("../../../../spec/nexus-members.yaml"), include_str!("../../../../spec/invites.yaml")];
        let shipped = shipped.map(|text| serde_yaml::from_str::<Value>(text).expect("it is sound"));
        shipped.iter().chain([&mixed()]).map(contract).collect()
    }

    fn schemas(contract: &Contract) -> Vec<Location> {
        let named = contract.document().root().pointer("/components/schemas").and_then(Value::as_object);
        let pointer = |name: &String| Location::entry(["components", "schemas", name.as_str()].iter().collect());
        named.into_iter().flatten().map(|(name, _)| pointer(name)).collect()
    }

    /// The value that is made by following the recipe, and the one that is made the plain way.
    fn both(
        contract: &Contract,
        at: &Location,
        direction: Direction,
        attempt: usize,
        choices: impl Choices + Clone,
    ) -> [String; 2] {
        let recipe = Arc::clone(&root(contract, at, direction).recipe);
        let schema = contract.schema(at).expect("it is there");
        let (mut one, mut two) = (choices.clone(), choices);
        let mut following = Maker::new(contract, direction, Way::default(), &mut one);
        following.begin(attempt);
        let followed = format!("{:?} {}", following.follow(&recipe, "", 0), following.spent);
        let mut plain = Maker::new(contract, direction, Way::default(), &mut two);
        plain.begin(attempt);
        [followed, format!("{:?} {}", plain.make(&[schema], "", &[], 0), plain.spent)]
    }

    #[test]
    fn a_recipe_makes_what_the_plain_way_makes() {
        for contract in all() {
            for at in schemas(&contract) {
                for direction in [Direction::Request, Direction::Response] {
                    for round in 0..60 {
                        let mut source = Seeded::new(round, ["test"]);
                        let numbers: Vec<u64> = (0..300).map(|_| source.bits()).collect();
                        let attempt = usize::try_from(round % 9).expect("a small number");
                        let [followed, plain] = both(&contract, &at, direction, attempt, Numbers::new(&numbers));
                        assert_eq!(followed, plain, "{at:?} {attempt}");
                        let [followed, plain] = both(&contract, &at, direction, attempt, Seeded::new(round, ["x"]));
                        assert_eq!(followed, plain, "{at:?} {attempt}");
                    }
                }
            }
        }
    }

    #[test]
    fn most_schemas_have_a_recipe_and_those_with_alternatives_none() {
        let contract = contract(&mixed());
        let has = |name: &str| {
            let at = Location::entry(Pointer::parse(&format!("/components/schemas/{name}")).expect("a pointer"));
            root(&contract, &at, Direction::Request).recipe.steps.is_some()
        };
        assert!(["Leaf", "Letters", "Wide", "Some", "Tree", "Endless"].into_iter().all(has));
        assert!(!has("Tree/properties/either") && !has("Tree/properties/set") && !has("Tree/properties/counted"));
        assert!(has("Tree/properties/both") && has("Tree/properties/pair"));
    }

    #[test]
    fn what_is_proven_is_valid_whatever_the_decisions() {
        let mut proven = 0;
        for contract in all() {
            for at in schemas(&contract) {
                for direction in [Direction::Request, Direction::Response] {
                    let root = root(&contract, &at, direction);
                    if !root.is_proven(&contract, &at, direction) {
                        continue;
                    }
                    proven += 1;
                    for round in 0..100 {
                        let mut source = Seeded::new(round, ["proven"]);
                        let numbers: Vec<u64> = (0..200).map(|_| source.bits()).collect();
                        let mut choices = Numbers::new(&numbers);
                        let mut maker = Maker::new(&contract, direction, Way::default(), &mut choices);
                        let made = maker.follow(&root.recipe, "", 0).expect("it can be made");
                        assert_eq!(
                            crate::validate::is_valid(&contract, &at, direction, &made),
                            Ok(true),
                            "{at:?} {made}"
                        );
                    }
                }
            }
        }
        assert!(proven > 20, "{proven}");
        let contract = contract(&mixed());
        let at = |name: &str| Location::entry(["components", "schemas", name].iter().collect());
        for (name, expected) in [("Leaf", true), ("Wide", true), ("Letters", true), ("Some", false), ("Tree", false)] {
            let at = at(name);
            let proven = root(&contract, &at, Direction::Response).is_proven(&contract, &at, Direction::Response);
            assert_eq!(proven, expected, "{name}");
        }
    }
}
