//! Well-formed XML (XML 1.0, Namespaces in XML 1.0) -> a tree of elements. Document types are refused, so that no
//! entity can grow; depth and size are bounded.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use crate::codec::bounds::{MAX_ATTRIBUTES, MAX_VALUES, MAX_XML_DEPTH, Unread};

/// An element; prefixes are resolved, comments and instructions are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) namespace: Option<String>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) children: Vec<Element>,
    /// All text directly within, put together.
    pub(crate) text: String,
}

/// An attribute that is no namespace declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) namespace: Option<String>,
    pub(crate) value: String,
}

impl Element {
    /// True where there is text other than white space.
    pub(crate) fn has_text(&self) -> bool {
        !self.text.chars().all(is_space)
    }
}

/// `S` (XML 1.0 §2.3).
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// `Char` (XML 1.0 §2.2).
pub(crate) fn is_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// Reads the root element of a document.
///
/// # Errors
/// What is not well-formed, or beyond what is read.
pub(crate) fn parse(text: &str) -> Result<Element, Unread> {
    if let Some(character) = text.chars().find(|&character| !is_character(character)) {
        return Err(format!("{character:?} may not stand in XML").into());
    }
    let mut reader = NsReader::from_str(text);
    let config = reader.config_mut();
    config.check_comments = true;
    config.expand_empty_elements = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut left = MAX_VALUES;
    loop {
        let event = reader.read_event().map_err(|error| format!("at byte {}: {error}", reader.error_position()))?;
        match event {
            Event::Start(start) => {
                if open.is_empty() && root.is_some() {
                    return Err("a second root element follows the first".into());
                }
                if open.len() == MAX_XML_DEPTH {
                    return Err(Unread::Beyond(format!("it nests more than {MAX_XML_DEPTH} deep")));
                }
                let element = element(&reader, &start)?;
                let beyond = || Unread::Beyond(format!("it holds more than {MAX_VALUES} elements and attributes"));
                left = left.checked_sub(1 + element.attributes.len()).ok_or_else(beyond)?;
                open.push(element);
            }
            Event::End(_) => {
                let closed = open.pop().ok_or("an end tag has no start")?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(closed),
                    None => root = Some(closed),
                }
            }
            Event::Text(text) => add(&mut open, &text.xml10_content())?,
            Event::CData(text) => match open.last_mut() {
                Some(element) => element.text.push_str(&text.xml10_content()),
                None => return Err("a CDATA section stands outside the root element".into()),
            },
            Event::GeneralRef(reference) => match open.last_mut() {
                Some(element) => element.text.push(character(&reference)?),
                None => return Err("a reference stands outside the root element".into()),
            },
            Event::Decl(declaration) => {
                if let Some(encoding) = declaration.encoding() {
                    let encoding = encoding.map_err(|error| error.to_string())?;
                    let is_known =
                        ["utf-8", "us-ascii", "iso-8859-1"].iter().any(|known| encoding.eq_ignore_ascii_case(known));
                    if !is_known {
                        return Err(format!("the encoding `{encoding}` is not known here").into());
                    }
                }
            }
            Event::DocType(_) => return Err("a document type is declared, which is not read".into()),
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof if open.is_empty() => return root.ok_or_else(|| "there is no root element".into()),
            Event::Eof => return Err("the document ends within an element".into()),
        }
    }
}

fn add(open: &mut [Element], text: &str) -> Result<(), String> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.chars().all(|character| is_space(character) || character == '\u{feff}') => {}
        None => return Err("text stands outside the root element".to_owned()),
    }
    Ok(())
}

fn element(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<Element, Unread> {
    let (namespace, name) = reader.resolver().resolve_element(start.name());
    let mut element =
        Element { name: name.into_inner().to_owned(), namespace: bound(&namespace)?, ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        if element.attributes.len() == MAX_ATTRIBUTES {
            return Err(Unread::Beyond(format!("an element has more than {MAX_ATTRIBUTES} attributes")));
        }
        if attribute.value.contains('<') {
            return Err("an attribute holds `<`".into());
        }
        let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
        element.attributes.push(Attribute {
            name: name.into_inner().to_owned(),
            namespace: bound(&namespace)?,
            value: attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?.into_owned(),
        });
    }
    Ok(element)
}

fn bound(namespace: &ResolveResult<'_>) -> Result<Option<String>, String> {
    match namespace {
        ResolveResult::Unbound => Ok(None),
        ResolveResult::Bound(namespace) => Ok(Some(namespace.0.to_owned())),
        ResolveResult::Unknown(prefix) => Err(format!("the prefix `{prefix}` is not declared")),
    }
}

/// The character that a reference stands for: a number or one of the five names (XML 1.0 §4.6).
fn character(reference: &BytesRef<'_>) -> Result<char, String> {
    if let Some(character) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return if is_character(character) {
            Ok(character)
        } else {
            Err(format!("{character:?} may not stand in XML"))
        };
    }
    match reference.xml10_content().as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(format!("the entity `{other}` is not declared")),
    }
}
