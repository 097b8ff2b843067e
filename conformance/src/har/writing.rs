//! Writing an archive of recorded runs (HAR 1.2), as browsers and viewers read it.

use data_encoding::BASE64;
use etalon_contract::codec::{Headers, Request, Response};
use serde_json::{Value, json};

use crate::recording::{Overheard, Section};

/// The text of an archive of these runs: each exchange that came to an answer.
#[must_use]
pub fn text(sections: &[Section]) -> String {
    let entries: Vec<Value> =
        sections.iter().flat_map(|section| section.answered().into_iter().map(|one| entry(section, &one))).collect();
    let creator = json!({"name": "etalon", "version": env!("CARGO_PKG_VERSION")});
    format!("{:#}\n", json!({"log": {"version": "1.2", "creator": creator, "entries": entries}}))
}

fn entry(section: &Section, Overheard { request, response, at, took, whole }: &Overheard) -> Value {
    let milliseconds = took.as_secs_f64() * 1_000.0;
    let began = section.began() + u64::try_from(at.as_millis()).unwrap_or(0);
    let mut entry = json!({
        "startedDateTime": moment(began),
        "time": milliseconds,
        "request": sent(section.origin(), request),
        "response": got(response),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    });
    if !whole {
        entry["comment"] = json!("the content of the answer is not all there");
    }
    entry
}

/// A moment as ISO 8601 has it, of milliseconds since 1970.
fn moment(milliseconds: u64) -> String {
    let since = i64::try_from(milliseconds).ok().and_then(|since| jiff::Timestamp::from_millisecond(since).ok());
    since.unwrap_or_default().to_string()
}

fn sent(origin: &str, request: &Request) -> Value {
    let query = request.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        json!({"name": decoded(name), "value": decoded(value)})
    });
    let cookies = request.headers.all("cookie").flat_map(|field| field.split(';')).filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        Some(json!({"name": name, "value": value}))
    });
    let mut sent = json!({
        "method": request.method,
        "url": format!("{origin}{}", request.target),
        "httpVersion": "HTTP/1.1",
        "cookies": cookies.collect::<Vec<_>>(),
        "headers": pairs(&request.headers),
        "queryString": query.collect::<Vec<_>>(),
        "headersSize": -1,
        "bodySize": request.body.len(),
    });
    if !request.body.is_empty() {
        let media_type = request.headers.get("content-type").unwrap_or_default();
        let mut posted = json!({"mimeType": media_type, "params": []});
        match std::str::from_utf8(&request.body) {
            Ok(text) => posted["text"] = json!(text),
            Err(_) => {
                posted["text"] = json!(BASE64.encode(&request.body));
                posted["encoding"] = json!("base64");
            }
        }
        sent["postData"] = posted;
    }
    sent
}

fn got(response: &Response) -> Value {
    let mut content = json!({
        "size": response.body.len(),
        "mimeType": response.headers.get("content-type").unwrap_or("x-unknown"),
    });
    match std::str::from_utf8(&response.body) {
        Ok(text) => content["text"] = json!(text),
        Err(_) => {
            content["text"] = json!(BASE64.encode(&response.body));
            content["encoding"] = json!("base64");
        }
    }
    let cookies = response.headers.all("set-cookie").filter_map(|field| {
        let (name, value) = field.split(';').next()?.split_once('=')?;
        Some(json!({"name": name.trim(), "value": value.trim()}))
    });
    let reason = http::StatusCode::from_u16(response.status).ok().and_then(|status| status.canonical_reason());
    json!({
        "status": response.status,
        "statusText": reason.unwrap_or_default(),
        "httpVersion": "HTTP/1.1",
        "cookies": cookies.collect::<Vec<_>>(),
        "headers": pairs(&response.headers),
        "content": content,
        "redirectURL": response.headers.get("location").unwrap_or_default(),
        "headersSize": -1,
        "bodySize": response.body.len(),
    })
}

fn pairs(headers: &Headers) -> Vec<Value> {
    headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}
