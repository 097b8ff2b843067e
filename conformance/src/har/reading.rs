//! Reading an archive: its entries as exchanges. What is not HTTP (a page from the cache, a blocked request) is left out and counted.

use std::time::Duration;

use data_encoding::BASE64;
use etalon_contract::codec::{Headers, Request, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::recording::Overheard;

/// The exchanges of an archive.
#[derive(Debug)]
pub struct Archive {
    /// The program that wrote it.
    pub creator: String,
    /// The exchanges, each with the URL up to its path.
    pub exchanges: Vec<(String, Overheard)>,
    /// The number of entries that are no exchange over HTTP.
    pub others: usize,
}

#[derive(Deserialize)]
struct File {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    #[serde(default)]
    creator: Creator,
    entries: Vec<Entry>,
}

#[derive(Default, Deserialize)]
struct Creator {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    time: f64,
    request: Sent,
    response: Got,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Pair>,
    #[serde(default)]
    post_data: Option<Posted>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Posted {
    #[serde(default)]
    mime_type: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    params: Vec<Param>,
    /// How the text is written; browsers add it.
    #[serde(default)]
    encoding: Option<String>,
}

#[derive(Deserialize)]
struct Param {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct Got {
    status: i64,
    #[serde(default)]
    headers: Vec<Pair>,
    #[serde(default)]
    content: Content,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    #[serde(default)]
    size: i64,
    #[serde(default)]
    mime_type: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    encoding: Option<String>,
}

/// Reads an archive.
///
/// # Errors
/// The reason why it is none.
pub fn read(bytes: &[u8]) -> Result<Archive, String> {
    // Some writers begin with a byte order mark.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let File { log } = serde_json::from_slice(bytes).map_err(|error| format!("it is no HTTP archive: {error}"))?;
    let all = log.entries.len();
    let exchanges: Vec<_> = log.entries.into_iter().filter_map(exchange).collect();
    Ok(Archive { creator: log.creator.name, others: all - exchanges.len(), exchanges })
}

fn exchange(entry: Entry) -> Option<(String, Overheard)> {
    let status = u16::try_from(entry.response.status).ok().filter(|status| (100..=599).contains(status))?;
    let (scheme, rest) =
        entry.request.url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let rest = rest.split('#').next().unwrap_or(rest);
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(at);
    let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
    let mut headers = fields(entry.request.headers);
    let body = match entry.request.post_data {
        None => Vec::new(),
        Some(posted) => {
            if headers.get("content-type").is_none() && !posted.mime_type.is_empty() {
                headers.set("Content-Type", posted.mime_type.clone());
            }
            match posted.text.filter(|text| !text.is_empty() || posted.params.is_empty()) {
                Some(text) => bytes_of(text, posted.encoding.as_deref())?,
                None => form(&posted.params),
            }
        }
    };
    let request = Request { method: entry.request.method.to_ascii_uppercase(), target, headers, body };
    let Got { headers, content, .. } = entry.response;
    let mut headers = fields(headers);
    // An archive holds content as it was decoded (HAR 1.2, `content`).
    headers.remove("content-encoding");
    if headers.get("content-type").is_none() && !content.mime_type.is_empty() && content.text.is_some() {
        headers.set("Content-Type", content.mime_type.clone());
    }
    let body = content.text.map_or(Some(Vec::new()), |text| bytes_of(text, content.encoding.as_deref()))?;
    let whole = !body.is_empty() || has_none(&entry.request.method, status, &headers) && content.size <= 0;
    let took = Duration::try_from_secs_f64(entry.time.max(0.0) / 1_000.0).unwrap_or_default();
    let response = Response { status, headers, body };
    Some((format!("{scheme}://{authority}"), Overheard { request, response, at: Duration::ZERO, took, whole }))
}

/// True where an answer has no content whatever an archive holds: writers leave content out that they did not see, and say in many ways
/// that they did.
fn has_none(method: &str, status: u16, headers: &Headers) -> bool {
    let length = headers.get("content-length").map(|length| length.trim() == "0");
    let chunked = headers.get("transfer-encoding").is_some();
    let bare = matches!(status, 100..=199 | 204 | 205 | 304) || method.eq_ignore_ascii_case("HEAD");
    bare || length.unwrap_or(!chunked && headers.get("content-type").is_none())
}

/// Fields, but for those that HTTP/2 writes the first line in (RFC 9113 §8.3).
fn fields(pairs: Vec<Pair>) -> Headers {
    let fields = pairs.into_iter().filter(|pair| !pair.name.starts_with(':'));
    fields.map(|pair| (pair.name, pair.value)).collect()
}

fn bytes_of(text: String, encoding: Option<&str>) -> Option<Vec<u8>> {
    match encoding {
        Some("base64") => BASE64.decode(text.as_bytes()).ok(),
        Some(_) | None => Some(text.into_bytes()),
    }
}

/// A form of parameters as it travels (WHATWG URL §5.2).
fn form(params: &[Param]) -> Vec<u8> {
    let coded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> =
        params.iter().map(|Param { name, value }| format!("{}={}", coded(name), coded(value))).collect();
    pairs.join("&").into_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn entries_become_exchanges_whoever_wrote_them() {
        let archive = json!({"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "entries": [
            {"time": 12.5, "request": {"method": "post", "url": "https://api.example:8443/v1/pets?a=b#c",
                "headers": [{"name": ":authority", "value": "x"}, {"name": "accept", "value": "*/*"}],
                "postData": {"mimeType": "application/json", "text": "{\"name\":\"Rex\"}"}},
             "response": {"status": 201, "headers": [{"name": "content-encoding", "value": "gzip"}],
                "content": {"size": 3, "mimeType": "application/octet-stream", "text": "AAEC", "encoding": "base64"}}},
            {"time": 1, "request": {"method": "POST", "url": "http://h?x=1", "headers": [],
                "postData": {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a b", "value": "c&d"}]}},
             "response": {"status": 200, "headers": [], "content": {"size": 900, "mimeType": "text/html"}}},
            {"request": {"method": "GET", "url": "http://h/unread"}, "response": {"status": 200,
                "headers": [{"name": "content-length", "value": "421"}, {"name": "content-type", "value": "application/json"}],
                "content": {"size": -1, "mimeType": "application/json"}}},
            {"request": {"method": "GET", "url": "http://h/empty"}, "response": {"status": 200,
                "headers": [{"name": "content-length", "value": "0"}], "content": {"size": 0, "mimeType": "x-unknown", "text": ""}}},
            {"request": {"method": "GET", "url": "chrome-extension://x/y"}, "response": {"status": 200}},
            {"request": {"method": "GET", "url": "http://h/blocked"}, "response": {"status": 0}}
        ]}});
        let archive = read(archive.to_string().as_bytes()).expect("it is one");
        assert_eq!((archive.creator.as_str(), archive.others), ("WebInspector", 2));
        let [(origin, one), (_, two), (_, unread), (_, empty)] = archive.exchanges.as_slice() else {
            panic!("there are four")
        };
        assert!(!unread.whole && empty.whole, "a page that reads no answer keeps none");
        assert_eq!((origin.as_str(), one.request.target.as_str()), ("https://api.example:8443", "/v1/pets?a=b"));
        assert_eq!(
            (one.request.method.as_str(), one.request.headers.get("content-type")),
            ("POST", Some("application/json"))
        );
        assert_eq!(
            (one.response.body.as_slice(), one.response.headers.get("content-encoding")),
            (&[0, 1, 2][..], None)
        );
        assert_eq!((one.took, one.whole), (Duration::from_micros(12_500), true));
        assert_eq!((two.request.target.as_str(), two.request.body.as_slice()), ("/?x=1", &b"a%20b=c%26d"[..]));
        assert!(!two.whole, "its content was not kept");
        assert!(read(b"{}").is_err() && read(b"nothing").is_err());
    }
}
