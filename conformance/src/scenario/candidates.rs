//! Valid requests that a target may accept where it refuses the generated ones: the document's own examples, few and many
//! members, texts that are plain names, dates to come, what refers to something that exists. Pure.

use etalon_contract::codec::{Draft, DraftBody, parameter_examples};
use etalon_contract::generate::{self, Broken, Choices, Numbers, Seeded, is_valid};
use etalon_contract::model::{Contract, In, Operation};
use serde_json::{Value, json};

use crate::draft_place::{DraftPlace, places, value_mut};
use crate::plan::roles;
use crate::scenario::adopt::like;
use crate::scenario::probe::filled;
use crate::session::Session;

/// The number of generated requests of each kind that are tried.
const GENERATED: u64 = 3;

/// The most places of a request that are made plainer.
const PLACES: usize = 80;

/// The characters of a plain name: most rules about names take so many.
const NAME: usize = 6;

/// A day long past, one that is to come, and the one after: targets want beginnings before ends, and ends to come.
const DAYS: [&str; 3] = ["2024-05-06", "2098-01-02", "2099-01-02"];

/// Words in the names of members that say when something ends, or begins.
const ENDS: [&str; 11] =
    ["end", "expir", "until", "due", "deadline", "stop", "finish", "notafter", "validto", "thru", "through"];
const BEGINS: [&str; 7] = ["start", "begin", "from", "since", "notbefore", "after", "schedul"];

/// Words in the names of members whose values follow a notation that schemas seldom tell, and a value of it.
const USUAL: [(&str, &str); 10] = [
    ("domain", "etalon.example.com"),
    ("host", "etalon.example.com"),
    ("address", "192.0.2.1"),
    ("cidr", "192.0.2.0/24"),
    ("cron", "0 0 * * *"),
    ("timezone", "UTC"),
    ("locale", "en"),
    ("language", "en"),
    ("color", "#aabbcc"),
    ("version", "1.0.0"),
];

/// The candidates, the likeliest first.
#[must_use]
pub(crate) fn candidates(session: Session<'_>, operation: &Operation) -> Vec<Draft> {
    let contract = session.contract;
    let numbers = &mut Numbers::new(&[]);
    let simplest = generate::valid(contract, operation, numbers).ok();
    let full = filled(session, operation, &mut Numbers::new(&[])).ok();
    let generated = (0..GENERATED).flat_map(|number| {
        let number = number.to_string();
        let mut choices = Seeded::new(session.settings.seed, [operation.id.as_str(), "candidate", number.as_str()]);
        let plain = generate::valid(contract, operation, &mut choices).ok();
        [plain, filled(session, operation, &mut choices).ok()]
    });
    let bases: Vec<Draft> = [simplest.clone(), full].into_iter().chain(generated).flatten().collect();
    let mut found: Vec<Draft> = Vec::new();
    let examples = bases.iter().take(2).flat_map(|base| exemplary(contract, operation, base));
    let alike = bases.iter().take(2).flat_map(|base| alike(session, operation, base));
    let plainer = bases.iter().map(|base| plainer(session, operation, base));
    let all = examples.chain(alike).chain(plainer).chain(bases.iter().cloned());
    for mut draft in all {
        session.suit(operation, &mut draft, None);
        if !found.contains(&draft) && is_valid(contract, operation, &draft) {
            found.push(draft);
        }
    }
    found
}

/// A request with the document's examples in it: all of them, and one for each example of the content.
fn exemplary(contract: &Contract, operation: &Operation, base: &Draft) -> Vec<Draft> {
    let mut shown = base.clone();
    let mut any = false;
    for parameter in &operation.parameters {
        if let Some(example) = parameter_examples(contract, parameter).into_iter().next() {
            shown.set_parameter(parameter.place, &parameter.name, example);
            any = true;
        }
    }
    let contents = operation.body.iter().flat_map(|body| &body.content);
    let bodies = contents.flat_map(|content| {
        let media_type = content.media_type.concrete();
        content.examples.iter().filter_map(move |example| {
            Some(DraftBody::Value { media_type: media_type.clone()?, value: example.clone() })
        })
    });
    let with_body = bodies.map(|body| Draft { body: Some(body), ..shown.clone() }).collect::<Vec<_>>();
    if with_body.is_empty() && any { vec![shown] } else { with_body }
}

