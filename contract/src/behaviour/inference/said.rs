//! What the words of a document say of an operation, where they say it plainly: its `operationId`, summary and description.

use serde_json::Value;

use crate::behaviour::shape;
use crate::model::{Contract, Operation};

/// True where an operation is said to add what is not there, and to change what is.
pub(super) fn is_upsert(contract: &Contract, operation: &Operation) -> bool {
    const NAMES: [&str; 5] = ["upsert", "updateorcreate", "createorupdate", "createorreplace", "addorupdate"];
    const PHRASES: [&str; 8] = [
        "create or update",
        "creates or updates",
        "create or replace",
        "creates or replaces",
        "add or update",
        "adds or updates",
        "created if it does not exist",
        "upsert",
    ];
    let name = shape::plain(&operation.id);
    let text = text(contract, operation);
    NAMES.iter().any(|word| name.contains(word)) || PHRASES.iter().any(|phrase| text.contains(phrase))
}

/// True where an operation is called a creation, whatever its method is.
pub(super) fn is_creation(operation: &Operation) -> bool {
    const WORDS: [&str; 3] = ["create", "add", "insert"];
    let (name, summary) =
        (operation.id.to_lowercase(), operation.summary.as_deref().unwrap_or_default().to_lowercase());
    WORDS.iter().any(|word| name.starts_with(word)) || summary.starts_with("create ")
}

/// True where an operation is called a change, not a replacement.
pub(super) fn is_change(operation: &Operation) -> bool {
    const WORDS: [&str; 5] = ["update", "modify", "edit", "change", "patch"];
    let said = [operation.id.as_str(), operation.summary.as_deref().unwrap_or_default()].map(str::to_lowercase);
    said.iter().any(|text| WORDS.iter().any(|word| text.contains(word)))
}

/// True where an operation is called a replacement.
pub(super) fn is_replacement(operation: &Operation) -> bool {
    let said = [operation.id.as_str(), operation.summary.as_deref().unwrap_or_default()].map(str::to_lowercase);
    said.iter().any(|text| text.contains("replace") || text.contains("overwrite"))
}

/// True where an operation is said to change what is sent and nothing else.
pub(super) fn leaves_unsent(contract: &Contract, operation: &Operation) -> bool {
    const PHRASES: [&str; 7] = [
        "remain unchanged",
        "remains unchanged",
        "left unchanged",
        "will not be changed",
        "only the fields",
        "partial update",
        "partially update",
    ];
    let text = text(contract, operation);
    PHRASES.iter().any(|phrase| text.contains(phrase))
}

fn text(contract: &Contract, operation: &Operation) -> String {
    let said = |word: &str| contract.document().node(&operation.at.join(word)).and_then(Value::as_str);
    [said("summary"), said("description")].into_iter().flatten().collect::<Vec<_>>().join(" ").to_lowercase()
}
