//! Boundaries: the text between parts, that is in none of them (RFC 2046 §5.1.1).

use crate::codec::bounds::{MAX_PARTS, Unread};
use crate::model::MediaType;

/// The longest boundary (RFC 2046 §5.1.1).
pub(super) const MAX_BOUNDARY: usize = 70;

/// The media type with the boundary that the bytes begin with, where it is a multipart type that names none.
pub(crate) fn with_boundary(media_type: &MediaType, bytes: &[u8]) -> MediaType {
    if !media_type.essence().starts_with("multipart/") || media_type.parameter("boundary").is_some() {
        return media_type.clone();
    }
    let line = bytes.split(|&byte| byte == b'\r').next().and_then(|line| line.strip_prefix(b"--"));
    line.and_then(|boundary| std::str::from_utf8(boundary).ok())
        .and_then(|boundary| MediaType::parse(&format!("{media_type}; boundary={boundary}")))
        .unwrap_or_else(|| media_type.clone())
}

/// The first of a fixed row of boundaries that no part contains.
pub(super) fn free_boundary(parts: &[Vec<u8>]) -> String {
    let is_free = |boundary: &String| {
        let needle = format!("--{boundary}");
        !parts.iter().any(|part| part.windows(needle.len()).any(|window| window == needle.as_bytes()))
    };
    let candidates = (0_u64..).map(|number| format!("etalon-{number:016x}"));
    candidates.into_iter().find(is_free).expect("parts of finite length lack some boundary")
}

/// The bytes between the delimiters, each part with its header.
pub(super) fn split<'b>(bytes: &'b [u8], boundary: &str) -> Result<Vec<&'b [u8]>, Unread> {
    let delimiter = format!("--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let mut at = match first_delimiter(bytes, &delimiter) {
        Some(start) => start,
        None => return Err("the boundary is not in the body".into()),
    };
    loop {
        let rest = &bytes[at..];
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        let padding = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let start = at + padding + 2;
        if !rest[padding..].starts_with(b"\r\n") {
            return Err("a boundary is not followed by the end of its line".into());
        }
        // An empty header's line end serves as the next delimiter's as well, so the search begins before it.
        let Some((end, next)) = next_delimiter(bytes, start - 2, &delimiter) else {
            return Err("the body ends before its last boundary".into());
        };
        if parts.len() == MAX_PARTS {
            return Err(Unread::Beyond(format!("there are more than {MAX_PARTS} parts")));
        }
        parts.push(bytes.get(start..end).unwrap_or_default());
        at = next;
    }
}

/// The offset of the text after the first delimiter; `None` where there is no delimiter.
fn first_delimiter(bytes: &[u8], delimiter: &[u8]) -> Option<usize> {
    if bytes.starts_with(delimiter) {
        return Some(delimiter.len());
    }
    next_delimiter(bytes, 0, delimiter).map(|(_, next)| next)
}

/// The offset of the next delimiter's line end, and that of the text after the delimiter; `None` where there is none.
fn next_delimiter(bytes: &[u8], from: usize, delimiter: &[u8]) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == b'\r')?;
        if bytes[at + 1..].starts_with(b"\n") && bytes[at + 2..].starts_with(delimiter) {
            return Some((at, at + 2 + delimiter.len()));
        }
        at += 1;
    }
}
