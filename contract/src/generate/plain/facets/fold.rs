//! Folding: what each keyword of a schema, of those it refers to and of the parts of its `allOf` says of the value.

use std::collections::HashSet;

use serde_json::Value;

use crate::document::Location;
use crate::generate::Cannot;
use crate::generate::plain::facets::{Alternative, Bound, Condition, Contains, Distinct, Facets, Kind, List, Members};
use crate::model::{Contract, Decimal, Faker, MediaType, Schema};

/// The most references and branches that may be folded into one view before a schema is taken for circular.
const MAX_FOLDS: usize = 256;

/// Folds schemas into facets.
pub(crate) struct Folds<'c> {
    contract: &'c Contract,
    following: Vec<Location>,
    left: usize,
}

impl<'c> Folds<'c> {
    pub(crate) fn new(contract: &'c Contract) -> Self {
        Self { contract, following: Vec::new(), left: MAX_FOLDS }
    }

    pub(crate) fn fold(&mut self, schema: &Schema<'c>, into: &mut Facets<'c>) -> Result<(), Cannot> {
        self.left = self.left.checked_sub(1).ok_or_else(|| Cannot::budget("the schema folds into too many parts"))?;
        let Value::Object(keywords) = schema.value else {
            into.never |= schema.value == &Value::Bool(false);
            return Ok(());
        };
        if let Some(reference) = schema.reference() {
            let target = self.contract.refer(schema, reference).map_err(|defect| Cannot::defective(&defect))?;
            if self.following.contains(&target.at) {
                return Err(Cannot::unsatisfiable("the schema refers to itself without end"));
            }
            self.following.push(target.at.clone());
            self.fold(&target, into)?;
            self.following.pop();
        }
        for (keyword, operand) in keywords {
            keyword_into(schema, keyword, operand, into);
        }
        members_into(schema, into);
        if let Some(when) = schema.child("if") {
            let (then, otherwise) = (schema.child("then"), schema.child("else"));
            if then.is_some() || otherwise.is_some() {
                into.conditions.push(Condition { when, then, otherwise });
            }
        }
        for branch in schema.children("allOf") {
            self.fold(&branch, into)?;
        }
        if let Some(not) = schema.child("not") {
            self.avoid(&not, into);
        }
        if let Some(required) = schema.get("required").and_then(Value::as_array) {
            let mut known: HashSet<&'c str> = into.required.iter().copied().collect();
            into.required.extend(required.iter().filter_map(Value::as_str).filter(|name| known.insert(name)));
        }
        Ok(())
    }

    /// Folds in what can be kept of a `not` without knowing the value: members that may not be there together, values,
    /// types.
    pub(crate) fn avoid(&mut self, not: &Schema<'c>, into: &mut Facets<'c>) {
        into.nots.push(not.clone());
        let Value::Object(keywords) = not.value else {
            into.never |= not.value == &Value::Bool(true);
            return;
        };
        into.never |= keywords.keys().all(|keyword| is_note(keyword));
        if let Some(reference) = not.reference() {
            if let Ok(target) = self.contract.refer(not, reference)
                && !self.following.contains(&target.at)
                && self.left > 0
            {
                self.left -= 1;
                self.following.push(target.at.clone());
                self.avoid(&target, into);
                self.following.pop();
            }
            return;
        }
        for branch in not.children("anyOf") {
            self.avoid(&branch, into);
        }
        let only = |word: &str| keywords.keys().all(|keyword| keyword == word || is_note(keyword));
        if only("enum") || only("const") {
            into.excluded.extend(not.get("enum").and_then(Value::as_array).into_iter().flatten());
            into.excluded.extend(not.get("const"));
        }
        if only("type") {
            let barred: Vec<Kind> = not.types().into_iter().filter_map(Kind::parse).collect();
            let known = into.kinds.take().unwrap_or_else(|| Kind::ALL.to_vec());
            into.kinds = Some(known.into_iter().filter(|kind| !barred.contains(kind)).collect());
        }
        if let Some(names) = not.get("required").and_then(Value::as_array) {
            into.avoided.extend(names.iter().filter_map(Value::as_str));
        }
    }
}

