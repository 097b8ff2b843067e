//! Makes one value after another of a schema's facets: chooses among branches and types, and follows the way to a place.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;

use crate::document::Location;
use crate::generate::facets::{Alternative, Condition, Facets, Kind};
use crate::generate::number::{Numeric, number};
use crate::generate::text::text;
use crate::generate::{Cannot, Choices, Taste};
use crate::model::{Contract, Direction, Schema};
use crate::rule::Branch;

/// How deep optional members are still filled in; below, only what must be there is.
pub(super) const FULL_DEPTH: usize = 3;

/// How deep a value may become before its schema is taken for one that no finite value satisfies.
const MAX_DEPTH: usize = 40;

/// How often a value is made anew when the validator does not agree: alternatives that overlap, `not`, `if`.
pub(super) const ATTEMPTS: usize = 12;

/// How many values are made for one value, all attempts together, before it is given up: twice what the longest list takes.
pub(crate) const MAX_VALUES: usize = 20_000;

/// How many values may fail in one value before the search is given up: branches within branches multiply.
const MAX_FAILURES: usize = 400;

/// After how many values in one value optional members are left out, so that wide schemas end in time.
pub(super) const FULL_STEPS: usize = 400;

/// How many items or members are made at the most; a contract that asks for more is told so.
pub(super) const MAX_ITEMS: u64 = 10_000;

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
    /// The address of `anyOf`, `oneOf` or `if` in the document.
    at: *const Value,
    index: usize,
    /// How much of the way is left where it is taken.
    left: usize,
}

pub(crate) struct Maker<'c, 'x> {
    pub(super) contract: &'c Contract,
    pub(super) direction: Direction,
    pub(super) choices: &'x mut dyn Choices,
    pub(super) attempt: usize,
    pub(super) steps: usize,
    /// The same in all attempts.
    pub(super) spent: usize,
    /// The optional members that the next object has, those and no others; as it comes where nothing is said.
    pub(super) exactly: Option<Vec<String>>,
    /// Whether what is made lies on the way: it leads there or is the place itself.
    pub(super) on_way: bool,
    /// How many values could not be made.
    pub(super) failures: usize,
    /// Members of the objects that are being made, each with its place in its recipe.
    pub(super) made: Vec<(usize, Value)>,
    /// The branches to take on the way.
    forced: Vec<Forced>,
    /// What was folded before: items of a list have the same schema.
    folded: HashMap<Vec<*const Value>, Rc<Facets<'c>>>,
    /// The same for what one schema alone says.
    folded_alone: HashMap<*const Value, Rc<Facets<'c>>>,
}

