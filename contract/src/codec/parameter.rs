//! Parameters <-> the parts of a request: each place and style, writing and reading side by side.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::codec::body;
use crate::codec::body::header;
use crate::codec::bounds::MAX_PAIRS;
use crate::codec::bounds::Unread;
use crate::codec::draft::Reading;
use crate::codec::hints::{Hints, Kind};
use crate::codec::message::Request;
use crate::codec::style::delimited::Delimited;
use crate::codec::style::escape::{Escaping, Reserved};
use crate::codec::style::pairs::{NamedValue, Pair, brackets, pairs};
use crate::codec::style::primitive;
use crate::codec::style::texts::Texts;
use crate::model::{Content, Contract, In, Operation, Parameter, SchemeKind, Shape, Style};

/// The texts of a request that parameters are read from, split once.
#[derive(Debug)]
pub(crate) struct Sent<'r> {
    captures: &'r [(String, String)],
    request: &'r Request,
    query: Result<Vec<Pair>, Unread>,
    cookies: Result<Vec<Pair>, Unread>,
}

impl<'r> Sent<'r> {
    /// Splits the query and the cookies of a request.
    pub(crate) fn new(captures: &'r [(String, String)], request: &'r Request) -> Self {
        Self {
            captures,
            request,
            query: pairs(request.query().unwrap_or("")),
            cookies: cookies(request.headers.all("cookie")),
        }
    }

    /// The value that was sent for a parameter; absent or unreadable where there is none.
    pub(crate) fn reading(&self, contract: &Contract, operation: &Operation, parameter: &Parameter) -> Reading {
        match parameter.place {
            In::Path => self.path(contract, parameter),
            In::Query => match &self.query {
                Ok(pairs) => read_pairs(contract, operation, parameter, pairs),
                Err(reason) => Reading::Unreadable(reason.clone()),
            },
            In::QueryString => self.query_string(contract, parameter),
            In::Header => self.header(contract, parameter),
            In::Cookie => match &self.cookies {
                Ok(pairs) => read_pairs(contract, operation, parameter, pairs),
                Err(reason) => Reading::Unreadable(reason.clone()),
            },
        }
    }

    fn path(&self, contract: &Contract, parameter: &Parameter) -> Reading {
        let Some((_, raw)) = self.captures.iter().find(|(name, _)| *name == parameter.name) else {
            return Reading::Absent;
        };
        let result = match &parameter.shape {
            Shape::Content(content) => Escaping::Path
                .read(raw)
                .map_err(Unread::from)
                .and_then(|text| body::read_text(contract, content, &text)),
            Shape::Schema { schema, style, explode, .. } => {
                let hints = Hints::new(contract, schema.as_ref());
                read_segment(&parameter.name, *style, *explode, raw, &hints)
                    .map_err(Unread::from)
                    .and_then(|texts| texts.value(&hints))
            }
        };
        result.map_or_else(Reading::Unreadable, Reading::Value)
    }

    fn query_string(&self, contract: &Contract, parameter: &Parameter) -> Reading {
        let Some(raw) = self.request.query().filter(|query| !query.is_empty()) else { return Reading::Absent };
        let Shape::Content(content) = &parameter.shape else {
            return Reading::Unreadable("the document gives no media type for the query string".into());
        };
        let text = if is_form(content) { Ok(raw.to_owned()) } else { Escaping::Path.read(raw) };
        text.map_err(Unread::from)
            .and_then(|text| body::read_text(contract, content, &text))
            .map_or_else(Reading::Unreadable, Reading::Value)
    }

    fn header(&self, contract: &Contract, parameter: &Parameter) -> Reading {
        let fields: Vec<&str> = self.request.headers.all(&parameter.name).collect();
        match fields.as_slice() {
            [] => Reading::Absent,
            [only] => header::decode_header(contract, &parameter.shape, only),
            several => match Hints::new(contract, parameter.shape.schema()).kind() {
                // Fields of one name are one list (RFC 9110 §5.3).
                Kind::List | Kind::Members | Kind::OneOrList => {
                    header::decode_header(contract, &parameter.shape, &several.join(", "))
                }
                Kind::One | Kind::OneOrMembers | Kind::Untyped => {
                    Reading::Unreadable(format!("`{}` is given twice", parameter.name).into())
                }
            },
        }
    }
}

/// The document's examples of a parameter, each as it is read where only text travels: the number `2281` of a parameter that is
/// a string is the string of these digits.
#[must_use]
pub fn parameter_examples(contract: &Contract, parameter: &Parameter) -> Vec<Value> {
    let hints = Hints::new(contract, parameter.shape.schema());
    let meant = |example: &Value| match (&parameter.shape, primitive::write(example)) {
        (Shape::Schema { .. }, Ok(text)) => primitive::read(&hints, &text).unwrap_or_else(|_| example.clone()),
        (Shape::Schema { .. } | Shape::Content(_), _) => example.clone(),
    };
    parameter.examples.iter().map(meant).collect()
}

