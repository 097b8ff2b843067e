//! A tree of elements -> value.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::codec::body::subject::Subject;
use crate::codec::body::text::Charset;
use crate::codec::body::xml::element::{Element, parse};
use crate::codec::body::xml::plan::{Node, Wire, Wrapping, root};
use crate::codec::bounds::Unread;
use crate::codec::hints::{Hints, Kind};
use crate::codec::style::primitive;

/// Attributes of this namespace speak of schemas, not of data.
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Reads the bytes of a document as a value.
///
/// # Errors
/// What is not well-formed, or has no place in the value.
pub(crate) fn read(subject: &Subject<'_>, bytes: &[u8]) -> Result<Value, Unread> {
    let text = Charset::of(&subject.media_type)?.read(bytes)?;
    let element = parse(&text)?;
    if let Some(wire) = root(&subject.hints)
        && !wire.fits(&element.name, element.namespace.as_deref())
    {
        return Err(format!("the root element is `{}`, not `{}`", element.name, wire.qualified()).into());
    }
    value(&element, &subject.hints)
}

fn value(element: &Element, hints: &Hints<'_>) -> Result<Value, Unread> {
    let is_leaf = element.children.is_empty() && element.attributes.is_empty();
    match hints.kind() {
        Kind::List => items(element, hints, &Wire::new(hints, &element.name).item(&hints.item(0))),
        Kind::Members => members(element, hints),
        Kind::OneOrMembers | Kind::Untyped if !is_leaf => members(element, hints),
        Kind::One | Kind::OneOrList if !element.children.is_empty() => members(element, hints),
        Kind::One | Kind::OneOrList | Kind::OneOrMembers | Kind::Untyped => primitive::read(hints, &element.text),
    }
}

fn items(element: &Element, hints: &Hints<'_>, wire: &Wire<'_>) -> Result<Value, Unread> {
    let item = |(index, child): (usize, &Element)| {
        if !wire.fits(&child.name, child.namespace.as_deref()) {
            return Err(Unread::from(format!("`{}` stands where `{}` was expected", child.name, wire.qualified())));
        }
        value(child, &hints.item(index))
    };
    if element.has_text() {
        return Err(format!("text stands among the elements of `{}`", element.name).into());
    }
    element.children.iter().enumerate().map(item).collect::<Result<_, _>>().map(Value::Array)
}

/// A property that the schema describes, and the elements found for it.
struct Field<'e, 'c> {
    property: &'c str,
    hints: Hints<'c>,
    wire: Wire<'c>,
    /// The name of its items, where it is an array.
    list: Option<(Wrapping, Wire<'c>)>,
    found: Vec<&'e Element>,
}

impl<'c> Field<'_, 'c> {
    fn new(hints: &Hints<'c>, property: &'c str) -> Self {
        let hints = hints.member(property);
        let wire = Wire::new(&hints, property);
        let list = matches!(hints.kind(), Kind::List).then(|| (Wrapping::of(&hints), wire.item(&hints.item(0))));
        Self { property, hints, wire, list, found: Vec::new() }
    }

    /// The element that stands for the property in its parent.
    fn outer(&self) -> &Wire<'c> {
        match &self.list {
            Some((Wrapping::Bare, item)) => item,
            Some((Wrapping::Wrapped, _)) | None => &self.wire,
        }
    }

    fn value(&self) -> Result<Option<Value>, Unread> {
        let each = || {
            let values = self.found.iter().enumerate().map(|(index, element)| value(element, &self.hints.item(index)));
            values.collect::<Result<_, _>>().map(|values| Some(Value::Array(values)))
        };
        match (&self.list, self.found.as_slice()) {
            (_, []) => Ok(None),
            (Some((Wrapping::Bare, _)), _) => each(),
            (Some((Wrapping::Wrapped, item)), [only]) => items(only, &self.hints, item).map(Some),
            (None, [only]) => value(only, &self.hints).map(Some),
            (None, _) if matches!(self.hints.kind(), Kind::Untyped | Kind::OneOrList) => each(),
            (Some((Wrapping::Wrapped, _)) | None, _) => {
                Err(format!("the element `{}` is given twice", self.wire.name).into())
            }
        }
    }
}

/// True for a name that the schema knows, found where or in a namespace that it does not mean.
fn misplaced(fields: &[Field<'_, '_>], name: &str) -> bool {
    fields.iter().any(|field| field.property == name || field.wire.name == name)
}

fn members(element: &Element, hints: &Hints<'_>) -> Result<Value, Unread> {
    let mut fields: Vec<Field<'_, '_>> =
        hints.properties().into_iter().map(|property| Field::new(hints, property)).collect();
    let mut object = Map::new();
    attributes(element, &fields, &mut object)?;
    match fields.iter().find(|field| field.wire.node == Node::Text) {
        Some(field) if !element.text.is_empty() => {
            object.insert(field.property.to_owned(), primitive::read(&field.hints, &element.text)?);
        }
        Some(_) => {}
        None if element.has_text() => {
            return Err(format!("text stands among the elements of `{}`", element.name).into());
        }
        None => {}
    }
    let others = children(element, hints, &mut fields, &object)?;
    for field in &fields {
        if let Some(value) = field.value()? {
            object.insert(field.property.to_owned(), value);
        }
    }
    for (name, mut found) in others {
        let value = if found.len() == 1 { found.remove(0) } else { Value::Array(found) };
        object.insert(name, value);
    }
    Ok(Value::Object(object))
}

/// Reads the attributes of an element as members of the object.
fn attributes(element: &Element, fields: &[Field<'_, '_>], object: &mut Map<String, Value>) -> Result<(), Unread> {
    for attribute in
        element.attributes.iter().filter(|attribute| attribute.namespace.as_deref() != Some(SCHEMA_INSTANCE))
    {
        let field = fields.iter().find(|field| {
            field.wire.node == Node::Attribute && field.wire.fits(&attribute.name, attribute.namespace.as_deref())
        });
        match field {
            Some(field) => object.insert(field.property.to_owned(), primitive::read(&field.hints, &attribute.value)?),
            None if misplaced(fields, &attribute.name) => {
                return Err(format!(
                    "the attribute `{}` is not what the schema describes by that name",
                    attribute.name
                )
                .into());
            }
            None => object.insert(attribute.name.clone(), Value::String(attribute.value.clone())),
        };
    }
    Ok(())
}

/// Hands each child to the field that it stands for, and reads the others: their values by name, in the order of the first of
/// each.
fn children<'e>(
    element: &'e Element,
    hints: &Hints<'_>,
    fields: &mut [Field<'e, '_>],
    object: &Map<String, Value>,
) -> Result<Vec<(String, Vec<Value>)>, Unread> {
    let mut others: Vec<(String, Vec<Value>)> = Vec::new();
    let mut index: HashMap<&str, usize> = HashMap::new();
    for child in &element.children {
        let field = fields.iter().position(|field| {
            field.wire.node == Node::Element && field.outer().fits(&child.name, child.namespace.as_deref())
        });
        match field {
            Some(field) => fields[field].found.push(child),
            None if misplaced(fields, &child.name) || object.contains_key(&child.name) => {
                return Err(
                    format!("the element `{}` is not what the schema describes by that name", child.name).into()
                );
            }
            None => {
                let read = value(child, &hints.member(&child.name))?;
                let next = others.len();
                let at = *index.entry(&child.name).or_insert(next);
                if at == next {
                    others.push((child.name.clone(), Vec::new()));
                }
                others[at].1.push(read);
            }
        }
    }
    Ok(others)
}
