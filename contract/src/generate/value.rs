//! Values that satisfy a schema: made the plain way first, which is fast and keeps what the document says for people;
//! and of the schema's canonical form where that fails.

use std::cell::Cell;

use serde_json::Value;

use crate::document::Location;
use crate::generate::canonical::{self, Form};
use crate::generate::plain::assorted::assorted;
use crate::generate::plain::facets::Facets;
use crate::generate::plain::maker::{ATTEMPTS, LEAN, Maker, Way};
use crate::generate::recipe::{self, Recipe, Root};
use crate::generate::{Cannot, Choices, Numbers, Taste, Why, one_of};
use crate::model::{Contract, Direction};
use crate::rule::{Breach, Keyword, Subject};
use crate::validate::{self, Violation};

/// A value that is valid for the schema at a location, as the schema applies to requests or to responses (`readOnly`,
/// `writeOnly`).
///
/// # Errors
/// The reason why no value was found: none satisfies the schema, the schema is defective, or the search was given up.
pub fn value(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    value_reaching(contract, at, direction, Way::default(), choices)
}

/// The same, with the members and items on the way present, optional as they may be.
pub(crate) fn value_reaching(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    way: Way<'_>,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    let mends = Cell::new(MENDS);
    let judge = |made: Value| judged(contract, at, direction, way, &mends, made);
    let root = recipe::root(contract, at, direction);
    if let Some(cannot) = root.too_much(|| too_much(contract, at, direction, &root)) {
        return Err(cannot);
    }
    // What believable values take of the document's examples and of other members is always judged.
    let free = way.path.is_empty() && way.branches.is_empty();
    let proven = free && choices.taste() == Taste::Plain && root.is_proven(contract, at, direction);
    let trust = |made: Value| if proven { Ok(made) } else { judge(made) };
    let start = if way.path.is_empty() { Start::Recipe(&root.recipe) } else { Start::Schema(at) };
    let plain = match attempts(contract, start, direction, way, choices, &trust) {
        Ok(made) => return Ok(made),
        // The canonical form knows neither broken schemas nor single branches.
        Err(cannot) if cannot.why == Why::Defective => return Err(cannot),
        Err(cannot) if !way.branches.is_empty() => {
            return Err(canonical::emptiness(contract, at, way, direction).unwrap_or(unproven(cannot)));
        }
        // What is too much is so in any form.
        Err(cannot) if cannot == Maker::needs_more() => return Err(cannot),
        Err(cannot) => cannot,
    };
    match canonical::form(contract, at, direction) {
        Form::Canonical(form) => {
            let plain = match attempts(&form, Start::Schema(&canonical::root()), direction, way, choices, &judge) {
                Ok(made) => return Ok(made),
                Err(_) => plain,
            };
            if plain.why == Why::Unsatisfiable && !way.path.is_empty() {
                // The whole can be satisfied, but perhaps not with something at this place.
                return Err(canonical::emptiness(contract, at, way, direction).unwrap_or(unproven(plain)));
            }
            Err(unproven(plain))
        }
        Form::None(cannot) if cannot.why == Why::Unsatisfiable => Err(cannot),
        Form::None(_) => Err(unproven(plain)),
    }
}

/// The value where the validator agrees with it, or what it was mended to where only alternatives are broken.
fn judged(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    way: Way<'_>,
    mends: &Cell<usize>,
    made: Value,
) -> Result<Value, Cannot> {
    match validate::decide(contract, at, direction, &made) {
        Ok(Some(true)) => return Ok(made),
        Ok(Some(false)) => {}
        Ok(None) => return Err(undecided()),
        Err(defect) => return Err(Cannot::defective(&defect)),
    }
    let found =
        validate::value(contract, at, direction, &Subject::Body, &made).map_err(|defect| Cannot::defective(&defect))?;
    let alternatives = |violation: &Violation| {
        matches!(violation.breach, Breach::Keyword { keyword: Keyword::OneOf | Keyword::AnyOf, .. })
    };
    if found.iter().all(alternatives) && mends.get() > 0 {
        mends.set(mends.get() - 1);
        if let Some(mended) = one_of::mend(contract, at, direction, way, &made) {
            return Ok(mended);
        }
    }
    Err(Cannot::because(match found.first() {
        Some(violation) => format!("no value was found that satisfies all keywords together: {violation}"),
        None => "the validator does not agree with itself".to_owned(),
    }))
}

