//! Schemas that nothing satisfies, and branches that can never be taken, for whoever tells the author of them.

use serde_json::{Value, json};

use crate::document::{Code, Defect, Location};
use crate::generate::canonical::closed::Closed;
use crate::generate::canonical::plainly::{is_one_composition, is_taken};
use crate::lint;
use crate::model::{Contract, Direction};

/// The most schemas that one question may hold, all that they refer to included: most defects are small, and what is larger takes
/// the algebra long.
const MAX_REACH: usize = 60;

/// The same of a question about a branch, whose others are negated: negation multiplies out.
const MAX_BRANCH_REACH: usize = 30;

/// The most questions that are asked about one document.
const MAX_QUESTIONS: usize = 600;

/// The most branches of one `oneOf` that are held against the others.
const MAX_BRANCHES: usize = 8;

/// Every schema of a document that no value satisfies, and every branch of a `oneOf` that no value takes alone, as far as few
/// questions tell.
#[must_use]
pub fn impossible(contract: &Contract) -> Vec<Defect> {
    let findings = lint::findings(contract);
    let mut asking = Asking { contract, left: MAX_QUESTIONS };
    let mut found: Vec<Defect> = Vec::new();
    for at in &findings.composed {
        let Some(node) = contract.document().node(at) else { continue };
        // `not: {}` alone says on purpose that something may not be there.
        if node.as_object().is_some_and(|members| members.len() == 1 && members.get("not") == Some(&json!({}))) {
            continue;
        }
        if !is_one_composition(node)
            && let Some(reason) = asking.refusal(std::slice::from_ref(at), &json!({"$ref": "#/$defs/k0"}), MAX_REACH)
        {
            found.push(Defect::new(Code::InvalidSchema, at.clone(), format!("nothing fits this schema: {reason}")));
            continue;
        }
        let count = node.get("oneOf").and_then(Value::as_array).map_or(0, Vec::len);
        if (2..=MAX_BRANCHES).contains(&count) {
            found.extend((0..count).filter_map(|number| asking.untaken(&at.join("oneOf"), number, count)));
        }
    }
    found
}

/// The questions that may still be asked.
struct Asking<'c> {
    contract: &'c Contract,
    left: usize,
}

impl Asking<'_> {
    /// The reason why nothing satisfies a schema that refers to others by their numbers; `None` where something may.
    fn refusal(&mut self, schemas: &[Location], root: &Value, most: usize) -> Option<String> {
        self.left = self.left.checked_sub(1)?;
        let closed = Closed::new(self.contract, schemas, Direction::Request, most).ok()?;
        closed.emptiness(root.clone()).map(|cannot| cannot.reason)
    }

    /// Tells of a branch that every value of fits another one as well, so that `oneOf` refuses it.
    fn untaken(&mut self, at: &Location, number: usize, count: usize) -> Option<Defect> {
        let branches: Vec<Location> = (0..count).map(|index| at.index(index)).collect();
        if is_taken(self.contract, &branches, number) {
            return None;
        }
        let own = [json!({"$ref": format!("#/$defs/k{number}")})];
        let others = (0..count).filter(|other| *other != number);
        let all: Vec<Value> =
            own.into_iter().chain(others.map(|other| json!({"not": {"$ref": format!("#/$defs/k{other}")}}))).collect();
        self.refusal(&branches, &json!({"allOf": all}), MAX_BRANCH_REACH)?;
        let reason =
            "this branch is never taken: whatever fits it fits another one as well, and `oneOf` wants one alone";
        let hint = "say `anyOf`, or what tells the branches apart";
        Some(Defect::new(Code::InvalidSchema, at.index(number), reason).hint(hint))
    }
}
