//! Values that satisfy a schema.

use serde_json::{Map, Value};

use crate::document::Location;
use crate::generate::facets::{Distinct, Facets, Kind, is_flagged};
use crate::generate::number::{Numeric, number};
use crate::generate::text::text;
use crate::generate::{Cannot, Choices, Taste};
use crate::model::{Contract, Direction, Schema};
use crate::rule::Subject;
use crate::validate;

/// How deep optional members are still filled in; below, only what must be there is.
const FULL_DEPTH: usize = 3;

/// How deep a value may become before its schema is taken for one that no finite value satisfies.
const MAX_DEPTH: usize = 40;

/// How often a value is made anew when the validator does not agree: alternatives that overlap, `not`, `if`.
const ATTEMPTS: usize = 12;

/// How many items or members are made at the most; a contract that asks for more is told so.
pub(crate) const MAX_ITEMS: u64 = 10_000;

/// A value that is valid for the schema at a location.
///
/// # Errors
/// Why none was found.
pub fn value(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    value_reaching(contract, at, direction, &[], choices)
}

/// The same, with the members and items on a path present, optional as they may be; `*` stands for any item or member.
pub(crate) fn value_reaching(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    path: &[String],
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    let schema = contract.schema(at).map_err(|defect| Cannot::because(defect.to_string()))?;
    let mut last = Cannot::because("no value was found that satisfies the schema");
    for attempt in 0..ATTEMPTS {
        let mut maker = Maker { contract, direction, choices, attempt };
        let made = match maker.make(&[schema], "", path, 0) {
            Ok(made) => made,
            Err(cannot) => {
                last = cannot;
                continue;
            }
        };
        match validate::value(contract, at, direction, &Subject::Body, &made) {
            Ok(found) => match found.first() {
                None => return Ok(made),
                Some(violation) => {
                    last = Cannot::because(format!(
                        "no value was found that satisfies all keywords together: {violation}"
                    ));
                }
            },
            Err(defect) => return Err(Cannot::because(defect.to_string())),
        }
    }
    Err(last)
}

/// A value for facets that were changed on purpose: at a limit, or past it. Not validated: the caller knows what it wants.
pub(crate) fn value_of(
    contract: &Contract,
    facets: Facets<'_>,
    direction: Direction,
    name: &str,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    Maker { contract, direction, choices, attempt: 0 }.fulfil(facets, name, &[], 0)
}

struct Maker<'c, 'x> {
    contract: &'c Contract,
    direction: Direction,
    choices: &'x mut dyn Choices,
    attempt: usize,
}

