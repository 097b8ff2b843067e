//! What a client prefers (RFC 7240): `code`, `example` and `dynamic` as Prism has them, and `delay`; in the query as `__code`
//! and so on, where no `Prefer` says any of them. Other preferences are other people's and are left alone.

use std::time::Duration;

use etalon_contract::behaviour::{Examples, Wish};
use etalon_contract::codec::Request;

/// The longest wait that a client may ask for: longer than any client waits by itself.
const MAX_DELAY: Duration = Duration::from_secs(120);

/// The preferences of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Preferences {
    /// The status of the answer.
    code: Option<u16>,
    /// The name of an example.
    example: Option<String>,
    /// The making of data anew (`true`), or the showing of examples (`false`).
    dynamic: Option<bool>,
    /// The time that the answer waits.
    delay: Option<Duration>,
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

/// The names of the preferences that are the mock's.
const NAMES: [&str; 4] = ["code", "example", "dynamic", "delay"];

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
            return Ok(found);
        }
        found.source = Source::Query;
        for pair in request.query().unwrap_or_default().split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if let Some(name) = name.strip_prefix(PREFIX) {
                found.take(name, &decoded(value))?;
            }
        }
        Ok(found)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        let known = match name {
            "code" if self.code.is_none() => {
                let code = value.parse().ok().filter(|code| (200..=599).contains(code));
                self.code = Some(code.ok_or_else(|| format!("`code` is a status from 200 to 599, not `{value}`"))?);
                true
            }
            "example" if self.example.is_none() => {
                if value.is_empty() {
                    return Err("`example` is the name of an example, not empty".to_owned());
                }
                self.example = Some(value.to_owned());
                true
            }
            "dynamic" if self.dynamic.is_none() => {
                self.dynamic = Some(match value {
                    "true" | "" => true,
                    "false" => false,
                    other => return Err(format!("`dynamic` is `true` or `false`, not `{other}`")),
                });
                true
            }
            "delay" if self.delay.is_none() => {
                self.delay = Some(duration(value)?);
                true
            }
            _ => false,
        };
        if known {
            self.words.push(if value.is_empty() { name.to_owned() } else { format!("{name}={}", word(value)) });
        }
        Ok(())
    }

    /// The answer that is asked for; `None` where nothing but time is. `standing` says whether examples are shown where the
    /// client does not say.
    #[must_use]
    pub(super) fn wish(&self, standing: Examples) -> Option<Wish> {
        if self.code.is_none() && self.example.is_none() && self.dynamic.is_none() {
            return None;
        }
        let examples = match self.dynamic {
            Some(true) => Examples::Ignored,
            Some(false) => Examples::Shown,
            None => standing,
        };
        Some(Wish { status: self.code, example: self.example.clone(), examples })
    }

    /// The time that the answer waits; zero where nothing is said.
    #[must_use]
    pub(super) fn delay(&self) -> Duration {
        self.delay.unwrap_or_default()
    }

    /// The preferences in the words of `Preference-Applied`; empty where there are none.
    #[must_use]
    pub(super) fn words(&self) -> String {
        self.words.join(", ")
    }

    /// The same, of the wait alone.
    #[must_use]
    pub(super) fn words_of_delay(&self) -> String {
        self.words.iter().find(|word| word.starts_with("delay=")).cloned().unwrap_or_default()
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

/// A time: milliseconds, or with the unit that stands behind it (`800`, `800ms`, `1.5s`).
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1.0),
        None => text.strip_suffix('s').map_or((text, 1.0), |number| (number, 1000.0)),
    };
    let wrong = || format!("`delay` is a time in milliseconds, or with its unit as in `1.5s`, not `{text}`");
    let milliseconds = number_of(number).map(|number| number * unit).ok_or_else(wrong)?;
    if milliseconds > MAX_DELAY.as_secs_f64() * 1000.0 {
        return Err(format!("`delay` is at most {} s", MAX_DELAY.as_secs()));
    }
    Ok(Duration::from_secs_f64(milliseconds / 1000.0))
}

/// A number of digits with a fraction or none; no sign, no exponent.
fn number_of(text: &str) -> Option<f64> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    (is_digits(whole) && is_digits(fraction)).then(|| format!("{whole}.{fraction}").parse().ok())?
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

/// The preferences of a field: `name`, `name=value` or `name="value"`, at commas; names in lower case. Parameters of a
/// preference (behind `;`) belong to preferences of others, but people also write `code=404; example=a`, so those are read
/// as preferences.
fn preferences(field: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = field;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',', ';']);
        if rest.is_empty() {
            return found;
        }
        let end = rest.find([',', ';', '=']).unwrap_or(rest.len());
        let name = rest[..end].trim().to_ascii_lowercase();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            if let Some(quoted) = after.strip_prefix('"') {
                let mut letters = quoted.char_indices();
                let mut end = quoted.len();
                while let Some((at, letter)) = letters.next() {
                    match letter {
                        '"' => {
                            end = at + 1;
                            break;
                        }
                        '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
                        letter => value.push(letter),
                    }
                }
                rest = &quoted[end..];
                // What follows up to the next preference is no part of the value.
                rest = &rest[rest.find([',', ';']).unwrap_or(rest.len())..];
            } else {
                let end = after.find([',', ';']).unwrap_or(after.len());
                value = after[..end].trim().to_owned();
                rest = &after[end..];
            }
        }
        found.push((name, value));
    }
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
        assert_eq!((all.code, all.example.as_deref(), all.dynamic), (Some(404), Some("a \"b\", c"), Some(true)));
        assert_eq!(all.words(), r#"code=404, example="a \"b\", c", dynamic=true"#);
        assert_eq!(asked("/a", &["return=minimal, handling=lenient"]).expect("they are others'").words(), "");
        assert_eq!(asked("/a", &["example"]), Err("`example` is the name of an example, not empty".into()));
    }

    #[test]
    fn the_query_speaks_where_no_field_does_and_is_taken_out() {
        let asked_for = asked("/a?x=1&__code=503&__example=one%20two&y=2", &["respond-async"]).expect("understood");
        assert_eq!((asked_for.code, asked_for.example.as_deref()), (Some(503), Some("one two")));
        let request = Request { target: "/a?x=1&__code=503&y=2".into(), ..Request::default() };
        assert_eq!(asked_for.removed_from(&request).expect("there are some").target, "/a?x=1&y=2");
        assert_eq!(asked("/a?__code=503", &["code=404"]).expect("understood").code, Some(404));
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
        ] {
            assert!(asked("/a", &[wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_delay_is_milliseconds_or_has_its_unit() {
        for (text, milliseconds) in [("0", 0), ("800", 800), ("800ms", 800), ("1.5s", 1500), ("120s", 120_000)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
    }
}
