//! What a refusal tells of a request: the places, words and values that it names. By the answer alone; pure.

use std::collections::BTreeSet;

use etalon_contract::behaviour::shape;
use etalon_contract::codec::Response;
use etalon_contract::document::Pointer;
use serde_json::Value;

use crate::draft_place::{DraftPlace, places};
use crate::judge::cause;
use crate::scenario::candidates::name_of;
use crate::scenario::read_back;
use crate::session::Session;
use crate::transcript::Exchange;

/// The most bytes of an answer that are read: who writes more than that does not name a member.
const READ: usize = 4_096;

/// The most places of a request, and members of an answer, that are looked at.
const PLACES: usize = 120;

/// The most values in quotation marks that are looked at.
const QUOTED: usize = 6;

/// The most characters of such a value: longer ones are sentences.
const LONGEST: usize = 60;

/// The places, words and values that an answer names.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// The places that it names by pointers or `loc` arrays, as their tokens.
    places: Vec<Vec<String>>,
    /// The text of the answer.
    text: String,
    /// The words of its text, as names of members may be, and the members that it lists complaints under.
    words: BTreeSet<String>,
    /// The words of its text as such, in the singular.
    stems: BTreeSet<String>,
    /// The texts in quotation marks: often the values that would be taken.
    pub quoted: Vec<String>,
}

impl Told {
    pub(super) fn of(answer: &Response) -> Self {
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let places = body.as_ref().map(cause::places).unwrap_or_default();
        let whole = String::from_utf8_lossy(&answer.body[..answer.body.len().min(READ)]).into_owned();
        let text = body.as_ref().map(sentences).filter(|text| !text.is_empty()).unwrap_or(whole);
        let quoted = quoted(&text);
        let is_of_name = |character: char| character.is_alphanumeric() || "_-.".contains(character);
        let mut words: BTreeSet<String> =
            text.split(|c| !is_of_name(c)).map(|word| word.trim_matches(['.', '-']).to_lowercase()).collect();
        words.extend(body.as_ref().map(complained).unwrap_or_default());
        let stems =
            text.split(|c: char| !c.is_alphanumeric()).map(|word| shape::singular(&word.to_lowercase())).collect();
        Self { places, text, words, stems, quoted }
    }

    /// The certainty that a place is meant: 8 where a pointer names it, else up to 7 for its value and name in the
    /// text; zero where nothing says so.
    pub(super) fn weight(&self, place: &DraftPlace, value: Option<&Value>) -> u32 {
        let name = name_of(place);
        let tokens: Vec<String> = place.at.tokens().map(|token| token.into_owned()).collect();
        let pointed = self.places.iter().any(|named| {
            // Some name the branches of alternatives between the members.
            let mut rest = named.iter();
            let leads = tokens.iter().all(|token| rest.any(|named| named == token)) && rest.next().is_none();
            !tokens.is_empty() && leads || named.last().is_some_and(|last| place.at == Pointer::root() && *last == name)
        });
        if pointed {
            return 8;
        }
        let repeated = match value {
            Some(Value::String(text)) => text.chars().count() >= 3 && self.text.contains(text.as_str()),
            Some(Value::Number(number)) => number.to_string().len() >= 3 && self.text.contains(&number.to_string()),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => false,
        };
        let named = !name.is_empty() && self.words.contains(&name.to_lowercase());
        let marked = named && ["'", "\"", "`", "“"].iter().any(|mark| self.text.contains(&format!("{mark}{name}")));
        let akin = parts(&name).any(|part| part.chars().count() >= TELLING && self.stems.contains(&part));
        let spoken = if named { 2 } else { u32::from(akin) };
        u32::from(repeated) * 4 + spoken + u32::from(marked)
    }
}

/// The fewest characters of a word that tells what a sentence is about.
const TELLING: usize = 3;

/// The words that a name is made of, in the singular: `startsAt` -> start, at.
fn parts(name: &str) -> impl Iterator<Item = String> {
    let mut parts = vec![String::new()];
    for character in name.chars() {
        if character.is_uppercase() || !character.is_alphanumeric() {
            parts.push(String::new());
        }
        if let Some(last) = parts.last_mut().filter(|_| character.is_alphanumeric()) {
            last.extend(character.to_lowercase());
        }
    }
    parts.into_iter().filter(|part| !part.is_empty()).map(|part| shape::singular(&part))
}

