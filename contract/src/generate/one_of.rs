//! Takes a value out of the alternatives of a `oneOf` that it fits beside the one that it is meant to fit: members and
//! items are added, changed and left out one at a time while the validator looks on. Alternatives that overlap in all
//! that they ask for can be told apart in no other way but by what one of them refuses.

use serde_json::Value;

use crate::document::{Location, Pointer};
use crate::generate::plain::assorted::assorted;
use crate::generate::plain::facets::{Facets, Kind};
use crate::generate::plain::maker::Way;
use crate::model::{Contract, Direction, Schema};
use crate::rule::{Breach, Keyword, Subject};
use crate::validate::{self, Violation};

/// The most times that the validator is asked for one value before it is left as it is.
const MAX_CHECKS: usize = 3_000;

/// The most alternatives in one value that are mended one after another.
const MAX_ROUNDS: usize = 8;

/// The most levels below the alternatives at which changes are tried, members, items and alternatives within them together.
const MAX_DEPTH: usize = 4;

/// The name of a member that no contract describes.
const UNDESCRIBED: &str = "etalonApart";

/// The value, changed so that it is valid; `None` where no change is found or it is invalid for another reason.
pub(crate) fn mend(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    way: Way<'_>,
    value: &Value,
) -> Option<Value> {
    let kept = &Value::Null;
    Mending { contract, direction, way, kept, told: &|_, _| None, left: MAX_CHECKS }.schema(
        at,
        &Pointer::root(),
        value.clone(),
    )
}

/// The value of that schema, changed beside what is `kept` of it so that it fits one alternative of each `oneOf`: the one
/// that `told` gives for the location of the alternatives and the value there, else the first that it fits. `None` where no
/// such change is found or the value is invalid for another reason.
pub fn apart(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    value: &Value,
    kept: &Value,
    told: &dyn Fn(&Location, &Value) -> Option<usize>,
) -> Option<Value> {
    let way = Way { path: &[], branches: &[] };
    Mending { contract, direction, way, kept, told, left: MAX_CHECKS }.schema(at, &Pointer::root(), value.clone())
}

struct Mending<'c, 'w> {
    contract: &'c Contract,
    direction: Direction,
    way: Way<'w>,
    /// The part of the value that stays as it is.
    kept: &'w Value,
    /// The alternative that a value itself says it means.
    told: &'w dyn Fn(&Location, &Value) -> Option<usize>,
    left: usize,
}

