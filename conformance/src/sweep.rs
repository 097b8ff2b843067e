//! Sweeping: what a ledger says was made and not removed is removed, and what was changed is put back. It knows the ledger
//! alone, no contract.

use etalon_contract::codec::Request;
use etalon_contract::document::Pointer;
use serde_json::Value;

use crate::run::ledger::KEY;
use crate::target::LEDGER_FORMAT;
use crate::target::{Exchange, TargetError};

/// A ledger as it was read.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The target's base URL.
    pub url: String,
    /// The entries to be removed or put back, in the order of the ledger.
    pub entries: Vec<Entry>,
}

/// Something that a run made, may have made, or changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// It was made; the target that removes it.
    Made {
        /// The target of the DELETE; `None` where nothing removes it.
        remove: Option<String>,
        /// The request that made it: method and target.
        by: String,
    },
    /// It may have been made: the run ended before the answer.
    Unknown {
        /// The line before the request.
        line: Value,
    },
    /// It was there before, and was changed.
    Changed {
        /// The method that puts it back.
        method: String,
        /// The target of the request that puts it back.
        target: String,
        /// The media type of the body.
        content_type: Option<String>,
        /// The body as it was before.
        body: Value,
    },
}

impl Sweep {
    /// Reads a ledger. Its last line may be cut.
    ///
    /// # Errors
    /// It is none, or of another format.
    pub fn read(text: &str) -> Result<Self, String> {
        let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let first = lines.first().ok_or("it is empty")?;
        if first["format"].as_u64() != Some(u64::from(LEDGER_FORMAT)) {
            return Err(format!("its format is {}, and this version reads {LEDGER_FORMAT}", first["format"]));
        }
        let url = first["url"].as_str().ok_or("it names no target")?.to_owned();
        let mut entries: Vec<(String, Entry)> = Vec::new();
        // A file may hold the ledgers of several runs, whose entries have the same numbers.
        let mut run = 0;
        for line in &lines {
            if line.get("format").is_some() {
                run += 1;
                continue;
            }
            if let Some(target) = line["original"].as_str() {
                let id = format!("{run} original {target}");
                if line["restored"] == true {
                    entries.retain(|(known, _)| *known != id);
                } else {
                    let method = line["method"].as_str().unwrap_or("PUT").to_owned();
                    let content_type = line["content_type"].as_str().map(str::to_owned);
                    let body = line["body"].clone();
                    entries.push((id, Entry::Changed { method, target: target.to_owned(), content_type, body }));
                }
                continue;
            }
            let id = format!("{run} {}", line["entry"]);
            if line.get("method").is_some() {
                entries.push((id, Entry::Unknown { line: line.clone() }));
            } else if line["removed"] == true || line.get("status").is_some() {
                entries.retain(|(known, _)| *known != id);
            } else if let Some((_, entry)) = entries.iter_mut().find(|(known, _)| *known == id) {
                let by = match entry {
                    Entry::Unknown { line } => format!("{} {}", text_of(&line["method"]), text_of(&line["target"])),
                    Entry::Made { by, .. } => by.clone(),
                    Entry::Changed { target, .. } => target.clone(),
                };
                *entry = Entry::Made { remove: line["remove"].as_str().map(str::to_owned), by };
            }
        }
        Ok(Self { url, entries: entries.into_iter().map(|(_, entry)| entry).collect() })
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The results of a sweep, a line for each request or thing.
#[derive(Clone, Debug, Default)]
pub struct Swept {
    /// The requests that removed something or put it back, each with its status.
    pub done: Vec<String>,
    /// The requests that found nothing to remove, each with its status: it was gone already.
    pub gone: Vec<String>,
    /// The things that are left, each with the status or the reason.
    pub left: Vec<String>,
}

/// Removes and puts back, the latest first. `fields` are header fields of every request.
///
/// # Errors
/// The target cannot be reached.
pub async fn sweep<E: Exchange>(
    target: &E,
    entries: &[Entry],
    fields: &[(String, String)],
    dry: bool,
) -> Result<Swept, TargetError> {
    let mut swept = Swept::default();
    for entry in entries.iter().rev() {
        match entry {
            Entry::Made { remove: Some(remove), .. } => {
                send(target, &mut swept, request("DELETE", remove, fields), dry).await?;
            }
            Entry::Made { remove: None, by } => swept.left.push(format!("what {by} made: nothing removes it")),
            Entry::Changed { method, target: at, content_type, body } => {
                let mut request = request(method, at, fields);
                request.headers.set("Content-Type", content_type.as_deref().unwrap_or("application/json").to_owned());
                request.body = body.to_string().into_bytes();
                send(target, &mut swept, request, dry).await?;
            }
            // What else is known to be made, and was being changed: it goes with its own entry.
            Entry::Unknown { line } if makes(entries, &line["target"]) => {}
            Entry::Unknown { line } => match found(target, line, fields).await? {
                Unanswered::Nothing => {}
                Unanswered::Made(remove) => {
                    send(target, &mut swept, request("DELETE", &remove, fields), dry).await?;
                }
                Unanswered::Unclear(why) => {
                    let by = format!("{} {}", text_of(&line["method"]), text_of(&line["target"]));
                    swept.left.push(format!("what {by} may have made, which nobody saw answered: {why}"));
                }
            },
        }
    }
    Ok(swept)
}

/// True where an entry made what is at a target.
fn makes(entries: &[Entry], target: &Value) -> bool {
    entries.iter().any(|entry| match entry {
        Entry::Made { remove: Some(remove), .. } => Some(remove.as_str()) == target.as_str(),
        Entry::Made { remove: None, .. } | Entry::Unknown { .. } | Entry::Changed { .. } => false,
    })
}

fn request(method: &str, target: &str, fields: &[(String, String)]) -> Request {
    let mut request = Request { method: method.into(), target: target.into(), ..Request::default() };
    for (name, value) in fields {
        request.headers.set(name, value.clone());
    }
    request
}

async fn send<E: Exchange>(target: &E, swept: &mut Swept, request: Request, dry: bool) -> Result<(), TargetError> {
    let told = format!("{} {}", request.method, request.target);
    if dry {
        swept.done.push(format!("{told} (not sent)"));
        return Ok(());
    }
    let status = target.send(&request).await?.status;
    let told = format!("{told} -> {status}");
    match status {
        200..=299 => swept.done.push(told),
        404 | 410 if request.method == "DELETE" => swept.gone.push(told),
        _ => swept.left.push(told),
    }
    Ok(())
}

/// The outcome of a request that nobody saw answered.
enum Unanswered {
    /// The request made nothing.
    Nothing,
    /// It made this: the target of the request that removes it.
    Made(String),
    /// That cannot be told; why.
    Unclear(String),
}

/// Looks for what a request made that nobody saw answered: the item of its list that says all that it said. Where several do, or
/// it said nothing that others do not say by chance, none of them is touched.
async fn found<E: Exchange>(target: &E, line: &Value, fields: &[(String, String)]) -> Result<Unanswered, TargetError> {
    let (Some(remove), Some(list)) = (line["remove"].as_str(), line["list"].as_str()) else {
        return Ok(Unanswered::Unclear("the contract has no list of it, or nothing that removes it".to_owned()));
    };
    let response = target.send(&request("GET", list, fields)).await?;
    if response.status / 100 != 2 {
        return Ok(Unanswered::Unclear(format!("GET {list} was answered {}", response.status)));
    }
    let body: Value = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
    let at = |pointer: &Value| Pointer::parse(pointer.as_str().unwrap_or(""));
    let items = at(&line["items"]).and_then(|at| at.get(&body)).and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(key) = at(&line["key"]) else { return Ok(Unanswered::Nothing) };
    let said: Vec<(Likeness, &Value)> =
        items.iter().filter_map(|item| Some((says(item, &line["body"], &key)?, key.get(item)?))).collect();
    match said.as_slice() {
        [] => Ok(Unanswered::Nothing),
        [(Likeness::Telling, key)] => {
            let text = text_of(key);
            let raw = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string();
            Ok(Unanswered::Made(remove.replace(KEY, &raw)))
        }
        alike => Ok(Unanswered::Unclear(format!("GET {list} has {} that may be it", alike.len()))),
    }
}

/// The weight of an item's likeness to what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likeness {
    /// It has a text that nothing has by chance.
    Telling,
    /// It may be like it by chance.
    Slight,
}

/// The likeness of an item to what was sent, by the members that both have, but for the key, which is the target's to
/// choose; `None` where they share none, or one differs.
fn says(item: &Value, sent: &Value, key: &Pointer) -> Option<Likeness> {
    let (Value::Object(item), Value::Object(sent)) = (item, sent) else { return None };
    let both: Vec<(&Value, &Value)> = sent
        .iter()
        .filter(|(name, _)| Pointer::root().join(name) != *key)
        .filter_map(|(name, value)| Some((value, item.get(name)?)))
        .collect();
    if both.is_empty() || both.iter().any(|(sent, back)| sent != back) {
        return None;
    }
    let telling = both.iter().any(|(sent, _)| sent.as_str().is_some_and(|text| text.chars().count() >= TELLING));
    Some(if telling { Likeness::Telling } else { Likeness::Slight })
}

/// The fewest characters of a text that nothing says by chance.
const TELLING: usize = 5;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LEDGER: &str = r#"{"format":1,"url":"http://127.0.0.1:1/api"}
{"entry":1,"method":"POST","target":"/notes","body":{"text":"abc"},"remove":"/notes/etalonkeyhere","list":"/notes","items":"","key":"/id"}
{"entry":1,"key":"7","remove":"/notes/7"}
{"entry":2,"method":"POST","target":"/notes","body":{"text":"abd"}}
{"entry":2,"status":400}
{"original":"/settings","method":"PUT","content_type":"application/json","body":{"a":1}}
{"entry":3,"method":"POST","target":"/notes","body":{"text":"abe"}}
{"entry":3,"key":"8","remo"#;

    #[test]
    fn a_ledger_says_what_is_left_even_where_its_last_line_is_cut() {
        let sweep = Sweep::read(LEDGER).expect("it is a ledger");
        assert_eq!(sweep.url, "http://127.0.0.1:1/api");
        assert_eq!(sweep.entries.len(), 3, "{:?}", sweep.entries);
        assert!(matches!(&sweep.entries[0], Entry::Made { remove: Some(at), .. } if at == "/notes/7"));
        assert!(matches!(&sweep.entries[1], Entry::Changed { .. }));
        assert!(matches!(&sweep.entries[2], Entry::Unknown { .. }));
        assert!(Sweep::read("").is_err() && Sweep::read("{\"format\":99}").is_err());
    }

    #[test]
    fn an_item_that_says_what_was_sent_is_the_one_that_was_made() {
        let key = Pointer::parse("/id").expect("it is a pointer");
        let says = |item, sent| says(&item, &sent, &key);
        let sent = json!({"id": "mine", "text": "abcdef", "secret": "x"});
        assert_eq!(says(json!({"id": 1, "text": "abcdef"}), sent.clone()), Some(Likeness::Telling));
        assert_eq!(says(json!({"id": 1, "text": "a"}), json!({"text": "a"})), Some(Likeness::Slight));
        assert_eq!(says(json!({"id": 1, "text": "other"}), sent.clone()), None);
        assert_eq!(says(json!({"id": "mine"}), sent), None);
    }
}
