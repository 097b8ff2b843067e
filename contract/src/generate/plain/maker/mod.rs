//! Makes one value after another of a schema's facets: chooses among branches and types, and follows the way to a
//! place.

mod branch;

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;

use crate::document::Location;
use crate::generate::plain::facets::{Facets, Kind};
use crate::generate::plain::number::{Numeric, number};
use crate::generate::plain::text::text;
use crate::generate::{Cannot, Choices, Taste};
use crate::model::{Contract, Direction, Schema};
use crate::rule::Branch;
use crate::validate;

/// The most levels that optional members are still filled in; below, only what must be there is.
pub(crate) const FULL_DEPTH: usize = 3;

/// The most levels that a value may have before its schema is taken for one that no finite value satisfies.
const MAX_DEPTH: usize = 40;

/// The most times that a value is made anew when the validator does not agree: alternatives that overlap, `not`, `if`.
pub(crate) const ATTEMPTS: usize = 12;

/// The first attempt that leaves optional members out.
pub(crate) const LEAN: usize = 2;

/// The most values that are made for one value, all attempts together, before it is given up: twice what the longest list takes.
pub(crate) const MAX_VALUES: usize = 20_000;

/// The most values that may fail in one value before the search is given up: branches within branches multiply.
const MAX_FAILURES: usize = 400;

/// After how many values in one value optional members are left out, so that wide schemas end in time.
pub(crate) const FULL_STEPS: usize = 400;

/// The most items or members that are made; a contract that asks for more is told so.
pub(crate) const MAX_ITEMS: u64 = 10_000;

/// The way to a place within a value.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Way<'w> {
    /// Members and items; `*` stands for any.
    pub(crate) path: &'w [String],
    /// The branches to take on it.
    pub(crate) branches: &'w [Branch],
}

/// A branch to take.
struct Forced {
    /// The location of `anyOf`, `oneOf` or `if`.
    at: Location,
    index: usize,
    /// The number of tokens of the way that are left where the branch is taken.
    left: usize,
}

pub(crate) struct Maker<'c, 'x> {
    pub(crate) contract: &'c Contract,
    pub(crate) direction: Direction,
    pub(crate) choices: &'x mut dyn Choices,
    pub(crate) attempt: usize,
    pub(crate) steps: usize,
    /// The same in all attempts.
    pub(crate) spent: usize,
    /// The optional members that the next object has, those and no others; as it comes where nothing is said.
    pub(crate) exactly: Option<Vec<String>>,
    /// True where the value that is made lies on the way: it leads to the place or is it.
    pub(crate) on_way: bool,
    /// True where the value that is made next is a member of an object.
    pub(crate) is_member: bool,
    /// The number of values that could not be made.
    pub(crate) failures: usize,
    /// Members of the objects that are being made, each with its place in its recipe.
    pub(crate) made: Vec<(usize, Value)>,
    /// The branches to take on the way.
    forced: Vec<Forced>,
    /// The facets that were folded before: items of a list have the same schema.
    folded: HashMap<Vec<Schema<'c>>, Rc<Facets<'c>>>,
}

impl<'c, 'x> Maker<'c, 'x> {
    pub(crate) fn new(
        contract: &'c Contract,
        direction: Direction,
        way: Way<'_>,
        choices: &'x mut dyn Choices,
    ) -> Self {
        let left = |branch: &Branch| way.path.len().saturating_sub(branch.pointer.tokens().count());
        let forced = way
            .branches
            .iter()
            .map(|branch| Forced { at: branch.at.clone(), index: branch.index, left: left(branch) })
            .collect();
        Self {
            contract,
            direction,
            choices,
            attempt: 0,
            steps: 0,
            spent: 0,
            exactly: None,
            on_way: true,
            is_member: false,
            failures: 0,
            made: Vec::new(),
            forced,
            folded: HashMap::new(),
        }
    }

    /// Begins another attempt: the counts start again.
    pub(crate) fn begin(&mut self, attempt: usize) {
        self.attempt = attempt;
        self.steps = 0;
        self.failures = 0;
        self.on_way = true;
    }

    /// True where no more values are made.
    pub(crate) fn is_spent(&self) -> bool {
        self.spent > MAX_VALUES
    }

    /// The reason that is given where no more values are made.
    pub(crate) fn needs_more() -> Cannot {
        Cannot::budget(format!("the value needs more than {MAX_VALUES} values to be made"))
    }