/// A request whose content is like an item that the target shows, with another key or with other texts: never the same, which a
/// target that creates or replaces would take for a change of that item.
fn alike(session: Session<'_>, operation: &Operation, base: &Draft) -> Vec<Draft> {
    let Some(effect) = session.effect(operation) else { return Vec::new() };
    let (Some(index), Some(sent)) = (effect.collection, &effect.sent) else { return Vec::new() };
    let knowledge = session.knowledge.borrow();
    let Some(Value::Object(sample)) = knowledge.sample(index) else { return Vec::new() };
    let key = session.behaviour.collections.get(index).and_then(|c| c.key.get(&Value::Object(sample.clone())).cloned());
    let mut choices = Seeded::new(session.settings.seed, [operation.id.as_str(), "alike"]);
    let mut other = |text: &str| text.chars().map(|character| like(character, &mut choices)).collect::<String>();
    let mut kinds = Vec::new();
    for renews in [Renews::Key, Renews::Texts] {
        let mut renewed = false;
        let mut draft = base.clone();
        let Some(Value::Object(members)) = draft.body_value_mut().and_then(|body| sent.get_mut(body)) else {
            return Vec::new();
        };
        for (name, value) in members.iter_mut() {
            let Some(shown) = sample.get(name) else { continue };
            if std::mem::discriminant(shown) != std::mem::discriminant(value) {
                continue;
            }
            *value = match shown.as_str() {
                Some(text) if renews == Renews::Texts || renews == Renews::Key && Some(shown) == key.as_ref() => {
                    let new = other(text);
                    renewed |= new != text;
                    json!(new)
                }
                Some(_) | None => shown.clone(),
            };
        }
        if renewed {
            kinds.push(draft);
        }
    }
    kinds
}

/// The texts of an item that are others in a request that is like it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Renews {
    /// Those that are its key.
    Key,
    /// All texts of the item.
    Texts,
}

/// A request with plainer values: names, dates to come, small numbers, at least one of everything, and keys of what
/// exists.
#[must_use]
pub(crate) fn plainer(session: Session<'_>, operation: &Operation, base: &Draft) -> Draft {
    let mut draft = base.clone();
    let spots: Vec<DraftPlace> = places(&draft, &|_| false).into_iter().take(PLACES).collect();
    for spot in &spots {
        let Some(value) = spot.get(&draft).cloned() else { continue };
        let name = name_of(spot);
        for other in likelier(session, operation, &name, &value) {
            let changed = replaced(&draft, spot, other);
            if let Some(changed) = changed.filter(|changed| is_valid(session.contract, operation, changed)) {
                draft = changed;
                break;
            }
        }
    }
    draft
}

/// The name of a place: that of the nearest member, or of the parameter.
#[must_use]
pub(crate) fn name_of(spot: &DraftPlace) -> String {
    let token = std::iter::successors(Some(spot.at.clone()), etalon_contract::document::Pointer::parent)
        .filter_map(|at| at.last().map(|token| token.into_owned()))
        .find(|token| token.parse::<usize>().is_err());
    match (token, &spot.part) {
        (Some(token), _) => token,
        (None, crate::draft_place::Part::Parameter(_, name)) => name.clone(),
        (None, crate::draft_place::Part::Body) => String::new(),
    }
}

fn replaced(draft: &Draft, spot: &DraftPlace, value: Value) -> Option<Draft> {
    let mut changed = draft.clone();
    *spot.at.get_mut(value_mut(&mut changed, &spot.part)?)? = value;
    Some(changed)
}

