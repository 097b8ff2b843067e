//! What a value must satisfy, with `$ref` and `allOf` folded together: the generator's view of a schema.

use std::cell::OnceCell;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::document::Location;
use crate::generate::Cannot;
use crate::generate::decimal::Decimal;
use crate::generate::pattern::Known;
use crate::model::{Contract, Direction, Schema};

/// How many references and branches may be folded into one view before a schema is taken for circular.
const MAX_FOLDS: usize = 256;

/// The JSON types, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Object,
    Array,
    Null,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::String, Self::Number, Self::Boolean, Self::Object, Self::Array, Self::Null];

    /// True where a value is of this type.
    pub(crate) fn is_of(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Integer => Decimal::of(value).is_some_and(|number| number.scale() == 0),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Array => value.is_array(),
            Self::Null => value.is_null(),
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "string" | "file" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "object" => Self::Object,
            "array" => Self::Array,
            "null" => Self::Null,
            _ => return None,
        })
    }
}

/// An end of a range of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) value: Decimal,
    pub(crate) excluded: bool,
}

/// Everything that acts on one value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facets<'c> {
    pub(crate) kinds: Option<Vec<Kind>>,
    pub(crate) values: Option<Vec<&'c Value>>,
    pub(crate) minimum: Option<Bound>,
    pub(crate) maximum: Option<Bound>,
    pub(crate) multiples: Vec<Decimal>,
    pub(crate) formats: Vec<&'c str>,
    pub(crate) patterns: Vec<&'c str>,
    pub(crate) min_length: u64,
    pub(crate) max_length: Option<u64>,
    pub(crate) min_items: u64,
    pub(crate) max_items: Option<u64>,
    pub(crate) distinct: Distinct,
    pub(crate) lists: Vec<List<'c>>,
    pub(crate) contains: Vec<Contains<'c>>,
    pub(crate) min_properties: u64,
    pub(crate) max_properties: Option<u64>,
    pub(crate) required: Vec<&'c str>,
    /// What each schema says of members.
    pub(crate) objects: Vec<Members<'c>>,
    /// What must be there where another member is.
    pub(crate) dependent: Vec<(&'c str, Vec<&'c str>)>,
    /// What acts where a member is there.
    pub(crate) dependent_schemas: Vec<(&'c str, Schema<'c>)>,
    pub(crate) names: Vec<Schema<'c>>,
    pub(crate) unevaluated: Vec<Schema<'c>>,
    pub(crate) unevaluated_items: Vec<Schema<'c>>,
    pub(crate) alternatives: Vec<Alternative<'c>>,
    pub(crate) conditions: Vec<Condition<'c>>,
    pub(crate) nots: Vec<Schema<'c>>,
    /// Members that had better not be there: some `not`, or another branch of a `oneOf`, would see them.
    pub(crate) avoided: Vec<&'c str>,
    /// Values that may not be taken.
    pub(crate) excluded: Vec<&'c Value>,
    /// Members that have one value: the discriminator of the branch that was chosen.
    pub(crate) fixed: Vec<(&'c str, &'c str)>,
    /// Members that are added to keep the value out of another branch of a `oneOf`.
    pub(crate) spoiled: Vec<(&'c str, Value)>,
    pub(crate) description: Option<&'c str>,
    pub(crate) examples: Vec<&'c Value>,
    pub(crate) never: bool,
    plan: OnceCell<Rc<Vec<Planned<'c>>>>,
}

/// A member that the schemas describe, as objects are made of it.
#[derive(Clone, Debug)]
pub(crate) struct Planned<'c> {
    pub(crate) name: &'c str,
    pub(crate) schemas: Vec<Schema<'c>>,
    pub(crate) need: Need,
}

/// Whether a member is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Always.
    Required,
    /// Now and then.
    Optional,
    /// Not in this direction, or not in this branch, unless it is asked for.
    Unwanted,
}

/// What one schema says of an array's items.
#[derive(Clone, Debug)]
pub(crate) struct List<'c> {
    pub(crate) prefix: Vec<Schema<'c>>,
    pub(crate) items: Option<Schema<'c>>,
}

/// Some items must be such.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contains<'c> {
    pub(crate) schema: Schema<'c>,
    pub(crate) min: u64,
}

/// What one schema says of an object's members.
#[derive(Clone, Debug)]
pub(crate) struct Members<'c> {
    pub(crate) schema: Schema<'c>,
    pub(crate) named: Option<&'c Map<String, Value>>,
    pub(crate) patterns: Vec<(&'c str, Schema<'c>)>,
    pub(crate) other: Option<Schema<'c>>,
}

/// Branches of which one, or exactly one, must be satisfied.
#[derive(Clone, Debug)]
pub(crate) struct Alternative<'c> {
    /// The schema that they stand in.
    pub(crate) owner: Schema<'c>,
    /// `anyOf` or `oneOf`.
    pub(crate) keyword: &'static str,
}

impl<'c> Alternative<'c> {
    pub(crate) fn branches(&self) -> Vec<Schema<'c>> {
        self.owner.children(self.keyword).collect()
    }
}

