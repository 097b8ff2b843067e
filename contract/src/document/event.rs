//! YAML events -> value: the slow, exact reader for what the fast one does not read as YAML 1.2 says.

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};

use crate::document::Pointer;
use crate::document::parsed::{Oddities, Parsed, SyntaxError, error_at, too_deep};
use crate::document::visit::{EXPANSION, MAX_DUPLICATES, merge, mergeable};

/// The most levels that collections may nest: as the fast readers have it.
const MAX_DEPTH: usize = 127;

/// The most characters that a key may have: YAML says 1024, JSON says nothing. The parser keeps as much as this in
/// mind, since all of it may turn out to be a key.
const MAX_KEY: usize = 1 << 16;

/// The cost of a node besides its text, in bytes.
const NODE_COST: usize = 32;

/// Reads the one document of a text; `budget` bounds the bytes that scalars, keys and nodes may add up to.
///
/// # Errors
/// Where it is not YAML, or expands to more than the budget.
pub(super) fn parse(source: &str, budget: usize) -> Result<Parsed, SyntaxError> {
    let mut builder = Builder { left: budget, ..Builder::default() };
    let mut documents = 0_usize;
    for event in Parser::new_from_str_with_options(source, options()) {
        let (event, span) = event.map_err(|error| scan_error(source, &error))?;
        let offset = span.start.byte_offset().unwrap_or(0);
        let anchor = event.anchor_id();
        match event {
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    return Err(error_at(source, offset, "there is a second document in this text"));
                }
            }
            Event::Scalar(text, style, _, tag) => {
                builder.spend(text.len()).map_err(|reason| error_at(source, offset, reason))?;
                let tagged_string = tag.as_ref().is_some_and(|tag| tag.core_suffix() == Some("str"));
                let value = if matches!(style, ScalarStyle::Plain) && !tagged_string {
                    plain(&text)
                } else {
                    Value::String(text.clone().into_owned())
                };
                builder.add(value, Some(text.into_owned()), anchor);
            }
            Event::Alias(id) => {
                let value = builder.anchors.iter().rev().find(|(known, _)| *known == id).map(|(_, value)| value);
                let Some(value) = value else {
                    return Err(error_at(source, offset, "this alias stands within the node that it names"));
                };
                let size = weigh(value);
                let value = builder.spend(size).map(|()| value_of(&builder.anchors, id));
                builder.add(value.map_err(|reason| error_at(source, offset, reason))?, None, None);
            }
            Event::SequenceStart(..) => {
                builder.spend(0).map_err(|reason| error_at(source, offset, reason))?;
                builder.open.push(Open { collection: Collection::Sequence(Vec::new()), anchor });
            }
            Event::MappingStart(..) => {
                builder.spend(0).map_err(|reason| error_at(source, offset, reason))?;
                let mapping = Collection::Mapping { members: Map::new(), key: None, merges: Vec::new() };
                builder.open.push(Open { collection: mapping, anchor });
            }
            Event::SequenceEnd | Event::MappingEnd => builder.close(),
            // The enum is open; nothing else brings a node.
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | _ => {}
        }
    }
    let value = builder.root.unwrap_or_default();
    Ok(Parsed { value, oddities: Oddities { duplicates: builder.duplicates, not_json: None } })
}

/// True where collections really nest deeper than may be read.
pub(super) fn is_nested_too_deep(source: &str) -> bool {
    Parser::new_from_str_with_options(source, options())
        .find_map(Result::err)
        .is_some_and(|error| is_depth(error.kind()))
}

fn options() -> granit_parser::Options {
    granit_parser::options! {
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
        simple_key_max_lookahead: MAX_KEY,
    }
}

fn is_depth(kind: &granit_parser::ErrorKind) -> bool {
    matches!(kind, granit_parser::ErrorKind::RecursionLimitExceeded)
}

fn scan_error(source: &str, error: &granit_parser::ScanError) -> SyntaxError {
    let marker = error.marker();
    if is_depth(error.kind()) {
        return too_deep(marker.line(), marker.col() + 1);
    }
    match marker.byte_offset() {
        Some(offset) => error_at(source, offset, error.info()),
        None => SyntaxError { reason: error.info(), line: marker.line(), column: marker.col() + 1 },
    }
}

