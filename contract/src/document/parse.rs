//! Text -> value, for JSON and YAML 1.2. Values are read by serde_json and serde_yaml and visited on their way
//! (`visit`). Where the YAML reader follows YAML 1.1 or gives up on what JSON allows, the value is built from the
//! events of the span pass instead.

use crate::document::parsed::{Oddities, Parsed, SyntaxError, error_at, too_deep};
use crate::document::visit::{EXPANSION, NODE_COST, Paths, Seed, Syntax, Visitor};
use crate::document::{event, text};
use serde::de::DeserializeSeed;
use serde_json::Value;

/// The most bytes of keys and scalars that aliases may add to what stands in the text: real documents stay far below, alias
/// bombs far above.
const MAX_EXPANSION: usize = 16 << 20;

/// The most levels that brackets may nest before the YAML reader, whose work is quadratic in that, is not even tried.
const MAX_NESTING: usize = 1000;

/// Reads a text as YAML or JSON.
///
/// # Errors
/// What makes it neither JSON nor YAML.
pub(super) fn parse(source: &str) -> Result<Parsed, SyntaxError> {
    if !source.trim_start().starts_with(['{', '[']) {
        return yaml(source);
    }
    match json(source) {
        Ok(parsed) => Ok(parsed),
        Err(error) if error.reason.contains("recursion limit") => Err(too_deep(error.line, error.column)),
        // Trailing commas, comments and single quotes are YAML, though not JSON.
        Err(error) => match yaml(source) {
            Ok(Parsed { value, oddities }) => {
                Ok(Parsed { value, oddities: Oddities { not_json: Some(error), ..oddities } })
            }
            Err(_) => Err(error),
        },
    }
}

/// Reads a text of YAML that is no document of ours, such as the body of a request: names twice in one object are an error.
///
/// # Errors
/// What makes it no YAML, and where.
pub(crate) fn read_yaml(source: &str) -> Result<Value, String> {
    let parsed = yaml(source).map_err(|error| match error.line {
        0 => error.reason,
        line => format!("{} at line {line} column {}", error.reason, error.column),
    })?;
    match parsed.oddities.duplicates.first() {
        Some(at) => Err(format!("the name at {at} is there twice")),
        None => Ok(parsed.value),
    }
}

fn json(source: &str) -> Result<Parsed, SyntaxError> {
    let read = |visitor: &Visitor| {
        let mut reader = serde_json::Deserializer::from_str(source);
        Seed { visitor }.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value))
    };
    let visitor = Visitor::new(Syntax::Json, usize::MAX, Paths::Unknown);
    match read(&visitor) {
        Ok(value) if visitor.has_duplicates.get() => {
            // Only now is it worth knowing where one is.
            drop(value);
            let visitor = Visitor::new(Syntax::Json, usize::MAX, Paths::Known);
            Ok(read(&visitor).map(|value| visitor.parsed(value)).expect("it was read a moment ago"))
        }
        Ok(value) => Ok(visitor.parsed(value)),
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.rsplit_once(" at line ").map_or(reason.as_str(), |(reason, _)| reason).to_owned();
            let mut offset = byte_offset(source, error.line(), error.column());
            if reason.starts_with("trailing comma") {
                // The bracket after it is what the reader stumbled over.
                offset = source[..offset].rfind(',').unwrap_or(offset);
            }
            Err(error_at(source, offset, reason))
        }
    }
}

/// The offset of a line and a column in bytes, both from 1, as the reader of JSON counts them.
fn byte_offset(source: &str, line: usize, column: usize) -> usize {
    let start = text::offset(source, line, 1).unwrap_or(source.len());
    let mut offset = (start + column.saturating_sub(1)).min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn yaml(source: &str) -> Result<Parsed, SyntaxError> {
    if is_nested_too_deep(source) {
        return Err(too_deep(0, 0));
    }
    // The line breaks of YAML 1.1 alone, which the reader still takes for such.
    if !source.is_ascii() && source.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return event::parse(source, budget(source));
    }
    let read = |visitor: &Visitor| Seed { visitor }.deserialize(serde_yaml::Deserializer::from_str(source));
    let visitor = Visitor::new(Syntax::Yaml, budget(source), Paths::Unknown);
    match read(&visitor) {
        Ok(value) if visitor.has_duplicates.get() => {
            drop(value);
            let visitor = Visitor::new(Syntax::Yaml, budget(source), Paths::Known);
            Ok(read(&visitor).map(|value| visitor.parsed(value)).expect("it was read a moment ago"))
        }
        Ok(value) => Ok(visitor.parsed(value)),
        Err(error) => {
            let reason = error.to_string();
            if ["recursion limit", "repetition limit", EXPANSION].iter().any(|limit| reason.contains(limit)) {
                let (line, column) = error.location().map_or((0, 0), |place| (place.line(), place.column()));
                return Err(if reason.contains("recursion limit") {
                    too_deep(line, column)
                } else {
                    SyntaxError { reason: EXPANSION.to_owned(), line, column }
                });
            }
            event::parse(source, budget(source)).map_err(|other| said_by_yaml(source, &reason).unwrap_or(other))
        }
    }
}