/// A value that is not valid for the schema at a location, as plain as one can be.
///
/// # Errors
/// Why none was found; `Why::Implied` where every value is valid.
pub fn invalid(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    let judge = |made: &Value| {
        validate::is_valid(contract, at, direction, made)
            .map(|valid| !valid)
            .map_err(|defect| Cannot::defective(&defect))
    };
    for plain in assorted() {
        if judge(&plain)? {
            return Ok(plain);
        }
    }
    let form = match canonical::negation(contract, at, direction) {
        Form::Canonical(form) => form,
        Form::None(cannot) => return Err(cannot),
    };
    for attempt in 0..ATTEMPTS {
        if let Ok(made) = value_of_form(&form, attempt, choices)
            && judge(&made)?
        {
            return Ok(made);
        }
    }
    Err(Cannot::because("no value was found that the schema refuses"))
}

/// The most values that fit too many alternatives and are mended: each takes the validator many steps.
const MENDS: usize = 3;

/// The plain way sees one branch at a time: what it takes for impossible may only be hard to find.
fn unproven(cannot: Cannot) -> Cannot {
    if cannot.why == Why::Unsatisfiable { Cannot::because(cannot.reason) } else { cannot }
}

/// The reason why it would take too much to make values of a schema, where even one without optional members is too
/// large, or takes the validator more steps than it has. Learnt by fixed decisions, so that the answer is the same
/// whoever asks first.
fn too_much(contract: &Contract, at: &Location, direction: Direction, root: &Root) -> Option<Cannot> {
    let mut simplest = Numbers::new(&[]);
    let mut maker = Maker::new(contract, direction, Way::default(), &mut simplest);
    maker.begin(LEAN);
    match maker.follow(&root.recipe, "", 0) {
        Err(_) if maker.is_spent() => Some(Maker::needs_more()),
        Ok(made) if is_undecided(contract, at, direction, &made) => {
            Some(Cannot::budget("even the simplest value takes too many steps to compare with all alternatives"))
        }
        Ok(_) | Err(_) => None,
    }
}

fn is_undecided(contract: &Contract, at: &Location, direction: Direction, made: &Value) -> bool {
    let found = validate::value(contract, at, direction, &Subject::Body, made).unwrap_or_default();
    found.iter().any(|violation| matches!(violation.breach, Breach::Undecided | Breach::Beyond))
}

/// The source of a value: a recipe, or a schema with a way to go.
#[derive(Clone, Copy)]
enum Start<'r> {
    Recipe(&'r Recipe),
    /// The schema at a place, with a way to go.
    Schema(&'r Location),
}

fn attempts(
    contract: &Contract,
    start: Start<'_>,
    direction: Direction,
    way: Way<'_>,
    choices: &mut dyn Choices,
    judge: &dyn Fn(Value) -> Result<Value, Cannot>,
) -> Result<Value, Cannot> {
    let mut last = Cannot::because("no value was found that satisfies the schema");
    let mut maker = Maker::new(contract, direction, way, choices);
    for attempt in 0..ATTEMPTS {
        maker.begin(attempt);
        let made = match start {
            Start::Recipe(recipe) => maker.follow(recipe, "", 0),
            Start::Schema(at) => {
                let schema = contract.schema(at).map_err(|defect| Cannot::defective(&defect))?;
                maker.make(&[schema], "", way.path, 0)
            }
        };
        match made.and_then(judge) {
            Ok(made) => return Ok(made),
            Err(_) if maker.is_spent() => return Err(Maker::needs_more()),
            Err(cannot) if cannot.why == Why::Defective || cannot == undecided() => return Err(cannot),
            Err(cannot) => last = cannot,
        }
    }
    Err(last)
}

/// No other value would be any easier to judge.
fn undecided() -> Cannot {
    Cannot::budget("it takes too many steps to compare a value with all alternatives")
}

/// A value for facets that were changed on purpose: at a limit, or past it. Not validated: the caller knows what it wants.
pub(crate) fn value_of<'c>(
    contract: &'c Contract,
    facets: Facets<'c>,
    direction: Direction,
    name: &str,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    Maker::new(contract, direction, Way::default(), choices).fulfil(facets, name, &[], 0)
}

