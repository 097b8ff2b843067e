//! Which recipes make what is valid by construction, so that the validator need not be asked of each value: all of
//! their keywords are such that the way the value is made satisfies them. Whoever claims that is put to the test: some
//! values of each schema are judged before the claim is believed.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::Value;

use crate::document::Location;
use crate::generate::plain::facets::{Facets, Kind, Need, is_note, natural};
use crate::generate::plain::maker::{LEAN, Maker, Way};
use crate::generate::plain::text::Texts;
use crate::generate::recipe::kept::Recipes;
use crate::generate::recipe::{Child, Proof, Recipe, Root};
use crate::generate::{Numbers, Seeded};
use crate::model::Decimal;
use crate::model::{Contract, Direction, Schema};
use crate::validate;

/// The most recipes that are looked at to learn whether all of a schema's are proven.
const MAX_RECIPES: usize = 4_096;

/// The number of values of a schema that are judged before the others are believed.
const JUDGED: u64 = 6;

/// The number of decisions that each of them is made by; zero, the simplest, after those.
const DECISIONS: usize = 256;

/// True where every value that the root's recipe makes of numbers is valid.
pub(crate) fn holds(contract: &Contract, at: &Location, direction: Direction, root: &Root, recipes: &Recipes) -> bool {
    all_are_proven(contract, direction, &root.recipe, recipes)
        && (0..JUDGED).all(|number| {
            let mut source = Seeded::new(number, ["proof"]);
            let drawn: Vec<u64> = (0..DECISIONS).map(|_| source.bits()).collect();
            let mut choices = Numbers::new(&drawn);
            let mut maker = Maker::new(contract, direction, Way::default(), &mut choices);
            maker.begin(if number == 0 { LEAN } else { 0 });
            maker
                .follow(&root.recipe, "", 0)
                .is_ok_and(|made| validate::is_valid(contract, at, direction, &made) == Ok(true))
        })
}

fn all_are_proven(contract: &Contract, direction: Direction, first: &Arc<Recipe>, recipes: &Recipes) -> bool {
    let mut seen: HashMap<*const Recipe, Arc<Recipe>> = HashMap::new();
    let mut left = vec![Arc::clone(first)];
    while let Some(recipe) = left.pop() {
        if recipe.proven_within.load(Ordering::Relaxed) || seen.contains_key(&Arc::as_ptr(&recipe)) {
            continue;
        }
        let proven = recipe.steps.as_ref().is_some_and(|steps| steps.proof == Proof::ByConstruction);
        if !proven || seen.len() > MAX_RECIPES {
            return false;
        }
        for child in recipe.children() {
            if let Child::Of { places, .. } = child {
                left.push(recipes.of(contract, places, direction));
            }
        }
        seen.insert(Arc::as_ptr(&recipe), recipe);
    }
    // Whatever was reached from here reaches nothing that is not proven.
    seen.values().for_each(|recipe| recipe.proven_within.store(true, Ordering::Relaxed));
    true
}

/// True where the way in which the value is made satisfies all keywords of these schemas.
pub(crate) fn is_proven<'c>(
    contract: &'c Contract,
    parts: &[Schema<'c>],
    facets: &Facets<'c>,
    direction: Direction,
) -> bool {
    let keywords = || parts.iter().filter_map(|schema| schema.value.as_object()).flatten();
    if facets.values.is_some() {
        return keywords()
            .all(|(word, _)| matches!(word.as_str(), "enum" | "const" | "type" | "$ref" | "allOf") || is_silent(word));
    }
    let kinds = facets.possible();
    keywords().all(|(word, operand)| is_kept(word, operand) || is_silent(word))
        && (!kinds.contains(&Kind::String) || is_proven_text(&Texts::of(facets)))
        && facets.plan(contract, direction).iter().all(|planned| planned.need != Need::Unwanted)
        && facets.formats.len() < 2
}

/// True for keywords that every value satisfies.
pub(crate) fn is_silent(word: &str) -> bool {
    is_note(word) || matches!(word, "readOnly" | "writeOnly" | "xml" | "externalDocs" | "nullable")
}

/// True for keywords that are kept to the letter. Bounds that are no numbers we compute with are left to the validator.
fn is_kept(word: &str, operand: &Value) -> bool {
    match word {
        "type"
        | "properties"
        | "required"
        | "additionalProperties"
        | "items"
        | "prefixItems"
        | "$ref"
        | "allOf"
        | "format"
        | "pattern"
        | "uniqueItems" => true,
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            natural(operand).is_some()
        }
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
            Decimal::of(operand).is_some()
        }
        _ => false,
    }
}

/// Without examples to fall back on, and with one rule for what stands in it.
fn is_proven_text(texts: &Texts<'_>) -> bool {
    match texts.patterns.as_slice() {
        [] => texts.format.is_none() || texts.examples.is_empty(),
        [one] => {
            texts.format.is_none()
                && texts.examples.is_empty()
                && one.known.pattern().is_some_and(|pattern| pattern.is_exact())
        }
        _ => false,
    }
}