    /// The branch that the way takes of the alternatives, or the condition, at this location.
    fn forced(&self, at: &Location, path: &[String]) -> Option<usize> {
        let here = |forced: &&Forced| forced.left == path.len() && forced.at == *at;
        self.forced.iter().find(here).filter(|_| self.on_way).map(|forced| forced.index)
    }

    pub(crate) fn make(
        &mut self,
        schemas: &[Schema<'c>],
        name: &str,
        path: &[String],
        depth: usize,
    ) -> Result<Value, Cannot> {
        self.count(depth)?;
        let is_member = std::mem::take(&mut self.is_member);
        let facets = self.facets(schemas)?;
        if is_member && path.is_empty() && self.takes_examples() {
            let wholes: Vec<Value> = whole_examples(&facets).cloned().collect();
            let fits = |value: &&Value| {
                let judged = |schema: &Schema<'c>| validate::is_valid(self.contract, &schema.at, self.direction, value);
                schemas.iter().all(|schema| judged(schema) == Ok(true))
            };
            let fitting: Vec<&Value> = wholes.iter().filter(fits).collect();
            if !fitting.is_empty() {
                let picked = self.choices.below(u64::try_from(fitting.len()).expect("a short list"));
                return Ok(fitting[index(picked)].clone());
            }
        }
        let plain =
            facets.alternatives.is_empty() && facets.conditions.is_empty() && facets.dependent_schemas.is_empty();
        let made = if plain {
            self.settled(&facets, name, path, depth)
        } else {
            self.fulfil(facets.as_ref().clone(), name, path, depth)
        };
        self.failures += usize::from(made.is_err());
        made
    }

    /// True where the document's own examples are taken.
    pub(crate) fn takes_examples(&self) -> bool {
        self.choices.taste() == Taste::Believable && self.attempt < ATTEMPTS / 2
    }

    /// Counts a value that is about to be made.
    pub(crate) fn count(&mut self, depth: usize) -> Result<(), Cannot> {
        if depth > MAX_DEPTH {
            return Err(Cannot::because("no finite value satisfies the schema"));
        }
        self.steps += 1;
        self.spent += 1;
        if self.is_spent() {
            return Err(Self::needs_more());
        }
        if self.failures > MAX_FAILURES {
            return Err(Cannot::budget("the search for a value was given up"));
        }
        Ok(())
    }

    fn facets(&mut self, schemas: &[Schema<'c>]) -> Result<Rc<Facets<'c>>, Cannot> {
        if let Some(known) = self.folded.get(schemas) {
            return Ok(Rc::clone(known));
        }
        let facets = Rc::new(Facets::of(self.contract, schemas, self.direction)?);
        self.folded.insert(schemas.to_vec(), Rc::clone(&facets));
        Ok(facets)
    }

    /// A value of facets that may still leave a choice of branches. Where one branch leads nowhere, the next is tried.
    pub(crate) fn fulfil(
        &mut self,
        facets: Facets<'c>,
        name: &str,
        path: &[String],
        depth: usize,
    ) -> Result<Value, Cannot> {
        let tries = facets.alternatives.iter().map(|alternative| alternative.branches().len()).max().unwrap_or(0);
        let mut last = None;
        for shift in 0..tries.clamp(1, ATTEMPTS) {
            let mut chosen = facets.clone();
            let made =
                self.choose(&mut chosen, shift, path, depth).and_then(|()| self.settled(&chosen, name, path, depth));
            match made {
                Ok(made) => return Ok(made),
                Err(_) if self.is_spent() => return Err(Self::needs_more()),
                Err(cannot) => last = Some(cannot),
            }
        }
        Err(last.unwrap_or_else(|| Cannot::because("no alternative can be satisfied")))
    }

    fn settled(&mut self, facets: &Facets<'c>, name: &str, path: &[String], depth: usize) -> Result<Value, Cannot> {
        if facets.never {
            return Err(Cannot::unsatisfiable("nothing is allowed here"));
        }
        if let Some(values) = &facets.values
            && path.is_empty()
        {
            return self.listed(facets, values);
        }
        if path.is_empty()
            && self.takes_examples()
            && let Some(example) = self.example(facets)
        {
            return Ok(example);
        }
        match self.kind(facets, path, depth)? {
            Kind::Null => Ok(Value::Null),
            Kind::Boolean => Ok(Value::Bool(self.choices.below(2) == 1)),
            Kind::Integer => number(facets, Numeric::Integer, name, self.choices),
            Kind::Number => number(facets, Numeric::Any, name, self.choices),
            Kind::String => match &facets.content {
                Some(content) if path.is_empty() => {
                    let within = self.make(std::slice::from_ref(content), name, &[], depth + 1)?;
                    Ok(Value::String(within.to_string()))
                }
                Some(_) | None => text(facets, name, self.choices).map(Value::String),
            },
            Kind::Array => self.array(facets, name, path, depth),
            Kind::Object => self.object(facets, path, depth),
        }
    }

    fn listed(&mut self, facets: &Facets<'c>, values: &[&'c Value]) -> Result<Value, Cannot> {
        let fitting: Vec<&Value> = values
            .iter()
            .copied()
            .filter(|value| facets.possible_kind(value) && !facets.excluded.contains(value))
            .collect();
        // Null is the last resort: it says the least.
        let (mut telling, nulls): (Vec<&Value>, Vec<&Value>) = fitting.into_iter().partition(|value| !value.is_null());
        if telling.is_empty() {
            telling = nulls;
        }
        if telling.is_empty() {
            return Err(Cannot::because("no listed value satisfies the other keywords"));
        }
        let picked = self.choices.below(u64::try_from(telling.len()).expect("a short list"));
        Ok(telling[(index(picked) + self.attempt) % telling.len()].clone())
    }

    fn example(&mut self, facets: &Facets<'c>) -> Option<Value> {
        // An object's example would hide the members' own, and one for all items is no list.
        let fitting: Vec<&Value> = facets
            .examples
            .iter()
            .copied()
            .filter(|value| !value.is_object() && !value.is_array() && !value.is_null())
            .filter(|value| {
                facets.possible_kind(value) && facets.allows_text(value) && !facets.excluded.contains(value)
            })
            .collect();
        (!fitting.is_empty())
            .then(|| fitting[index(self.choices.below(u64::try_from(fitting.len()).expect("a short list")))].clone())
    }

    fn kind(&mut self, facets: &Facets<'c>, path: &[String], depth: usize) -> Result<Kind, Cannot> {
        let mut kinds = facets.possible();
        kinds.sort();
        if let Some(next) = path.first() {
            // The way goes on below: only an array or object lets it.
            let wanted = if next == "*" || next.parse::<usize>().is_ok() {
                [Kind::Array, Kind::Object]
            } else {
                [Kind::Object, Kind::Array]
            };
            let meant = wanted.into_iter().find(|kind| kinds.contains(kind));
            if let Some(kind) = meant.or(wanted.into_iter().find(|_| facets.kinds.is_none())) {
                return Ok(kind);
            }
        }
        self.among(&kinds, depth)
    }

    /// One of these types, which stand in their order.
    pub(crate) fn among(&mut self, kinds: &[Kind], depth: usize) -> Result<Kind, Cannot> {
        let mut kinds = kinds;
        if let [only] = kinds {
            // As many decisions are taken as where there are several.
            self.choices.below(1);
            return Ok(*only);
        }
        if kinds.len() > 1 {
            // Null now and then, but never as the simplest value.
            if let Some((Kind::Null, without)) = kinds.split_last() {
                if self.choices.chance(1, 8) && self.choices.taste() == Taste::Plain || depth > FULL_DEPTH {
                    return Ok(Kind::Null);
                }
                kinds = without;
            }
            if depth > FULL_DEPTH {
                kinds = &kinds[..1];
            }
        }
        if kinds.is_empty() {
            return Err(Cannot::because("no type satisfies all of the schema's parts"));
        }
        let picked = self.choices.below(u64::try_from(kinds.len()).expect("at most seven"));
        Ok(kinds[(index(picked) + self.attempt / 3) % kinds.len()])
    }
}

/// The examples of facets that are a whole list or object: what a member's own schema shows of it.
pub(crate) fn whole_examples<'f, 'c>(facets: &'f Facets<'c>) -> impl Iterator<Item = &'c Value> + use<'f, 'c> {
    facets.examples.iter().copied().filter(|value| value.is_object() || value.is_array())
}

pub(crate) fn index(small: u64) -> usize {
    usize::try_from(small).expect("a small number")
}
