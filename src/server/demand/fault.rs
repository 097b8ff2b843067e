//! Faults: ways in which an answer breaks its contract, or does not arrive, because somebody asked for that by name. None is
//! ever given unasked, and each says in a header field that it is one.

use etalon_contract::behaviour::reason_phrase;
use etalon_contract::codec::Response;
use serde_json::Value;

/// The header field that names the fault of an answer.
const FIELD: &str = "Etalon-Fault";

/// A way in which an answer breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No content, whatever the answer should have.
    Empty,
    /// Content that is not of its media type.
    Malformed,
    /// The first half of the content, as if that were all.
    Truncated,
    /// JSON whose values have other types than they should.
    WrongType,
    /// A page of HTML, as some proxy may send it.
    Html,
    /// A status that the contract does not document.
    Undocumented,
    /// Content that comes in small pieces.
    Slow,
    /// A connection that ends half-way through the answer.
    Drop,
    /// A connection that is reset before anything of the answer has come.
    Reset,
}

/// The manner in which an answer goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// As fast as the client takes it.
    #[default]
    Whole,
    /// In small pieces, with pauses.
    Slow,
    /// To its half, and then nothing more.
    Half,
    /// Not at all.
    Nothing,
}

impl Fault {
    /// All faults, with their names and what each does.
    pub const ALL: [(Self, &'static str, &'static str); 9] = [
        (Self::Empty, "empty", "no content"),
        (Self::Malformed, "malformed", "content that cannot be read"),
        (Self::Truncated, "truncated", "the first half of the content as if it were all"),
        (Self::WrongType, "wrong-type", "JSON whose values have other types"),
        (Self::Html, "html", "a page of HTML, as from a proxy"),
        (Self::Undocumented, "undocumented", "the status of `code` though it is not documented"),
        (Self::Slow, "slow", "content in ten pieces, half a second apart"),
        (Self::Drop, "drop", "the connection ends half-way through the answer"),
        (Self::Reset, "reset", "the connection is reset instead of an answer"),
    ];

    /// The fault of a name.
    ///
    /// # Errors
    /// One sentence with all names.
    pub fn parse(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|(_, known, _)| *known == name);
        found.map(|(fault, ..)| fault).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|(_, name, _)| *name).collect();
            format!("`fault` is one of {}, not `{name}`", names.join(", "))
        })
    }

    /// The name of the fault.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(known, ..)| *known == self).map_or("", |(_, name, _)| name)
    }

    /// The manner in which an answer with this fault goes out.
    #[must_use]
    pub(crate) fn delivery(self) -> Delivery {
        match self {
            Self::Slow => Delivery::Slow,
            Self::Drop => Delivery::Half,
            Self::Reset => Delivery::Nothing,
            Self::Empty | Self::Malformed | Self::Truncated | Self::WrongType | Self::Html | Self::Undocumented => {
                Delivery::Whole
            }
        }
    }

    /// Gives an answer this fault, and says so in a header field.
    pub(crate) fn spoil(self, answer: &mut Response) {
        match self {
            Self::Empty => answer.body.clear(),
            Self::Malformed => malform(&mut answer.body),
            Self::Truncated => answer.body.truncate(answer.body.len() / 2),
            Self::WrongType => match serde_json::from_slice::<Value>(&answer.body) {
                Ok(value) => answer.body = retyped(&value).to_string().into_bytes(),
                // What is no JSON has no values of other types; then it is JSON where it should not be.
                Err(_) => {
                    answer.headers.set("Content-Type", "application/json");
                    answer.body = b"[0]".to_vec();
                }
            },
            Self::Html => {
                let title = format!("{} {}", answer.status, reason_phrase(answer.status));
                answer.headers.set("Content-Type", "text/html; charset=utf-8");
                answer.body = format!("<!doctype html>\n<title>{title}</title>\n<h1>{title}</h1>\n").into_bytes();
            }
            Self::Undocumented | Self::Slow | Self::Drop | Self::Reset => {}
        }
        answer.headers.set(FIELD, self.name());
    }
}

/// Content that no reader of its media type takes: its last third is gone, and what no text ends in stands there.
fn malform(body: &mut Vec<u8>) {
    body.truncate(body.len() - body.len() / 3);
    body.extend_from_slice(b"\x00<{\"&");
}

/// A value whose every part has another type of JSON.
fn retyped(value: &Value) -> Value {
    match value {
        Value::Null => Value::Bool(true),
        Value::Bool(is) => Value::String(is.to_string()),
        Value::Number(number) => Value::String(number.to_string()),
        Value::String(text) => Value::from(text.chars().count()),
        Value::Array(items) if items.is_empty() => Value::String(String::new()),
        Value::Object(members) if members.is_empty() => Value::Array(Vec::new()),
        Value::Array(items) => Value::Array(items.iter().map(retyped).collect()),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), retyped(value))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spoilt(fault: Fault, body: &str) -> Response {
        let mut answer = Response { status: 200, body: body.as_bytes().to_vec(), ..Response::default() };
        answer.headers.add("Content-Type", "application/json");
        fault.spoil(&mut answer);
        answer
    }

    #[test]
    fn every_fault_has_a_name_and_says_it() {
        for (fault, name, _) in Fault::ALL {
            assert_eq!((Fault::parse(name), fault.name()), (Ok(fault), name));
            assert_eq!(spoilt(fault, "{}").headers.get("etalon-fault"), Some(name));
        }
        assert!(Fault::parse("broken").is_err_and(|why| why.contains("wrong-type, html")));
    }

    #[test]
    fn content_is_spoilt_as_its_fault_says() {
        let body = r#"{"id": 7, "name": "Spot", "tags": [], "old": false, "owner": null}"#;
        assert_eq!(spoilt(Fault::Empty, body).body, b"");
        assert!(body.as_bytes().starts_with(&spoilt(Fault::Truncated, body).body));
        for text in ["", "x", "[1]", body] {
            assert!(serde_json::from_slice::<Value>(&spoilt(Fault::Malformed, text).body).is_err(), "{text}");
        }
        let retyped: Value = serde_json::from_slice(&spoilt(Fault::WrongType, body).body).expect("it is JSON");
        assert_eq!(retyped, json!({"id": "7", "name": 4, "tags": "", "old": "false", "owner": true}));
        let html = spoilt(Fault::Html, body);
        assert!(
            html.body.starts_with(b"<!doctype html>")
                && html.headers.get("content-type") == Some("text/html; charset=utf-8")
        );
    }
}
