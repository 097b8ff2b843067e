//! The request that a case is about, as drafts: made by the generator as the case asks, or read back from what was sent.

use etalon_contract::codec::{self, Decoded, DecodedBody, Draft, DraftBody, Reading, Request};
use etalon_contract::generate::{self, Broken, Cannot, Choices};
use etalon_contract::model::{Operation, Route};
use etalon_contract::validate;

use crate::case::{Sends, Task};
use crate::scenario::adopt::adopted;
use crate::scenario::breach;
use crate::scenario::probe;
use crate::session::Session;

/// The request that a case is about and its twin, before anything is created for them. What is valid is its own twin.
///
/// # Errors
/// Why there is none: it cannot be made, or the case is about several requests.
pub(crate) fn make(
    session: Session<'_>,
    operation: &Operation,
    task: Task<'_>,
    choices: &mut dyn Choices,
) -> Result<Broken, Cannot> {
    let own_twin = |draft: Draft| Broken { twin: draft.clone(), draft };
    let (sends, contract) = (task.sends(), session.contract);
    match (task, sends) {
        (Task::Probe(kind), _) => probe::draft(session, operation, kind, choices),
        (_, Sends::Story) => Err(Cannot::because("a story is about several requests")),
        (Task::Row { row, variant }, Sends::Breach | Sends::AgainstAdvice) => {
            let mut broken = breach::breach(contract, operation, row, variant, choices)?;
            session.suit(operation, &mut broken.draft, Some(&row.subject));
            session.suit(operation, &mut broken.twin, None);
            let number = choices.below(u64::MAX);
            Ok(adopted(session, operation, Some(row), broken, number))
        }
        (Task::Row { row, variant }, Sends::AtLimit) => {
            let mut draft = generate::at(contract, operation, row, variant, choices)?;
            session.suit(operation, &mut draft, Some(&row.subject));
            let number = choices.below(u64::MAX);
            Ok(adopted(session, operation, Some(row), own_twin(draft), number))
        }
        (Task::Valid(_) | Task::Row { .. }, _) => {
            let mut draft = breach::ordinary(contract, operation, choices)?;
            session.suit(operation, &mut draft, None);
            let number = choices.below(u64::MAX);
            Ok(adopted(session, operation, None, own_twin(draft), number))
        }
    }
}

/// The draft of a request that was sent, and its operation's index; `None` where it is not a valid one of the contract.
#[must_use]
pub(crate) fn read_back(session: Session<'_>, request: &Request) -> Option<Draft> {
    let contract = session.contract;
    let Route::Found { operation, captures } = contract.route(&request.method, request.path()) else { return None };
    let operation = contract.operation(operation).ok()?;
    let decoded = codec::decode(contract, operation, &captures, request);
    if !validate::request(contract, operation, &decoded).is_ok_and(|found| found.is_empty()) {
        return None;
    }
    as_sent(operation, decoded, request)
}

/// The draft of a request as it was sent, valid or not; `None` where its content cannot be read.
#[must_use]
pub(crate) fn as_sent(operation: &Operation, decoded: Decoded, request: &Request) -> Option<Draft> {
    let read = operation.parameters.iter().zip(decoded.parameters).filter_map(|(parameter, reading)| match reading {
        Reading::Value(value) => Some((parameter.place, parameter.name.clone(), value)),
        Reading::Absent | Reading::Unreadable(_) => None,
    });
    let parameters = read.collect();
    let body = match decoded.body {
        DecodedBody::Absent => None,
        DecodedBody::Value { media_type, value, .. } => Some(DraftBody::Value { media_type, value }),
        DecodedBody::Malformed { .. } | DecodedBody::Beyond { .. } | DecodedBody::UndocumentedMediaType { .. } => {
            return None;
        }
        DecodedBody::Opaque { .. } => Some(DraftBody::Raw {
            media_type: request.headers.get("content-type").and_then(etalon_contract::model::MediaType::parse),
            bytes: request.body.clone(),
        }),
    };
    Some(Draft { operation: operation.index, parameters, body })
}
