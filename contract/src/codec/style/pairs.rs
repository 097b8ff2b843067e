//! Values as `name=value` pairs: what queries, forms and cookies have in common. Knows every style that repeats,
//! brackets or spreads a name.

use serde_json::{Map, Value};

use crate::codec::bounds::{MAX_BRACKETS, MAX_PAIRS, Unread};
use crate::codec::draft::Reading;
use crate::codec::hints::{Hints, Kind};
use crate::codec::message::is_token;
use crate::codec::style::delimited::Delimited;
use crate::codec::style::escape::{Escaping, Reserved};
use crate::codec::style::primitive;
use crate::codec::style::texts::Texts;
use crate::model::Style;

/// One pair as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The name, escapes undone; as it was where they are broken.
    pub(crate) name: String,
    /// The value as it was.
    pub(crate) raw: String,
}

/// Splits a query or a form into its pairs (WHATWG URL §5.1); empty pieces are none.
///
/// # Errors
/// There are more than this floor reads.
pub(crate) fn pairs(text: &str) -> Result<Vec<Pair>, Unread> {
    let mut found = Vec::new();
    for piece in text.split('&').filter(|piece| !piece.is_empty()) {
        if found.len() == MAX_PAIRS {
            return Err(Unread::Beyond(format!("there are more than {MAX_PAIRS} pairs")));
        }
        let (name, raw) = piece.split_once('=').unwrap_or((piece, ""));
        found.push(Pair { name: Escaping::Query.read(name).unwrap_or_else(|_| name.to_owned()), raw: raw.to_owned() });
    }
    Ok(found)
}

/// A value that travels under a name.
#[derive(Clone, Debug)]
pub(crate) struct NamedValue<'c> {
    /// The name of the parameter, header or member.
    pub(crate) name: &'c str,
    /// The style of the value (OpenAPI "Style Values").
    pub(crate) style: Style,
    /// True where arrays and objects repeat or spread the name.
    pub(crate) explode: bool,
    /// The treatment of reserved characters.
    pub(crate) reserved: Reserved,
    /// The place where the value travels.
    pub(crate) escaping: Escaping,
    /// The expectations of its schema, for reading texts as values.
    pub(crate) hints: Hints<'c>,
    /// The form that its schema asks for.
    pub(crate) kind: Kind,
}

