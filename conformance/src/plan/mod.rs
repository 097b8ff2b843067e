//! Contract, behaviour and settings -> cases, in the order in which they are sent. Nothing here is random and nothing is
//! sent: the same contract, seed and version give the same plan.

pub mod roles;
mod story;

use data_encoding::HEXLOWER;
use etalon_contract::behaviour::Behaviour;
use etalon_contract::generate;
use etalon_contract::model::{Contract, Operation};
use etalon_contract::rule::{self, Enumeration, Row, Rule, Side};
use sha2::{Digest, Sha256};

use crate::scenario::Probe;
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

/// Something to do, and the row that it decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// A hash of what it is: the same case has the same id in every run.
    pub id: String,
    /// The index of the row among those of the chapter; `None` for valid requests, which show the responses.
    pub row: Option<usize>,
    /// What is done.
    pub act: Act,
}

/// What a case does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Sends a plain valid request: the how-manieth.
    Valid(usize),
    /// Sends a valid request of a kind that servers trip over.
    Probe(Probe),
    /// Sends what lies past a limit, in one of its kinds, and its twin.
    Past(usize),
    /// Sends what lies exactly at a limit, in one of its kinds.
    At(usize),
    /// Sends content of another media type.
    MediaType(usize),
    /// Goes against what the document advises, and its twin, which follows it.
    Advised,
    /// Sends an unusual body, whatever the contract says of it.
    Unusual,
    /// Asks for a media type that there is not.
    Accept,
    /// Uses a method that the path does not have.
    Method,
    /// Asks for a path that there is not.
    Path,
    /// Shows other credentials.
    Security,
    /// Does several things and looks whether they agree.
    Story,
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
        Rule::Limit { side: Side::Past, .. } | Rule::Null { side: Side::Past, .. } | Rule::Malformed | Rule::Empty => {
            each(Act::Past)
        }
        Rule::Limit { side: Side::At, .. } | Rule::Null { side: Side::At, .. } | Rule::Omitted => each(Act::At),
        Rule::Discriminator { tag, .. } => match tag.side() {
            Side::At => vec![Act::At(0)],
            Side::Past => vec![Act::Advised],
        },
        Rule::ReadOnly => vec![Act::Advised],
        Rule::Unusual(_) => vec![Act::Unusual],
        Rule::UnsupportedMediaType => each(Act::MediaType),
        Rule::NotAcceptable => vec![Act::Accept],
        Rule::MethodNotAllowed => vec![Act::Method],
        Rule::UnknownPath => vec![Act::Path],
        Rule::Security(_) => vec![Act::Security],
        Rule::Story(_) => vec![Act::Story],
        Rule::Response(_) | Rule::ResponseHeader { .. } | Rule::WriteOnly(_) => Vec::new(),
    }
}

/// How many bytes of the hash an id shows: with 48 bits, ten thousand cases collide once in five million contracts.
const ID_BYTES: usize = 6;

fn id(operation: &str, row: Option<&str>, act: Act) -> String {
    let digest = Sha256::digest(format!("{operation}\n{}\n{act:?}", row.unwrap_or("")).as_bytes());
    HEXLOWER.encode(&digest[..ID_BYTES])
}