/// The values that a place would rather have, the best first.
#[must_use]
pub(crate) fn likelier(session: Session<'_>, operation: &Operation, name: &str, value: &Value) -> Vec<Value> {
    let mut others = existing(session, operation, name);
    let plain = etalon_contract::behaviour::shape::plain(name);
    match value {
        Value::String(text) => {
            let mut choices = Seeded::new(session.settings.seed, [operation.id.as_str(), name, text.as_str()]);
            let letters: String = (0..NAME).map(|_| letter(&mut choices)).collect();
            let day = if ENDS.iter().any(|word| plain.contains(word)) {
                DAYS[2]
            } else if BEGINS.iter().any(|word| plain.contains(word)) {
                DAYS[1]
            } else {
                DAYS[0]
            };
            if is_day(text) {
                others.extend([json!(format!("{day}T00:00:00Z")), json!(day)]);
            } else if plain.contains("mail") {
                others.push(json!(format!("{letters}@example.com")));
            } else if ["url", "uri", "href", "link", "endpoint", "hook"].iter().any(|word| plain.contains(word)) {
                others.push(json!(format!("https://example.com/{letters}")));
            } else {
                let known = USUAL.iter().filter(|(word, _)| plain.contains(word)).map(|(_, usual)| json!(usual));
                others.extend(known);
                others.extend([json!(letters), json!(&letters[..1]), json!(format!("{letters}.example.com"))]);
            }
        }
        Value::Number(_) => others.extend([json!(1), json!(2), json!(10)]),
        Value::Object(members) if members.is_empty() => {
            others.extend([json!({"abcdef": "abcdef"}), json!({"abcdef": 1}), json!({"abcdef": {}})]);
        }
        Value::Array(items) if items.is_empty() => others.extend([json!(["abcdef"]), json!([1])]),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {}
    }
    others
}

fn letter(choices: &mut dyn Choices) -> char {
    char::from(b'a' + u8::try_from(choices.below(26)).unwrap_or_default())
}

/// True where a text begins as RFC 3339 dates do.
fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' && bytes[..4].iter().all(u8::is_ascii_digit)
}

/// The keys of what a place of this name may refer to: `categoryId` to a category.
fn existing(session: Session<'_>, operation: &Operation, name: &str) -> Vec<Value> {
    let own = session.effect(operation).and_then(|effect| effect.collection);
    let knowledge = session.knowledge.borrow();
    let collections = session.behaviour.collections.iter().enumerate();
    let meant = collections.filter(|(index, collection)| Some(*index) != own && roles::refers(name, &collection.name));
    meant
        .flat_map(|(index, _)| knowledge.keys(index).map(|known| known.key.clone()).collect::<Vec<_>>())
        .take(2)
        .collect()
}

/// The same request with one more member of a fuller one each time, as far as that is valid.
#[must_use]
pub(crate) fn widened(
    session: Session<'_>,
    operation: &Operation,
    base: &Draft,
    fuller: &Draft,
) -> Vec<(String, Value)> {
    let (Some(Value::Object(here)), Some(Value::Object(more))) = (base.body_value(), fuller.body_value()) else {
        return Vec::new();
    };
    let lacking = more.iter().filter(|(name, _)| !here.contains_key(*name));
    lacking
        .filter(|(name, value)| {
            with_member(base, name, value).is_some_and(|draft| is_valid(session.contract, operation, &draft))
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// A request with one more member.
#[must_use]
pub(crate) fn with_member(base: &Draft, name: &str, value: &Value) -> Option<Draft> {
    let mut draft = base.clone();
    draft.body_value_mut()?.as_object_mut()?.insert(name.to_owned(), value.clone());
    Some(draft)
}

/// A request as its own twin.
#[must_use]
pub(crate) fn alone(draft: Draft) -> Broken {
    Broken { twin: draft.clone(), draft }
}

/// The first example that the document gives for a parameter of a path; `None` where it gives none.
#[must_use]
pub(crate) fn path_example(contract: &Contract, operation: &Operation, name: &str) -> Option<Value> {
    parameter_examples(contract, operation.parameter(In::Path, name)?).into_iter().next()
}