/// The same, an object with exactly these optional members.
pub(crate) fn object_of<'c>(
    contract: &'c Contract,
    facets: Facets<'c>,
    exactly: Vec<String>,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    let mut maker = Maker::new(contract, Direction::Request, Way::default(), choices);
    maker.exactly = Some(exactly);
    maker.fulfil(facets, "", &[], 0)
}

/// A value of the canonical form of something that need not be valid: to break one keyword and keep the others.
pub(crate) fn value_of_form(form: &Contract, attempt: usize, choices: &mut dyn Choices) -> Result<Value, Cannot> {
    let root = canonical::root();
    let schema = form.schema(&root).map_err(|defect| Cannot::defective(&defect))?;
    let mut maker = Maker::new(form, Direction::Request, Way::default(), choices);
    maker.begin(attempt);
    let made = maker.make(&[schema], "", &[], 0)?;
    match validate::is_valid(form, &root, Direction::Request, &made) {
        Ok(true) => Ok(made),
        _ => Err(Cannot::because("no value was found for the canonical form")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Document, NoFiles, Pointer, Source};
    use crate::generate::plain::maker::MAX_VALUES;

    fn contract(schemas: &Value) -> (Contract, Location) {
        let root = json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {},
            "components": {"schemas": schemas}});
        let text = root.to_string();
        let source = Source { name: "api.json", bytes: text.as_bytes() };
        let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("a document"));
        (contract, Location::entry(Pointer::parse("/components/schemas/S0").expect("a pointer")))
    }

    /// Decisions that are counted.
    struct Counted(usize);

    impl Choices for Counted {
        fn below(&mut self, _: u64) -> u64 {
            self.0 += 1;
            0
        }
    }

    #[test]
    fn values_that_double_at_each_level_are_given_up_after_so_many() {
        let mut schemas = serde_json::Map::new();
        for number in 0..38 {
            let next = json!({"$ref": format!("#/components/schemas/S{}", number + 1)});
            let made = json!({"type": "object", "required": ["a", "b"], "properties": {"a": next, "b": next}});
            schemas.insert(format!("S{number}"), made);
        }
        schemas.insert("S38".to_owned(), json!({"type": "string"}));
        let (contract, at) = contract(&Value::Object(schemas));
        let mut counted = Counted(0);
        for _ in 0..100 {
            let cannot = value(&contract, &at, Direction::Request, &mut counted).expect_err("it is too large");
            assert_eq!(cannot, Maker::needs_more());
        }
        assert!(counted.0 <= 20 * MAX_VALUES, "{}", counted.0);
    }

    #[test]
    fn alternatives_that_double_at_each_level_are_given_up_after_one_look() {
        let mut schemas = serde_json::Map::new();
        for number in 0..40 {
            let next = json!({"$ref": format!("#/components/schemas/S{}", number + 1)});
            schemas.insert(format!("S{number}"), json!({"oneOf": [next, next, {"type": "null"}]}));
        }
        schemas.insert("S40".to_owned(), json!({"type": "string"}));
        let (contract, at) = contract(&Value::Object(schemas));
        let mut counted = Counted(0);
        for _ in 0..100 {
            let cannot = value(&contract, &at, Direction::Request, &mut counted).expect_err("it takes too long");
            assert_eq!(cannot.why, Why::Budget, "{cannot}");
        }
        assert_eq!(counted.0, 0, "nothing is made of it");
    }

    #[test]
    fn conditions_and_dependencies_are_satisfied() {
        for schema in [
            json!({"type": "object", "required": ["a"], "dependentRequired": {"a": ["b"], "b": ["a"]}}),
            json!({"type": "object", "if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b"]},
                "else": {"required": ["c"]}, "properties": {"a": {"type": "integer"}}}),
            json!({"type": "object", "patternProperties": {"^(a+)+$": {"type": "integer"}, "b": false},
                "additionalProperties": false, "minProperties": 3}),
        ] {
            let (contract, at) = contract(&json!({"S0": schema}));
            for first in 0..20 {
                let numbers = [first, 3 * first + 1, 7, first];
                let made = value(&contract, &at, Direction::Request, &mut Numbers::new(&numbers));
                assert!(made.is_ok(), "{schema}: {made:?}");
            }
        }
    }
}
