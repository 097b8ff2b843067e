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

use crate::case::{Act, Case, Probe};
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
    let valid = (0..settings.valid.max(1)).map(|number| (None, Act::Valid(number)));
    let probes = Probe::all().map(|probe| (None, Act::Probe(probe)));
    let others =
        rows.iter().enumerate().flat_map(|(index, row)| acts(row).into_iter().map(move |act| (Some(index), act)));
    let cases = valid
        .chain(probes)
        .chain(others)
        .map(|(row, act)| Case { id: id(&operation.id, row.map(|row| rows[row].id.as_str()), act), row, act })
        .collect();
    OperationPlan { operation: operation.index, rows, cases, left_out }
}

/// What is done about a row. Responses have nothing of their own: every exchange shows them.
fn acts(row: &Row) -> Vec<Act> {
    let each = |act: fn(usize) -> Act| (0..generate::variants(row).max(1)).map(act).collect();
    match &row.rule {
        Rule::Limit(limit) => match limit.side() {
            Side::At => each(Act::At),
            Side::Past => each(Act::Past),
        },
        Rule::Advice(advice) => match advice.side() {
            Side::At => vec![Act::At(0)],
            Side::Past => vec![Act::Advised],
        },
        Rule::Protocol(Protocol::Malformed | Protocol::Empty) => each(Act::Past),
        Rule::Protocol(Protocol::Unusual(_)) => vec![Act::Unusual],
        Rule::Protocol(Protocol::UnsupportedMediaType) => each(Act::MediaType),
        Rule::Protocol(Protocol::NotAcceptable) => vec![Act::Accept],
        Rule::Protocol(Protocol::MethodNotAllowed) => vec![Act::Method],
        Rule::Protocol(Protocol::UnknownPath) => vec![Act::Path],
        Rule::Security(_) => vec![Act::Security],
        Rule::Story(_) => vec![Act::Story],
        Rule::Response(_) => Vec::new(),
    }
}

/// How many bytes of the hash an id shows: with 48 bits, ten thousand cases collide once in five million contracts.
const ID_BYTES: usize = 6;

fn id(operation: &str, row: Option<&str>, act: Act) -> String {
    let digest = Sha256::digest(format!("{operation}\n{}\n{act:?}", row.unwrap_or("")).as_bytes());
    HEXLOWER.encode(&digest[..ID_BYTES])
}
