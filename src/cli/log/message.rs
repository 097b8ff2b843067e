//! A message as `--verbose` shows it: its header fields and as much of its body as helps, credentials masked.

use etalon_contract::codec::Headers;
use etalon_contract::model::MediaType;
use serde_json::Value;

use crate::cli::log::LogFormat;
use crate::cli::log::escape::for_json;
use crate::cli::log::mask::Secrets;

/// The most bytes of a body that are shown: two screens.
const SHOWN: usize = 4 * 1024;

/// Largest body that is read to mask its members, in bytes; of a larger one nothing is shown, since nobody can say what is in
/// it without reading it.
const READ: usize = 256 * 1024;

/// The header fields and the body of a message, as text for people or as a JSON object.
#[must_use]
pub(super) fn written(headers: &Headers, body: &[u8], format: LogFormat, secrets: &Secrets) -> String {
    let body = shown(headers, body, secrets);
    let body = secrets.prose(&body).into_owned();
    let fields = headers.iter().map(|(name, value)| (name, secrets.prose(&secrets.field(name, value)).into_owned()));
    match format {
        LogFormat::Text => {
            let mut lines: Vec<String> = fields.map(|(name, value)| format!("{name}: {value}")).collect();
            if !body.is_empty() {
                lines.push(String::new());
                lines.push(body);
            }
            lines.join("\n")
        }
        LogFormat::Json => {
            let mut out = "{\"headers\":[".to_owned();
            for (number, (name, value)) in fields.enumerate() {
                out.push_str(if number > 0 { ",[" } else { "[" });
                for_json(&mut out, name);
                out.push(',');
                for_json(&mut out, &value);
                out.push(']');
            }
            out.push_str("],\"body\":");
            for_json(&mut out, &body);
            out.push('}');
            out
        }
    }
}

/// The body as text; what is no text is counted.
fn shown(headers: &Headers, body: &[u8], secrets: &Secrets) -> String {
    let media_type = headers.get("content-type").and_then(MediaType::parse);
    let named = || headers.get("content-type").unwrap_or("no media type");
    if body.is_empty() {
        return String::new();
    }
    let text = std::str::from_utf8(body).ok().filter(|_| body.len() <= READ);
    let Some(text) = text else { return format!("({} bytes of {})", body.len(), named()) };
    if let Ok(mut value) = serde_json::from_str::<Value>(text) {
        secrets.value(&mut value);
        return cut(&value.to_string());
    }
    let is_form = media_type.as_ref().is_some_and(|known| known.to_string().contains("x-www-form-urlencoded"));
    let is_multipart = media_type.as_ref().is_some_and(|known| known.to_string().starts_with("multipart/"));
    match (is_form, is_multipart) {
        (true, _) => cut(&secrets.pairs(text)),
        // Parts may hold a password, and are not looked into.
        (false, true) => format!("({} bytes of {})", body.len(), named()),
        (false, false) => cut(text),
    }
}

fn cut(text: &str) -> String {
    if text.len() <= SHOWN {
        return text.to_owned();
    }
    let end = (0..=SHOWN).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}… ({} bytes in all)", &text[..end], text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(media_type: &str) -> Headers {
        [("Content-Type", media_type), ("Authorization", "Basic abc")].into_iter().collect()
    }

    #[test]
    fn bodies_are_shown_without_secrets_and_not_without_end() {
        let secrets = Secrets::default();
        let of = |media_type: &str, body: &[u8]| shown(&headers(media_type), body, &secrets);
        assert_eq!(of("application/json", br#"{"password":"x","a":1}"#), r#"{"password":"***","a":1}"#);
        assert_eq!(of("application/x-www-form-urlencoded", b"password=x&a=1"), "password=***&a=1");
        assert_eq!(of("image/png", &[0xff, 0]), "(2 bytes of image/png)");
        assert!(of("multipart/form-data; boundary=x", b"--x").starts_with("(3 bytes of multipart"));
        assert!(of("text/plain", "é".repeat(5000).as_bytes()).ends_with("… (10000 bytes in all)"));
    }

    #[test]
    fn programs_have_fields_and_body_apart() {
        let text = written(&headers("text/plain"), b"a\x1b", LogFormat::Json, &Secrets::default());
        let value: Value = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(value["headers"][1], serde_json::json!(["Authorization", "Basic ***"]));
        assert_eq!(value["body"], "a\u{1b}");
        assert!(!text.contains('\u{1b}'));
    }
}
