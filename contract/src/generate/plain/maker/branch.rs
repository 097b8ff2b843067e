//! Choosing among alternatives and conditions: which branch is taken, and what keeps the value out of the others.

use serde_json::Value;

use crate::generate::Cannot;
use crate::generate::plain::facets::{Alternative, Condition, Facets, Kind};
use crate::generate::plain::maker::{FULL_DEPTH, MAX_DEPTH, Maker, index};
use crate::model::Schema;

impl<'c> Maker<'c, '_> {
    /// Folds one branch of each alternative in. Later attempts start elsewhere, so that every branch is tried.
    pub(crate) fn choose(
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
                facets.and(self.contract, &schema, self.direction)?;
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
        let forced = self.forced(&alternative.at(), path);
        let order: Vec<usize> = match forced {
            Some(index) if index < branches.len() => vec![index],
            _ => self.order(facets, &branches, shift, path, depth),
        };
        for index in order {
            let mut tried = facets.clone();
            if tried.and(self.contract, &branches[index], self.direction).is_ok() && is_possible(&tried) {
                self.discriminate(&mut tried, &alternative.owner, &branches[index]);
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
                    match tried.and(self.contract, branch, self.direction) {
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
    fn discriminate(&self, facets: &mut Facets<'c>, owner: &Schema<'c>, branch: &Schema<'c>) {
        let Some(discriminator) = owner.get("discriminator") else { return };
        let Some(member) = discriminator.get("propertyName").and_then(Value::as_str) else { return };
        let Some(reference) = branch.reference() else { return };
        let meant = self.contract.target(branch).map(|target| target.at);
        let mapped = discriminator
            .get("mapping")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .find(|(_, mapped)| mapped.as_str().is_some_and(|mapped| self.contract.mapped(owner, mapped) == meant))
            .map(|(key, _)| key.as_str());
        facets.fixed.push((member, mapped.unwrap_or_else(|| reference.rsplit('/').next().unwrap_or(reference))));
    }

    /// Keeps out what another branch asks for and this one does not, so that the value fits this one alone.
    fn tell_apart(&mut self, facets: &mut Facets<'c>, branches: &[Schema<'c>], chosen: usize) {
        for (number, branch) in branches.iter().enumerate() {
            if number == chosen {
                continue;
            }
            let Ok(other) = self.facets(std::slice::from_ref(branch)) else { continue };
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
        let forced = self.forced(&condition.when.at, path);
        let first = match forced {
            Some(index) => index,
            None => index(self.choices.below(2)) + self.attempt + shift,
        };
        for offset in 0..if forced.is_some() { 1 } else { 2 } {
            let mut tried = facets.clone();
            let folded = if (first + offset).is_multiple_of(2) {
                tried.and(self.contract, &condition.when, self.direction).and_then(|()| match &condition.then {
                    Some(then) => tried.and(self.contract, then, self.direction),
                    None => Ok(()),
                })
            } else {
                tried.but_not(self.contract, &condition.when);
                match &condition.otherwise {
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

/// The rank of facets by what must lie below a value of them: 0 for nothing, 1 for perhaps something, 2 for something.
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
