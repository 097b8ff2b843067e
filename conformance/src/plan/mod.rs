//! Contract, behaviour and settings -> cases, in the order in which they are sent. Nothing here is random and nothing is
//! sent: the same contract, seed and version give the same plan.

pub mod roles;
pub(crate) mod story;

use data_encoding::HEXLOWER;
use etalon_contract::behaviour::Behaviour;
use etalon_contract::generate;
use etalon_contract::model::{Contract, Operation, StatusPattern};
use etalon_contract::rule::{self, Enumeration, Protocol, ResponseRule, Row, RowCounter, RowCounts, Rule, Side, Story};
use sha2::{Digest, Sha256};

use crate::case::{Case, CaseKind, Probe};
use crate::settings::Settings;

/// All that a run does, operation by operation.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The operations that are tested, in the order of the document.
    pub operations: Vec<OperationPlan>,
    /// The operations that the document describes so badly that they cannot be tested, and why.
    pub unusable: Vec<(String, String)>,
}

/// The plan for one operation: its rows and cases.
#[derive(Clone, Debug)]
pub struct OperationPlan {
    /// The index of the operation.
    pub operation: usize,
    /// The rows: those of the contract, then the stories.
    pub rows: Vec<Row>,
    /// The cases, in order.
    pub cases: Vec<Case>,
    /// The number of positions of its schemas that have no rows: they lie deeper, or are more, than is looked at.
    pub left_out: usize,
}

/// The plan for a contract.
#[must_use]
pub fn plan(contract: &Contract, behaviour: &Behaviour, settings: &Settings) -> Plan {
    let mut plan = Plan { operations: Vec::new(), unusable: Vec::new() };
    for (index, entry) in contract.entries().iter().enumerate() {
        if !settings.tests(&entry.id) {
            continue;
        }
        match contract.operation(index) {
            Ok(operation) => plan.operations.push(planned(contract, behaviour, settings, operation)),
            Err(defect) => plan.unusable.push((entry.id.clone(), defect.reason.clone())),
        }
    }
    plan
}

/// The rows of an operation: those of the contract, then the stories that it tells with others. Beside them, how many
/// positions of the contract were left out, since there are too many.
#[must_use]
pub fn rows(contract: &Contract, behaviour: &Behaviour, operation: &Operation) -> Enumeration {
    let mut enumeration = rule::enumerate(contract, operation);
    enumeration.rows.extend(story::rows(contract, behaviour, operation));
    enumeration
}

/// The number of rows of an operation by kind: as many of each as [`rows`] finds. `counter` is of the same contract.
pub fn count<K: Ord + Copy>(
    counter: &mut RowCounter<'_, K>,
    contract: &Contract,
    behaviour: &Behaviour,
    operation: &Operation,
) -> RowCounts<K> {
    let mut counts = counter.count(operation);
    for story in story::rows(contract, behaviour, operation) {
        *counts.rows.entry(counter.kind(&story)).or_default() += 1;
    }
    counts
}

fn planned(contract: &Contract, behaviour: &Behaviour, settings: &Settings, operation: &Operation) -> OperationPlan {
    let Enumeration { rows, left_out } = rows(contract, behaviour, operation);
    let valid = (0..settings.valid.max(1)).map(CaseKind::Valid);
    let examples = (0..examples(operation)).map(Probe::Example);
    let probes = examples.chain(Probe::all()).map(CaseKind::Probe);
    let others = rows.iter().enumerate().flat_map(|(index, row)| {
        (0..variants(operation, row)).map(move |variant| CaseKind::Row { row: index, variant })
    });
    let kinds = valid.chain(probes).chain(others);
    let cases = kinds.map(|kind| Case { id: id(&operation.id, &rows, kind), kind }).collect();
    OperationPlan { operation: operation.index, rows, cases, left_out }
}

/// The most examples of an operation that are sent: more say the same.
const EXAMPLES: usize = 8;

/// The number of examples that the document has for an operation, at most [`EXAMPLES`]: those of its contents together,
/// or of the parameter that has the most.
fn examples(operation: &Operation) -> usize {
    let contents = operation.body.iter().flat_map(|body| &body.content).map(|content| content.examples.len());
    let parameters = operation.parameters.iter().map(|parameter| parameter.examples.len());
    contents.sum::<usize>().max(parameters.max().unwrap_or(0)).min(EXAMPLES)
}

/// The number of cases of a row, one for each way to break or meet it. Responses have none, since every exchange shows them, but
/// for the one that says that what a path names is not there.
fn variants(operation: &Operation, row: &Row) -> usize {
    match &row.rule {
        Rule::Limit(_) => generate::variants(row).max(1),
        // Every change that is refused shows it.
        Rule::Story(Story::RefusedChangesNothing) => 0,
        Rule::Advice(_) | Rule::Protocol(_) | Rule::Security(_) | Rule::Story(_) => 1,
        Rule::Response(ResponseRule::Conforms(StatusPattern::Exact(404 | 410))) => {
            usize::from(operation.path.parameters().next().is_some())
        }
        Rule::Response(_) => 0,
    }
}

/// The bytes of the hash that an id shows: with 48 bits, ten thousand cases collide once in five million contracts.
const ID_BYTES: usize = 6;

/// The id of a case: a hash of its operation, its row and what is done. The words of the last are spelt out here and stay
/// as they are, whatever the code calls things: ids name cases across versions, and seed their values.
fn id(operation: &str, rows: &[Row], kind: CaseKind) -> String {
    let (row, done) = match kind {
        CaseKind::Valid(number) => ("", format!("Valid({number})")),
        CaseKind::Probe(probe) => ("", format!("Probe({})", probe.words())),
        CaseKind::Row { row, variant } => (rows[row].id.as_str(), done_about(&rows[row], variant)),
    };
    let digest = Sha256::digest(format!("{operation}\n{row}\n{done}").as_bytes());
    HEXLOWER.encode(&digest[..ID_BYTES])
}

fn done_about(row: &Row, variant: usize) -> String {
    let words = match &row.rule {
        Rule::Limit(limit) => match limit.side() {
            Side::At => return format!("At({variant})"),
            Side::Past => return format!("Past({variant})"),
        },
        Rule::Advice(advice) => match advice.side() {
            Side::At => return format!("At({variant})"),
            Side::Past => "Advised",
        },
        Rule::Protocol(Protocol::Malformed(_) | Protocol::Empty) => return format!("Past({variant})"),
        Rule::Protocol(Protocol::UnsupportedMediaType) => return format!("MediaType({variant})"),
        Rule::Protocol(Protocol::Unusual(_)) => "Unusual",
        Rule::Protocol(Protocol::NotAcceptable) => "Accept",
        Rule::Protocol(Protocol::MethodNotAllowed) => "Method",
        Rule::Protocol(Protocol::UnknownPath) => "Path",
        Rule::Protocol(Protocol::Usual(_)) => "Usual",
        Rule::Protocol(Protocol::HeadIsGet) => "Head",
        Rule::Protocol(Protocol::Tag(_)) => "Tag",
        Rule::Security(_) => "Security",
        Rule::Story(_) => "Story",
        Rule::Response(_) => "Response",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_what_they_were() {
        assert_eq!(id("createPet", &[], CaseKind::Valid(0)), "7e8e5cb2fe98");
        assert_eq!(id("createPet", &[], CaseKind::Probe(Probe::Filled(3))), "8ae073566c46");
        assert_eq!(id("createPet", &[], CaseKind::Probe(Probe::Crowded)), "44538ff4719e");
    }
}
