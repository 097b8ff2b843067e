//! Entity tags (RFC 9110 §8.8.3): of items and of bytes, and how lists of them are compared.

use sha2::{Digest, Sha256};

use crate::behaviour::state::Item;

/// The number of bytes of a digest in a tag: enough that no two states of one thing have the same.
const TAG_BYTES: usize = 8;

/// The entity tag of an item, the same wherever it is shown.
pub(crate) fn of_item(item: &Item) -> String {
    of_bytes(item.value.to_string().as_bytes())
}

/// The entity tag of bytes.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let text: String = digest.iter().take(TAG_BYTES).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{text}\"")
}

/// True where a list of tags has this one, or is `*`; `W/` is passed over, as a weak comparison does (RFC 9110 §8.8.3.2).
pub(crate) fn has(listed: &str, tag: &str) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    listed.trim() == "*" || listed.split(',').any(|one| bare(one) == bare(tag))
}

/// The same, where a weak tag is like none, as a strong comparison asks (RFC 9110 §8.8.3.2, §13.1.1).
pub(crate) fn has_strongly(listed: &str, tag: &str) -> bool {
    let mut strong = listed.split(',').filter(|one| !one.trim().starts_with("W/"));
    strong.any(|one| has(one, tag))
}
