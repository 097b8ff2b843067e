//! Valid requests of the kinds that servers trip over: everything filled in, long and strange texts, many elements, the
//! same value twice, far numbers, deep nesting, odd names. Each changes all places of a request at once, as far as that
//! stays valid; shrinking then finds the place that matters.

use etalon_contract::codec::{Draft, DraftBody, parameter_examples};
use etalon_contract::document::Pointer;
use etalon_contract::generate::{self, Broken, Cannot, Choices, Numbers, is_valid};
use etalon_contract::model::Operation;
use serde_json::{Value, json};

use crate::case::Probe;
use crate::draft_place::{DraftPlace, places};
use crate::session::Session;

/// The most places of a request that are changed: more take long, and one of them is enough.
const PLACES: usize = 60;

/// The lengths of long texts: past what a byte counts, or where that is not allowed past usual limits.
const LONG: [usize; 4] = [300, 130, 70, 35];

/// The lengths of long lists.
const MANY: [usize; 4] = [33, 12, 5, 3];

/// The most times that something is put into its like.
const DEEP: usize = 5;

/// The same, where strange texts are to stand in it.
const FAR_DOWN: usize = 2;

/// Names that mean something to one database, language or path notation or the other; the last is just long.
const NAMES: [&str; 5] = ["a.b", "$a", "__proto__", "a b/[0]", "a_name_that_is_longer_than_most_columns_or_labels"];

/// The most members that are added to crowd an object.
const CROWD: usize = 12;

/// The number past which doubles skip whole ones, and other powers that types end at.
const FAR: [i64; 6] = [9_007_199_254_740_993, 4_294_967_296, 2_147_483_648, 65_536, 256, 100];

/// A request of a kind.
///
/// # Errors
/// Where no place of it can be so.
pub(super) fn draft(
    session: Session<'_>,
    operation: &Operation,
    probe: Probe,
    choices: &mut dyn Choices,
) -> Result<Broken, Cannot> {
    let filled = |choices: &mut dyn Choices| {
        let mut draft = generate::valid(session.contract, operation, &mut Filled(choices))?;
        session.suit(operation, &mut draft, None);
        Ok(Broken { twin: draft.clone(), draft })
    };
    let base = match probe {
        Probe::Example(number) => return example(session, operation, number, choices),
        Probe::Filled(_) | Probe::Blank(_) | Probe::Null | Probe::Named | Probe::Crowded => filled(choices)?,
        Probe::Many | Probe::Alike | Probe::Deep | Probe::High | Probe::Low | Probe::Fraction => {
            filled(&mut Lush(choices))?
        }
        // What is strange may be far down.
        Probe::Long | Probe::Wide | Probe::Quoted | Probe::Control => {
            nested(session, operation, filled(&mut Lush(choices))?, FAR_DOWN)
        }
    };
    let grown = match probe {
        Probe::Filled(0) | Probe::Example(_) => return Ok(base),
        Probe::Filled(_) => {
            let simplest = filled(&mut Numbers::new(&[]))?;
            return if base == simplest { Err(Cannot::because("there is nothing to choose")) } else { Ok(base) };
        }
        Probe::Deep => nested(session, operation, base.clone(), DEEP),
        Probe::Long
        | Probe::Wide
        | Probe::Quoted
        | Probe::Control
        | Probe::Blank(_)
        | Probe::Many
        | Probe::Alike
        | Probe::High
        | Probe::Low
        | Probe::Fraction
        | Probe::Null
        | Probe::Named
        | Probe::Crowded => grown(session, operation, base.clone(), &|value| others(probe, value)),
    };
    if grown == base { Err(Cannot::because("no value of it can be so")) } else { Ok(grown) }
}

