//! Contract, behaviour and settings -> cases, in the order in which they are sent. Nothing here is random and nothing is
//! sent: the same contract, seed and version give the same plan.

pub mod roles;
mod story;

use data_encoding::HEXLOWER;
use etalon_contract::behaviour::Behaviour;
use etalon_contract::generate;
use etalon_contract::model::{Contract, Operation};
use etalon_contract::rule::{self, Enumeration, Protocol, Row, Rule, Side};
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

/// What is done about one operation.
#[derive(Clone, Debug)]
pub struct OperationPlan {
    /// The operation's index.
    pub operation: usize,
    /// Its rows: those of the contract, then its stories.
    pub rows: Vec<Row>,
    /// The cases, in order.
    pub cases: Vec<Case>,
    /// How many positions of its schemas lie deeper, or are more, than have rows.
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

fn planned(contract: &Contract, behaviour: &Behaviour, settings: &Settings, operation: &Operation) -> OperationPlan {
    let Enumeration { rows, left_out } = rows(contract, behaviour, operation);
    let valid = (0..settings.valid.max(1)).map(CaseKind::Valid);
    let probes = Probe::all().map(CaseKind::Probe);
    let others = rows
        .iter()
        .enumerate()
        .flat_map(|(index, row)| (0..variants(row)).map(move |variant| CaseKind::Row { row: index, variant }));
    let kinds = valid.chain(probes).chain(others);
    let cases = kinds.map(|kind| Case { id: id(&operation.id, &rows, kind), kind }).collect();
    OperationPlan { operation: operation.index, rows, cases, left_out }
}

/// The number of cases of a row, one for each way to break or meet it. Responses have none: every exchange shows them.
fn variants(row: &Row) -> usize {
    match &row.rule {
        Rule::Limit(_) => generate::variants(row).max(1),
        Rule::Advice(_) | Rule::Protocol(_) | Rule::Security(_) | Rule::Story(_) => 1,
        Rule::Response(_) => 0,
    }
}

/// How many bytes of the hash an id shows: with 48 bits, ten thousand cases collide once in five million contracts.
const ID_BYTES: usize = 6;

fn id(operation: &str, rows: &[Row], kind: CaseKind) -> String {
    let (row, act) = match kind {
        CaseKind::Valid(_) | CaseKind::Probe(_) => ("", format!("{kind:?}")),
        CaseKind::Row { row, variant } => (rows[row].id.as_str(), legacy(&rows[row], variant)),
    };
    let digest = Sha256::digest(format!("{operation}\n{row}\n{act}").as_bytes());
    HEXLOWER.encode(&digest[..ID_BYTES])
}

fn legacy(row: &Row, variant: usize) -> String {
    match &row.rule {
        Rule::Limit(limit) => match limit.side() {
            Side::At => format!("At({variant})"),
            Side::Past => format!("Past({variant})"),
        },
        Rule::Advice(advice) => match advice.side() {
            Side::At => "At(0)".to_owned(),
            Side::Past => "Advised".to_owned(),
        },
        Rule::Protocol(Protocol::Malformed | Protocol::Empty) => format!("Past({variant})"),
        Rule::Protocol(Protocol::Unusual(_)) => "Unusual".to_owned(),
        Rule::Protocol(Protocol::UnsupportedMediaType) => format!("MediaType({variant})"),
        Rule::Protocol(Protocol::NotAcceptable) => "Accept".to_owned(),
        Rule::Protocol(Protocol::MethodNotAllowed) => "Method".to_owned(),
        Rule::Protocol(Protocol::UnknownPath) => "Path".to_owned(),
        Rule::Security(_) => "Security".to_owned(),
        Rule::Story(_) => "Story".to_owned(),
        Rule::Response(_) => String::new(),
    }
}
