//! Value -> XML text.

use serde_json::{Map, Value};

use crate::codec::body::json;
use crate::codec::body::subject::Subject;
use crate::codec::body::text::Charset;
use crate::codec::body::xml::element::is_character;
use crate::codec::body::xml::plan::{Node, Wire, Wrapping, root};
use crate::codec::bounds::{MAX_VALUES, MAX_XML_DEPTH};
use crate::codec::hints::Hints;
use crate::codec::style::primitive;

/// Writes a value as the bytes of a document, with its declaration.
///
/// # Errors
/// Why the value has no form.
pub(crate) fn write(subject: &Subject<'_>, value: &Value) -> Result<Vec<u8>, String> {
    let charset = Charset::of(&subject.media_type)?;
    let mut left = MAX_VALUES;
    json::check(value, MAX_XML_DEPTH, &mut left)?;
    let wire = root(&subject.hints).ok_or("the document gives the root element no name")?;
    let mut text = format!("<?xml version=\"1.0\" encoding=\"{}\"?>", charset.name());
    element(&mut text, &wire, &subject.hints, value)?;
    charset.write(&text)
}

fn element(out: &mut String, wire: &Wire<'_>, hints: &Hints<'_>, value: &Value) -> Result<(), String> {
    let name = qualified(wire)?;
    let mut tag = Tag { name, attributes: Vec::new() };
    tag.declare(wire)?;
    match value {
        Value::Object(members) => object(out, tag, hints, members),
        Value::Array(items) => {
            tag.open(out);
            for (index, item) in items.iter().enumerate() {
                let hints = hints.item(index);
                element(out, &wire.item(&hints), &hints, item)?;
            }
            tag.close(out);
            Ok(())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            tag.open(out);
            escape(out, &primitive::write(value)?)?;
            tag.close(out);
            Ok(())
        }
    }
}

fn object(out: &mut String, mut tag: Tag, hints: &Hints<'_>, members: &Map<String, Value>) -> Result<(), String> {
    let mut content = String::new();
    for (name, value) in members {
        let hints = hints.member(name);
        let wire = Wire::new(&hints, name);
        match (wire.node, value) {
            (Node::Attribute, _) => {
                tag.declare(&wire)?;
                tag.add(qualified(&wire)?, &primitive::write(value)?)?;
            }
            (Node::Text, _) => escape(&mut content, &primitive::write(value)?)?,
            (Node::Element, Value::Array(items)) if Wrapping::of(&hints) == Wrapping::Bare => {
                for (index, item) in items.iter().enumerate() {
                    let hints = hints.item(index);
                    element(&mut content, &wire.item(&hints), &hints, item)?;
                }
            }
            (Node::Element, _) => element(&mut content, &wire, &hints, value)?,
        }
    }
    tag.open(out);
    out.push_str(&content);
    tag.close(out);
    Ok(())
}

/// A start tag that is still growing.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn declare(&mut self, wire: &Wire<'_>) -> Result<(), String> {
        match wire.declaration() {
            Some((name, namespace)) if !self.attributes.iter().any(|(known, _)| *known == name) => {
                self.add(name, namespace)
            }
            Some(_) | None => Ok(()),
        }
    }

    fn add(&mut self, name: String, value: &str) -> Result<(), String> {
        let mut escaped = String::new();
        escape(&mut escaped, value)?;
        // White space other than spaces would be read as spaces (XML 1.0 §3.3.3).
        self.attributes.push((name, escaped.replace('\n', "&#10;").replace('\t', "&#9;")));
        Ok(())
    }

    fn open(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in &self.attributes {
            out.push_str(&format!(" {name}=\"{value}\""));
        }
        out.push('>');
    }

    fn close(&self, out: &mut String) {
        out.push_str(&format!("</{}>", self.name));
    }
}

/// The name, where it is one (Namespaces in XML 1.0 §3; without the letters that few parsers agree on).
fn qualified(wire: &Wire<'_>) -> Result<String, String> {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|character| character.is_ascii_alphanumeric() || "-_.".contains(character))
    };
    if is_name(wire.name) && wire.prefix.is_none_or(is_name) {
        Ok(wire.qualified())
    } else {
        Err(format!("`{}` cannot be a name in XML", wire.qualified()))
    }
}

fn escape(out: &mut String, text: &str) -> Result<(), String> {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A carriage return as it is would be read as a line feed (XML 1.0 §2.11).
            '\r' => out.push_str("&#13;"),
            _ if is_character(character) => out.push(character),
            _ => return Err(format!("{character:?} may not stand in XML")),
        }
    }
    Ok(())
}
