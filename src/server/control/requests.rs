//! The last requests to the contracts, with what became of them and why.

use std::time::UNIX_EPOCH;

use etalon_contract::behaviour::{Problem, timestamp};
use etalon_contract::model::In;
use serde_json::{Map, Value, json};

use crate::server::control::Ask;
use crate::server::control::reply::Reply;
use crate::server::panel::Noted;
use crate::server::world::DEFAULT;

/// The number of requests that are listed where nobody says.
const LISTED: u64 = 100;

impl Ask<'_> {
    pub(super) fn list_requests(&self) -> Result<Reply, Problem> {
        let limit = self.call.parameter(In::Query, "limit").and_then(Value::as_u64).unwrap_or(LISTED);
        let last = self.subject.panel().last(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(Reply::value(last.iter().map(told).collect::<Vec<_>>()))
    }

    pub(super) fn forget_requests(&self) -> Result<Reply, Problem> {
        self.subject.panel().forget();
        Ok(Reply::Empty(204))
    }
}

fn told(noted: &Noted) -> Value {
    let seconds = noted.at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut members = Map::new();
    members.insert("number".to_owned(), json!(noted.number));
    members.insert("at".to_owned(), json!(timestamp(i64::try_from(seconds).unwrap_or(i64::MAX))));
    members.insert("milliseconds".to_owned(), json!(noted.took.as_secs_f64() * 1000.0));
    members.insert("method".to_owned(), json!(noted.method));
    members.insert("target".to_owned(), json!(noted.target));
    members.insert("status".to_owned(), json!(noted.status));
    members.insert("world".to_owned(), json!(noted.world.as_deref().unwrap_or(DEFAULT)));
    let known = [("operation", noted.operation.as_deref()), ("why", Some(noted.why.as_str())), ("fault", noted.fault)];
    for (name, text) in known {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            members.insert(name.to_owned(), json!(text));
        }
    }
    if !noted.rules.is_empty() {
        members.insert("rules".to_owned(), json!(noted.rules));
    }
    Value::Object(members)
}