fn keyword_into<'c>(schema: &Schema<'c>, keyword: &str, operand: &'c Value, into: &mut Facets<'c>) {
    match keyword {
        "type" => types_into(schema, into),
        "enum" => narrow(&mut into.values, operand.as_array().into_iter().flatten().collect()),
        "const" => narrow(&mut into.values, vec![operand]),
        "minimum" | "exclusiveMinimum" => least_into(bound(keyword, operand), into),
        "maximum" | "exclusiveMaximum" => most_into(bound(keyword, operand), into),
        "multipleOf" => into.multiples.extend(Decimal::of(operand)),
        "format" => into.formats.extend(operand.as_str()),
        "pattern" => into.patterns.extend(operand.as_str()),
        "minLength" => raise(&mut into.min_length, operand),
        "maxLength" => lower(&mut into.max_length, operand),
        "minItems" => raise(&mut into.min_items, operand),
        "maxItems" => lower(&mut into.max_items, operand),
        "uniqueItems" if operand == &Value::Bool(true) => into.distinct = Distinct::All,
        "prefixItems" => {
            into.lists.push(List { prefix: schema.children(keyword).collect(), items: schema.child("items") })
        }
        "items" if schema.get("prefixItems").is_none() => {
            into.lists.push(List { prefix: Vec::new(), items: schema.child("items") });
        }
        "contains" => contains_into(schema, into),
        "minProperties" => raise(&mut into.min_properties, operand),
        "maxProperties" => lower(&mut into.max_properties, operand),
        "dependentRequired" => {
            for (name, needed) in operand.as_object().into_iter().flatten() {
                into.dependent
                    .push((name, needed.as_array().into_iter().flatten().filter_map(Value::as_str).collect()));
            }
        }
        "dependentSchemas" => into.dependent_schemas.extend(schema.named(keyword)),
        "unevaluatedProperties" => into.unevaluated.extend(schema.child(keyword)),
        "unevaluatedItems" => into.unevaluated_items.extend(schema.child(keyword)),
        "propertyNames" => into.names.extend(schema.child("propertyNames")),
        "anyOf" => into.alternatives.push(Alternative { owner: schema.clone(), keyword: "anyOf" }),
        "oneOf" => into.alternatives.push(Alternative { owner: schema.clone(), keyword: "oneOf" }),
        "contentSchema" if holds_json(schema) => into.content = into.content.take().or_else(|| schema.child(keyword)),
        "description" => into.description = into.description.or(operand.as_str()),
        "x-faker" => into.faker = into.faker.or_else(|| Faker::read(operand)),
        "example" | "default" => into.examples.push(operand),
        "examples" => into.examples.extend(operand.as_array().into_iter().flatten()),
        _ => {}
    }
}

/// True where a text is said to be JSON (JSON Schema Validation §8.4).
fn holds_json(schema: &Schema<'_>) -> bool {
    let media_type = schema.get("contentMediaType").and_then(Value::as_str).and_then(MediaType::parse);
    media_type.is_some_and(|media_type| media_type.is_json()) && schema.get("contentEncoding").is_none()
}

fn types_into<'c>(schema: &Schema<'c>, into: &mut Facets<'c>) {
    let stated: Vec<Kind> = schema.types().into_iter().filter_map(Kind::parse).collect();
    into.kinds = Some(match into.kinds.take() {
        None => stated,
        Some(known) => both(&known, &stated),
    });
}

/// The bound that a keyword states; `None` where it is no number that is counted with.
fn bound(keyword: &str, operand: &Value) -> Option<Bound> {
    Some(Bound { value: Decimal::of(operand)?, excluded: keyword.starts_with("exclusive") })
}

/// Keeps a lower bound where it is tighter than the one that is known.
fn least_into(bound: Option<Bound>, into: &mut Facets<'_>) {
    let rank = |bound: Bound| (bound.value, bound.excluded);
    if bound.is_some_and(|bound| into.minimum.is_none_or(|known| rank(bound) > rank(known))) {
        into.minimum = bound;
    }
}

/// Keeps an upper bound where it is tighter than the one that is known.
fn most_into(bound: Option<Bound>, into: &mut Facets<'_>) {
    let rank = |bound: Bound| (bound.value, !bound.excluded);
    if bound.is_some_and(|bound| into.maximum.is_none_or(|known| rank(bound) < rank(known))) {
        into.maximum = bound;
    }
}

fn contains_into<'c>(schema: &Schema<'c>, into: &mut Facets<'c>) {
    let min = schema.get("minContains").and_then(natural).unwrap_or(1);
    into.contains.extend(schema.child("contains").map(|schema| Contains { schema, min }));
}

fn members_into<'c>(schema: &Schema<'c>, into: &mut Facets<'c>) {
    let part = Members {
        schema: schema.clone(),
        named: schema.get("properties").and_then(Value::as_object),
        patterns: schema.named("patternProperties").collect(),
        other: schema.child("additionalProperties"),
    };
    if part.named.is_some() || !part.patterns.is_empty() || part.other.is_some() {
        into.objects.push(part);
    }
}

/// True for keywords that only people read (JSON Schema Validation §9, OpenAPI).
pub(crate) fn is_note(keyword: &str) -> bool {
    matches!(keyword, "title" | "description" | "example" | "examples" | "default" | "deprecated" | "$comment")
        || keyword.starts_with("x-")
}

fn both(one: &[Kind], two: &[Kind]) -> Vec<Kind> {
    let mut common: Vec<Kind> = one.iter().copied().filter(|kind| two.contains(kind)).collect();
    // An integer is a number.
    if one.contains(&Kind::Integer) && two.contains(&Kind::Number)
        || two.contains(&Kind::Integer) && one.contains(&Kind::Number)
    {
        common.push(Kind::Integer);
    }
    common.dedup();
    common
}

fn narrow<'c>(values: &mut Option<Vec<&'c Value>>, listed: Vec<&'c Value>) {
    *values = Some(match values.take() {
        None => listed,
        Some(known) => known.into_iter().filter(|value| listed.contains(value)).collect(),
    });
}

fn raise(bound: &mut u64, operand: &Value) {
    if let Some(value) = natural(operand) {
        *bound = (*bound).max(value);
    }
}

fn lower(bound: &mut Option<u64>, operand: &Value) {
    if let Some(value) = natural(operand) {
        *bound = Some(bound.map_or(value, |known| known.min(value)));
    }
}

/// A count; JSON Schema also writes it `3.0`.
pub(crate) fn natural(operand: &Value) -> Option<u64> {
    operand.as_u64().or_else(|| {
        Decimal::of(operand).filter(|value| value.scale() == 0).and_then(|value| value.times(Decimal::whole(1)))
    })
}
