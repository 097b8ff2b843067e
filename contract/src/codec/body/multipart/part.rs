//! One part: its header fields, and its content as bytes (RFC 7578 §4).

use serde_json::Value;

use crate::codec::body::subject::{Format, Subject};
use crate::codec::bounds::{MAX_PART_HEADER, Unread};
use crate::codec::hints::Hints;

/// A part of the body.
pub(super) struct Part<'b> {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
    /// The fields that do not say how the part is read, their names in lower case.
    pub(super) fields: Vec<(String, String)>,
    pub(super) body: &'b [u8],
}

impl<'b> Part<'b> {
    pub(super) fn parse(bytes: &'b [u8]) -> Result<Self, Unread> {
        let (head, body) = match bytes.strip_prefix(b"\r\n") {
            Some(body) => (&[][..], body),
            None => {
                let window = &bytes[..bytes.len().min(MAX_PART_HEADER)];
                let end = window.windows(4).position(|window| window == b"\r\n\r\n");
                let end = end.ok_or_else(|| {
                    Unread::Beyond(format!("a part's header has no end within {MAX_PART_HEADER} bytes"))
                })?;
                (&bytes[..end], &bytes[end + 4..])
            }
        };
        let head = std::str::from_utf8(head).map_err(|_| "a part's header is not UTF-8".to_owned())?;
        let (mut name, mut file_name, mut content_type, mut fields) = (None, None, None, Vec::new());
        for line in head.split("\r\n").filter(|line| !line.is_empty()) {
            let (field, value) = line.split_once(':').ok_or("a line of a part's header has no colon")?;
            let value = value.trim_matches([' ', '\t']);
            let field = field.to_ascii_lowercase();
            match field.as_str() {
                "content-disposition" => {
                    name = disposition_parameter(value, "name");
                    file_name = disposition_parameter(value, "filename");
                }
                "content-type" => content_type = Some(value.to_owned()),
                "content-transfer-encoding"
                    if !matches!(value.to_ascii_lowercase().as_str(), "7bit" | "8bit" | "binary") =>
                {
                    return Err(
                        format!("the transfer encoding `{value}` is deprecated and not read (RFC 7578 §4.7)").into()
                    );
                }
                "content-transfer-encoding" => {}
                _ => fields.push((field, value.to_owned())),
            }
        }
        let name = name.ok_or("a part has no name in a `Content-Disposition: form-data` (RFC 7578 §4.2)")?;
        Ok(Self { name, file_name, content_type, fields, body })
    }
}

/// A parameter of a `form-data` disposition.
fn disposition_parameter(value: &str, wanted: &str) -> Option<String> {
    let mut rest = value.get(..9).filter(|kind| kind.eq_ignore_ascii_case("form-data")).map(|_| &value[9..])?;
    loop {
        rest = rest.trim_start_matches([' ', '\t']).strip_prefix(';')?.trim_start_matches([' ', '\t']);
        let (key, after) = rest.split_once('=')?;
        let (text, after) = match after.strip_prefix('"') {
            Some(quoted) => {
                let end = closing_quote(quoted)?;
                (unescape(&quoted[..end]), &quoted[end + 1..])
            }
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim_end().to_owned(), &after[end..])
            }
        };
        if key.trim_end().eq_ignore_ascii_case(wanted) {
            return Some(text);
        }
        rest = after;
    }
}

fn closing_quote(quoted: &str) -> Option<usize> {
    let bytes = quoted.as_bytes();
    (0..bytes.len()).find(|&at| bytes[at] == b'"' && (at == 0 || bytes[at - 1] != b'\\'))
}

fn unescape(text: &str) -> String {
    text.replace("\\\"", "\"").replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// True for parts that this floor does not look into; a form within a form is one of them.
pub(super) fn is_bytes(part: &Subject<'_>) -> Result<bool, String> {
    Ok(match part.format()? {
        Format::Bytes | Format::Opaque | Format::Multipart => true,
        Format::Json
        | Format::Text(_)
        | Format::Form
        | Format::Stream(_)
        | Format::Event
        | Format::Xml
        | Format::Item(_)
        | Format::Csv(_)
        | Format::Yaml => false,
    })
}

/// True for `format: binary`, and for a `contentMediaType` without `contentEncoding` (OpenAPI 3.1 "Binary Data").
pub(super) fn is_binary(hints: &Hints<'_>) -> bool {
    match hints.keyword("format").and_then(Value::as_str) {
        Some("binary") => true,
        _ => hints.keyword("contentMediaType").is_some() && hints.keyword("contentEncoding").is_none(),
    }
}
