//! Values made by following recipes.

use serde_json::{Map, Value};

use crate::generate::Cannot;
use crate::generate::plain::array::singular;
use crate::generate::plain::facets::Kind;
use crate::generate::plain::maker::{Maker, index};
use crate::generate::plain::text::Texts;
use crate::generate::recipe::{Child, List, Need, Object, Recipe, Steps};

impl Maker<'_, '_> {
    /// A value of a recipe, for the member that has this name.
    pub(crate) fn follow(&mut self, recipe: &Recipe, name: &str, depth: usize) -> Result<Value, Cannot> {
        let Some(steps) = &recipe.steps else {
            let schemas: Result<Vec<_>, _> = recipe.places.iter().map(|at| self.contract.schema(at)).collect();
            return self.make(&schemas.map_err(|defect| Cannot::defective(&defect))?, name, &[], depth);
        };
        self.count(depth)?;
        let made = self.take(steps, name, depth);
        self.failures += usize::from(made.is_err());
        made
    }

    fn take(&mut self, steps: &Steps, name: &str, depth: usize) -> Result<Value, Cannot> {
        let is_member = std::mem::take(&mut self.is_member);
        if !steps.values.is_empty() {
            let picked = self.picked(steps.values.len()) + self.attempt;
            return Ok(steps.values[picked % steps.values.len()].clone());
        }
        if is_member && !steps.wholes.is_empty() && self.takes_examples() {
            return Ok(steps.wholes[self.picked(steps.wholes.len())].clone());
        }
        if !steps.examples.is_empty() && self.takes_examples() {
            return Ok(steps.examples[self.picked(steps.examples.len())].clone());
        }
        const COMPILED: &str = "a recipe says of each of its types how it is made";
        match self.among(&steps.kinds, depth)? {
            Kind::Null => Ok(Value::Null),
            Kind::Boolean => Ok(Value::Bool(self.choices.below(2) == 1)),
            Kind::Integer => steps.integer.as_ref().expect(COMPILED).pick(name, self.choices),
            Kind::Number => steps.number.as_ref().expect(COMPILED).pick(name, self.choices),
            Kind::String => steps.text.as_ref().expect(COMPILED).make(name, self.choices).map(Value::String),
            Kind::Array => self.items(steps.list.as_ref().expect(COMPILED), name, depth),
            Kind::Object => self.members(steps.object.as_ref().expect(COMPILED), depth),
        }
    }

    fn picked(&mut self, count: usize) -> usize {
        index(self.choices.below(u64::try_from(count).expect("a short list")))
    }

    fn items(&mut self, list: &List, name: &str, depth: usize) -> Result<Value, Cannot> {
        let room = self.room(depth);
        let most = list.bound.min(list.least.saturating_add(room));
        let count = list.least + self.choices.below(most - list.least + 1);
        let mut items = Vec::with_capacity(index(count));
        let outer = std::mem::replace(&mut self.on_way, false);
        for position in 0..count {
            let child = list.prefix.get(index(position)).unwrap_or(&list.rest);
            let entered = self.choices.enter_item(position);
            let made = match child {
                Child::Free => Texts::default().make(name, self.choices).map(Value::String),
                Child::Of { .. } => self.child(child, singular(name), depth + 1),
            };
            self.choices.leave(entered);
            match made {
                Ok(made) => items.push(made),
                // What need not be there may be left out.
                Err(_) if position >= list.least => break,
                Err(cannot) => {
                    self.on_way = outer;
                    return Err(cannot);
                }
            }
        }
        self.on_way = outer;
        Ok(Value::Array(items))
    }

    fn members(&mut self, object: &Object, depth: usize) -> Result<Value, Cannot> {
        let outer = std::mem::replace(&mut self.on_way, false);
        let first = self.made.len();
        let made = self.each(object, depth);
        self.on_way = outer;
        if let Err(cannot) = made {
            self.made.truncate(first);
            return Err(cannot);
        }
        let mut members = self.gathered(object, first);
        if self.takes_examples() {
            object.agreement.reach(&mut members, self.choices);
        }
        Ok(Value::Object(members))
    }

    /// Makes the members, each with its place among those that the recipe knows.
    fn each(&mut self, object: &Object, depth: usize) -> Result<(), Cannot> {
        for (place, member) in object.members.iter().enumerate() {
            let entered = self.choices.enter(&member.name);
            if member.need == Need::NowAndThen && !self.optional(depth) {
                self.choices.leave(entered);
                continue;
            }
            self.is_member = true;
            let made = match &member.child {
                Child::Free => Texts::default().make(&member.name, self.choices).map(Value::String),
                child @ Child::Of { .. } => self.child(child, &member.name, depth + 1),
            };
            self.choices.leave(entered);
            match made {
                Ok(made) => self.made.push((place, made)),
                // An optional member that cannot be made is left out.
                Err(_) if member.need == Need::NowAndThen => {}
                Err(cannot) => return Err(cannot.within(&member.name)),
            }
        }
        Ok(())
    }

    /// The object of the members that were made since.
    fn gathered(&mut self, object: &Object, first: usize) -> Map<String, Value> {
        let name = |place: usize| object.members[place].name.as_str();
        let made = &self.made[first..];
        let Some(frames) = &object.frames else {
            return self.made.drain(first..).map(|(place, made)| (name(place).to_owned(), made)).collect();
        };
        let (mut present, mut optional) = (0, 0);
        for (place, _) in made {
            present |= 1 << place;
            optional |= object.members[*place].bit;
        }
        let mut members = frames.object(present, optional, made.iter().map(|(place, _)| name(*place)));
        for (member, (_, made)) in members.values_mut().zip(self.made.drain(first..)) {
            *member = made;
        }
        members
    }

    fn child(&mut self, child: &Child, name: &str, depth: usize) -> Result<Value, Cannot> {
        let (contract, direction) = (self.contract, self.direction);
        match child.with(contract, direction, |recipe| self.follow(recipe, name, depth)) {
            Some(made) => made,
            None => self.follow(&Recipe::new(child.places().to_vec(), None), name, depth),
        }
    }
}