impl NamedValue<'_> {
    /// Writes a value as pairs, escaped.
    ///
    /// # Errors
    /// Why it has no form.
    pub(crate) fn write(&self, value: &Value) -> Result<Vec<(String, String)>, String> {
        if self.style == Style::DeepObject {
            let mut pairs = Vec::new();
            self.write_brackets(self.name, value, &mut pairs)?;
            return Ok(pairs);
        }
        let texts = Texts::of(value)?;
        if !self.explode {
            return Ok(vec![(self.escape_name(self.name)?, self.delimited().join(&texts)?)]);
        }
        match texts {
            Texts::One(text) => Ok(vec![(self.escape_name(self.name)?, self.escape(&text)?)]),
            Texts::List(_) | Texts::Members(_) if self.escaping == Escaping::FormCookie => {
                Err("style form with explode joins its parts by `&`, which a cookie cannot carry".to_owned())
            }
            Texts::List(texts) => {
                texts.iter().map(|text| Ok((self.escape_name(self.name)?, self.escape(text)?))).collect()
            }
            Texts::Members(members) => {
                members.iter().map(|(name, text)| Ok((self.escape_name(name)?, self.escape(text)?))).collect()
            }
        }
    }

    /// `name[key]=a`, and, beyond what OpenAPI defines but as it is widely sent, `name[key][inner]=a` and `name[0]=a`.
    fn write_brackets(&self, name: &str, value: &Value, pairs: &mut Vec<(String, String)>) -> Result<(), String> {
        let inner = |key: &str| format!("{name}[{key}]");
        match value {
            Value::Object(members) if members.is_empty() => Texts::of(value).map(drop),
            Value::Object(members) => {
                members.iter().try_for_each(|(key, member)| self.write_brackets(&inner(key), member, pairs))
            }
            Value::Array(items) if items.is_empty() => Texts::of(value).map(drop),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(index, item)| self.write_brackets(&inner(&index.to_string()), item, pairs)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                pairs.push((self.escape_name(name)?, self.escape(&primitive::write(value)?)?));
                Ok(())
            }
        }
    }

    /// Reads the value back from all pairs there are. `others` tells the names that belong to something else, which an
    /// object spread over the pairs therefore has no claim to.
    pub(crate) fn read(&self, pairs: &[Pair], others: &dyn Fn(&str) -> bool) -> Reading {
        let result = match (self.style, self.kind) {
            (Style::DeepObject, _) => self.read_brackets(pairs),
            (_, Kind::Members) if self.explode => self.read_spread(pairs, others),
            (_, Kind::OneOrMembers) if self.explode && !pairs.iter().any(|pair| pair.name == self.name) => {
                self.read_spread(pairs, others)
            }
            _ => self.read_own(pairs, self.kind),
        };
        match result {
            Ok(Some(value)) => Reading::Value(value),
            Ok(None) => Reading::Absent,
            Err(reason) => Reading::Unreadable(reason),
        }
    }

    /// True where a pair of that name belongs to this value.
    pub(crate) fn claims(&self, name: &str) -> bool {
        if name == self.name {
            return true;
        }
        if self.style == Style::DeepObject {
            return brackets(self.name, name).is_some();
        }
        self.is_spread() && self.hints.names(name)
    }

    /// True where members of the value travel under their own names, whatever they are.
    pub(crate) fn claims_the_rest(&self) -> bool {
        self.is_spread() && !self.hints.is_closed()
    }

    /// True where members of the value travel under their own names.
    pub(crate) fn is_spread(&self) -> bool {
        self.explode && self.style != Style::DeepObject && matches!(self.kind, Kind::Members | Kind::OneOrMembers)
    }

    fn read_own(&self, pairs: &[Pair], kind: Kind) -> Result<Option<Value>, Unread> {
        let mut raws = pairs.iter().filter(|pair| pair.name == self.name).map(|pair| pair.raw.as_str());
        let Some(first) = raws.next() else { return Ok(None) };
        let repeats = self.explode && matches!(kind, Kind::List | Kind::OneOrList | Kind::Untyped);
        let rest: Vec<&str> = raws.collect();
        let texts = match (repeats, rest.is_empty()) {
            (false, false) => return Err(twice(self.name).into()),
            (true, empty) if !empty || kind == Kind::List => Texts::List(
                [first].into_iter().chain(rest).map(|raw| self.escaping.read(raw)).collect::<Result<_, _>>()?,
            ),
            _ if self.explode => Texts::One(self.escaping.read(first)?),
            _ => self.delimited().split(first, kind)?,
        };
        texts.value(&self.hints).map(Some)
    }

    fn read_spread(&self, pairs: &[Pair], others: &dyn Fn(&str) -> bool) -> Result<Option<Value>, Unread> {
        let closed = self.hints.is_closed();
        let mine = |name: &str| self.hints.names(name) || (!closed && !others(name));
        let members: Vec<(String, String)> = pairs
            .iter()
            .filter(|pair| mine(&pair.name))
            .map(|pair| Ok((pair.name.clone(), self.escaping.read(&pair.raw)?)))
            .collect::<Result<_, String>>()?;
        if members.is_empty() { Ok(None) } else { Texts::Members(members).value(&self.hints).map(Some) }
    }

    /// `name[key]=a`, and, beyond what OpenAPI defines but as it is widely sent, `name[key][inner]=a`, `name[]=a` and
    /// `name[0]=a`.
    fn read_brackets(&self, pairs: &[Pair]) -> Result<Option<Value>, Unread> {
        let mut tree = Value::Null;
        for pair in pairs {
            let Some(path) = brackets(self.name, &pair.name) else { continue };
            if path.len() > MAX_BRACKETS {
                return Err(Unread::Beyond(format!("it is nested more than {MAX_BRACKETS} deep")));
            }
            let text = Value::String(self.escaping.read(&pair.raw)?);
            let mut here = &mut tree;
            for key in path {
                if here.is_null() {
                    *here = Value::Object(Map::new());
                }
                let Value::Object(members) = here else { return Err(mixed(self.name).into()) };
                here = members.entry(key).or_insert(Value::Null);
            }
            match here {
                Value::Null => *here = Value::Array(vec![text]),
                Value::Array(texts) => texts.push(text),
                Value::Object(_) | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                    return Err(mixed(self.name).into());
                }
            }
        }
        if tree.is_null() { Ok(None) } else { grow(tree, &self.hints, self.name).map(Some) }
    }

    fn delimited(&self) -> Delimited {
        Delimited::new(self.style, self.explode, self.escaping, self.reserved)
    }

    fn escape(&self, text: &str) -> Result<String, String> {
        self.escaping.write(text, self.reserved)
    }

    fn escape_name(&self, name: &str) -> Result<String, String> {
        match self.escaping {
            Escaping::Path | Escaping::Query | Escaping::Part => self.escaping.write(name, Reserved::Escaped),
            Escaping::Header | Escaping::FormCookie | Escaping::Cookie => {
                if !name.is_empty() && name.bytes().all(is_token) {
                    Ok(name.to_owned())
                } else {
                    Err(format!("`{name}` cannot be the name of a cookie"))
                }
            }
        }
    }
}

