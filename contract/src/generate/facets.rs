//! What a value must satisfy, with `$ref` and `allOf` folded together: the generator's view of a schema.

use serde_json::Value;

use crate::document::Location;
use crate::generate::Cannot;
use crate::generate::decimal::Decimal;
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
    pub(crate) prefix: Vec<Vec<Schema<'c>>>,
    pub(crate) items: Vec<Schema<'c>>,
    pub(crate) contains: Vec<Schema<'c>>,
    pub(crate) min_properties: u64,
    pub(crate) max_properties: Option<u64>,
    pub(crate) required: Vec<String>,
    pub(crate) properties: Vec<(&'c str, Vec<Schema<'c>>)>,
    pub(crate) additional: Vec<Schema<'c>>,
    pub(crate) names: Vec<Schema<'c>>,
    pub(crate) alternatives: Vec<Vec<Schema<'c>>>,
    pub(crate) examples: Vec<&'c Value>,
    pub(crate) never: bool,
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
        Folds { contract, following: Vec::new(), left: MAX_FOLDS }.fold(schema, self)?;
        self.exempt(contract, direction);
        Ok(())
    }

    /// What any part calls `readOnly` no part requires of a request, and so for `writeOnly` and responses.
    fn exempt(&mut self, contract: &'c Contract, direction: Direction) {
        let mut required = std::mem::take(&mut self.required);
        required.retain(|name| {
            !self.member(name).into_iter().flatten().any(|schema| is_flagged(contract, *schema, direction))
        });
        self.required = required;
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
        if !self.properties.is_empty() || !self.required.is_empty() || !self.additional.is_empty() {
            Some(Kind::Object)
        } else if !self.items.is_empty() || !self.prefix.is_empty() || self.min_items > 0 {
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

    /// The schemas of a member by that name, and whether the contract says anything of it.
    pub(crate) fn member(&self, name: &str) -> Option<&[Schema<'c>]> {
        self.properties.iter().find(|(known, _)| *known == name).map(|(_, schemas)| schemas.as_slice())
    }
}

struct Folds<'c> {
    contract: &'c Contract,
    following: Vec<Location>,
    left: usize,
}

impl<'c> Folds<'c> {
    fn fold(&mut self, schema: Schema<'c>, into: &mut Facets<'c>) -> Result<(), Cannot> {
        self.left = self.left.checked_sub(1).ok_or_else(|| Cannot::because("the schema folds into too many parts"))?;
        let Value::Object(keywords) = schema.value else {
            into.never |= schema.value == &Value::Bool(false);
            return Ok(());
        };
        if let Some(reference) = schema.reference() {
            let (at, target) =
                self.contract.refer(schema, reference).map_err(|defect| Cannot::because(defect.to_string()))?;
            if self.following.contains(&at) {
                return Err(Cannot::because("the schema refers to itself without end"));
            }
            self.following.push(at);
            self.fold(target, into)?;
            self.following.pop();
        }
        for (keyword, operand) in keywords {
            keyword_into(schema, keyword, operand, into);
        }
        for branch in schema.children("allOf") {
            self.fold(branch, into)?;
        }
        if let Some(required) = schema.get("required").and_then(Value::as_array) {
            for name in required.iter().filter_map(Value::as_str) {
                if !into.required.iter().any(|known| known == name) {
                    into.required.push(name.to_owned());
                }
            }
        }
        Ok(())
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
            for (index, item) in schema.children("prefixItems").enumerate() {
                if into.prefix.len() <= index {
                    into.prefix.push(Vec::new());
                }
                into.prefix[index].push(item);
            }
        }
        "items" => into.items.extend(schema.child("items")),
        "contains" => into.contains.extend(schema.child("contains")),
        "minProperties" => raise(&mut into.min_properties, operand),
        "maxProperties" => lower(&mut into.max_properties, operand),
        "properties" => {
            for (name, property) in schema.named("properties") {
                match into.properties.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, schemas)) => schemas.push(property),
                    None => into.properties.push((name, vec![property])),
                }
            }
        }
        "additionalProperties" | "unevaluatedProperties" => into.additional.extend(schema.child(keyword)),
        "propertyNames" => into.names.extend(schema.child("propertyNames")),
        "anyOf" | "oneOf" => into.alternatives.push(schema.children(keyword).collect()),
        "example" | "default" => into.examples.push(operand),
        "examples" => into.examples.extend(operand.as_array().into_iter().flatten()),
        _ => {}
    }
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
