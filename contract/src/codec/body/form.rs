//! `application/x-www-form-urlencoded` <-> object (WHATWG URL §5; OpenAPI 3.x "Encoding Object"): each member in its
//! style, or as a document of its content type.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::codec::body::subject::Subject;
use crate::codec::bounds::Unread;
use crate::codec::draft::Reading;
use crate::codec::hints::{Hints, Kind};
use crate::codec::style::escape::{Escaping, Reserved};
use crate::codec::style::pairs::{NamedValue, Pair, pairs};
use crate::model::{Encoding, MediaType, Style};

/// Writes an object as the bytes of a form, one pair for each member.
///
/// # Errors
/// Why it has no form.
pub(crate) fn write(subject: &Subject<'_>, value: &Value) -> Result<Vec<u8>, String> {
    let Value::Object(members) = value else { return Err("a form holds an object".to_owned()) };
    let mut pieces = Vec::new();
    for (name, value) in members {
        let written = Member::new(subject, name).write(value).map_err(|why| format!("`{name}`: {why}"))?;
        pieces.extend(written.into_iter().map(|(name, value)| format!("{name}={value}")));
    }
    Ok(pieces.join("&").into_bytes())
}

/// Reads the bytes of a form as an object.
///
/// # Errors
/// What is wrong with a pair.
pub(crate) fn read(subject: &Subject<'_>, bytes: &[u8]) -> Result<Value, Unread> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
    let pairs = pairs(text)?;
    let mut object = Map::new();
    let described: Vec<Member<'_>> =
        subject.hints.properties().into_iter().map(|name| Member::new(subject, name)).collect();
    for member in &described {
        member.read_into(&pairs, &mut object)?;
    }
    // Pairs are grouped by name, not searched for each name: a form may have thousands of undescribed ones.
    let mut rest: Map<String, Value> = Map::new();
    let mut groups: Vec<Vec<Pair>> = Vec::new();
    let names: BTreeSet<&str> = described.iter().map(|member| member.named.name).collect();
    let wide: Vec<&Member<'_>> = described.iter().filter(|member| member.has_other_names()).collect();
    let is_described = |name: &str| names.contains(name) || wide.iter().any(|member| member.named.claims(name));
    for pair in pairs.iter().filter(|pair| !is_described(&pair.name)) {
        let group = rest.entry(pair.name.clone()).or_insert_with(|| {
            groups.push(Vec::new());
            Value::from(groups.len() - 1)
        });
        if let Some(group) = group.as_u64().and_then(|index| groups.get_mut(usize::try_from(index).ok()?)) {
            group.push(pair.clone());
        }
    }
    for ((name, _), group) in rest.iter().zip(&groups) {
        Member::new(subject, name).read_into(group, &mut object)?;
    }
    Ok(Value::Object(object))
}

/// One member of the form.
struct Member<'c> {
    named: NamedValue<'c>,
    /// The media type of its text, where it is not written in a style.
    document: Option<MediaType>,
    subject: &'c Subject<'c>,
}

impl<'c> Member<'c> {
    fn new(subject: &'c Subject<'c>, name: &'c str) -> Self {
        let hints = subject.hints.member(name);
        let encoding = subject.encoding.get(name);
        let style = encoding.and_then(|encoding| encoding.style).unwrap_or(Style::Form);
        let explode = encoding.and_then(|encoding| encoding.explode).unwrap_or(style == Style::Form);
        let document = encoding.map_or_else(|| default_document(&hints), |encoding| document(encoding, &hints));
        let reserved = Reserved::new(encoding.is_some_and(|encoding| encoding.allow_reserved));
        let kind = hints.kind();
        Self {
            named: NamedValue { name, style, explode, reserved, escaping: Escaping::Query, hints, kind },
            document,
            subject,
        }
    }