/// The members under which a body lists sentences: what is wrong with each, as some frameworks tell it.
fn complained(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![body];
    while let Some(value) = left.pop() {
        match value {
            Value::Object(members) => {
                for (name, inner) in members {
                    let listed = inner.as_array().is_some_and(|inner| inner.iter().any(Value::is_string));
                    if listed && !NOT_MEMBERS.contains(&name.as_str()) && found.len() < PLACES {
                        found.push(name.to_lowercase());
                    }
                    left.push(inner);
                }
            }
            Value::Array(items) => left.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// Members of refusals that hold lists of texts and name nothing of the request.
const NOT_MEMBERS: [&str; 5] = ["loc", "errors", "detail", "messages", "non_field_errors"];

/// True where two requests were refused alike, whatever values the sentences repeat.
#[must_use]
pub(crate) fn refused_alike(session: Session<'_>, one: &Exchange, other: &Exchange) -> bool {
    let plain = |exchange: &Exchange| {
        let mut text = Told::of(&exchange.response).text;
        let draft = read_back(session, &exchange.request);
        for place in draft.iter().flat_map(|draft| places(draft, &|_| false)).take(PLACES) {
            let value = draft.as_ref().and_then(|draft| place.get(draft)).and_then(Value::as_str);
            if let Some(value) = value.filter(|value| value.chars().count() >= TELLING) {
                text = text.replace(value, "");
            }
        }
        (exchange.response.status, text)
    };
    plain(one) == plain(other)
}

/// The texts in a body, one after another.
fn sentences(body: &Value) -> String {
    let mut found = String::new();
    let mut left = vec![body];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) if found.len() < READ => {
                found.push_str(text);
                found.push('\n');
            }
            Value::Array(items) => left.extend(items.iter().rev()),
            Value::Object(members) => left.extend(members.values().rev()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// The texts in quotation marks of any kind, each once: without blank space, at most [`LONGEST`] characters and
/// [`QUOTED`] of them.
pub(super) fn quoted(text: &str) -> Vec<String> {
    const MARKS: [(char, char); 5] = [('“', '”'), ('"', '"'), ('`', '`'), ('‘', '’'), ('\'', '\'')];
    let mut found: Vec<String> = Vec::new();
    for (open, close) in MARKS {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(open) {
            // An apostrophe within a word opens nothing.
            let opens = open != close || !before.ends_with(char::is_alphanumeric);
            let Some((inner, behind)) = after.split_once(close) else { break };
            if !opens {
                rest = after;
                continue;
            }
            let fits = !inner.is_empty() && inner.chars().count() <= LONGEST && !inner.contains(char::is_whitespace);
            if fits && !found.iter().any(|known| known == inner) {
                found.push(inner.to_owned());
            }
            rest = behind;
        }
    }
    found.truncate(QUOTED);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft_place::Part;

    #[test]
    fn a_refusal_speaks_of_members_by_their_words_and_by_the_lists_under_their_names() {
        let told = |body: &str| Told::of(&Response { status: 400, headers: Default::default(), body: body.into() });
        let place = |at: &str| DraftPlace { part: Part::Body, at: Pointer::parse(at).expect("a pointer") };
        let weight = |body: &str, at: &str| told(body).weight(&place(at), None);
        assert_eq!(weight("the bit size is not supported", "/bits"), 1);
        assert_eq!(weight("start time must be before end time", "/startsAt"), 1);
        assert_eq!(weight("start time must be before end time", "/comment"), 0);
        assert_eq!(weight(r#"{"label_config": ["is not valid"]}"#, "/label_config"), 2);
        let branch = r#"{"detail": [{"loc": ["body", "config", "Categorical", "values"], "msg": "too few"}]}"#;
        assert_eq!((weight(branch, "/config/values"), weight(branch, "/config")), (8, 2));
    }

    #[test]
    fn values_that_a_description_names_are_found_and_apostrophes_are_none() {
        assert_eq!(quoted("Name of the zone (e.g. “example.com.”) MUST have a dot"), ["example.com."]);
        assert_eq!(quoted("one of `hs256`, `hs512`; the server's own is 'auto'"), ["hs256", "hs512", "auto"]);
        assert_eq!(quoted("the user's and the group's name"), [""; 0]);
    }
}