/// `if`, `then`, `else`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Condition<'c> {
    pub(crate) when: Schema<'c>,
    pub(crate) then: Option<Schema<'c>>,
    pub(crate) otherwise: Option<Schema<'c>>,
}

/// Whether items must differ from one another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Distinct {
    #[default]
    Free,
    All,
}

impl<'c> Facets<'c> {
    /// The view of one value that must satisfy all these schemas.
    pub(crate) fn of(contract: &'c Contract, schemas: &[Schema<'c>], direction: Direction) -> Result<Self, Cannot> {
        let mut facets = Self::default();
        let mut folds = Folds { contract, following: Vec::new(), left: MAX_FOLDS };
        for schema in schemas {
            folds.fold(*schema, &mut facets)?;
        }
        facets.exempt(contract, direction);
        Ok(facets)
    }

    /// Folds in further schemas: the branch that was chosen of an alternative.
    pub(crate) fn and(
        &mut self,
        contract: &'c Contract,
        schema: Schema<'c>,
        direction: Direction,
    ) -> Result<(), Cannot> {
        self.plan = OnceCell::new();
        Folds { contract, following: Vec::new(), left: MAX_FOLDS }.fold(schema, self)?;
        self.exempt(contract, direction);
        Ok(())
    }

    /// What any part calls `readOnly` no part requires of a request, and so for `writeOnly` and responses.
    fn exempt(&mut self, contract: &'c Contract, direction: Direction) {
        let mut required = std::mem::take(&mut self.required);
        required.retain(|name| !self.member(name).into_iter().any(|schema| is_flagged(contract, schema, direction)));
        self.required = required;
    }

    /// The members that the schemas describe, in their order; looked up once for all objects of these facets.
    pub(crate) fn plan(&self, contract: &'c Contract, direction: Direction) -> Rc<Vec<Planned<'c>>> {
        Rc::clone(self.plan.get_or_init(|| {
            let planned = self.described().into_iter().map(|name| {
                let schemas = self.member(name);
                let need = if self.required.contains(&name) {
                    Need::Required
                } else if schemas.iter().any(|schema| is_flagged(contract, *schema, direction)) {
                    Need::Unwanted
                } else {
                    Need::Optional
                };
                Planned { name, schemas, need }
            });
            Rc::new(planned.collect())
        }))
    }

    /// Keeps a schema from being satisfied, as far as that can be known without the value.
    pub(crate) fn but_not(&mut self, contract: &'c Contract, schema: Schema<'c>) {
        Folds { contract, following: Vec::new(), left: MAX_FOLDS }.avoid(schema, self);
    }

    /// The types that the value may have, in the order in which they are tried.
    pub(crate) fn possible(&self) -> Vec<Kind> {
        match &self.kinds {
            Some(kinds) => kinds.clone(),
            None => self.hinted().map_or_else(|| vec![Kind::String], |kind| vec![kind]),
        }
    }

    /// Where no type is stated, the keywords tell which one is meant.
    fn hinted(&self) -> Option<Kind> {
        if !self.objects.is_empty()
            || !self.required.is_empty()
            || !self.names.is_empty()
            || self.min_properties > 0
            || self.max_properties.is_some()
            || !self.dependent.is_empty()
            || !self.dependent_schemas.is_empty()
        {
            Some(Kind::Object)
        } else if !self.lists.is_empty()
            || self.min_items > 0
            || self.max_items.is_some()
            || !self.contains.is_empty()
            || self.distinct == Distinct::All
        {
            Some(Kind::Array)
        } else if self.minimum.is_some() || self.maximum.is_some() || !self.multiples.is_empty() {
            Some(Kind::Number)
        } else {
            None
        }
    }

    /// True where a value's type is allowed.
    pub(crate) fn possible_kind(&self, value: &Value) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| kind.is_of(value)))
    }

    /// True where a text's length is within the bounds; other values pass.
    pub(crate) fn allows_text(&self, value: &Value) -> bool {
        let Some(text) = value.as_str() else { return true };
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        self.min_length <= length && self.max_length.is_none_or(|max| length <= max)
    }

    /// The names that the schemas describe, in their order.
    pub(crate) fn described(&self) -> Vec<&'c str> {
        let mut names: Vec<&'c str> = Vec::new();
        for named in self.objects.iter().filter_map(|part| part.named) {
            if names.is_empty() {
                names.extend(named.keys().map(String::as_str));
            } else {
                names.extend(named.keys().map(String::as_str).filter(|name| !names.contains(name)).collect::<Vec<_>>());
            }
        }
        names
    }

    /// The schemas of a member by that name.
    pub(crate) fn member(&self, name: &str) -> Vec<Schema<'c>> {
        let mut schemas = Vec::new();
        let mut known = false;
        for part in &self.objects {
            let mut covered = false;
            if let Some(property) = part.named.and_then(|named| named.get(name)) {
                schemas.push(part.schema.within(property));
                covered = true;
            }
            for (pattern, schema) in &part.patterns {
                if matches(pattern, name) {
                    schemas.push(*schema);
                    covered = true;
                }
            }
            if !covered && let Some(other) = part.other {
                schemas.push(other);
                covered = true;
            }
            known |= covered;
        }
        if !known {
            schemas.extend(&self.unevaluated);
        }
        schemas
    }

    /// The schemas of an item at that position.
    pub(crate) fn item(&self, position: usize) -> Vec<Schema<'c>> {
        self.lists.iter().filter_map(|list| list.prefix.get(position).copied().or(list.items)).collect()
    }
}

