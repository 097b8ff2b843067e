//! What a client prefers (RFC 7240): an answer that it asks for (`demand`), in the header field `Prefer`, or as Prism has it in the
//! query as `__code` and so on, where no `Prefer` says any of them. Other preferences are other people's and are left alone.

use etalon_contract::codec::Request;

use crate::server::demand::{Demand, NAMES, preferences};

/// The preferences of one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Preferences {
    /// The answer that is asked for.
    pub(super) demand: Demand,
    /// The preferences as they were written, in that order.
    words: Vec<String>,
    /// The part of the request that names them.
    source: Source,
}

/// A part of a request that can name preferences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Source {
    /// A field of the header.
    #[default]
    Header,
    /// A parameter of the query.
    Query,
}

/// The names in the query are those of the header field with this before them, as Prism has it.
const PREFIX: &str = "__";

/// The preferences that hold for any answer, one that was not asked for included.
const OF_ANY: [&str; 2] = ["delay=", "fault="];

impl Preferences {
    /// Reads what a request prefers; the first of several with one name counts (RFC 7240 §2).
    ///
    /// # Errors
    /// One sentence saying which value cannot be understood.
    pub(super) fn of(request: &Request) -> Result<Self, String> {
        let mut found = Self::default();
        if request.headers.get("prefer").is_none() && !request.target.contains(PREFIX) {
            return Ok(found);
        }
        for (name, value) in request.headers.all("prefer").flat_map(preferences) {
            found.take(&name, &value)?;
        }
        if !found.words.is_empty() {
            found.demand.check()?;
            return Ok(found);
        }
        found.source = Source::Query;
        for pair in request.query().unwrap_or_default().split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if let Some(name) = name.strip_prefix(PREFIX) {
                found.take(name, &decoded(value))?;
            }
        }
        found.demand.check()?;
        Ok(found)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        if self.demand.take(name, value)? {
            self.words.push(if value.is_empty() { name.to_owned() } else { format!("{name}={}", word(value)) });
        }
        Ok(())
    }

    /// The preferences in the words of `Preference-Applied`; empty where there are none.
    #[must_use]
    pub(super) fn words(&self) -> String {
        self.words.join(", ")
    }

    /// The same, of those alone that hold for any answer.
    #[must_use]
    pub(super) fn words_of_any(&self) -> String {
        let of_any = |word: &&String| OF_ANY.iter().any(|name| word.starts_with(name));
        self.words.iter().filter(of_any).cloned().collect::<Vec<_>>().join(", ")
    }

    /// True where they stand in the query.
    #[must_use]
    pub(super) fn is_from_query(&self) -> bool {
        !self.words.is_empty() && self.source == Source::Query
    }

    /// The names that the query may have.
    pub(super) fn query_names() -> impl Iterator<Item = String> {
        NAMES.iter().map(|name| format!("{PREFIX}{name}"))
    }

    /// True where the answer differs by a header field, so that caches must know (RFC 7240 §2).
    #[must_use]
    pub(super) fn is_from_header(&self) -> bool {
        !self.words.is_empty() && self.source == Source::Header
    }

    /// The request as the contract's operation has it: without the parameters that are the mock's.
    #[must_use]
    pub(super) fn removed_from(&self, request: &Request) -> Option<Request> {
        if self.words.is_empty() || self.source == Source::Header {
            return None;
        }
        let (path, query) = request.target.split_once('?')?;
        let is_ours = |pair: &&str| {
            let name = pair.split('=').next().and_then(|name| name.strip_prefix(PREFIX));
            name.is_some_and(|name| NAMES.contains(&name))
        };
        let rest: Vec<&str> = query.split('&').filter(|pair| !is_ours(pair)).collect();
        let target = if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) };
        Some(Request { target, ..request.clone() })
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// A value as a header field writes it: a token, or quoted (RFC 9110 §5.6). What no field can hold is left out.
fn word(value: &str) -> String {
    let is_token = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    if value.chars().all(is_token) {
        return value.to_owned();
    }
    let told: String = value.chars().filter(|letter| letter.is_ascii_graphic() || *letter == ' ').collect();
    format!("\"{}\"", told.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(target: &str, fields: &[&str]) -> Result<Preferences, String> {
        let headers = fields.iter().map(|field| ("Prefer", *field)).collect();
        Preferences::of(&Request { target: target.into(), headers, ..Request::default() })
    }

    #[test]
    fn preferences_are_read_as_the_rfc_writes_them() {
        let all =
            asked("/a", &["Code=404, respond-async, Example=\"a \\\"b\\\", c\"; dynamic=true", "wait=10, code=500"]);
        let all = all.expect("they can be understood");
        let demand = &all.demand;
        assert_eq!(
            (demand.code, demand.example.as_deref(), demand.dynamic),
            (Some(404), Some("a \"b\", c"), Some(true))
        );
        assert_eq!(all.words(), r#"code=404, example="a \"b\", c", dynamic=true"#);
        assert_eq!(asked("/a", &["return=minimal, handling=lenient"]).expect("they are others'").words(), "");
        assert_eq!(asked("/a", &["example"]), Err("`example` is the name of an example, not empty".into()));
    }

    #[test]
    fn the_query_speaks_where_no_field_does_and_is_taken_out() {
        let asked_for = asked("/a?x=1&__code=503&__example=one%20two&y=2", &["respond-async"]).expect("understood");
        assert_eq!((asked_for.demand.code, asked_for.demand.example.as_deref()), (Some(503), Some("one two")));
        let request = Request { target: "/a?x=1&__code=503&y=2".into(), ..Request::default() };
        assert_eq!(asked_for.removed_from(&request).expect("there are some").target, "/a?x=1&y=2");
        assert_eq!(asked("/a?__code=503", &["code=404"]).expect("understood").demand.code, Some(404));
        assert_eq!(
            asked("/a?__typename=1", &[]).expect("it is another's"),
            Preferences { source: Source::Query, ..Preferences::default() }
        );
    }

    #[test]
    fn what_cannot_be_understood_is_said() {
        for wrong in [
            "code=99",
            "code=600",
            "code=abc",
            "code",
            "dynamic=maybe",
            "delay=soon",
            "delay=-1",
            "delay=1e9",
            "delay=121s",
            "delay=9..3",
            "seed",
            "fault",
            "fault=flood",
            "fault=undocumented",
        ] {
            assert!(asked("/a", &[wrong]).is_err(), "{wrong}");
        }
    }
}
