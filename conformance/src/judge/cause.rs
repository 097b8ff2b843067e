//! What a refusal names as its cause, where it says so by machine-readable places: problem details (RFC 9457 §3), JSON:API
//! errors, and the `loc` arrays of Python frameworks. A refusal that names another place proves nothing of this one.

use etalon_contract::codec::Response;
use etalon_contract::rule::{Breach, Row, Rule, Subject};
use serde_json::Value;

/// Words that speak of what is there already, rather than of the request's form.
const TAKEN: [&str; 5] = ["duplicat", "already exist", "already in use", "must be unique", "not unique"];

/// True where a refusal names another cause than the row: places, none of which is the row's, or something that is taken.
#[must_use]
pub(crate) fn names_another(row: &Row, refusal: &Response) -> bool {
    let Ok(body) = serde_json::from_slice::<Value>(&refusal.body) else { return false };
    let places = places(&body);
    if !places.is_empty() {
        return !places.iter().any(|place| is_of(row, place));
    }
    let text = String::from_utf8_lossy(&refusal.body).to_lowercase();
    !row.id.contains("uniqueItems") && TAKEN.iter().any(|word| text.contains(word))
}

/// The places that a body names, each as its tokens.
#[must_use]
pub(crate) fn places(body: &Value) -> Vec<Vec<String>> {
    let lists = ["errors", "detail", "violations", "invalid-params", "invalidParams"];
    let entries = lists.iter().filter_map(|name| body.get(name)?.as_array()).flatten();
    entries
        .filter_map(|entry| {
            let loc = entry.get("loc").and_then(Value::as_array);
            if let Some(loc) = loc {
                return Some(
                    loc.iter().map(|token| token.as_str().map_or_else(|| token.to_string(), str::to_owned)).collect(),
                );
            }
            let pointer = entry.get("pointer").or_else(|| entry.get("source")?.get("pointer"))?.as_str()?;
            let pointer = pointer.strip_prefix('#').unwrap_or(pointer);
            pointer
                .starts_with('/')
                .then(|| pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect())
        })
        .collect()
}

/// True where a place may be the one that a row speaks of: it names the parameter, or the member or one around or below it.
fn is_of(row: &Row, place: &[String]) -> bool {
    let mut wanted: Vec<String> = row
        .pointer
        .tokens()
        .map(|token| token.into_owned())
        .filter(|token| !token.starts_with('*') && token.parse::<usize>().is_err())
        .collect();
    if let Subject::Parameter { name, .. } = &row.subject {
        wanted.insert(0, name.clone());
    }
    if let Rule::Limit(limit) = &row.rule
        && let Some(Breach::Keyword { member: Some(member), .. }) = limit.breach()
    {
        wanted.push(member.clone());
    }
    let frame = ["body", "query", "path", "header", "cookie"];
    let mut named =
        place.iter().filter(|token| !frame.contains(&token.as_str()) && token.parse::<usize>().is_err()).peekable();
    // A row about the whole, or a place that is the whole.
    wanted.is_empty() || named.peek().is_none() || named.any(|token| wanted.contains(token))
}
