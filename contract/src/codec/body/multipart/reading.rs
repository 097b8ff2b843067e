//! Parts -> an object, by the members that they name.

use serde_json::{Map, Value};

use crate::codec::body::multipart::boundary::MAX_BOUNDARY;
use crate::codec::body::multipart::boundary::split;
use crate::codec::body::multipart::part::is_binary;
use crate::codec::body::multipart::part::{Part, is_bytes};
use crate::codec::body::multipart::writing::media_type;
use crate::codec::body::multipart::{field, styled};
use crate::codec::body::subject::Subject;
use crate::codec::body::text::Charset;
use crate::codec::bounds::Unread;
use crate::codec::hints::{Hints, Kind};
use crate::codec::style::pairs::NamedValue;
use crate::model::MediaType;

/// Reads an object. Parts of one name are an array where the schema asks for one or says nothing.
///
/// # Errors
/// What is wrong with the body or one of its parts.
pub(crate) fn read(subject: &Subject<'_>, bytes: &[u8]) -> Result<Value, Unread> {
    let boundary = subject
        .media_type
        .parameter("boundary")
        .filter(|boundary| (1..=MAX_BOUNDARY).contains(&boundary.len()))
        .ok_or("`Content-Type` has no boundary of 1 to 70 characters")?;
    let parts = split(bytes, boundary)?.into_iter().map(Part::parse).collect::<Result<Vec<_>, _>>()?;
    let mut object = Map::new();
    let styled: Vec<NamedValue<'_>> =
        subject.encoding.keys().filter_map(|name| styled::styled(subject, name)).collect();
    for named in &styled {
        let value = styled::read(subject, named, &parts).map_err(|why| format!("`{}`: {why}", named.name))?;
        if let Some(value) = value {
            object.insert(named.name.to_owned(), value);
        }
    }
    let is_styled = |name: &str| {
        styled.iter().any(|named| named.name == name || (named.claims(name) && !subject.hints.names(name)))
    };
    let mut names: Map<String, Value> = Map::new();
    let mut groups: Vec<Vec<Part<'_>>> = Vec::new();
    for part in parts.into_iter().filter(|part| !is_styled(&part.name)) {
        let group = names.entry(part.name.clone()).or_insert_with(|| {
            groups.push(Vec::new());
            Value::from(groups.len() - 1)
        });
        if let Some(group) = group.as_u64().and_then(|index| groups.get_mut(usize::try_from(index).ok()?)) {
            group.push(part);
        }
    }
    for ((name, _), group) in names.iter().zip(&groups) {
        let value = read_member(subject, name, group).map_err(|unread| unread.of(&format!("`{name}`")))?;
        object.insert(name.clone(), value);
    }
    Ok(Value::Object(object))
}

fn read_member(subject: &Subject<'_>, name: &str, parts: &[Part<'_>]) -> Result<Value, Unread> {
    let hints = subject.hints.member(name);
    let kind = hints.kind();
    match (parts, kind) {
        ([only], Kind::List) => {
            let value = read_part(subject, only, hints.item(0))?;
            // An array that came as one JSON document.
            let is_whole = value.is_array() && hints.item(0).kind() != Kind::List;
            Ok(if is_whole { value } else { Value::Array(vec![value]) })
        }
        (_, Kind::List) | ([_, _, ..], Kind::OneOrList | Kind::Untyped) => parts
            .iter()
            .enumerate()
            .map(|(index, part)| read_part(subject, part, hints.item(index)))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        ([only], _) => read_part(subject, only, hints),
        _ => Err("it is given twice".into()),
    }
}

fn read_part(subject: &Subject<'_>, part: &Part<'_>, hints: Hints<'_>) -> Result<Value, Unread> {
    field::check(subject.contract, subject.encoding.get(&part.name), &part.fields)?;
    let media_type = match &part.content_type {
        None => media_type(subject, &part.name, &hints),
        Some(text) => {
            let sent = MediaType::parse(text).ok_or_else(|| format!("`{text}` is not a media type"))?;
            let allowed = subject.encoding.get(&part.name).map_or(&[][..], |encoding| &encoding.content_type);
            if !allowed.is_empty() && !allowed.iter().any(|allowed| allowed.covers(&sent)) {
                return Err(format!("its media type {sent} is none that the encoding allows").into());
            }
            sent
        }
    };
    let reader = Subject::part(subject.contract, hints, media_type);
    if is_binary(&reader.hints) || is_bytes(&reader)? {
        return Ok(Value::String(Charset::Latin1.read(part.body)?));
    }
    reader.read(part.body)?.ok_or_else(|| format!("{} is not looked into", reader.media_type).into())
}
