//! Objects: every required member, optional ones now and then or all of them, and as many others as are asked for.

use serde_json::{Map, Value};

use crate::generate::plain::agree::Agreement;
use crate::generate::plain::facets::{Facets, Need, Planned, matches};
use crate::generate::plain::maker::{ATTEMPTS, FULL_DEPTH, FULL_STEPS, MAX_ITEMS, Maker};
use crate::generate::plain::pattern::Known;
use crate::generate::plain::text::text;
use crate::generate::{Cannot, Taste};
use crate::rule::TemplateToken;

/// The most characters that a name is lengthened by to tell it from others.
const LONGER: u64 = 64;

/// The lead of a member on the way to a place: through it, or past it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    There,
    Elsewhere,
}

impl<'c> Maker<'c, '_> {
    pub(crate) fn object(&mut self, facets: &Facets<'c>, path: &[String], depth: usize) -> Result<Value, Cannot> {
        let mut members = Map::new();
        let most = facets.max_properties.unwrap_or(u64::MAX);
        let next = path.first().map(String::as_str);
        let rest = |name: &str| if next == Some(name) { &path[1..] } else { &[] };
        let exactly = self.exactly.take();
        for planned in facets.plan(self.contract, self.direction).iter() {
            if let Some(made) = self.planned(facets, planned, (&members, exactly.as_deref()), path, depth)? {
                members.insert(planned.name.to_owned(), made);
            }
        }
        for name in &facets.required {
            if !members.contains_key(*name) {
                let made = self.extra(
                    facets,
                    name,
                    rest(name),
                    if next == Some(*name) { Lead::There } else { Lead::Elsewhere },
                    depth,
                )?;
                members.insert((*name).to_owned(), made);
            }
        }
        self.depend(facets, &mut members, depth)?;
        self.fill(facets, &mut members, path, depth)?;
        for (name, value) in &facets.spoiled {
            let open = facets.member(name).iter().all(|schema| schema.value == &Value::Bool(true));
            if open && !members.contains_key(*name) && count(&members) < most {
                // The way may lead through the last member.
                members.shift_insert(0, (*name).to_owned(), value.clone());
            }
        }
        if self.choices.taste() == Taste::Believable && self.attempt < ATTEMPTS / 2 {
            Agreement::of(facets, members.keys().map(String::as_str)).reach(&mut members, self.choices);
        }
        Ok(Value::Object(members))
    }

    /// A described member; `None` where it is left out. `exactly` are the names of the optional members that are wanted, where
    /// not any may be.
    fn planned(
        &mut self,
        facets: &Facets<'c>,
        planned: &Planned<'c>,
        (members, exactly): (&Map<String, Value>, Option<&[String]>),
        path: &[String],
        depth: usize,
    ) -> Result<Option<Value>, Cannot> {
        let (name, most) = (planned.name, facets.max_properties.unwrap_or(u64::MAX));
        let leads = path.first().is_some_and(|next| next == name);
        let rest = if leads { &path[1..] } else { &[] };
        let chosen = exactly.map(|names| names.iter().any(|known| known == name));
        let needed = leads || chosen == Some(true) || planned.need == Need::Required;
        let fixed = facets.fixed.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        if !needed && (chosen.is_some() || fixed.is_none() && facets.avoided.contains(&name)) {
            return Ok(None);
        }
        if !needed && planned.need == Need::Unwanted {
            return Ok(None);
        }
        let full = most < u64::MAX && count(members) + still_required(facets, members) >= most;
        let entered = self.choices.enter(name);
        let outer = self.on_way;
        self.on_way &= leads;
        let made = if !needed && (full || !self.optional(depth) && fixed.is_none()) {
            None
        } else {
            Some(match fixed.filter(|_| rest.is_empty() && self.attempt < ATTEMPTS / 2) {
                Some(value) => Ok(Value::String(value.to_owned())),
                None => {
                    self.is_member = true;
                    self.make(&planned.schemas, name, rest, depth + 1)
                }
            })
        };
        self.on_way = outer;
        self.choices.leave(entered);
        match made {
            Some(Ok(made)) => Ok(Some(made)),
            // An optional member that cannot be made is left out.
            Some(Err(_)) if !needed => Ok(None),
            None => Ok(None),
            Some(Err(cannot)) => Err(cannot.within(name)),
        }
    }

    /// Adds the members that must be there because another one is.
    fn depend(&mut self, facets: &Facets<'c>, members: &mut Map<String, Value>, depth: usize) -> Result<(), Cannot> {
        let mut missing = true;
        while missing {
            missing = false;
            for (trigger, needed) in &facets.dependent {
                if !members.contains_key(*trigger) {
                    continue;
                }
                for name in needed {
                    if !members.contains_key(*name) {
                        missing = true;
                        let made = self.extra(facets, name, &[], Lead::Elsewhere, depth)?;
                        members.insert((*name).to_owned(), made);
                    }
                }
            }
        }
        Ok(())
    }

    /// Members of any name: as many as are asked for, and one where the way leads into one.
    fn fill(
        &mut self,
        facets: &Facets<'c>,
        members: &mut Map<String, Value>,
        path: &[String],
        depth: usize,
    ) -> Result<(), Cannot> {
        let leads = path
            .first()
            .is_some_and(|next| TemplateToken::of(next).is_open() && !facets.described().contains(&next.as_str()));
        let mut number = 0;
        if facets.min_properties > MAX_ITEMS {
            return Err(Cannot::budget(format!(
                "an object of {} members is larger than the {MAX_ITEMS} that are made",
                facets.min_properties
            )));
        }
        while count(members) < facets.min_properties || leads && number == 0 {
            if number > MAX_ITEMS {
                return Err(Cannot::budget("an object of so many members is larger than those that are made"));
            }
            number += 1;
            let here = leads && number == 1;
            let pattern = path.first().filter(|_| here).and_then(|next| TemplateToken::of(next).pattern());
            let name = match pattern {
                Some(pattern) => self
                    .sampled_name(facets, members, pattern)
                    .ok_or_else(|| Cannot::because(format!("no name for a member was found that matches {pattern}")))?,
                None => self.fresh_name(facets, members, number)?,
            };
            let rest = if here { &path[1..] } else { &[] };
            let made = self.extra(facets, &name, rest, if here { Lead::There } else { Lead::Elsewhere }, depth)?;
            members.insert(name, made);
        }
        Ok(())
    }

    pub(crate) fn optional(&mut self, depth: usize) -> bool {
        let shallow = depth < FULL_DEPTH && self.steps < FULL_STEPS;
        match self.choices.taste() {
            Taste::Believable => shallow && self.attempt % 3 != 2,
            // Later attempts take everything, then nothing: that tells alternatives apart which overlap half filled.
            Taste::Plain => match self.attempt % 3 {
                0 => shallow && self.choices.chance(1, 2),
                1 => shallow,
                _ => false,
            },
        }
    }

    /// A member that `properties` may not describe.
    fn extra(
        &mut self,
        facets: &Facets<'c>,
        name: &str,
        path: &[String],
        lead: Lead,
        depth: usize,
    ) -> Result<Value, Cannot> {
        let schemas = facets.member(name);
        let entered = self.choices.enter(name);
        let outer = self.on_way;
        self.on_way &= lead == Lead::There;
        let fixed = facets.fixed.iter().find(|(known, _)| *known == name).filter(|_| path.is_empty());
        let made = match fixed {
            Some((_, value)) => Ok(Value::String((*value).to_owned())),
            None if schemas.is_empty() => text(&Facets::default(), name, self.choices).map(Value::String),
            None => {
                self.is_member = true;
                self.make(&schemas, name, path, depth + 1).map_err(|cannot| cannot.within(name))
            }
        };
        self.on_way = outer;
        self.choices.leave(entered);
        made
    }

    /// A new name that matches a pattern.
    fn sampled_name(&mut self, facets: &Facets<'c>, members: &Map<String, Value>, pattern: &str) -> Option<String> {
        let known = Known::of(pattern);
        // Decisions may be the same every time: longer names are others.
        let longer = count(members).min(LONGER);
        (1..).take(ATTEMPTS).chain([longer + 1, longer + 2]).find_map(|least| {
            let name = known.pattern().and_then(|pattern| pattern.sample(least, None, self.choices));
            name.filter(|name| is_allowed(facets, members, name))
        })
    }

    fn fresh_name(&mut self, facets: &Facets<'c>, members: &Map<String, Value>, number: u64) -> Result<String, Cannot> {
        let patterns: Vec<&str> =
            facets.objects.iter().flat_map(|part| &part.patterns).map(|(pattern, _)| *pattern).collect();
        let allowed = |name: &str| is_allowed(facets, members, name);
        if facets.names.is_empty() {
            let plain = format!("extra{number}");
            // Where other names are closed, or patterns speak of some, those are what is meant.
            let described =
                facets.objects.iter().any(|part| part.other.as_ref().is_some_and(|other| other.value.is_object()));
            let open = patterns.is_empty() || described || patterns.iter().any(|pattern| matches(pattern, &plain));
            if open && allowed(&plain) {
                return Ok(plain);
            }
            for pattern in &patterns {
                if let Some(name) = self.sampled_name(facets, members, pattern) {
                    return Ok(name);
                }
            }
            if let Some(name) = facets.described().into_iter().find(|name| allowed(name)) {
                return Ok(name.to_owned());
            }
            return if allowed(&plain) {
                Ok(plain)
            } else {
                Err(Cannot::because("there is no further name for a member"))
            };
        }
        for _ in 0..ATTEMPTS {
            let mut rules = Facets::of(self.contract, &facets.names.clone(), self.direction)?;
            self.choose(&mut rules, 0, &[], FULL_DEPTH)?;
            let name = match &rules.values {
                Some(values) => values
                    .iter()
                    .filter_map(|value| value.as_str())
                    .find(|name| !members.contains_key(*name))
                    .map(str::to_owned),
                None => Some(text(&rules, "", self.choices)?),
            };
            if let Some(name) = name.filter(|name| allowed(name)) {
                return Ok(name);
            }
        }
        Err(Cannot::because("there are not enough names for members"))
    }
}

fn is_allowed(facets: &Facets<'_>, members: &Map<String, Value>, name: &str) -> bool {
    !members.contains_key(name) && facets.member(name).iter().all(|schema| schema.value != &Value::Bool(false))
}

fn count(members: &Map<String, Value>) -> u64 {
    u64::try_from(members.len()).expect("bounded")
}

fn still_required(facets: &Facets<'_>, members: &Map<String, Value>) -> u64 {
    let missing = facets.required.iter().filter(|name| !members.contains_key(**name)).count();
    u64::try_from(missing).expect("few")
}
