//! The ways in that the operations of a contract have, in words for people.

use etalon_contract::codec::Carried;
use etalon_contract::model::{Contract, In};

use crate::server::credentials::Credentials;

/// Each way in once: what is to be sent, such as `Authorization: Bearer etalon`. Reads no operation.
#[must_use]
pub fn ways_in(credentials: &Credentials, contract: &Contract) -> Vec<String> {
    if credentials.asks_nobody() {
        return Vec::new();
    }
    if credentials.accepts_any() {
        return vec!["anything that is well-formed".to_owned()];
    }
    let mut found: Vec<String> = Vec::new();
    for alternative in contract.requirements() {
        let parts: Vec<String> = alternative
            .schemes
            .iter()
            .filter_map(|(scheme, _)| credentials.shown_as(scheme))
            .map(|Carried { place, name, text }| match place {
                In::Header => format!("{name}: {text}"),
                In::Path | In::Query | In::QueryString | In::Cookie => format!("{place} {name}={text}"),
            })
            .collect();
        let words = parts.join(" + ");
        if !words.is_empty() && !found.contains(&words) {
            found.push(words);
        }
    }
    found
}
