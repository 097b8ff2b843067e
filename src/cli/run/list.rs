//! `etalon test --list`: what a run would do, without sending anything.

use std::fmt::Write as _;

use etalon_conformance::Settings;
use etalon_conformance::plan::{OperationPlan, plan};
use etalon_contract::behaviour::infer;

use crate::cli::Loaded;

/// The operations with their rows and the number of cases of each; at the end how many there are.
#[must_use]
pub fn list(loaded: &[Loaded], settings: &[Settings]) -> String {
    let mut out = String::new();
    let (mut operations, mut rows, mut cases) = (0, 0, 0);
    for (one, settings) in loaded.iter().zip(settings) {
        let planned = plan(&one.contract, &infer(&one.contract), settings);
        for operation in &planned.operations {
            operations += 1;
            rows += operation.rows.len();
            cases += operation.cases.len();
            write(&mut out, one, operation);
        }
        for (id, reason) in &planned.unusable {
            let _ = writeln!(out, "{id} cannot be tested: {reason}\n");
        }
    }
    let named = if operations == 1 { "operation" } else { "operations" };
    let _ = writeln!(out, "{operations} {named}, {rows} rows, {cases} cases; nothing was sent");
    out
}

fn write(out: &mut String, one: &Loaded, planned: &OperationPlan) {
    let entry = &one.contract.entries()[planned.operation];
    let of_row = |index: usize| planned.cases.iter().filter(|case| case.row() == Some(index)).count();
    let valid = planned.cases.iter().filter(|case| case.row().is_none()).count();
    let _ = writeln!(
        out,
        "{} {}  {}  {} rows, {} cases",
        entry.method,
        entry.path,
        entry.id,
        planned.rows.len(),
        planned.cases.len()
    );
    let _ = writeln!(out, "  {valid:>4}  valid requests, which show the responses");
    for (index, row) in planned.rows.iter().enumerate() {
        let count = match of_row(index) {
            // Every exchange shows it.
            0 => "·".to_owned(),
            some => some.to_string(),
        };
        let _ = writeln!(out, "  {count:>4}  {}", row.id);
    }
    out.push('\n');
}