/// A parameter's place among pairs, where it has a style.
pub(crate) fn named<'c>(contract: &'c Contract, parameter: &'c Parameter) -> Option<NamedValue<'c>> {
    let Shape::Schema { schema, style, explode, allow_reserved } = &parameter.shape else { return None };
    let escaping = match (parameter.place, style) {
        (In::Cookie, Style::Cookie) => Escaping::Cookie,
        (In::Cookie, _) => Escaping::FormCookie,
        (In::Query | In::QueryString | In::Path | In::Header, _) => Escaping::Query,
    };
    let hints = Hints::new(contract, schema.as_ref());
    Some(NamedValue {
        kind: hints.kind(),
        name: &parameter.name,
        style: *style,
        explode: *explode,
        reserved: Reserved::new(*allow_reserved),
        escaping,
        hints,
    })
}

/// Writes a path parameter as what stands for it in the path.
///
/// # Errors
/// Why the value has no form there.
pub(crate) fn write_segment(contract: &Contract, parameter: &Parameter, value: &Value) -> Result<String, String> {
    match &parameter.shape {
        Shape::Content(content) => {
            Escaping::Path.write(&body::write_text(contract, content, value)?, Reserved::Escaped)
        }
        Shape::Schema { style, explode, allow_reserved, .. } => {
            let texts = Texts::of(value)?;
            let reserved = Reserved::new(*allow_reserved);
            if *style != Style::Matrix {
                return Delimited::new(*style, *explode, Escaping::Path, reserved).join(&texts);
            }
            let name = Escaping::Path.write(&parameter.name, Reserved::Escaped)?;
            let assign = |text: &str| if text.is_empty() { format!(";{name}") } else { format!(";{name}={text}") };
            match (&texts, explode) {
                (Texts::Members(_), true) => Delimited::new(*style, true, Escaping::Path, reserved).join(&texts),
                (Texts::List(texts), true) => texts
                    .iter()
                    .map(|text| Escaping::Path.write(text, reserved).map(|text| assign(&text)))
                    .collect::<Result<String, _>>(),
                _ => Delimited::new(*style, false, Escaping::Path, reserved).join(&texts).map(|text| assign(&text)),
            }
        }
    }
}

fn read_segment(name: &str, style: Style, explode: bool, raw: &str, hints: &Hints<'_>) -> Result<Texts, String> {
    let kind = hints.kind();
    if style != Style::Matrix || (explode && kind == Kind::Members) {
        return Delimited::new(style, explode, Escaping::Path, Reserved::Escaped).split(raw, kind);
    }
    let mut texts = Vec::new();
    for piece in raw.strip_prefix(';').ok_or("it does not begin with `;`")?.split(';') {
        let (sent, text) = piece.split_once('=').unwrap_or((piece, ""));
        if Escaping::Path.read(sent)? != name {
            return Err(format!("`{sent}` stands where `{name}` was expected"));
        }
        texts.push(text);
    }
    match (texts.as_slice(), kind) {
        (_, Kind::List) | ([_, _, ..], Kind::OneOrList) if explode => {
            texts.iter().map(|text| Escaping::Path.read(text)).collect::<Result<_, _>>().map(Texts::List)
        }
        ([only], Kind::OneOrList) if explode => Escaping::Path.read(only).map(Texts::One),
        ([only], _) => Delimited::new(style, false, Escaping::Path, Reserved::Escaped).split(only, kind),
        _ => Err(format!("`{name}` is given twice")),
    }
}

/// Writes a query or cookie parameter as pairs.
///
/// # Errors
/// Why the value has no form there.
pub(crate) fn write_pairs(
    contract: &Contract,
    parameter: &Parameter,
    value: &Value,
) -> Result<Vec<(String, String)>, String> {
    match (&parameter.shape, named(contract, parameter)) {
        (Shape::Content(content), _) => {
            let text = body::write_text(contract, content, value)?;
            let escaping = if parameter.place == In::Cookie { Escaping::FormCookie } else { Escaping::Query };
            let name = Escaping::Query.write(&parameter.name, Reserved::Escaped)?;
            Ok(vec![(name, escaping.write(&text, Reserved::Escaped)?)])
        }
        (Shape::Schema { .. }, Some(named)) => named.write(value),
        (Shape::Schema { .. }, None) => unreachable!("a shape with a style has a place among pairs"),
    }
}

