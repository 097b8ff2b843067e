//! Where a row's limit stands in a value: a JSON pointer some of whose tokens stand for many. It is written `*` for any
//! item or a member of any name, and `*PATTERN` for a member whose name matches that pattern (`docs/rows.md`).

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde_json::Value;

use crate::document::Pointer;

/// A pointer to places of a value: all those that its tokens allow. It reads as the pointer that it is written as.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PointerTemplate(Pointer);

/// One token of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateToken<'t> {
    /// Any item, or a member of any name.
    Any,
    /// A member whose name matches this regular expression.
    Matching(&'t str),
    /// The member of this name, or the item at this position.
    Named(&'t str),
}

impl<'t> TemplateToken<'t> {
    /// Reads a token as it is written, without the escapes of JSON pointers.
    #[must_use]
    pub fn of(token: &'t str) -> Self {
        match token.strip_prefix('*') {
            Some("") => Self::Any,
            Some(pattern) => Self::Matching(pattern),
            None => Self::Named(token),
        }
    }

    /// The regular expression that names must match, where there is one.
    #[must_use]
    pub fn pattern(self) -> Option<&'t str> {
        match self {
            Self::Matching(pattern) => Some(pattern),
            Self::Any | Self::Named(_) => None,
        }
    }

    /// True where it stands for many names or positions.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::Any | Self::Matching(_) => true,
            Self::Named(_) => false,
        }
    }
}

impl PointerTemplate {
    /// The template of the whole value.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The member of a name, below this place.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        Self(self.0.join(name))
    }

    /// The item at a position from 0, below this place.
    #[must_use]
    pub fn item(&self, position: usize) -> Self {
        Self(self.0.index(position))
    }

    /// Any item, or a member of any name, below this place.
    #[must_use]
    pub fn any(&self) -> Self {
        Self(self.0.join("*"))
    }

    /// A member whose name matches a regular expression, below this place.
    #[must_use]
    pub fn matching(&self, pattern: &str) -> Self {
        Self(self.0.join(&format!("*{pattern}")))
    }

    /// The place that this one lies directly in; `None` for the whole value.
    #[must_use]
    pub fn owner(&self) -> Option<Self> {
        self.0.parent().map(Self)
    }

    /// The same place as seen from one that is so many tokens down on the way to it.
    #[must_use]
    pub fn below(&self, tokens: usize) -> Self {
        let rest: Vec<Cow<'_, str>> = self.0.tokens().skip(tokens).collect();
        Self(rest.iter().map(AsRef::as_ref).collect())
    }

    /// The first place in a value that the template allows. Of members that may have any name, it is the last: the one that
    /// was added for this.
    #[must_use]
    pub fn first_in(&self, value: &Value) -> Option<Pointer> {
        let mut here = value;
        let mut pointer = Pointer::root();
        for token in self.0.tokens() {
            let open = TemplateToken::of(&token).is_open();
            let (next, name) = match here {
                Value::Array(items) => {
                    let index = if token == "*" { 0 } else { token.parse().ok()? };
                    (items.get(index)?, index.to_string())
                }
                Value::Object(members) if open && !members.contains_key(token.as_ref()) => {
                    let (name, member) = members.iter().next_back()?;
                    (member, name.clone())
                }
                Value::Object(members) => (members.get(token.as_ref())?, token.into_owned()),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
            };
            here = next;
            pointer = pointer.join(&name);
        }
        Some(pointer)
    }
}

impl Deref for PointerTemplate {
    type Target = Pointer;

    fn deref(&self) -> &Pointer {
        &self.0
    }
}

impl PartialEq<Pointer> for PointerTemplate {
    fn eq(&self, other: &Pointer) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for PointerTemplate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tokens_stand_for_one_name_for_any_or_for_those_that_match() {
        let tags = PointerTemplate::root().member("tags").any().matching("^x-").item(3);
        assert_eq!(tags.to_string(), "/tags/*/*^x-/3");
        let tokens: Vec<String> = tags.tokens().map(Cow::into_owned).collect();
        let read: Vec<TemplateToken<'_>> = tokens.iter().map(|token| TemplateToken::of(token)).collect();
        let expected = [
            TemplateToken::Named("tags"),
            TemplateToken::Any,
            TemplateToken::Matching("^x-"),
            TemplateToken::Named("3"),
        ];
        assert_eq!(read, expected);
        assert_eq!(tags.below(2).to_string(), "/*^x-/3");
        assert_eq!(tags.owner().map(|owner| owner.to_string()).as_deref(), Some("/tags/*/*^x-"));
    }

    #[test]
    fn the_first_place_is_the_first_item_and_the_last_member() {
        let value = json!({"tags": [{"a": 1, "x-b": 2}, {}]});
        let place = PointerTemplate::root().member("tags").any().matching("^x-");
        assert_eq!(place.first_in(&value).map(|at| at.to_string()).as_deref(), Some("/tags/0/x-b"));
        assert_eq!(PointerTemplate::root().member("none").any().first_in(&value), None);
    }
}
