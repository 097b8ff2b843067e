//! Regular expressions of schemas (`pattern`, names of `patternProperties`), as far as they can be matched. This knows no schema.

use std::borrow::Cow;

use jsonschema::PatternOptions;
use jsonschema_regex::is_valid_ecma_regex;

use crate::model::ecma::{self, Dialect};

/// The most repetitions that an expression may ask for, and still be told from any number of them: an expression of more is
/// larger than any validator compiles.
const MAX_REPEATED: u64 = 100_000;

/// The way in which a text is matched with a regular expression (ECMA-262, as JSON Schema Core §6.4 asks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// In time linear in the text.
    Linear,
    /// By trying, for a bounded number of steps: it looks around or back.
    Backtracking,
    /// Not at all: it is no regular expression, or larger than any that is compiled.
    None,
}

impl Engine {
    /// The engine of an expression. The validator of record is asked, because it is the one that will have to match it.
    pub(crate) fn of(expression: &str) -> Self {
        let probe = serde_json::json!({ "pattern": expression });
        let options = || jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
        if options().with_pattern_options(PatternOptions::regex()).build(&probe).is_ok() {
            Self::Linear
        } else if options().with_pattern_options(PatternOptions::fancy_regex()).build(&probe).is_ok() {
            Self::Backtracking
        } else {
            Self::None
        }
    }
}

/// An expression as the engines read it rightly: as it is written where they do, else told anew; `None` where it is no
/// expression of ECMA-262, or larger than any that is compiled.
pub(crate) fn readable(written: &str) -> Option<Cow<'_, str>> {
    let bounded = without_end(written);
    let expression = bounded.as_deref().unwrap_or(written);
    if is_valid_ecma_regex(expression) && is_matchable(expression) {
        return Some(bounded.map_or(Cow::Borrowed(written), Cow::Owned));
    }
    let told = ecma::canonical(expression).ok()?;
    is_matchable(&told).then_some(Cow::Owned(told))
}

/// The reading of an expression, for whoever tells the author of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExpressionReading {
    /// The engine that matches it.
    pub(crate) engine: Engine,
    /// The reason why it is not matched at all, a fragment of a sentence; `None` where it is.
    pub(crate) unread: Option<&'static str>,
    /// The dialect that it was surely meant in; `None` where ECMA-262 is as likely.
    pub(crate) dialect: Option<Dialect>,
}

impl ExpressionReading {
    /// The reading of an expression as it is written in a document.
    pub(crate) fn of(written: &str) -> Self {
        let told = readable(written);
        let unread = told.is_none().then(|| match ecma::canonical(written) {
            Err(malformed) => malformed.why,
            Ok(_) => "it is larger than any that is compiled",
        });
        Self { engine: told.map_or(Engine::None, |told| Engine::of(&told)), unread, dialect: ecma::meant(written) }
    }
}

/// True for an expression that can be matched. What a parser takes at sight is not compiled for this.
pub(crate) fn is_matchable(expression: &str) -> bool {
    regex_syntax::parse(expression).is_ok() || Engine::of(expression) != Engine::None
}

/// An expression with each repetition that ends beyond all bounds written without an end; `None` where there is none.
fn without_end(pattern: &str) -> Option<String> {
    let mut written = String::with_capacity(pattern.len());
    let (mut rest, mut found) = (pattern, false);
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        let end = from.find('}')?;
        let escapes = before.len() - before.trim_end_matches('\\').len();
        let bounds = from[1..end].split_once(',').filter(|_| escapes % 2 == 0);
        let parsed = bounds.and_then(|(least, most)| Some((least.parse::<u64>().ok()?, most.parse::<u64>().ok()?)));
        written.push_str(before);
        match parsed {
            Some((least, most)) if most > MAX_REPEATED && least <= MAX_REPEATED => {
                written.push_str(&format!("{{{least},}}"));
                found = true;
            }
            Some(_) | None => written.push_str(&from[..=end]),
        }
        rest = &from[end + 1..];
    }
    written.push_str(rest);
    found.then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_matchable_where_an_engine_takes_it() {
        for expression in ["^[a-z]{1,2}$", r"^\d+(?=x)", r"(a)\1", r"^[\w\-.]+$", r"\/"] {
            assert!(is_matchable(expression), "{expression}");
        }
        for expression in ["[a-z]{1-2}", "^[0-9A-Za-z_-.]+$", "(", "/^[a-z+$/", "*"] {
            assert_eq!(is_matchable(expression), Engine::of(expression) != Engine::None, "{expression}");
        }
        assert!(!is_matchable("^[0-9A-Za-z_-.]+$") && !is_matchable("("));
    }

    #[test]
    fn a_repetition_beyond_all_bounds_has_no_end() {
        assert_eq!(without_end("^0x[a-f]{0,2147483648}$").as_deref(), Some("^0x[a-f]{0,}$"));
        assert_eq!(without_end("^[a-f]{1,40}$"), None);
        assert_eq!(without_end("^\\{1,2147483648}$"), None);
        assert_eq!(without_end("{"), None);
    }

    #[test]
    fn an_expression_is_told_anew_where_the_engines_read_it_otherwise() {
        assert_eq!(readable("^[a-z]+$").as_deref(), Some("^[a-z]+$"));
        assert_eq!(readable(r"^[\w-.]+$").as_deref(), Some(r"^[\w\-.]+$"));
        assert_eq!(readable(r"\A[a-z]+\Z").as_deref(), Some("A[a-z]+Z"), "ECMA-262 knows no such anchors");
        assert_eq!(readable("(?i)abc"), None, "a flag of other dialects");
        assert_eq!(readable("^[_-.]+$"), None);
    }
}