    fn write(&self, value: &Value) -> Result<Vec<(String, String)>, String> {
        let Some(media_type) = &self.document else { return self.named.write(value) };
        let document = |value: &Value, hints: Hints<'_>| {
            let bytes = Subject::part(self.subject.contract, hints, media_type.clone()).write(value)?;
            let text = String::from_utf8(bytes).map_err(|_| format!("{media_type} is not text"))?;
            Escaping::Query.write(&text, Reserved::Escaped)
        };
        let name = Escaping::Query.write(self.named.name, Reserved::Escaped)?;
        match (value, self.is_repeated()) {
            (Value::Array(items), true) => items
                .iter()
                .enumerate()
                .map(|(index, item)| Ok((name.clone(), document(item, self.named.hints.item(index))?)))
                .collect(),
            _ => Ok(vec![(name, document(value, self.named.hints.clone())?)]),
        }
    }

    fn read_into(&self, pairs: &[Pair], object: &mut Map<String, Value>) -> Result<(), Unread> {
        let name = self.named.name;
        let reading = match &self.document {
            // Only what the schema names belongs to an object that is spread: the rest are members of the form.
            None => self.named.read(pairs, &|_| true),
            Some(media_type) => self.read_documents(media_type, pairs),
        };
        match reading {
            Reading::Absent => {}
            Reading::Value(value) => {
                object.insert(name.to_owned(), value);
            }
            Reading::Unreadable(unread) => return Err(unread.of(&format!("`{name}`"))),
        }
        Ok(())
    }

    fn read_documents(&self, media_type: &MediaType, pairs: &[Pair]) -> Reading {
        let document = |raw: &str, hints: Hints<'_>| {
            let text = Escaping::Query.read(raw)?;
            Subject::part(self.subject.contract, hints, media_type.clone())
                .read(text.as_bytes())?
                .ok_or_else(|| format!("{media_type} is not looked into").into())
        };
        let raws: Vec<&str> =
            pairs.iter().filter(|pair| pair.name == self.named.name).map(|pair| pair.raw.as_str()).collect();
        let result = match (raws.as_slice(), self.is_repeated()) {
            ([], _) => return Reading::Absent,
            (several, true) => several
                .iter()
                .enumerate()
                .map(|(index, raw)| document(raw, self.named.hints.item(index)))
                .collect::<Result<_, _>>()
                .map(Value::Array),
            ([only], false) => document(only, self.named.hints.clone()),
            (_, false) => Err("it is given twice".into()),
        };
        result.map_or_else(Reading::Unreadable, Reading::Value)
    }

    /// True where pairs of other names belong to the member.
    fn has_other_names(&self) -> bool {
        self.document.is_none() && (self.named.style == Style::DeepObject || self.named.is_spread())
    }

    /// True where each item of an array has a pair of its own.
    fn is_repeated(&self) -> bool {
        self.named.kind == Kind::List
    }
}

/// The media type of a member's text. It is not looked at where the encoding speaks of style (OpenAPI 3.x "Encoding
/// Object": `contentType` is then ignored).
fn document(encoding: &Encoding, hints: &Hints<'_>) -> Option<MediaType> {
    if encoding.style.is_some() || encoding.explode.is_some() || encoding.allow_reserved {
        return None;
    }
    match encoding.content_type.iter().find(|media_type| !media_type.is_range()) {
        Some(media_type) if media_type.essence() == "text/plain" && hints.kind() != Kind::Members => None,
        Some(media_type) => Some(media_type.clone()),
        None => default_document(hints),
    }
}

/// Objects travel as JSON, and so do the items of an array that are objects or arrays; all else is text.
fn default_document(hints: &Hints<'_>) -> Option<MediaType> {
    let is_nested = match hints.kind() {
        Kind::Members => true,
        Kind::List => matches!(hints.item(usize::MAX).kind(), Kind::Members | Kind::List),
        Kind::One | Kind::OneOrList | Kind::OneOrMembers | Kind::Untyped => false,
    };
    if is_nested { MediaType::parse("application/json") } else { None }
}
