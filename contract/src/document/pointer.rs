//! JSON Pointer (RFC 6901), kept in its escaped form, because that is how people and diagnostics show it.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A JSON Pointer in its string representation (RFC 6901 §5): empty, or tokens each led by `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer to the whole document.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Takes text as a pointer; `None` where it is neither empty nor led by `/` (RFC 6901 §3).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.is_empty() || text.starts_with('/')).then(|| Self(text.to_owned()))
    }

    /// This pointer, one member name further.
    #[must_use]
    pub fn join(&self, token: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + token.len() + 1);
        text.push_str(&self.0);
        text.push('/');
        let mut rest = token;
        while let Some(special) = rest.find(['~', '/']) {
            text.push_str(&rest[..special]);
            text.push_str(if rest.as_bytes()[special] == b'~' { "~0" } else { "~1" });
            rest = &rest[special + 1..];
        }
        text.push_str(rest);
        Self(text)
    }

    /// This pointer, one array index further.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// This pointer followed by another.
    #[must_use]
    pub fn append(&self, tail: &Self) -> Self {
        Self(format!("{}{}", self.0, tail.0))
    }

    /// The unescaped tokens, first to last.
    pub fn tokens(&self) -> impl DoubleEndedIterator<Item = Cow<'_, str>> {
        let mut tokens = self.0.split('/');
        tokens.next();
        tokens.map(|token| {
            if token.contains('~') {
                Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
            } else {
                Cow::Borrowed(token)
            }
        })
    }

    /// The pointer without its last token; `None` at the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rfind('/').map(|cut| Self(self.0[..cut].to_owned()))
    }

    /// The last token, unescaped; `None` at the root.
    #[must_use]
    pub fn last(&self) -> Option<Cow<'_, str>> {
        self.tokens().next_back()
    }

    /// True where this is `ancestor` or lies below it.
    #[must_use]
    pub fn is_within(&self, ancestor: &Self) -> bool {
        self.0.strip_prefix(&ancestor.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// True where this is a place that a template names: the same tokens, `*` in the template standing for any one, and `*`
    /// before a pattern for a name that matches it.
    #[must_use]
    pub fn fits(&self, template: &Self) -> bool {
        let mut mine = self.tokens();
        let mut theirs = template.tokens();
        loop {
            match (mine.next(), theirs.next()) {
                (None, None) => return true,
                (Some(token), Some(wanted)) if wanted.starts_with('*') || wanted == token => {}
                _ => return false,
            }
        }
    }

    /// The value this points to.
    #[must_use]
    pub fn get<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        self.tokens().try_fold(root, |here, token| match here {
            Value::Object(members) => members.get(token.as_ref()),
            Value::Array(items) => items.get(index_of(&token)?),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        })
    }

    /// The value this points to, to change it.
    #[must_use]
    pub fn get_mut<'v>(&self, root: &'v mut Value) -> Option<&'v mut Value> {
        self.tokens().try_fold(root, |here, token| match here {
            Value::Object(members) => members.get_mut(token.as_ref()),
            Value::Array(items) => items.get_mut(index_of(&token)?),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        })
    }

    /// The pointer as it is written, escaped (RFC 6901 §3).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes the object member at the pointer away. Nothing changes where there is none, or where an item of an array stands
    /// there.
    pub fn remove_member(&self, root: &mut Value) {
        if let (Some(parent), Some(name)) = (self.parent(), self.last())
            && let Some(Value::Object(members)) = parent.get_mut(root)
        {
            members.shift_remove(name.as_ref());
        }
    }

    /// Puts a value at this pointer, making the objects on the way; a token into an array must be an index within it or
    /// its length. Gives the value back where the way is barred by a value that is neither object nor array.
    ///
    /// # Errors
    /// The value itself, unplaced.
    pub fn put(&self, root: &mut Value, value: Value) -> Result<(), Value> {
        let mut here = root;
        for token in self.tokens() {
            if here.is_null() {
                *here = Value::Object(serde_json::Map::new());
            }
            here = match here {
                Value::Object(members) => members.entry(token.into_owned()).or_insert(Value::Null),
                Value::Array(items) => {
                    let Ok(index) = token.parse::<usize>() else { return Err(value) };
                    if index == items.len() {
                        items.push(Value::Null);
                    }
                    match items.get_mut(index) {
                        Some(item) => item,
                        None => return Err(value),
                    }
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return Err(value),
            };
        }
        *here = value;
        Ok(())
    }
}

/// An array index: digits without a leading zero (RFC 6901 §4).
fn index_of(token: &str) -> Option<usize> {
    let is_index = token == "0" || token.starts_with(|first: char| matches!(first, '1'..='9'));
    is_index.then(|| token.parse().ok()).flatten()
}

impl fmt::Display for Pointer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl<'t, T: AsRef<str> + ?Sized> FromIterator<&'t T> for Pointer {
    fn from_iter<I: IntoIterator<Item = &'t T>>(tokens: I) -> Self {
        tokens.into_iter().fold(Self::root(), |pointer, token| pointer.join(token.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tokens_are_escaped_and_unescaped() {
        let pointer: Pointer = ["paths", "/pets/{id}", "a~b"].iter().collect();
        assert_eq!(pointer.as_str(), "/paths/~1pets~1{id}/a~0b");
        assert_eq!(pointer.tokens().collect::<Vec<_>>(), ["paths", "/pets/{id}", "a~b"]);
        assert_eq!(pointer.parent().expect("it has one").as_str(), "/paths/~1pets~1{id}");
    }

    #[test]
    fn values_are_found_by_member_and_by_index() {
        let mut value = json!({"": 1, "a/b": {"~1": [10, {"0": 11}]}, "c": [12], "01": 2});
        let get = |text: &str, value: &mut Value| {
            let pointer = Pointer::parse(text).expect("a pointer");
            let found = pointer.get(value).cloned();
            assert_eq!(pointer.get_mut(value).map(|there| there.clone()), found);
            found
        };
        for (pointer, found) in [("/", 1), ("/a~1b/~01/0", 10), ("/a~1b/~01/1/0", 11), ("/c/0", 12), ("/01", 2)] {
            assert_eq!(get(pointer, &mut value), Some(json!(found)), "{pointer}");
        }
        for pointer in ["/c/00", "/c/+0", "/c/-", "/c/1", "/c/0/x", "/d", "/a~1b/1"] {
            assert_eq!(get(pointer, &mut value), None, "{pointer}");
        }
        assert_eq!(Pointer::root().get(&value), Some(&value));
    }

    #[test]
    fn within_respects_token_borders() {
        let pets = Pointer::parse("/a/pet").expect("a pointer");
        assert!(Pointer::parse("/a/pet/x").expect("a pointer").is_within(&pets));
        assert!(!Pointer::parse("/a/pets").expect("a pointer").is_within(&pets));
    }

    #[test]
    fn putting_makes_the_objects_on_the_way() {
        let mut value = json!({"a": [1]});
        Pointer::parse("/b/c").expect("a pointer").put(&mut value, json!(2)).expect("the way is free");
        Pointer::parse("/a/1").expect("a pointer").put(&mut value, json!(3)).expect("the way is free");
        assert_eq!(value, json!({"a": [1, 3], "b": {"c": 2}}));
        assert!(Pointer::parse("/a/0/x").expect("a pointer").put(&mut value, json!(4)).is_err());
    }
}