/// True where a text matches a pattern; a pattern that is none matches nothing.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    Known::of(pattern).matches(text)
}

struct Folds<'c> {
    contract: &'c Contract,
    following: Vec<Location>,
    left: usize,
}

impl<'c> Folds<'c> {
    fn fold(&mut self, schema: Schema<'c>, into: &mut Facets<'c>) -> Result<(), Cannot> {
        self.left = self.left.checked_sub(1).ok_or_else(|| Cannot::budget("the schema folds into too many parts"))?;
        let Value::Object(keywords) = schema.value else {
            into.never |= schema.value == &Value::Bool(false);
            return Ok(());
        };
        if let Some(reference) = schema.reference() {
            let (at, target) = self.contract.refer(schema, reference).map_err(|defect| Cannot::defective(&defect))?;
            if self.following.contains(&at) {
                return Err(Cannot::unsatisfiable("the schema refers to itself without end"));
            }
            self.following.push(at);
            self.fold(target, into)?;
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
            self.fold(branch, into)?;
        }
        if let Some(not) = schema.child("not") {
            self.avoid(not, into);
        }
        if let Some(required) = schema.get("required").and_then(Value::as_array) {
            for name in required.iter().filter_map(Value::as_str) {
                if !into.required.contains(&name) {
                    into.required.push(name);
                }
            }
        }
        Ok(())
    }

    /// What can be kept of a `not` without knowing the value: members that may not be there together, values, types.
    fn avoid(&mut self, not: Schema<'c>, into: &mut Facets<'c>) {
        into.nots.push(not);
        let Value::Object(keywords) = not.value else {
            into.never |= not.value == &Value::Bool(true);
            return;
        };
        into.never |= keywords.keys().all(|keyword| is_note(keyword));
        if let Some(reference) = not.reference() {
            if let Ok((at, target)) = self.contract.refer(not, reference)
                && !self.following.contains(&at)
                && self.left > 0
            {
                self.left -= 1;
                self.following.push(at);
                self.avoid(target, into);
                self.following.pop();
            }
            return;
        }
        for branch in not.children("anyOf") {
            self.avoid(branch, into);
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

/// True where a member does not travel in this direction (`readOnly`, `writeOnly`).
pub(crate) fn is_flagged<'c>(contract: &'c Contract, property: Schema<'c>, direction: Direction) -> bool {
    let flagged = |schema: Schema<'_>| schema.get(direction.exempting()) == Some(&Value::Bool(true));
    flagged(property)
        || property
            .reference()
            .and_then(|reference| contract.refer(property, reference).ok())
            .is_some_and(|(_, target)| flagged(target))
}

fn keyword_into<'c>(schema: Schema<'c>, keyword: &str, operand: &'c Value, into: &mut Facets<'c>) {
    match keyword {
        "type" => {
            let stated: Vec<Kind> = schema.types().into_iter().filter_map(Kind::parse).collect();
            into.kinds = Some(match into.kinds.take() {
                None => stated,
                Some(known) => both(&known, &stated),
            });
        }
        "enum" => {
            let listed: Vec<&Value> = operand.as_array().into_iter().flatten().collect();
            narrow(&mut into.values, listed);
        }
        "const" => narrow(&mut into.values, vec![operand]),
        "minimum" | "exclusiveMinimum" => {
            if let Some(value) = Decimal::of(operand) {
                let bound = Bound { value, excluded: keyword == "exclusiveMinimum" };
                if into.minimum.is_none_or(|known| (bound.value, bound.excluded) > (known.value, known.excluded)) {
                    into.minimum = Some(bound);
                }
            }
        }
        "maximum" | "exclusiveMaximum" => {
            if let Some(value) = Decimal::of(operand) {
                let bound = Bound { value, excluded: keyword == "exclusiveMaximum" };
                if into.maximum.is_none_or(|known| (bound.value, !bound.excluded) < (known.value, !known.excluded)) {
                    into.maximum = Some(bound);
                }
            }
        }
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
        "contains" => {
            let count = |word: &str| schema.get(word).and_then(natural);
            into.contains.extend(
                schema.child(keyword).map(|schema| Contains { schema, min: count("minContains").unwrap_or(1) }),
            );
        }
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
        "anyOf" => into.alternatives.push(Alternative { owner: schema, keyword: "anyOf" }),
        "oneOf" => into.alternatives.push(Alternative { owner: schema, keyword: "oneOf" }),
        "description" => into.description = into.description.or(operand.as_str()),
        "example" | "default" => into.examples.push(operand),
        "examples" => into.examples.extend(operand.as_array().into_iter().flatten()),
        _ => {}
    }
}

fn members_into<'c>(schema: Schema<'c>, into: &mut Facets<'c>) {
    let part = Members {
        schema,
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