fn read_pairs(contract: &Contract, operation: &Operation, parameter: &Parameter, pairs: &[Pair]) -> Reading {
    let mut own = pairs.iter().filter(|pair| pair.name == parameter.name);
    if let (Some(pair), None) = (own.next(), own.next())
        && pair.raw.is_empty()
        && parameter.allow_empty
        && !parameter.required
    {
        return Reading::Absent;
    }
    match (&parameter.shape, named(contract, parameter)) {
        (Shape::Schema { .. }, Some(named)) if named.is_spread() => {
            let others = Claims::new(contract, operation, parameter.place, Some(parameter));
            named.read(pairs, &|name| others.has(name))
        }
        (Shape::Schema { .. }, Some(named)) => named.read(pairs, &|_| true),
        (Shape::Schema { .. } | Shape::Content(_), _) => {
            let mut own = pairs.iter().filter(|pair| pair.name == parameter.name);
            let (Shape::Content(content), Some(pair)) = (&parameter.shape, own.next()) else { return Reading::Absent };
            if own.next().is_some() {
                return Reading::Unreadable(format!("`{}` is given twice", parameter.name).into());
            }
            let escaping = if parameter.place == In::Cookie { Escaping::FormCookie } else { Escaping::Query };
            escaping
                .read(&pair.raw)
                .map_err(Unread::from)
                .and_then(|text| body::read_text(contract, content, &text))
                .map_or_else(Reading::Unreadable, Reading::Value)
        }
    }
}

/// The names that the parameters of one place, and the keys of the operation's security, lay claim to.
pub(crate) struct Claims<'c> {
    names: BTreeSet<&'c str>,
    wide: Vec<NamedValue<'c>>,
}

impl<'c> Claims<'c> {
    /// The claims in a place, of all parameters or of all but one.
    pub(crate) fn new(contract: &'c Contract, operation: &'c Operation, place: In, but: Option<&Parameter>) -> Self {
        let keys = operation.security.iter().flat_map(|requirement| &requirement.schemes);
        let mut claims =
            Self { names: keys.filter_map(|(scheme, _)| key(&scheme.kind, place)).collect(), wide: Vec::new() };
        let others = operation
            .parameters
            .iter()
            .filter(|parameter| parameter.place == place && but.is_none_or(|but| !std::ptr::eq(but, *parameter)));
        for parameter in others {
            claims.names.insert(&parameter.name);
            claims.wide.extend(
                named(contract, parameter).filter(|named| named.style == Style::DeepObject || named.is_spread()),
            );
        }
        claims
    }

    /// True where the name belongs to one of them.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains(name) || self.wide.iter().any(|named| named.claims(name))
    }

    /// True where one of them takes every name.
    pub(crate) fn has_all(&self) -> bool {
        self.wide.iter().any(NamedValue::claims_the_rest)
    }
}

/// True where the operation's security has a key of that name there.
pub(crate) fn is_key(operation: &Operation, place: In, name: &str) -> bool {
    let schemes = operation.security.iter().flat_map(|requirement| &requirement.schemes);
    schemes.filter_map(|(scheme, _)| key(&scheme.kind, place)).any(|key| key == name)
}

fn key(kind: &SchemeKind, place: In) -> Option<&str> {
    match kind {
        SchemeKind::ApiKey { place: at, name } => (*at == place).then_some(name),
        SchemeKind::Http { .. } | SchemeKind::OAuth2 | SchemeKind::OpenIdConnect | SchemeKind::MutualTls => None,
    }
}

/// True for `name[…]` where the parameter `name` has the style deepObject.
pub(crate) fn is_bracketed(parameter: &Parameter, name: &str) -> bool {
    match &parameter.shape {
        Shape::Schema { style, .. } => *style == Style::DeepObject && brackets(&parameter.name, name).is_some(),
        Shape::Content(_) => false,
    }
}

/// True for the media type whose text is a query already.
pub(crate) fn is_form(content: &Content) -> bool {
    content.media_type.essence() == "application/x-www-form-urlencoded"
}

fn cookies<'h>(fields: impl Iterator<Item = &'h str>) -> Result<Vec<Pair>, Unread> {
    let mut found = Vec::new();
    for piece in fields.flat_map(|field| field.split(';')).map(str::trim).filter(|piece| !piece.is_empty()) {
        if found.len() == MAX_PAIRS {
            return Err(Unread::Beyond(format!("there are more than {MAX_PAIRS} cookies")));
        }
        let (name, raw) = piece.split_once('=').unwrap_or((piece, ""));
        found.push(Pair { name: name.to_owned(), raw: raw.to_owned() });
    }
    Ok(found)
}
