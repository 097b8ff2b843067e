//! Members of one object that people expect to agree: an address that fits the name, an end that comes after its start.
//! Only texts that were generated freely are changed, and only into others of the same kind.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::generate::plain::facets::Facets;
use crate::generate::plain::words;
use crate::generate::{Choices, Locale};

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

/// The members of an object that are to agree, as far as their schemas leave them free.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agreement {
    whole: Vec<String>,
    given: Vec<String>,
    family: Vec<String>,
    email: Vec<String>,
    user: Vec<String>,
    /// The members that come first, each with those that may come after it.
    ordered: Vec<(String, Vec<Later>)>,
    locale: Locale,
}

/// A member that comes after another.
#[derive(Clone, Debug)]
struct Later {
    name: String,
    /// Both are of the same kind and form, so that either fits either place.
    swappable: bool,
}

impl Agreement {
    /// Among members of these names, in this order.
    pub(crate) fn of<'n>(facets: &Facets<'_>, names: impl Iterator<Item = &'n str>) -> Self {
        let named: Vec<(&str, String)> = names.map(|name| (name, plain(name))).collect();
        let ending = |endings: &[&str]| -> Vec<String> {
            let ends = |plain: &str| endings.iter().any(|ending| plain.ends_with(ending));
            let meant = named.iter().filter(|(name, plain)| ends(plain) && is_free(facets, name));
            meant.map(|(name, _)| (*name).to_owned()).collect()
        };
        Self {
            whole: ending(&["displayname", "fullname"]),
            given: ending(&["givenname", "firstname"]),
            family: ending(&["familyname", "lastname", "surname"]),
            email: ending(&["email", "emailaddress", "mail"]),
            user: ending(&["username", "login"]),
            ordered: ordered(facets, &named),
            locale: facets.data.locale,
        }
    }

    /// Makes the members agree, each within its schema.
    pub(crate) fn reach(&self, members: &mut Map<String, Value>, choices: &mut dyn Choices) {
        self.names(members, choices);
        self.order(members);
    }

    fn names(&self, members: &mut Map<String, Value>, choices: &mut dyn Choices) {
        fn there<'n>(members: &Map<String, Value>, names: &'n [String]) -> Option<&'n String> {
            names.iter().find(|name| members.contains_key(*name))
        }
        let [whole, given, family, email, user] =
            [&self.whole, &self.given, &self.family, &self.email, &self.user].map(|names| there(members, names));
        let text = |name: Option<&String>| name.and_then(|name| members.get(name)).and_then(Value::as_str);
        let (first, last) = match (text(given), text(family), text(whole)) {
            (Some(first), Some(last), _) => (first.to_owned(), last.to_owned()),
            (_, _, Some(both)) => words::name_parts(both, self.locale),
            _ => return,
        };
        let mut say = |name: Option<&String>, said: String| {
            if let Some(place) = name.and_then(|name| members.get_mut(name)).filter(|place| place.is_string()) {
                *place = Value::String(said);
            }
        };
        say(given, first.clone());
        say(family, last.clone());
        say(whole, words::whole_name(&first, &last, self.locale));
        let (first, last) = (words::in_address(&first, self.locale), words::in_address(&last, self.locale));
        say(user, format!("{first}.{last}"));
        let mark = words::mark(choices);
        say(email, format!("{first}.{last}.{mark}@example.com"));
    }

    /// Swaps what stands in the wrong order.
    fn order(&self, members: &mut Map<String, Value>) {
        for (one, later) in &self.ordered {
            let Some(Later { name: other, swappable: true }) =
                later.iter().find(|later| members.contains_key(&later.name))
            else {
                continue;
            };
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

/// True for a member whose value was made up: the document gives no value of its own, and no list, pattern or reference
/// decides.
fn is_free(facets: &Facets<'_>, name: &str) -> bool {
    facets.member(name).iter().all(|schema| {
        ["enum", "const", "pattern", "$ref", "allOf", "anyOf", "oneOf", "example", "examples", "default", "maxLength"]
            .iter()
            .all(|word| schema.get(word).is_none())
    })
}

fn ordered(facets: &Facets<'_>, named: &[(&str, String)]) -> Vec<(String, Vec<Later>)> {
    let mut ordered = Vec::new();
    let mut spelling: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, spelled) in named {
        spelling.entry(spelled).or_default().push(name);
    }
    for (one, spelled) in named {
        for (early, late) in ORDERED {
            let Some(position) = spelled.find(early) else { continue };
            let expected = format!("{}{late}{}", &spelled[..position], &spelled[position + early.len()..]);
            let Some(others) = spelling.get(expected.as_str()) else { continue };
            let later = |other: &&str| Later { name: (*other).to_owned(), swappable: same_form(facets, one, other) };
            ordered.push(((*one).to_owned(), others.iter().map(later).collect()));
        }
    }
    ordered
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
    form(one).is_some_and(|first| Some(first) == form(other)) && [one, other].iter().all(|name| is_free(facets, name))
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}
