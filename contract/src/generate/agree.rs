//! Members of one object that people expect to agree: an address that fits the name, an end that comes after its start.
//! Only texts that were generated freely are changed, and only into others of the same kind.

use serde_json::{Map, Value};

use crate::generate::Choices;
use crate::generate::facets::{Facets, Kind};
use crate::generate::words;

/// Words in names of members: what one says comes first, and what the other says comes after it.
const ORDERED: [(&str, &str); 14] = [
    ("start", "end"),
    ("begin", "end"),
    ("from", "to"),
    ("from", "until"),
    ("since", "until"),
    ("after", "before"),
    ("created", "updated"),
    ("created", "modified"),
    ("created", "deleted"),
    ("issued", "expires"),
    ("created", "expires"),
    ("opened", "closed"),
    ("min", "max"),
    ("started", "completed"),
];

/// Makes members agree, as far as their schemas leave them free.
pub(crate) fn agree(facets: &Facets<'_>, members: &mut Map<String, Value>, choices: &mut dyn Choices) {
    names(facets, members, choices);
    order(facets, members);
}

/// What stands here was made up: the document gives no value of its own, and no list, pattern or reference decides.
fn is_free(facets: &Facets<'_>, name: &str) -> bool {
    facets.member(name).iter().all(|schema| {
        ["enum", "const", "pattern", "$ref", "allOf", "anyOf", "oneOf", "example", "examples", "default", "maxLength"]
            .iter()
            .all(|word| schema.get(word).is_none())
    })
}

fn names(facets: &Facets<'_>, members: &mut Map<String, Value>, choices: &mut dyn Choices) {
    let find = |endings: &[&str]| {
        members
            .keys()
            .find(|name| endings.iter().any(|ending| plain(name).ends_with(ending)) && is_free(facets, name))
            .cloned()
    };
    let text = |name: &Option<String>| {
        name.as_ref().and_then(|name| members.get(name)).and_then(Value::as_str).map(str::to_owned)
    };
    let whole = find(&["displayname", "fullname"]);
    let given = find(&["givenname", "firstname"]);
    let family = find(&["familyname", "lastname", "surname"]);
    let email = find(&["email", "emailaddress", "mail"]);
    let user = find(&["username", "login"]);
    let (first, last) = match (text(&given), text(&family), text(&whole)) {
        (Some(first), Some(last), _) => (first, last),
        (_, _, Some(both)) => {
            let (first, last) = both.split_once(' ').unwrap_or((&both, "Lund"));
            (first.to_owned(), last.to_owned())
        }
        _ => return,
    };
    let mut say = |name: Option<String>, said: String| {
        if let Some(place) = name.and_then(|name| members.get_mut(&name)).filter(|place| place.is_string()) {
            *place = Value::String(said);
        }
    };
    say(given, first.clone());
    say(family, last.clone());
    say(whole, format!("{first} {last}"));
    say(user, format!("{}.{}", first.to_lowercase(), last.to_lowercase()));
    let mark = words::mark(choices);
    say(email, format!("{}.{}.{mark}@example.com", first.to_lowercase(), last.to_lowercase()));
}

/// Swaps what stands in the wrong order. Both must be of the same kind and form, so that either fits either place.
fn order(facets: &Facets<'_>, members: &mut Map<String, Value>) {
    let names: Vec<String> = members.keys().cloned().collect();
    for one in &names {
        for (early, late) in ORDERED {
            let Some(position) = plain(one).find(early) else { continue };
            let expected = format!("{}{late}{}", &plain(one)[..position], &plain(one)[position + early.len()..]);
            let Some(other) = names.iter().find(|name| plain(name) == expected) else { continue };
            if !same_form(facets, one, other) {
                continue;
            }
            let (Some(first), Some(second)) = (members.get(one).cloned(), members.get(other).cloned()) else {
                continue;
            };
            let wrong = match (&first, &second) {
                (Value::String(first), Value::String(second)) => first > second,
                (Value::Number(first), Value::Number(second)) => first.as_f64() > second.as_f64(),
                _ => false,
            };
            if wrong {
                members.insert(one.clone(), second);
                members.insert(other.clone(), first);
            }
        }
    }
}

/// True where both members are times, dates or numbers of the same schema but for the words.
fn same_form(facets: &Facets<'_>, one: &str, other: &str) -> bool {
    let form = |name: &str| {
        let schemas = facets.member(name);
        let [schema] = schemas.as_slice() else { return None };
        let format = schema.get("format").and_then(Value::as_str);
        let ordered = matches!(format, Some("date-time" | "date" | "time"))
            || schema.types().iter().any(|kind| matches!(*kind, "integer" | "number"));
        ordered.then(|| (schema.types(), format, schema.get("minimum"), schema.get("maximum")))
    };
    form(one).is_some_and(|first| Some(first) == form(other))
        && [one, other].iter().all(|name| is_free(facets, name))
        && facets.kinds.as_ref().is_none_or(|kinds| kinds.contains(&Kind::Object))
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}
