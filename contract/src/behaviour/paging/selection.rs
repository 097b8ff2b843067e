//! Which items a list shows, and in which order: the filters, the search and the sorting of a request, as inference
//! decided what its query parameters mean.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::call::Call;
use crate::behaviour::paging::comparison::Mark;
use crate::behaviour::paging::{criteria, selector};
use crate::behaviour::shape;
use crate::behaviour::state::{Item, Place, State, text};
use crate::behaviour::{Effect, Filter, Reach, Sort, Test};
use crate::document::Pointer;
use crate::model::{Contract, In};

/// The order of a list's items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// They stand as they came.
    Arrival,
    /// The order that the request asks for.
    Sorted,
}

/// The most levels of an item at which texts are searched.
const MAX_DEPTH: usize = 6;

/// The items that a request asks for, in their order.
pub(crate) fn rows<'s>(
    contract: &Contract,
    state: &'s State,
    place: &'s Place,
    effect: &Effect,
    call: &Call<'_>,
) -> Rows<'s> {
    let wanted = wanted(contract, effect, call);
    let by = effect.sort.as_ref().map(|sort| keys(contract, sort, call)).unwrap_or_default();
    let is_turned = by.is_empty() && effect.sort.as_ref().is_some_and(|sort| is_turned(contract, sort, call));
    let fits = |item: &&Arc<Item>| wanted.iter().all(|wanted| wanted.fits(item));
    let mut rows: Vec<&Arc<Item>> = match effect.reach {
        Reach::Set if wanted.is_empty() && by.is_empty() && !is_turned => return Rows::Set(state, place),
        Reach::Set => state.items(place).filter(fits).collect(),
        Reach::Collection => state.all_items(place.collection).into_iter().filter(fits).collect(),
    };
    if by.is_empty() {
        if is_turned {
            rows.reverse();
            return Rows::Chosen(rows, Order::Sorted);
        }
        return Rows::Chosen(rows, Order::Arrival);
    }
    // What an item is sorted by is read once for each, not for each comparison.
    let marks = |item: &Item| by.iter().map(|(at, _)| at.get(&item.value).map(Mark::of)).collect::<Vec<_>>();
    let mut marked: Vec<(Vec<Option<Mark>>, &Arc<Item>)> = rows.into_iter().map(|item| (marks(item), item)).collect();
    marked.sort_by(|(one, _), (other, _)| {
        let pairs = one.iter().zip(other).zip(&by);
        let orders = pairs.map(|((one, other), (_, direction))| match direction {
            Direction::Up => Mark::compare(one.as_ref(), other.as_ref()),
            Direction::Down => Mark::compare(other.as_ref(), one.as_ref()),
        });
        orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    Rows::Chosen(marked.into_iter().map(|(_, item)| item).collect(), Order::Sorted)
}

/// The items that a request asks for, in their order.
pub(crate) enum Rows<'s> {
    /// All of a set as they came: none of them is looked at before it is shown.
    Set(&'s State, &'s Place),
    /// These.
    Chosen(Vec<&'s Arc<Item>>, Order),
}

impl<'s> Rows<'s> {
    /// The number of items.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Set(state, place) => state.count(place),
            Self::Chosen(rows, _) => rows.len(),
        }
    }

    /// The item that so many stand before.
    pub(crate) fn get(&self, index: usize) -> Option<&'s Arc<Item>> {
        match self {
            Self::Set(state, place) => state.between(place, index, index.saturating_add(1)).next(),
            Self::Chosen(rows, _) => rows.get(index).copied(),
        }
    }

    /// Up to `most` items from a position on.
    pub(crate) fn between(&self, from: usize, most: usize) -> Vec<Arc<Item>> {
        match self {
            Self::Set(state, place) => state.between(place, from, from.saturating_add(most)).cloned().collect(),
            Self::Chosen(rows, _) => rows.iter().skip(from).take(most).map(|item| Arc::clone(item)).collect(),
        }
    }

    /// The number of items up to the one of that number, itself included.
    pub(crate) fn up_to(&self, sequence: u64) -> usize {
        match self {
            Self::Set(state, place) => state.rank(place, sequence.saturating_add(1)),
            Self::Chosen(rows, Order::Arrival) => rows.partition_point(|item| item.sequence <= sequence),
            Self::Chosen(rows, Order::Sorted) => {
                rows.iter().position(|item| item.sequence == sequence).map_or(0, |found| found + 1)
            }
        }
    }

    /// The order of the items.
    pub(crate) fn order(&self) -> Order {
        match self {
            Self::Set(..) => Order::Arrival,
            Self::Chosen(_, order) => *order,
        }
    }
}