/// The syntax error in a message of the YAML reader: `what at line L column C, while parsing something at line L column
/// C`. The end of the text is no place to show, so what was being parsed is shown then.
fn said_by_yaml(source: &str, message: &str) -> Option<SyntaxError> {
    let placed = |text: &str| {
        let (what, place) = text.rsplit_once(" at line ")?;
        let (line, column) = place.split_once(" column ")?;
        Some((what.to_owned(), line.parse::<usize>().ok()?, column.parse::<usize>().ok()?))
    };
    let (what, context) = message.split_once(", while ").map_or((message, None), |(what, rest)| (what, Some(rest)));
    let (reason, line, column) = placed(what)?;
    let Some((context, from, from_column)) = context.and_then(placed) else {
        return Some(SyntaxError { reason, line, column });
    };
    let is_end = source.lines().nth(line.saturating_sub(1)).is_none_or(|line| line.trim().is_empty());
    Some(if is_end {
        SyntaxError { reason: format!("{reason} before the end, while {context}"), line: from, column: from_column }
    } else {
        SyntaxError { reason: format!("{reason}, while {context} that begins on line {from}"), line, column }
    })
}

fn budget(source: &str) -> usize {
    // A node takes two bytes of text or more, and counts NODE_COST besides.
    source.len().saturating_mul(1 + NODE_COST / 2).saturating_add(MAX_EXPANSION)
}

/// Counts brackets without regard to quotes: prose never holds so many unclosed ones.
fn is_nested_too_deep(source: &str) -> bool {
    let mut depth = 0_usize;
    for byte in source.bytes() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                if depth > MAX_NESTING {
                    return event::is_nested_too_deep(source);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::document::Pointer;

    fn value(source: &str) -> Value {
        parse(source).expect("it can be read").value
    }

    #[test]
    fn yaml_is_read_as_1_2_says() {
        assert_eq!(
            value("date: 2021-08-20\nno: no\n200: ok\n'201': On\ny: [yes, n, 0o14, 1e3, ~]\nempty:\n"),
            json!({"date": "2021-08-20", "no": "no", "200": "ok", "201": "On", "y": ["yes", "n", 12, 1000.0, null], "empty": null})
        );
        assert_eq!(
            value("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\n"),
            json!({"a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}})
        );
        assert_eq!(value("a: !Tag {b: !Other c}\n"), json!({"a": {"b": "c"}}));
    }

    #[test]
    fn what_only_json_or_only_yaml_1_2_allows_is_read_from_events() {
        assert_eq!(value("a: \"\\ud83d\\ude00\"\n"), json!({"a": "😀"}));
        assert_eq!(value("a: one\u{2028}two\nb: \"x\u{2028}y\"\n"), json!({"a": "one\u{2028}two", "b": "x\u{2028}y"}));
        let odd = parse("{\"a\": [1, 2,],}").expect("YAML allows it");
        assert_eq!(odd.value, json!({"a": [1, 2]}));
        assert_eq!(odd.oddities.not_json.map(|error| (error.line, error.column)), Some((1, 12)));
        let odd = parse("{\n \"ü\": \"é\", // why\n \"b\": 1}").expect("YAML allows it");
        assert_eq!(odd.oddities.not_json.map(|error| (error.line, error.column)), Some((2, 12)));
    }

    #[test]
    fn numbers_keep_their_precision() {
        assert_eq!(
            value("[12345678901234567890123, 0.10000000000000000001]").to_string(),
            "[12345678901234567890123,0.10000000000000000001]"
        );
        assert_eq!(value("{\"$serde_json::private::Number\": \"5\"}").to_string(), "5");
    }

    #[test]
    fn duplicate_keys_are_reported_and_the_last_holds() {
        for source in [
            "a:\n  - {b: 1, c: 2, b: 3}\n",
            "{\"a\": [{\"b\": 1, \"c\": 2, \"b\": 3}]}",
            "a:\n  - {b: 1, c: \u{2028}2, b: 3}\n",
        ] {
            let parsed = parse(source).expect("it can be read");
            assert_eq!(
                parsed.oddities.duplicates.iter().map(Pointer::as_str).collect::<Vec<_>>(),
                ["/a/0/b"],
                "{source}"
            );
            assert_eq!(parsed.value["a"][0]["b"], json!(3));
        }
    }

    #[test]
    fn bombs_and_towers_are_refused() {
        let mut bomb = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for level in 1..12 {
            let again = vec![format!("*a{}", level - 1); 9].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{again}]\n"));
        }
        assert_eq!(parse(&bomb).expect_err("a bomb").reason, EXPANSION);
        assert_eq!(event::parse(&bomb, budget(&bomb)).expect_err("a bomb").reason, EXPANSION);
        let long = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 1000].join(", "));
        assert_eq!(parse(&long).expect_err("a bomb").reason, EXPANSION);
        for tower in [
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            format!("a: {}", "[".repeat(100_000)),
            "- ".repeat(100_000),
        ] {
            let error = parse(&tower).expect_err("a tower");
            assert!(error.reason.contains("levels deep"), "{}", error.reason);
        }
    }

    #[test]
    fn a_syntax_error_has_its_line_and_column() {
        let error = parse("{\n  \"a\": 1\n  \"b\": 2\n}").expect_err("a comma is missing");
        assert_eq!((error.line, error.column), (3, 3), "{}", error.reason);
        let error = parse("a: 1\nb: [2\nc: 3\n").expect_err("a bracket is missing");
        assert_eq!((error.line, error.column), (3, 2), "{error:?}");
        assert!(error.reason.ends_with("that begins on line 2"), "{error:?}");
        let error = parse("a: 1\nb: [2\n").expect_err("a bracket is missing at the end");
        assert_eq!((error.line, error.column), (2, 4), "{error:?}");
        let error = parse("a: 1\nb: c: d\n").expect_err("a mapping within a line");
        assert_eq!((error.line, error.column), (2, 5), "{error:?}");
    }
}