fn twice(name: &str) -> String {
    format!("`{name}` is given twice")
}

fn mixed(name: &str) -> String {
    format!("`{name}` has members and a value of its own in one place")
}

/// The keys in `name[a][b]`; none for `name` itself. `None` for any other name.
pub(crate) fn brackets(name: &str, sent: &str) -> Option<Vec<String>> {
    let mut rest = sent.strip_prefix(name)?;
    let mut keys = Vec::new();
    while !rest.is_empty() {
        let (key, after) = rest.strip_prefix('[')?.split_once(']')?;
        // Beyond the bound only their number matters.
        if keys.len() <= MAX_BRACKETS {
            keys.push(key.to_owned());
        }
        rest = after;
    }
    Some(keys)
}

/// Makes the value of a tree of texts: objects by member, arrays of texts at the leaves.
fn grow(tree: Value, hints: &Hints<'_>, name: &str) -> Result<Value, Unread> {
    let kind = hints.kind();
    match tree {
        Value::Object(members) if kind == Kind::List && indexed(&members) => members
            .into_iter()
            .enumerate()
            .flat_map(|(index, (_, child))| match child {
                // `name[]=a&name[]=b`
                Value::Array(texts) => {
                    texts.into_iter().map(|text| (index, Value::Array(vec![text]))).collect::<Vec<_>>()
                }
                child @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                    vec![(index, child)]
                }
            })
            .map(|(index, child)| grow(child, &hints.item(index), name))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        Value::Object(members) => members
            .into_iter()
            .map(|(key, child)| Ok((key.clone(), grow(child, &hints.member(&key), &format!("{name}[{key}]"))?)))
            .collect::<Result<_, Unread>>()
            .map(Value::Object),
        Value::Array(texts) => {
            let mut texts: Vec<String> =
                texts.into_iter().filter_map(|text| text.as_str().map(str::to_owned)).collect();
            match (texts.len(), kind) {
                (_, Kind::List) | (2.., Kind::OneOrList | Kind::Untyped) => Texts::List(texts).value(hints),
                (1, _) => primitive::read(hints, &texts.remove(0)),
                _ => Err(twice(name).into()),
            }
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => Ok(other),
    }
}

/// True for the keys of `name[]` and of `name[0]`, `name[1]`, … in order.
fn indexed(members: &Map<String, Value>) -> bool {
    members.keys().enumerate().all(|(index, key)| (key.is_empty() && members.len() == 1) || *key == index.to_string())
}