/// A request with the document's examples in it, the simplest otherwise.
fn example(
    session: Session<'_>,
    operation: &Operation,
    number: usize,
    choices: &mut dyn Choices,
) -> Result<Broken, Cannot> {
    let mut draft = generate::valid(session.contract, operation, choices)?;
    session.suit(operation, &mut draft, None);
    for parameter in &operation.parameters {
        let examples = parameter_examples(session.contract, parameter);
        if let Some(example) = examples.get(number).or(examples.first()) {
            draft.set_parameter(parameter.place, &parameter.name, example.clone());
        }
    }
    let contents = operation.body.iter().flat_map(|body| &body.content);
    let bodies = contents.flat_map(|content| {
        let media_type = content.media_type.concrete();
        content
            .examples
            .iter()
            .filter_map(move |value| Some(DraftBody::Value { media_type: media_type.clone()?, value: value.clone() }))
    });
    let bodies: Vec<DraftBody> = bodies.collect();
    if let Some(body) = bodies.get(number).or(bodies.first()) {
        draft.body = Some(body.clone());
    }
    if is_valid(session.contract, operation, &draft) {
        Ok(Broken { twin: draft.clone(), draft })
    } else {
        Err(Cannot::because("the document's example is not valid"))
    }
}

/// A valid request with everything that may be there, and something in every list.
///
/// # Errors
/// Where none can be made.
pub(crate) fn filled(session: Session<'_>, operation: &Operation, choices: &mut dyn Choices) -> Result<Draft, Cannot> {
    generate::valid(session.contract, operation, &mut Filled(&mut Lush(choices)))
}

/// Choices by which everything optional is there.
struct Filled<'x>(&'x mut dyn Choices);

impl Choices for Filled<'_> {
    fn below(&mut self, bound: u64) -> u64 {
        self.0.below(bound)
    }

    fn chance(&mut self, _parts: u64, _whole: u64) -> bool {
        true
    }
}

/// Choices by which lists have elements as well: what chooses among three is how long a list is.
struct Lush<'x>(&'x mut dyn Choices);

impl Choices for Lush<'_> {
    fn below(&mut self, bound: u64) -> u64 {
        let chosen = self.0.below(bound);
        if bound == 3 { chosen.max(1) } else { chosen }
    }
}

/// The request with each value replaced by the first of the others that leaves it valid.
fn grown(session: Session<'_>, operation: &Operation, base: Broken, others: &dyn Fn(&Value) -> Vec<Value>) -> Broken {
    let mut grown = base;
    let places: Vec<DraftPlace> = places(&grown.draft, &|_| false).into_iter().take(PLACES).collect();
    // Inner places first: what holds them is looked at as it has become.
    for place in places.into_iter().rev() {
        let candidates = place.get(&grown.draft).map(others).unwrap_or_default();
        let found = candidates.iter().find_map(|other| {
            let changed = place.replaced(&grown, other)?;
            valid(session, operation, &changed.draft).then_some(changed)
        });
        grown = found.unwrap_or(grown);
    }
    grown
}

fn valid(session: Session<'_>, operation: &Operation, draft: &Draft) -> bool {
    is_valid(session.contract, operation, draft)
}

