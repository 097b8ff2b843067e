//! Text -> value, for JSON and YAML 1.2. Values are read by serde_json and serde_yaml; this only watches what they leave
//! to the visitor: duplicate keys, merge keys, and how much an alias may expand to. Where the YAML reader follows YAML
//! 1.1 or gives up on what JSON allows, the value is built from the events of the span pass instead.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use crate::document::{Pointer, event, text};

/// How many bytes of keys and scalars aliases may add to what stands in the text: real documents stay far below, alias
/// bombs far above.
const MAX_EXPANSION: usize = 16 << 20;

/// How many duplicate keys of one file are remembered: nobody reads more.
pub(super) const MAX_DUPLICATES: usize = 100;

/// What a node counts besides its text, so that a bomb of empty nodes is one too.
const NODE_COST: usize = 32;

/// How deep brackets may nest before the YAML reader, whose work is quadratic in that, is not even tried.
const MAX_NESTING: usize = 1000;

/// A text as a value, and what was odd about it.
#[derive(Debug)]
pub(super) struct Parsed {
    /// The value.
    pub(super) value: Value,
    /// What was odd.
    pub(super) oddities: Oddities,
}

/// What was odd about a text that could be read all the same.
#[derive(Debug, Default)]
pub(super) struct Oddities {
    /// The keys that stand twice in one mapping; the last one holds.
    pub(super) duplicates: Vec<Pointer>,
    /// Why a text that looks like JSON was read as YAML.
    pub(super) not_json: Option<SyntaxError>,
}

/// A text that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// What is wrong, as the parser says it.
    pub(super) reason: String,
    /// The line, from 1; 0 where it is not known.
    pub(super) line: usize,
    /// The column, from 1; 0 where it is not known.
    pub(super) column: usize,
}

/// Reads a text.
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