impl<'c, 'x> Maker<'c, 'x> {
    pub(crate) fn new(
        contract: &'c Contract,
        direction: Direction,
        way: Way<'_>,
        choices: &'x mut dyn Choices,
    ) -> Self {
        let address = |at: &Location| contract.document().node(at).map(std::ptr::from_ref);
        let left = |branch: &Branch| way.path.len().saturating_sub(branch.pointer.tokens().count());
        let forced = way
            .branches
            .iter()
            .filter_map(|branch| Some(Forced { at: address(&branch.at)?, index: branch.index, left: left(branch) }))
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
            failures: 0,
            made: Vec::new(),
            forced,
            folded: HashMap::new(),
            folded_alone: HashMap::new(),
        }
    }

    /// Begins another attempt.
    pub(crate) fn begin(&mut self, attempt: usize) {
        self.attempt = attempt;
        self.steps = 0;
        self.failures = 0;
        self.on_way = true;
    }

    /// True where no more values are made.
    pub(super) fn is_spent(&self) -> bool {
        self.spent > MAX_VALUES
    }

    /// What is said then.
    pub(super) fn needs_more() -> Cannot {
        Cannot::budget(format!("the value needs more than {MAX_VALUES} values to be made"))
    }

    /// The branch that the way takes at what stands at this address.
    fn forced(&self, at: Option<*const Value>, path: &[String]) -> Option<usize> {
        let here = |forced: &&Forced| Some(forced.at) == at && forced.left == path.len();
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
        let facets = self.facets(schemas)?;
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

    /// Counts a value that is about to be made.
    pub(super) fn count(&mut self, depth: usize) -> Result<(), Cannot> {
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
        if let [schema] = schemas {
            let key = std::ptr::from_ref(schema.value);
            if let Some(known) = self.folded_alone.get(&key) {
                return Ok(Rc::clone(known));
            }
            let facets = Rc::new(Facets::of(self.contract, schemas, self.direction)?);
            self.folded_alone.insert(key, Rc::clone(&facets));
            return Ok(facets);
        }
        let key: Vec<*const Value> = schemas.iter().map(|schema| std::ptr::from_ref(schema.value)).collect();
        if let Some(known) = self.folded.get(&key) {
            return Ok(Rc::clone(known));
        }
        let facets = Rc::new(Facets::of(self.contract, schemas, self.direction)?);
        self.folded.insert(key, Rc::clone(&facets));
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
        if self.choices.taste() == Taste::Believable
            && path.is_empty()
            && self.attempt < ATTEMPTS / 2
            && let Some(example) = self.example(facets)
        {
            return Ok(example);
        }
        match self.kind(facets, path, depth)? {
            Kind::Null => Ok(Value::Null),
            Kind::Boolean => Ok(Value::Bool(self.choices.below(2) == 1)),
            Kind::Integer => number(facets, Numeric::Integer, name, self.choices),
            Kind::Number => number(facets, Numeric::Any, name, self.choices),
            Kind::String => text(facets, name, self.choices).map(Value::String),
            Kind::Array => self.array(facets, name, path, depth),
            Kind::Object => self.object(facets, path, depth),
        }
    }

    /// Folds one branch of each alternative in. Later attempts start elsewhere, so that every branch is tried.
    pub(super) fn choose(
        &mut self,
        facets: &mut Facets<'c>,
        shift: usize,
        path: &[String],
        depth: usize,
    ) -> Result<(), Cannot> {
        let mut rounds = 0;
        loop {
            rounds += 1;
            if rounds > MAX_DEPTH {
                return Err(Cannot::budget("alternatives lie within alternatives without end"));
            }
            if let Some(alternative) = facets.alternatives.pop() {
                self.branch(facets, &alternative, shift, path, depth)?;
            } else if let Some(condition) = facets.conditions.pop() {
                self.condition(facets, condition, shift, path)?;
            } else if let Some(place) = facets
                .dependent_schemas
                .iter()
                .position(|(name, _)| facets.required.contains(name) || path.first().is_some_and(|next| next == name))
            {
                let (_, schema) = facets.dependent_schemas.swap_remove(place);
                facets.and(self.contract, schema, self.direction)?;
            } else {
                break;
            }
        }
        // What else would act where a member is there is kept out of the way.
        facets.avoided.extend(facets.dependent_schemas.drain(..).map(|(name, _)| name));
        Ok(())
    }

    fn branch(
        &mut self,
        facets: &mut Facets<'c>,
        alternative: &Alternative<'c>,
        shift: usize,
        path: &[String],
        depth: usize,
    ) -> Result<(), Cannot> {
        let branches = alternative.branches();
        let address = alternative.owner.get(alternative.keyword).map(std::ptr::from_ref);
        let forced = self.forced(address, path);
        let order: Vec<usize> = match forced {
            Some(index) if index < branches.len() => vec![index],
            _ => self.order(facets, &branches, shift, path, depth),
        };
        for index in order {
            let mut tried = facets.clone();
            if tried.and(self.contract, branches[index], self.direction).is_ok() && is_possible(&tried) {
                self.discriminate(&mut tried, alternative.owner, branches[index]);
                if alternative.keyword == "oneOf" && self.attempt > 0 {
                    self.tell_apart(&mut tried, &branches, index);
                }
                *facets = tried;
                return Ok(());
            }
        }
        Err(Cannot::because("no alternative can be satisfied together with the rest"))
    }

    /// The branches in the order in which they are tried: from a chosen one on; deep down the shallow ones first.
    fn order(
        &mut self,
        facets: &Facets<'c>,
        branches: &[Schema<'c>],
        shift: usize,
        path: &[String],
        depth: usize,
    ) -> Vec<usize> {
        let count = branches.len();
        let first = index(self.choices.below(u64::try_from(count).expect("a short list"))) + self.attempt + shift;
        let mut order: Vec<usize> = (0..count).map(|offset| (first + offset) % count).collect();
        if depth >= FULL_DEPTH && path.is_empty() {
            let ranks: Vec<usize> = branches
                .iter()
                .map(|branch| {
                    let mut tried = facets.clone();
                    match tried.and(self.contract, *branch, self.direction) {
                        Ok(()) => rank(&tried),
                        Err(_) => usize::MAX,
                    }
                })
                .collect();
            order.sort_by_key(|place| ranks[*place]);
            order.rotate_left(shift % count.max(1));
        }
        order
    }

    /// The member that tells the branches apart says which one this is (OpenAPI "Discriminator Object").
    fn discriminate(&self, facets: &mut Facets<'c>, owner: Schema<'c>, branch: Schema<'c>) {
        let Some(discriminator) = owner.get("discriminator") else { return };
        let Some(member) = discriminator.get("propertyName").and_then(Value::as_str) else { return };
        let Some(reference) = branch.reference() else { return };
        let target = |reference: &str| self.contract.refer(owner, reference).ok().map(|(at, _)| at);
        let meant = target(reference);
        let name = |mapped: &str| {
            if mapped.contains(['/', '#']) { mapped.to_owned() } else { format!("#/components/schemas/{mapped}") }
        };
        let mapped = discriminator
            .get("mapping")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .find(|(_, mapped)| mapped.as_str().is_some_and(|mapped| target(&name(mapped)) == meant))
            .map(|(key, _)| key.as_str());
        facets.fixed.push((member, mapped.unwrap_or_else(|| reference.rsplit('/').next().unwrap_or(reference))));
    }

    /// Keeps out what another branch asks for and this one does not, so that the value fits this one alone.
    fn tell_apart(&mut self, facets: &mut Facets<'c>, branches: &[Schema<'c>], chosen: usize) {
        for (number, branch) in branches.iter().enumerate() {
            if number == chosen {
                continue;
            }
            let Ok(other) = self.facets(&[*branch]) else { continue };
            let apart: Vec<&'c str> =
                other.required.iter().copied().filter(|name| !facets.required.contains(name)).collect();
            facets.avoided.extend(apart);
            // Branches that overlap in all they ask for differ still in what they describe: a member that only the other
            // one knows, of a type that it does not allow, keeps the value out of it.
            if self.attempt % 6 > 2 {
                let known = facets.described();
                let strange = other.described().into_iter().filter(|name| !known.contains(name)).find_map(|name| {
                    let inner = self.facets(&other.member(name)).ok()?;
                    stranger(&inner).map(|value| (name, value))
                });
                facets.spoiled.extend(strange);
            }
            if let Some(values) = &other.values {
                facets.excluded.extend(values);
            }
        }
    }

    fn condition(
        &mut self,
        facets: &mut Facets<'c>,
        condition: Condition<'c>,
        shift: usize,
        path: &[String],
    ) -> Result<(), Cannot> {
        let forced = self.forced(Some(std::ptr::from_ref(condition.when.value)), path);
        let first = match forced {
            Some(index) => index,
            None => index(self.choices.below(2)) + self.attempt + shift,
        };
        for offset in 0..if forced.is_some() { 1 } else { 2 } {
            let mut tried = facets.clone();
            let folded = if (first + offset).is_multiple_of(2) {
                tried.and(self.contract, condition.when, self.direction).and_then(|()| match condition.then {
                    Some(then) => tried.and(self.contract, then, self.direction),
                    None => Ok(()),
                })
            } else {
                tried.but_not(self.contract, condition.when);
                match condition.otherwise {
                    Some(otherwise) => tried.and(self.contract, otherwise, self.direction),
                    None => Ok(()),
                }
            };
            if folded.is_ok() && is_possible(&tried) {
                *facets = tried;
                return Ok(());
            }
        }
        Err(Cannot::because("neither side of a condition can be satisfied"))
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
    pub(super) fn among(&mut self, kinds: &[Kind], depth: usize) -> Result<Kind, Cannot> {
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

/// A plain value of a type that these facets do not allow; `None` where they allow any.
fn stranger(facets: &Facets<'_>) -> Option<Value> {
    let kinds = facets.kinds.clone().or_else(|| {
        let values = facets.values.as_ref()?;
        Some(Kind::ALL.into_iter().filter(|kind| values.iter().any(|value| kind.is_of(value))).collect())
    })?;
    [Value::from("text"), Value::from(7), Value::from(true)]
        .into_iter()
        .find(|value| !kinds.iter().any(|kind| kind.is_of(value)))
}

/// True where nothing that is known of the facets keeps every value out.
fn is_possible(facets: &Facets<'_>) -> bool {
    !facets.never
        && facets.kinds.as_ref().is_none_or(|kinds| !kinds.is_empty())
        && facets.values.as_ref().is_none_or(|values| !values.is_empty())
}

/// How much must lie below a value of these facets: nothing, perhaps nothing, something.
fn rank(facets: &Facets<'_>) -> usize {
    let kinds = facets.possible();
    if !is_possible(facets) {
        usize::MAX
    } else if facets.values.is_some() || kinds.iter().any(|kind| !matches!(kind, Kind::Object | Kind::Array)) {
        0
    } else if kinds.contains(&Kind::Array) && facets.min_items == 0 && facets.contains.is_empty() {
        1
    } else {
        2 + facets.required.len()
    }
}

pub(super) fn index(small: u64) -> usize {
    usize::try_from(small).expect("a small number")
}
