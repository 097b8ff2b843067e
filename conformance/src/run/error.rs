//! The reasons why a run has no report.

use etalon_contract::model::Operation;

use crate::target::TargetError;

/// The reason why a run has no report.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The target gives no answers.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The contract has no operation that can be tested, or none of those asked for.
    #[error("nothing to test: {0}")]
    Nothing(String),
    /// The server that answers is not the one that the contract describes.
    #[error("the target answers {answer} to every valid request; is this the base URL of the API?")]
    AnotherServer {
        /// The answer of that server, in a few words.
        answer: String,
    },
    /// Nobody is let in.
    #[error("the target lets no valid request in: it answers {answer}; the contract asks for {}", asks(.asked))]
    LockedOut {
        /// The answer to every request, in a few words.
        answer: String,
        /// The credentials that the operations ask for: the names of security schemes, those that are needed together
        /// joined by `and`.
        asked: Vec<String>,
    },
}

/// The alternatives of credentials that operations ask for, each once, in the order of the document.
pub(super) fn alternatives<'c>(operations: impl Iterator<Item = &'c Operation>) -> Vec<String> {
    let mut asked: Vec<String> = Vec::new();
    for alternative in operations.flat_map(|operation| &operation.security) {
        let names: Vec<&str> = alternative.schemes.iter().map(|(scheme, _)| scheme.name.as_str()).collect();
        let names = names.join(" and ");
        if !names.is_empty() && !asked.contains(&names) {
            asked.push(names);
        }
    }
    asked
}

fn asks(asked: &[String]) -> String {
    if asked.is_empty() { "no credentials".to_owned() } else { asked.join(", or ") }
}
