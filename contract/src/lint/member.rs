//! Members that several kinds of objects have.

use serde_json::{Map, Value};

use crate::document::{Code, Location};
use crate::lint::Lint;
use crate::model::MediaType;

pub(super) fn word(members: &Map<String, Value>, key: &str) -> Option<String> {
    members.get(key).and_then(Value::as_str).map(str::to_owned)
}

pub(super) fn content(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    let Some(Value::Object(types)) = members.get("content") else { return };
    for key in types.keys().filter(|key| !is_media_type(key)) {
        lint.warn(Code::WrongType, at.join("content").join(key), format!("`{key}` is not a media type"), None);
    }
}

/// True for a token of HTTP (RFC 9110 §5.6.2).
pub(super) fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// True where a text is a media type or a range of them.
pub(crate) fn is_media_type(text: &str) -> bool {
    MediaType::parse(text).is_some()
}
