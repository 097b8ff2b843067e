//! The close look at a document, for those who ask for diagnostics: every object as it is written, against the grammar
//! of its version of OpenAPI, every schema, and every reference. What the model sets aside is named here. Reads the
//! texts again, because the document itself has been brought into its normal form.
//!
//! `look` is such a look in progress; `walk` goes through the objects that `grammar` describes; `object` says of each
//! what a table cannot, `schema` what its keywords (`keyword`) may hold and whether anything can satisfy it
//! (`satisfiable`, and `closed` where several act on one value), `wiring` what one object says of another; `usage` finds components that nothing refers to, and `sample` collects the examples and defaults,
//! which a later floor judges.

mod look;
mod seen;

mod walk;

mod fields;
mod grammar;
mod member;
mod object;
mod parameter;

mod closed;
mod keyword;
mod satisfiable;
mod schema;

mod wiring;

mod sample;
mod usage;

pub(crate) use look::Lint;
pub(crate) use sample::{Role, Sample};
pub(crate) use walk::Findings;

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use crate::document::{Code, Defect, Diagnostic, Location, Severity};
use crate::model::Contract;

/// The findings of a contract, made when first asked for and kept with it.
#[derive(Default)]
struct Kept(OnceLock<Arc<Findings>>);

/// The findings of the walk over the document of a contract, kept with the contract.
pub(crate) fn findings(contract: &Contract) -> Arc<Findings> {
    let kept = contract.attached::<Kept>();
    Arc::clone(kept.0.get_or_init(|| Arc::new(walk::walk(contract.document()))))
}

/// The components that nothing refers to, each a defect of its own. A close look, as for [`diagnostics`].
#[must_use]
pub fn unused(contract: &Contract) -> Vec<Defect> {
    findings(contract).unused.clone()
}

/// Everything that is wrong with the document of a contract: what was noticed while reading, every operation's defect, and
/// what a close look at every object and schema finds. Sorted: the entry file first, then the others by name; in a file,
/// errors before warnings, each by line and column.
///
/// Reads everything that was not read yet and the text once more, so it takes a multiple of the time that loading took.
#[must_use]
pub fn diagnostics(contract: &Contract) -> Vec<Diagnostic> {
    diagnostics_with(contract, &[])
}

/// The same with what later floors found, each a warning, in its place.
#[must_use]
pub fn diagnostics_with(contract: &Contract, more: &[Defect]) -> Vec<Diagnostic> {
    let document = contract.document();
    let mut all = document.notes().to_vec();
    let mut found: Vec<(Defect, Severity)> = Vec::new();
    found.extend(contract.defects().iter().map(|defect| (defect.clone(), severity(defect.code))));
    for index in 0..contract.entries().len() {
        if let Err(defect) = contract.operation(index) {
            found.push((defect.clone(), Severity::Error));
        }
        found.extend(contract.set_aside(index).iter().map(|defect| (defect.clone(), Severity::Warning)));
    }
    found.extend(findings(contract).found.iter().cloned());
    found.extend(more.iter().map(|defect| (defect.clone(), Severity::Warning)));
    // A shared part is found by everyone who uses it, and the same defect by several readers; one report is enough.
    let mut seen: HashSet<(Code, Location)> = HashSet::new();
    found.sort_by_key(|(_, severity)| *severity);
    found.retain(|(defect, _)| seen.insert((defect.code, defect.at.clone())));
    all.extend(found.iter().map(|(defect, severity)| document.diagnose(defect, *severity)));
    all.sort_by(|one, other| {
        let key = |diagnostic: &Diagnostic| (diagnostic.severity, diagnostic.place.line, diagnostic.place.column);
        (one.place.file != document.name())
            .cmp(&(other.place.file != document.name()))
            .then_with(|| one.place.file.cmp(&other.place.file))
            .then_with(|| key(one).cmp(&key(other)))
    });
    all
}

/// The severity of a defect that was found while operations were listed: an error where some of them were lost.
fn severity(code: Code) -> Severity {
    match code {
        Code::BrokenReference | Code::ReferenceCycle | Code::ForbiddenReference | Code::WrongType => Severity::Error,
        Code::Unreadable
        | Code::Syntax
        | Code::DuplicateKey
        | Code::NotOpenApi
        | Code::UnknownVersion
        | Code::Missing
        | Code::InvalidSchema
        | Code::InvalidOverlay
        | Code::UnmatchedAction
        | Code::InvalidExtension
        | Code::Unsupported
        | Code::PathParameter
        | Code::Ambiguous
        | Code::InvalidExample
        | Code::Unused
        | Code::InvalidData => Severity::Warning,
    }
}