/// The core schema of YAML 1.2 (§10.3.2).
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(number) = text.strip_prefix(prefix).and_then(|rest| u64::from_str_radix(rest, radix).ok()) {
            return Value::Number(number.into());
        }
    }
    let is_number = digits.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'))
        && !(digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit());
    if is_number {
        let text = text.strip_prefix('+').unwrap_or(text);
        if let Ok(number) = text.parse::<Number>() {
            return Value::Number(number);
        }
        // `.5` and `5.` are numbers here, though not in JSON.
        if let Some(number) = text.parse().ok().and_then(Number::from_f64) {
            return Value::Number(number);
        }
    }
    Value::String(text.to_owned())
}

fn weigh(value: &Value) -> usize {
    NODE_COST
        + match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 1,
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(weigh).sum(),
            Value::Object(members) => members.iter().map(|(key, value)| key.len() + weigh(value)).sum(),
        }
}

fn value_of(anchors: &[(usize, Value)], id: usize) -> Value {
    anchors.iter().rev().find(|(known, _)| *known == id).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// A collection that is being read.
struct Open {
    collection: Collection,
    anchor: Option<usize>,
}

enum Collection {
    Sequence(Vec<Value>),
    Mapping { members: Map<String, Value>, key: Option<String>, merges: Vec<Value> },
}

#[derive(Default)]
struct Builder {
    root: Option<Value>,
    open: Vec<Open>,
    anchors: Vec<(usize, Value)>,
    duplicates: Vec<Pointer>,
    left: usize,
}

impl Builder {
    fn spend(&mut self, bytes: usize) -> Result<(), &'static str> {
        self.left = self.left.checked_sub(bytes + NODE_COST).ok_or(EXPANSION)?;
        Ok(())
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let value = match open.collection {
            Collection::Sequence(items) => Value::Array(items),
            Collection::Mapping { mut members, merges, .. } => {
                merges.into_iter().for_each(|merged| merge(&mut members, merged));
                Value::Object(members)
            }
        };
        self.add(value, None, open.anchor);
    }

    /// Puts a finished node where it belongs; `text` is how a scalar is written, should it be a key.
    fn add(&mut self, value: Value, text: Option<String>, anchor: Option<usize>) {
        if let Some(id) = anchor {
            self.anchors.push((id, value.clone()));
        }
        let pointer_to = |open: &[Open]| {
            open.iter().fold(Pointer::root(), |pointer, open| match &open.collection {
                Collection::Sequence(items) => pointer.index(items.len()),
                Collection::Mapping { key, .. } => pointer.join(key.as_deref().unwrap_or_default()),
            })
        };
        let Some((last, outer)) = self.open.split_last_mut() else {
            self.root.get_or_insert(value);
            return;
        };
        match &mut last.collection {
            Collection::Sequence(items) => items.push(value),
            Collection::Mapping { members, key, merges } => match key.take() {
                None => {
                    *key = Some(text.unwrap_or_else(|| value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
                }
                Some(name) if name == "<<" && mergeable(&value) => merges.push(value),
                Some(name) => {
                    if members.contains_key(&name) && self.duplicates.len() < MAX_DUPLICATES {
                        self.duplicates.push(pointer_to(outer).join(&name));
                    }
                    members.insert(name, value);
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_readers_agree() {
        for source in [
            "a: [1, -2, +3, 1.5, .5, 010, 0x1F, 0o17, true, False, null, ~, '']\n",
            "? a\n: b\n",
            "a: |\n  text\n  more\nb: >-\n  folded\n  line\n",
            "x: &x [1, *y]\n",
            "200: {<<: {a: 1}}\n",
            "",
            "- !!str 5\n",
        ] {
            let exact = parse(source, 1 << 20).map(|parsed| parsed.value);
            let fast: Result<Value, _> = serde_yaml::from_str(source);
            match (fast, exact) {
                (Ok(mut fast), Ok(exact)) => {
                    if source.contains("<<") {
                        fast = json!({"200": {"a": 1}});
                    }
                    assert_eq!(exact, fast, "{source}");
                }
                (Err(_), Err(_)) => {}
                (fast, exact) => panic!("{source}: {fast:?} but {exact:?}"),
            }
        }
    }
}
