//! Members of a multipart form that travel in a style, as if they were query parameters: each pair is a part of its own
//! (OpenAPI 3.1 and later, "Encoding Object"). A part carries any text, so nothing is escaped (RFC 7578 §2).

use serde_json::Value;

use crate::codec::body::multipart::field;
use crate::codec::body::multipart::part::{Part, is_binary};
use crate::codec::body::subject::Subject;
use crate::codec::body::text::Charset;
use crate::codec::bounds::Unread;
use crate::codec::draft::Reading;
use crate::codec::style::escape::{Escaping, Reserved};
use crate::codec::style::pairs::{NamedValue, Pair};
use crate::document::Version;
use crate::model::{MediaType, Style};

/// The member as a named value, if it travels in a style: where the encoding gives one of `style`, `explode` and
/// `allowReserved`, which OpenAPI 3.0 ignores here. Bytes have no style.
pub(crate) fn styled<'c>(subject: &'c Subject<'c>, name: &'c str) -> Option<NamedValue<'c>> {
    match subject.contract.document().version() {
        Version::OpenApi30 => return None,
        Version::Swagger2 | Version::OpenApi31 | Version::OpenApi32 => {}
    }
    let encoding = subject.encoding.get(name)?;
    if encoding.style.is_none() && encoding.explode.is_none() && !encoding.allow_reserved {
        return None;
    }
    let hints = subject.hints.member(name);
    if is_binary(&hints) || is_binary(&hints.item(usize::MAX)) {
        return None;
    }
    let style = encoding.style.unwrap_or(Style::Form);
    let explode = encoding.explode.unwrap_or(style == Style::Form);
    let kind = hints.kind();
    Some(NamedValue { name, style, explode, reserved: Reserved::Escaped, escaping: Escaping::Part, hints, kind })
}

/// Reads the member from the parts that belong to it.
///
/// # Errors
/// What is wrong with one of them.
pub(crate) fn read(subject: &Subject<'_>, named: &NamedValue<'_>, parts: &[Part<'_>]) -> Result<Option<Value>, Unread> {
    let mut pairs = Vec::new();
    for part in parts.iter().filter(|part| named.claims(&part.name)) {
        field::check(subject.contract, subject.encoding.get(named.name), &part.fields)?;
        let charset = match &part.content_type {
            None => Charset::Utf8,
            Some(text) => {
                let sent = MediaType::parse(text).ok_or_else(|| format!("`{text}` is not a media type"))?;
                Charset::of(&sent)?
            }
        };
        pairs.push(Pair { name: part.name.clone(), raw: charset.read(part.body)? });
    }
    // Only what the schema names belongs to an object that is spread: the rest are members of the form.
    match named.read(&pairs, &|_| true) {
        Reading::Value(value) => Ok(Some(value)),
        Reading::Absent => Ok(None),
        Reading::Unreadable(reason) => Err(reason),
    }
}