/// The keys of the items that a request chooses by its filters; `None` where it has none.
pub(crate) fn chosen(
    contract: &Contract,
    state: &State,
    place: &Place,
    effect: &Effect,
    call: &Call<'_>,
) -> Option<Vec<String>> {
    let wanted = wanted(contract, effect, call);
    if wanted.is_empty() {
        return None;
    }
    let items = state.items(place).filter(|item| wanted.iter().all(|wanted| wanted.fits(item)));
    Some(items.map(|item| item.key.clone()).collect())
}

/// A filter with the texts that were sent for it.
struct Wanted<'f> {
    filter: &'f Filter,
    texts: Vec<String>,
    /// The criteria that were sent, where the filter is of such.
    criteria: Option<&'f Value>,
}

/// Texts that choose nothing: all is wanted.
const ALL: [&str; 3] = ["all", "any", "*"];

fn wanted<'f>(contract: &'f Contract, effect: &'f Effect, call: &Call<'f>) -> Vec<Wanted<'f>> {
    effect
        .filters
        .iter()
        .filter_map(|filter| {
            let sent = call.parameter(In::Query, &filter.parameter);
            let sent = sent.or_else(|| call.parameter(In::Path, &filter.parameter)).or_else(|| {
                // Where nothing is sent, the filter has its own default.
                let schema = call.operation.parameter(In::Query, &filter.parameter)?.shape.schema()?;
                shape::keyword(contract, schema, "default")
            });
            let sent = sent?;
            let sent = match &filter.member {
                Some(member) => sent.get(member)?,
                None => sent,
            };
            if filter.test == Test::Criteria {
                return Some(Wanted { filter, texts: Vec::new(), criteria: Some(sent) });
            }
            let values = match sent {
                Value::Array(values) => values.iter().map(text).collect(),
                Value::Object(_) | Value::Null => return None,
                value @ (Value::Bool(_) | Value::Number(_) | Value::String(_)) => vec![text(value)],
            };
            let texts: Vec<String> = match filter.test {
                Test::Among | Test::NotAmong => values.iter().flat_map(|text| separated(text)).collect(),
                // What stands for any text says nothing where a part of one is enough.
                Test::Contains => values.iter().map(|text| text.trim_matches(['%', '*']).to_owned()).collect(),
                Test::AtLeast
                | Test::AtMost
                | Test::Above
                | Test::Below
                | Test::Begins
                | Test::Labels
                | Test::Fields
                | Test::Shown
                | Test::Criteria => values,
            };
            let is_empty = texts.iter().all(String::is_empty);
            let is_all =
                texts.iter().any(|text| ALL.contains(&text.as_str())) && !matches!(filter.test, Test::Contains);
            (!is_empty && !is_all).then_some(Wanted { filter, texts, criteria: None })
        })
        .collect()
}

/// The values of `a,b` or `a;b`; and the text itself, since a value may have a comma in it.
fn separated(text: &str) -> Vec<String> {
    let mut texts = vec![text.to_owned()];
    if text.contains([',', ';']) {
        texts.extend(text.split([',', ';']).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()));
    }
    texts
}

impl Wanted<'_> {
    fn fits(&self, item: &Item) -> bool {
        let there = self.filter.at.get(&item.value);
        match self.filter.test {
            Test::Contains => {
                let there = there.unwrap_or(&item.value);
                self.texts.iter().all(|text| has_text(there, &text.to_lowercase(), 0))
            }
            Test::NotAmong => !self.is_among(there),
            Test::Shown => there != Some(&Value::Bool(true)) || self.texts.iter().any(|text| text == "true"),
            Test::Among => self.is_among(there),
            Test::Begins => there.is_some_and(|there| {
                let there = text(there).to_lowercase();
                self.texts.iter().any(|text| there.starts_with(&text.to_lowercase()))
            }),
            Test::Labels => {
                let look = |name: &str| there?.get(name).map(text);
                self.texts.iter().all(|one| selector::fits(one, &look))
            }
            Test::Criteria => {
                let look = |name: &str| {
                    let at = Pointer::parse(&format!("/{}", name.replace('.', "/")))?;
                    let spelled = || {
                        let members = item.value.as_object()?;
                        members
                            .iter()
                            .find(|(known, _)| shape::plain(known) == shape::plain(name))
                            .map(|(_, value)| value)
                    };
                    at.get(&item.value).or_else(spelled).cloned()
                };
                self.criteria.is_none_or(|sent| criteria::met(sent, &look))
            }
            Test::Fields => {
                let look =
                    |name: &str| Pointer::parse(&format!("/{}", name.replace('.', "/")))?.get(&item.value).map(text);
                self.texts.iter().all(|one| selector::fits(one, &look))
            }
            Test::AtLeast | Test::AtMost | Test::Above | Test::Below => {
                let (Some(there), Some(limit)) = (there, self.texts.first()) else { return false };
                if there.is_null() {
                    return false;
                }
                let order = Mark::compare(Some(&Mark::of(there)), Some(&Mark::of(&Value::String(limit.clone()))));
                match self.filter.test {
                    Test::AtLeast => order.is_ge(),
                    Test::AtMost => order.is_le(),
                    Test::Above => order.is_gt(),
                    Test::Below => order.is_lt(),
                    Test::Among
                    | Test::NotAmong
                    | Test::Contains
                    | Test::Begins
                    | Test::Labels
                    | Test::Fields
                    | Test::Shown
                    | Test::Criteria => false,
                }
            }
        }
    }

    fn is_among(&self, there: Option<&Value>) -> bool {
        match there {
            Some(Value::Array(values)) => values.iter().any(|value| self.is_among(Some(value))),
            Some(Value::Object(members)) => {
                // What is named by an object is named by its key.
                shape::NAMES.iter().any(|name| members.get(*name).is_some_and(|value| self.has(value)))
            }
            Some(value) => self.has(value),
            None => false,
        }
    }

    /// True where the text of a value is among those that were sent.
    fn has(&self, value: &Value) -> bool {
        match value {
            Value::String(there) => self.texts.contains(there),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                self.texts.contains(&text(value))
            }
        }
    }
}