impl<'c> Mending<'c, '_> {
    /// Mends the value at a place until its schema has nothing against it.
    fn schema(&mut self, at: &Location, here: &Pointer, mut value: Value) -> Option<Value> {
        for _ in 0..MAX_ROUNDS {
            self.left = self.left.checked_sub(1)?;
            let found = validate::value(self.contract, at, self.direction, &Subject::Body, &value).ok()?;
            let Some(first) = found.first() else { return Some(value) };
            let Violation { pointer, breach: Breach::Keyword { keyword, at, .. }, .. } = first else { return None };
            if !matches!(keyword, Keyword::OneOf | Keyword::AnyOf) {
                return None;
            }
            let part = pointer.get(&value)?.clone();
            let mended = self.alternative(*keyword, at, &here.append(pointer), part)?;
            pointer.put(&mut value, mended).ok()?;
        }
        None
    }

    fn alternative(&mut self, keyword: Keyword, at: &Location, here: &Pointer, mut value: Value) -> Option<Value> {
        let count = self.contract.document().node(at).and_then(Value::as_array).map_or(0, Vec::len);
        let meant = self.way.branches.iter().find(|branch| branch.at == *at && here.fits(&branch.pointer));
        let meant = meant.map(|branch| branch.index).or_else(|| (self.told)(at, &value));
        let mut fitting = self.fitting(at, count, &value)?;
        let none = |fitting: &[usize]| meant.map_or(fitting.is_empty(), |meant| !fitting.contains(&meant));
        if none(&fitting) {
            // Alternatives within the alternative are what fails here.
            let tried: Vec<usize> = meant.map_or_else(|| (0..count).collect(), |meant| vec![meant]);
            value = tried.into_iter().find_map(|index| self.schema(&at.index(index), here, value.clone()))?;
            fitting = self.fitting(at, count, &value)?;
        }
        if keyword != Keyword::OneOf {
            return Some(value);
        }
        // One that allows all that another allows can be kept beside that only where the other is refused.
        let kept = meant.map_or(fitting, |meant| vec![meant]);
        kept.into_iter().find_map(|kept| self.apart(at, kept, count, here, value.clone()))
    }

    /// Changes a value until it fits the alternative that is kept, and no other.
    fn apart(&mut self, at: &Location, kept: usize, count: usize, here: &Pointer, mut value: Value) -> Option<Value> {
        for _ in 0..count {
            let fitting = self.fitting(at, count, &value)?;
            let Some(other) = fitting.iter().copied().find(|index| *index != kept) else { return Some(value) };
            let schema = self.contract.schema(&at.index(other)).ok()?;
            let mut changes = Vec::new();
            self.changes(&[schema], here, &Pointer::root(), &value, MAX_DEPTH, &mut changes);
            let fixed = here.get(self.kept);
            changes.retain(|change| fixed.is_none_or(|fixed| change.place().get(fixed).is_none()));
            value = changes.into_iter().find_map(|change| {
                let changed = change.made(&value)?;
                let gone = self.fits(&at.index(kept), &changed)? && !self.fits(&at.index(other), &changed)?;
                (gone && self.fitting(at, count, &changed)?.len() < fitting.len()).then_some(changed)
            })?;
        }
        None
    }

    fn fits(&mut self, at: &Location, value: &Value) -> Option<bool> {
        self.left = self.left.checked_sub(1)?;
        validate::is_valid(self.contract, at, self.direction, value).ok()
    }

    fn fitting(&mut self, at: &Location, count: usize, value: &Value) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        for index in 0..count {
            if self.fits(&at.index(index), value)? {
                found.push(index);
            }
        }
        Some(found)
    }

    /// The edits of a value after which these schemas may refuse it, the least telling first. What lies on the way
    /// stays.
    fn changes(
        &self,
        schemas: &[Schema<'c>],
        here: &Pointer,
        place: &Pointer,
        value: &Value,
        depth: usize,
        into: &mut Vec<Change>,
    ) {
        let Some(depth) = depth.checked_sub(1).filter(|_| into.len() < MAX_CHECKS) else { return };
        let Ok(facets) = Facets::of(self.contract, schemas, self.direction) else { return };
        let full = here.append(place);
        match value {
            Value::Object(members) => {
                let mut names = facets.described();
                names.extend(facets.required.iter().filter(|name| !facets.described().contains(name)));
                for name in &names {
                    let at = place.join(name);
                    let schemas = facets.member(name);
                    match members.get(*name) {
                        None => into.extend(self.strange(&schemas).into_iter().map(|s| Change::Put(at.clone(), s))),
                        Some(member) => self.changes(&schemas, here, &at, member, depth, into),
                    }
                }
                into.push(Change::Put(place.join(UNDESCRIBED), Value::from("text")));
                for name in members.keys() {
                    let at = place.join(name);
                    if !self.is_on_way(&here.append(&at)) {
                        into.push(Change::Remove(at));
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate().take(2) {
                    self.changes(&facets.item(index), here, &place.index(index), item, depth, into);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        for alternative in &facets.alternatives {
            for branch in alternative.branches() {
                self.changes(&[branch], here, place, value, depth, into);
            }
        }
        if !self.leads_on(&full) {
            into.extend(self.strange(schemas).into_iter().map(|strange| Change::Put(place.clone(), strange)));
        }
    }

    /// Values that these schemas may refuse, those of a wrong type first.
    fn strange(&self, schemas: &[Schema<'c>]) -> Vec<Value> {
        let facets = Facets::of(self.contract, schemas, self.direction).unwrap_or_default();
        let refused = |value: &Value| facets.kinds.as_ref().is_some_and(|kinds| !kinds.iter().any(|k| k.is_of(value)));
        let mut values = assorted();
        values.push(Value::from("x".repeat(LONG)));
        values.extend(["2024-02-29", "etalon@example.com", "https://example.com/"].map(Value::from));
        values.sort_by_key(|value| !refused(value));
        // A null tells little: many targets take it for a member that is not there.
        values.sort_by_key(|value| Kind::Null.is_of(value));
        values
    }

    /// True where the way leads through a place to others below it.
    fn leads_on(&self, place: &Pointer) -> bool {
        let way: Vec<&str> = self.way.path.iter().map(String::as_str).collect();
        let count = place.tokens().count();
        count < way.len() && place.fits(&way.into_iter().take(count).collect())
    }

    /// True where a place lies on the way.
    fn is_on_way(&self, place: &Pointer) -> bool {
        let count = place.tokens().count();
        count <= self.way.path.len() && place.fits(&self.way.path.iter().take(count).map(String::as_str).collect())
    }
}

/// A text longer than most limits.
const LONG: usize = 300;

enum Change {
    Put(Pointer, Value),
    Remove(Pointer),
}

impl Change {
    fn place(&self) -> &Pointer {
        match self {
            Self::Put(at, _) | Self::Remove(at) => at,
        }
    }

    fn made(&self, value: &Value) -> Option<Value> {
        let mut changed = value.clone();
        match self {
            Self::Put(at, new) if *at == Pointer::root() => changed = new.clone(),
            Self::Put(at, new) => at.put(&mut changed, new.clone()).ok()?,
            Self::Remove(at) => {
                let name = at.last()?.into_owned();
                at.parent()?.get_mut(&mut changed)?.as_object_mut()?.shift_remove(&name)?;
            }
        }
        Some(changed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Document, NoFiles, Source};
    use crate::rule::{Branch, PointerTemplate};

    fn mended(schemas: &Value, index: usize, value: &Value) -> Option<Value> {
        let root = json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {},
            "components": {"schemas": schemas}});
        let text = root.to_string();
        let source = Source { name: "api.json", bytes: text.as_bytes() };
        let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("a document"));
        let at = Location::entry(Pointer::parse("/components/schemas/It").expect("a pointer"));
        let branches = [Branch { pointer: PointerTemplate::root(), at: at.join("oneOf"), index }];
        let made = mend(&contract, &at, Direction::Request, Way { path: &[], branches: &branches }, value)?;
        assert!(validate::is_valid(&contract, &at, Direction::Request, &made).expect("a schema"), "{made}");
        assert!(validate::is_valid(&contract, &branches[0].schema(), Direction::Request, &made).expect("a schema"));
        Some(made)
    }

    #[test]
    fn branches_that_ask_for_the_same_are_told_apart_by_what_one_of_them_refuses_deep_inside() {
        let branch = |name: &str| {
            json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"},
                "settings": {"type": "object", "properties": {name: {"type": "integer"}}}}})
        };
        let schemas = json!({"It": {"oneOf": [branch("speed"), branch("radius"), branch("age")]}});
        for index in 0..3 {
            assert!(mended(&schemas, index, &json!({"name": "a", "settings": {}})).is_some(), "{index}");
        }
    }

    #[test]
    fn overlapping_alternatives_within_an_alternative_are_mended_first() {
        let schemas = json!({
            "It": {"oneOf": [{"type": "object", "required": ["inner"], "properties": {"inner": {"$ref": "#/components/schemas/In"}}}, {"type": "null"}]},
            "In": {"oneOf": [{"type": "object", "properties": {"a": {"type": "string"}}}, {"type": "object", "properties": {"b": {"type": "string"}}}]}
        });
        assert!(mended(&schemas, 0, &json!({"inner": {}})).is_some());
    }

    #[test]
    fn where_one_branch_holds_all_of_another_nothing_is_found_and_the_search_ends() {
        let schemas = json!({"It": {"oneOf": [{"type": "object", "required": ["a"]}, {"type": "object"}]}});
        assert_eq!(mended(&schemas, 0, &json!({"a": 1})), None);
    }
}