/// The values that a probe would rather have in the place of a value, the best first.
fn others(probe: Probe, value: &Value) -> Vec<Value> {
    match (probe, value) {
        (Probe::Long, Value::String(text)) => {
            let long = |length: usize| text.chars().chain(std::iter::repeat('a')).take(length).collect::<String>();
            LONG.into_iter().map(|length| json!(long(length))).collect()
        }
        (Probe::Wide, Value::String(text)) => vec![json!(format!("{text}é漢😀")), json!("é漢😀"), json!("é")],
        (Probe::Quoted, Value::String(text)) => {
            vec![json!(format!("{text}'\"\\`<&>%;$.{{}}")), json!(format!("{text}'%")), json!("'"), json!("%")]
        }
        (Probe::Control, Value::String(text)) => vec![json!(format!("{text}\u{0}\r\n\t\u{7f}")), json!("\n")],
        (Probe::Blank(0), Value::String(_)) => vec![json!("")],
        (Probe::Blank(_), Value::String(text)) => vec![json!(format!(" {text} ")), json!(" ")],
        (Probe::Many, Value::Array(items)) if !items.is_empty() => {
            let cycled = |length| Value::Array(items.iter().cycle().take(length).cloned().collect());
            let varied = |length| (0..length).map(|at| other(&items[at % items.len()], at)).collect::<Value>();
            MANY.into_iter().flat_map(|length| [cycled(length), varied(length)]).collect()
        }
        (Probe::Alike, Value::Array(items)) if !items.is_empty() => {
            vec![Value::Array(vec![items[0].clone(); 3]), Value::Array(vec![items[0].clone(); 2])]
        }
        (Probe::Alike, Value::String(_)) => vec![json!("aaaaaaaa"), json!("a")],
        (Probe::High, Value::Number(_)) => FAR.into_iter().map(Value::from).collect(),
        (Probe::Low, Value::Number(_)) => FAR.into_iter().map(|far| Value::from(-far)).chain([json!(0)]).collect(),
        (Probe::Fraction, Value::Number(_)) => [0.25, 1.25, 10.25, 0.5, 1.5].map(Value::from).to_vec(),
        (Probe::Null, value) if !value.is_null() => vec![Value::Null],
        (Probe::Named, Value::Object(members)) => {
            let add = |names: &[&str], value: &Value| {
                let added = names.iter().map(|name| ((*name).to_owned(), value.clone()));
                Value::Object(members.clone().into_iter().chain(added).collect())
            };
            let like = members.values().next().cloned().unwrap_or_else(|| json!("a"));
            let sets = std::iter::once(&NAMES[..]).chain(NAMES.chunks(1));
            sets.flat_map(|names| [add(names, &like), add(names, &json!("a")), add(names, &json!(1))]).collect()
        }
        (Probe::Crowded, Value::Object(members)) => {
            let like = members.values().next().cloned().unwrap_or_else(|| json!("a"));
            let crowd = |value: &Value| {
                let added = (0..CROWD).map(|number| (format!("extra{number}"), value.clone()));
                Value::Object(members.clone().into_iter().chain(added).collect())
            };
            vec![crowd(&like), crowd(&json!("a")), crowd(&json!(1))]
        }
        _ => Vec::new(),
    }
}

/// The same value with other texts and numbers.
fn other(value: &Value, number: usize) -> Value {
    match value {
        Value::String(text) => json!(format!("{text}{number}")),
        Value::Number(_) => json!(number),
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), other(member, number))).collect(),
        Value::Array(items) => items.iter().map(|item| other(item, number)).collect(),
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

/// The request with a value put into the place of one within it, again and again, where that stays valid.
fn nested(session: Session<'_>, operation: &Operation, base: Broken, times: usize) -> Broken {
    let places: Vec<DraftPlace> = places(&base.draft, &|_| false).into_iter().take(PLACES).collect();
    for outer in &places {
        let Some(whole) = outer.get(&base.draft).filter(|whole| whole.is_object() || whole.is_array()).cloned() else {
            continue;
        };
        for inner in places.iter().filter(|inner| inner.part == outer.part && inner.at != outer.at) {
            let Some(tail) = inner.at.as_str().strip_prefix(outer.at.as_str()).filter(|tail| tail.starts_with('/'))
            else {
                continue;
            };
            let Some(tail) = Pointer::parse(tail) else { continue };
            if !inner.get(&base.draft).is_some_and(|inner| may_be_like(inner, &whole)) {
                continue;
            }
            let mut deep = base.clone();
            let mut at = outer.clone();
            for _ in 0..times {
                at.at = at.at.append(&tail);
                match at.replaced(&deep, &whole).filter(|deeper| valid(session, operation, &deeper.draft)) {
                    Some(deeper) => deep = deeper,
                    None => break,
                }
            }
            if deep != base {
                return deep;
            }
        }
    }
    base
}

/// True where two values may be of the same schema: lists of the same kind of elements, objects that share a member.
fn may_be_like(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => one.keys().any(|name| other.contains_key(name)),
        (Value::Array(one), Value::Array(other)) => match (one.first(), other.first()) {
            (Some(one), Some(other)) => std::mem::discriminant(one) == std::mem::discriminant(other),
            (None, _) | (_, None) => true,
        },
        _ => false,
    }
}