/// True where some text in a value has another in it.
fn has_text(value: &Value, wanted: &str, depth: usize) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(wanted),
        Value::Number(number) => number.to_string() == wanted,
        Value::Array(items) => depth < MAX_DEPTH && items.iter().any(|item| has_text(item, wanted, depth + 1)),
        Value::Object(members) => {
            depth < MAX_DEPTH && members.values().any(|member| has_text(member, wanted, depth + 1))
        }
        Value::Null | Value::Bool(_) => false,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// The value of a query parameter: the one that was sent, else its default.
fn stated(contract: &Contract, call: &Call<'_>, name: &str) -> Option<Value> {
    call.parameter(In::Query, name).cloned().or_else(|| {
        let schema = call.operation.parameter(In::Query, name)?.shape.schema()?;
        shape::keyword(contract, schema, "default").cloned()
    })
}

fn is_down(text: &str) -> bool {
    text.to_ascii_lowercase().starts_with("desc") || text == "-1"
}

/// True where a request names no member to sort by, and the direction alone: the last that came is the first.
fn is_turned(contract: &Contract, sort: &Sort, call: &Call<'_>) -> bool {
    let direction = |name: &str| stated(contract, call, name).is_some_and(|value| is_down(&text(&value)));
    direction(&sort.by) || sort.direction.as_deref().is_some_and(direction)
}

/// The sort keys of a request: pointers into an item, each with its direction.
fn keys(contract: &Contract, sort: &Sort, call: &Call<'_>) -> Vec<(Pointer, Direction)> {
    let stated = |name: &str| stated(contract, call, name);
    let Some(by) = stated(&sort.by) else { return Vec::new() };
    let whole = sort.direction.as_ref().and_then(|name| stated(name)).is_some_and(|value| is_down(&text(&value)));
    let texts: Vec<String> = match &by {
        Value::Array(many) => many.iter().map(text).collect(),
        one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            text(one).split(',').map(str::to_owned).collect()
        }
    };
    texts
        .iter()
        .filter_map(|one| {
            let mut name = one.trim();
            let mut direction = if whole { Direction::Down } else { Direction::Up };
            if let Some(bare) = name.strip_prefix('-') {
                (name, direction) = (bare, Direction::Down);
            } else if let Some(bare) = name.strip_prefix('+') {
                name = bare;
            }
            if let Some((bare, word)) = name.rsplit_once([':', ' ', '.'])
                && (is_down(word) || word.to_ascii_lowercase().starts_with("asc"))
            {
                (name, direction) = (bare, if is_down(word) { Direction::Down } else { Direction::Up });
            }
            let mut plain = shape::plain(name);
            for (ending, turned) in [("desc", Direction::Down), ("asc", Direction::Up)] {
                let bare =
                    plain.strip_suffix(ending).filter(|bare| sort.members.iter().any(|(known, _)| known == bare));
                if let Some(bare) = bare {
                    (plain, direction) = (bare.to_owned(), turned);
                }
            }
            let found = sort.members.iter().find(|(known, _)| *known == plain);
            found.map(|(_, at)| (at.clone(), direction))
        })
        .collect()
}