impl<'c> Maker<'c, '_> {
    fn make(&mut self, schemas: &[Schema<'c>], name: &str, path: &[String], depth: usize) -> Result<Value, Cannot> {
        if depth > MAX_DEPTH {
            return Err(Cannot::because("no finite value satisfies the schema"));
        }
        let facets = Facets::of(self.contract, schemas, self.direction)?;
        self.fulfil(facets, name, path, depth)
    }

    fn fulfil(&mut self, mut facets: Facets<'c>, name: &str, path: &[String], depth: usize) -> Result<Value, Cannot> {
        self.choose_branches(&mut facets)?;
        if facets.never {
            return Err(Cannot::because("nothing is allowed here"));
        }
        if let Some(values) = &facets.values {
            return self.listed(&facets, values);
        }
        if self.choices.taste() == Taste::Believable
            && path.is_empty()
            && self.attempt < ATTEMPTS / 2
            && let Some(example) = self.example(&facets)
        {
            return Ok(example);
        }
        let kind = self.kind(&facets, path)?;
        match kind {
            Kind::Null => Ok(Value::Null),
            Kind::Boolean => Ok(Value::Bool(self.choices.below(2) == 1)),
            Kind::Integer => number(&facets, Numeric::Integer, self.choices),
            Kind::Number => number(&facets, Numeric::Any, self.choices),
            Kind::String => text(&facets, name, self.choices).map(Value::String),
            Kind::Array => self.array(&facets, name, path, depth),
            Kind::Object => self.object(&facets, path, depth),
        }
    }

    /// Folds one branch of each alternative in. Later attempts start elsewhere, so that every branch is tried.
    fn choose_branches(&mut self, facets: &mut Facets<'c>) -> Result<(), Cannot> {
        let mut rounds = 0;
        while let Some(branches) = facets.alternatives.pop() {
            rounds += 1;
            if rounds > MAX_DEPTH || branches.is_empty() {
                return Err(Cannot::because("no alternative can be satisfied"));
            }
            let count = u64::try_from(branches.len()).expect("a short list");
            let first = index(self.choices.below(count)) + self.attempt;
            let before = facets.clone();
            let mut chosen = false;
            for offset in 0..branches.len() {
                let mut tried = before.clone();
                if tried.and(self.contract, branches[(first + offset) % branches.len()], self.direction).is_ok()
                    && !tried.never
                    && tried.kinds.as_ref().is_none_or(|kinds| !kinds.is_empty())
                    && tried.values.as_ref().is_none_or(|values| !values.is_empty())
                {
                    *facets = tried;
                    chosen = true;
                    break;
                }
            }
            if !chosen {
                return Err(Cannot::because("no alternative can be satisfied together with the rest"));
            }
        }
        Ok(())
    }

    fn listed(&mut self, facets: &Facets<'c>, values: &[&'c Value]) -> Result<Value, Cannot> {
        let fitting: Vec<&Value> = values.iter().copied().filter(|value| facets.possible_kind(value)).collect();
        // Null is the last resort: it says the least.
        let (mut telling, nulls): (Vec<&Value>, Vec<&Value>) = fitting.into_iter().partition(|value| !value.is_null());
        if telling.is_empty() {
            telling = nulls;
        }
        if telling.is_empty() {
            return Err(Cannot::because("no listed value satisfies the other keywords"));
        }
        let picked = self.choices.below(u64::try_from(telling.len()).expect("a short list"));
        Ok(telling[index(picked)].clone())
    }

    fn example(&mut self, facets: &Facets<'c>) -> Option<Value> {
        // An object's example would hide the members' own, and one for all items is no list.
        let scalars: Vec<&Value> = facets
            .examples
            .iter()
            .copied()
            .filter(|value| !value.is_object() && !value.is_array() && !value.is_null())
            .collect();
        let fitting: Vec<&Value> =
            scalars.into_iter().filter(|value| facets.possible_kind(value) && facets.allows_text(value)).collect();
        (!fitting.is_empty())
            .then(|| fitting[index(self.choices.below(u64::try_from(fitting.len()).expect("a short list")))].clone())
    }

    fn kind(&mut self, facets: &Facets<'c>, path: &[String]) -> Result<Kind, Cannot> {
        let mut kinds = facets.possible();
        kinds.sort();
        if let Some(next) = path.first() {
            // The way goes on below: only an array or object lets it.
            let wanted = if next == "*" || next.parse::<usize>().is_ok() {
                [Kind::Array, Kind::Object]
            } else {
                [Kind::Object, Kind::Array]
            };
            if let Some(kind) = wanted.into_iter().find(|kind| kinds.contains(kind) || facets.kinds.is_none()) {
                return Ok(kind);
            }
        }
        if kinds.len() > 1 {
            // Null now and then, but never as the simplest value.
            let without: Vec<Kind> = kinds.iter().copied().filter(|kind| *kind != Kind::Null).collect();
            if without.len() < kinds.len() && self.choices.chance(1, 8) && self.choices.taste() == Taste::Plain {
                return Ok(Kind::Null);
            }
            kinds = without;
        }
        if kinds.is_empty() {
            return Err(Cannot::because("no type satisfies all of the schema's parts"));
        }
        let picked = self.choices.below(u64::try_from(kinds.len()).expect("at most seven"));
        Ok(kinds[index(picked)])
    }

    fn array(&mut self, facets: &Facets<'c>, name: &str, path: &[String], depth: usize) -> Result<Value, Cannot> {
        let reached = path.first().map_or(0, |next| next.parse::<u64>().map_or(1, |index| index + 1));
        let least = facets.min_items.max(u64::try_from(facets.contains.len()).expect("few")).max(reached);
        let room = if depth >= FULL_DEPTH { 0 } else { 2 };
        let most = facets.max_items.unwrap_or(u64::MAX).min(least.saturating_add(room));
        if least > most || least > MAX_ITEMS {
            return Err(Cannot::because(format!("an array of {least} items cannot be made here")));
        }
        let count = least + self.choices.below(most - least + 1);
        let mut items: Vec<Value> = Vec::new();
        for position in 0..count {
            let place = index(position);
            let mut schemas: Vec<Schema<'c>> =
                facets.prefix.get(place).cloned().unwrap_or_else(|| facets.items.clone());
            schemas.extend(facets.contains.get(place));
            let rest = match path.split_first() {
                Some((next, rest)) if position == 0 && next == "*" || *next == position.to_string() => rest,
                _ => &[],
            };
            let made = if schemas.is_empty() {
                Value::String(text(&Facets::default(), name, self.choices)?)
            } else {
                self.distinct(facets, &items, &schemas, name, rest, depth)?
            };
            items.push(made);
        }
        Ok(Value::Array(items))
    }

    fn distinct(
        &mut self,
        facets: &Facets<'c>,
        items: &[Value],
        schemas: &[Schema<'c>],
        name: &str,
        path: &[String],
        depth: usize,
    ) -> Result<Value, Cannot> {
        for _ in 0..ATTEMPTS {
            let made = self.make(schemas, singular(name), path, depth + 1)?;
            if facets.distinct == Distinct::Free || !items.contains(&made) {
                return Ok(made);
            }
        }
        // The numbers may have run out, so that the same simplest value comes again: count through the simple ones.
        let mut counting = Counting { at: u64::try_from(items.len()).expect("few") };
        for _ in 0..ATTEMPTS {
            let made = Maker { contract: self.contract, direction: self.direction, choices: &mut counting, attempt: 0 }
                .make(schemas, singular(name), path, depth + 1)?;
            if !items.contains(&made) {
                return Ok(made);
            }
            counting.at += 1;
        }
        Err(Cannot::because("there are not enough different items"))
    }

    fn object(&mut self, facets: &Facets<'c>, path: &[String], depth: usize) -> Result<Value, Cannot> {
        let mut members = Map::new();
        let most = facets.max_properties.unwrap_or(u64::MAX);
        let next = path.first().map(String::as_str);
        for (name, schemas) in &facets.properties {
            let wanted = next == Some(*name);
            let required = facets.required.iter().any(|known| known == name);
            if !required && schemas.iter().any(|schema| is_flagged(self.contract, *schema, self.direction)) && !wanted {
                continue;
            }
            let full = u64::try_from(members.len()).expect("few") + self.still_required(facets, &members) >= most;
            if !required && !wanted && (full || !self.optional(depth)) {
                continue;
            }
            let rest = if wanted { &path[1..] } else { &[] };
            match self.make(schemas, name, rest, depth + 1) {
                Ok(made) => {
                    members.insert((*name).to_owned(), made);
                }
                // An optional member that cannot be made is left out.
                Err(_) if !required && !wanted => {}
                Err(cannot) => return Err(Cannot::because(format!("{name}: {cannot}"))),
            }
        }
        for name in &facets.required {
            if !members.contains_key(name) {
                let made =
                    self.extra(facets, name, next.filter(|next| next == name).map_or(&[], |_| &path[1..]), depth)?;
                members.insert(name.clone(), made);
            }
        }
        let mut number = 0;
        while u64::try_from(members.len()).expect("bounded") < facets.min_properties || next == Some("*") && number == 0
        {
            if number > MAX_ITEMS {
                return Err(Cannot::because("an object of so many members cannot be made here"));
            }
            number += 1;
            let name = self.fresh_name(facets, &members, number)?;
            let made =
                self.extra(facets, &name, if next == Some("*") && number == 1 { &path[1..] } else { &[] }, depth)?;
            members.insert(name, made);
        }
        Ok(Value::Object(members))
    }

    fn still_required(&self, facets: &Facets<'c>, members: &Map<String, Value>) -> u64 {
        let missing = facets.required.iter().filter(|name| !members.contains_key(*name)).count();
        u64::try_from(missing).expect("few")
    }

    fn optional(&mut self, depth: usize) -> bool {
        match self.choices.taste() {
            Taste::Believable => depth < FULL_DEPTH && self.attempt % 3 != 2,
            // Later attempts take everything, then nothing: that tells alternatives apart which overlap half filled.
            Taste::Plain => match self.attempt % 3 {
                0 => depth < FULL_DEPTH && self.choices.chance(1, 2),
                1 => depth < FULL_DEPTH,
                _ => false,
            },
        }
    }

    /// A member that `properties` does not describe.
    fn extra(&mut self, facets: &Facets<'c>, name: &str, path: &[String], depth: usize) -> Result<Value, Cannot> {
        if facets.additional.is_empty() {
            return text(&Facets::default(), name, self.choices).map(Value::String);
        }
        self.make(&facets.additional.clone(), name, path, depth + 1)
    }

    fn fresh_name(&mut self, facets: &Facets<'c>, members: &Map<String, Value>, number: u64) -> Result<String, Cannot> {
        if facets.names.is_empty() {
            return Ok(format!("extra{number}"));
        }
        for _ in 0..ATTEMPTS {
            let mut rules = Facets::of(self.contract, &facets.names.clone(), self.direction)?;
            self.choose_branches(&mut rules)?;
            let name = match &rules.values {
                Some(values) => values
                    .iter()
                    .filter_map(|value| value.as_str())
                    .find(|name| !members.contains_key(*name))
                    .map(str::to_owned),
                None => Some(text(&rules, "", self.choices)?),
            };
            if let Some(name) = name.filter(|name| !members.contains_key(name)) {
                return Ok(name);
            }
        }
        Err(Cannot::because("there are not enough names for members"))
    }
}

/// `emails` holds an `email`.
fn singular(name: &str) -> &str {
    name.strip_suffix('s').unwrap_or(name)
}

fn index(small: u64) -> usize {
    usize::try_from(small).expect("a small number")
}

/// Decisions that count up, for items that must differ when nothing else makes them.
struct Counting {
    at: u64,
}

impl Choices for Counting {
    fn below(&mut self, bound: u64) -> u64 {
        self.at % bound.max(1)
    }
}