fn json(source: &str) -> Result<Parsed, SyntaxError> {
    let read = |watch: &Watch| {
        let mut reader = serde_json::Deserializer::from_str(source);
        Seed { watch }.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value))
    };
    let watch = Watch::new(Syntax::Json, usize::MAX, Paths::Unknown);
    match read(&watch) {
        Ok(value) if watch.has_duplicates.get() => {
            // Only now is it worth knowing where one is.
            drop(value);
            let watch = Watch::new(Syntax::Json, usize::MAX, Paths::Known);
            Ok(read(&watch).map(|value| watch.parsed(value)).expect("it was read a moment ago"))
        }
        Ok(value) => Ok(watch.parsed(value)),
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
    let read = |watch: &Watch| Seed { watch }.deserialize(serde_yaml::Deserializer::from_str(source));
    let watch = Watch::new(Syntax::Yaml, budget(source), Paths::Unknown);
    match read(&watch) {
        Ok(value) if watch.has_duplicates.get() => {
            drop(value);
            let watch = Watch::new(Syntax::Yaml, budget(source), Paths::Known);
            Ok(read(&watch).map(|value| watch.parsed(value)).expect("it was read a moment ago"))
        }
        Ok(value) => Ok(watch.parsed(value)),
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

/// What the YAML reader says: `what at line L column C, while parsing something at line L column C`. The end of the text is
/// no place to show, so what was being parsed is shown then.
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

/// What is said of an alias bomb.
pub(super) const EXPANSION: &str = "the aliases of this text expand to more than may be read";

pub(super) fn too_deep(line: usize, column: usize) -> SyntaxError {
    SyntaxError { reason: "this is nested more than 127 levels deep".to_owned(), line, column }
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

/// Which syntax is read, as far as watching differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Syntax {
    Json,
    Yaml,
}

/// Whether the way to each node is kept, which costs a little for every one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Paths {
    Unknown,
    Known,
}

/// What is noticed while a value is read.
struct Watch {
    syntax: Syntax,
    paths: Paths,
    left: Cell<usize>,
    has_duplicates: Cell<bool>,
    path: RefCell<Vec<Step>>,
    duplicates: RefCell<Vec<Pointer>>,
}

/// One step from a node to its child.
enum Step {
    Key(String),
    Index(usize),
}

impl Watch {
    fn new(syntax: Syntax, left: usize, paths: Paths) -> Self {
        Self {
            syntax,
            paths,
            left: Cell::new(left),
            has_duplicates: Cell::new(false),
            path: RefCell::default(),
            duplicates: RefCell::default(),
        }
    }

    fn parsed(self, value: Value) -> Parsed {
        Parsed { value, oddities: Oddities { duplicates: self.duplicates.into_inner(), not_json: None } }
    }

    fn spend<E: Error>(&self, bytes: usize) -> Result<(), E> {
        if self.syntax == Syntax::Yaml {
            let left = self.left.get().checked_sub(bytes + NODE_COST).ok_or_else(|| E::custom(EXPANSION))?;
            self.left.set(left);
        }
        Ok(())
    }

    /// Enters a child, if the way is kept.
    fn enter(&self, step: impl FnOnce() -> Step) {
        if self.paths == Paths::Known {
            self.path.borrow_mut().push(step());
        }
    }

    fn leave(&self) {
        if self.paths == Paths::Known {
            self.path.borrow_mut().pop();
        }
    }

    fn duplicate(&self, key: &str) {
        self.has_duplicates.set(true);
        let mut duplicates = self.duplicates.borrow_mut();
        if self.paths == Paths::Unknown || duplicates.len() >= MAX_DUPLICATES {
            return;
        }
        let path = self.path.borrow();
        let parent = path.iter().fold(Pointer::root(), |pointer, step| match step {
            Step::Key(key) => pointer.join(key),
            Step::Index(index) => pointer.index(*index),
        });
        duplicates.push(parent.join(key));
    }
}

#[derive(Clone, Copy)]
struct Seed<'w> {
    watch: &'w Watch,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

/// How serde_json hands over numbers of any precision: as a map of this one key.
const NUMBER: &str = "$serde_json::private::Number";

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.watch.spend(1)?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.watch.spend(1)?;
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.watch.spend(1)?;
        Ok(Value::Number(value.into()))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        self.watch.spend(1)?;
        Ok(Number::from_i128(value).map_or(Value::Null, Value::Number))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        self.watch.spend(1)?;
        Ok(Number::from_u128(value).map_or(Value::Null, Value::Number))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.watch.spend(1)?;
        // JSON has no infinities; what YAML calls `.inf` stays visible as text.
        Ok(Number::from_f64(value).map_or_else(|| Value::String(value.to_string()), Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.watch.spend(value.len())?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.watch.spend(value.len())?;
        Ok(Value::String(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.watch.spend(1)?;
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.deserialize(reader)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.deserialize(reader)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        // A tag of the user's own (YAML 1.2 §6.8) says nothing that JSON can hold.
        let (_, content): (String, A::Variant) = tagged.variant()?;
        content.newtype_variant_seed(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.watch.spend(0)?;
        let mut found = Vec::new();
        loop {
            self.watch.enter(|| Step::Index(found.len()));
            let item = items.next_element_seed(self)?;
            self.watch.leave();
            match item {
                Some(item) => found.push(item),
                None => return Ok(Value::Array(found)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.watch.spend(0)?;
        let mut found = Map::new();
        let mut merges = Vec::new();
        while let Some(key) = members.next_key::<String>()? {
            if self.watch.syntax == Syntax::Json && found.is_empty() && key == NUMBER {
                let text: String = members.next_value()?;
                return text.parse().map(Value::Number).map_err(A::Error::custom);
            }
            self.watch.spend(key.len())?;
            self.watch.enter(|| Step::Key(key.clone()));
            let value = members.next_value_seed(self)?;
            self.watch.leave();
            if self.watch.syntax == Syntax::Yaml && key == "<<" && mergeable(&value) {
                merges.push(value);
                continue;
            }
            match found.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(mut place) => {
                    self.watch.duplicate(place.key());
                    place.insert(value);
                }
            }
        }
        merges.into_iter().for_each(|merged| merge(&mut found, merged));
        Ok(Value::Object(found))
    }
}

/// True for what a merge key may hold: a mapping or a sequence of them.
pub(super) fn mergeable(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(items) => items.iter().all(Value::is_object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Adds the members of a merge key (YAML "Merge Key Language-Independent Type") that the mapping does not have itself.
pub(super) fn merge(members: &mut Map<String, Value>, merged: Value) {
    match merged {
        Value::Object(more) => {
            for (key, value) in more {
                members.entry(key).or_insert(value);
            }
        }
        Value::Array(items) => items.into_iter().for_each(|item| merge(members, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The place of a byte offset as a syntax error.
pub(super) fn error_at(source: &str, offset: usize, reason: impl Into<String>) -> SyntaxError {
    let (line, column) = text::line_column(source, offset);
    SyntaxError { reason: reason.into(), line, column }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
