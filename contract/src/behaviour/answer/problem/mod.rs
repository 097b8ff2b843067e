//! What is wrong with a request, before it is written in the contract's own shape: a kind (`kind`), a sentence (`text`
//! bounds it), and every fault with its place (`fault`). It is made of violations (`violated`), or of what keeps a
//! valid request from being carried out (`refused`).

mod fault;
mod kind;
mod text;

mod refused;
mod violated;

use serde_json::{Map, Value, json};

use crate::behaviour::answer::problem::text::{clip, thousands};

pub use fault::{Fault, FaultPlace};
pub use kind::Kind;

/// The most faults that one sentence names; the others are counted there.
const MAX_NAMED: usize = 12;

/// A refusal before it is written in the contract's own shape: a kind, a sentence and the faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The kind, which gives status, title and the end of `type`.
    pub kind: Kind,
    /// The sentence about this occurrence (RFC 9457 §3.1.4), without a full stop, of bounded length.
    pub detail: String,
    /// The single faults; empty where the problem is about the request as a whole.
    pub faults: Vec<Fault>,
    /// The number of further faults, which were counted and are not listed.
    pub untold: usize,
    /// Header fields that the answer must have.
    pub headers: Vec<(String, String)>,
}

impl Problem {
    /// A problem without single faults.
    #[must_use]
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: clip(detail.into()), faults: Vec::new(), untold: 0, headers: Vec::new() }
    }

    /// The same with a header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same with a fault.
    #[must_use]
    pub fn fault(mut self, place: FaultPlace, detail: impl Into<String>) -> Self {
        self.faults.push(Fault::new(detail, place));
        self
    }

    /// The sentence with the faults named, for shapes that have no place for each; beyond a dozen they are counted.
    #[must_use]
    pub fn in_full(&self) -> String {
        if self.faults.len() < 2 {
            return self.detail.clone();
        }
        let named: Vec<String> = self.faults.iter().take(MAX_NAMED).map(Fault::describe).collect();
        let all = self.faults.len().saturating_add(self.untold);
        let more = all - named.len();
        let rest = if more == 0 { String::new() } else { format!("; and {} more", thousands(more)) };
        format!("{} faults: {}{rest}", thousands(all), named.join("; "))
    }

    /// The problem's type (RFC 9457 §3.1.1): a name, not a place to fetch.
    #[must_use]
    pub fn type_uri(&self) -> String {
        format!("urn:etalon:problem:{}", self.kind.slug())
    }

    /// The problem details object (RFC 9457 §3): `type`, `title`, `status`, `detail`, the URI of this occurrence where it has
    /// one, and the faults as the extension member `errors`.
    #[must_use]
    pub fn details(&self, status: u16, instance: Option<&str>) -> Value {
        let mut members = Map::new();
        members.insert("type".to_owned(), Value::String(self.type_uri()));
        members.insert("title".to_owned(), json!(self.kind.title()));
        members.insert("status".to_owned(), json!(status));
        members.insert("detail".to_owned(), Value::String(self.detail.clone()));
        if let Some(instance) = instance {
            members.insert("instance".to_owned(), json!(instance));
        }
        if !self.faults.is_empty() {
            members.insert("errors".to_owned(), self.faults.iter().map(Fault::details).collect());
        }
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Pointer;
    use crate::rule::{Breach, Subject};
    use crate::validate::Violation;

    #[test]
    fn what_is_not_listed_is_counted_and_long_texts_are_cut() {
        let pointer: Pointer = ["a".repeat(2_000), "b".to_owned()].iter().collect();
        let one = Violation { pointer, ..Violation::whole(Subject::Body, Breach::Malformed, "x".repeat(1_000_000)) };
        let mut many = vec![one; 150];
        many[149].more = 4_762;
        let problem = Problem::of_violations(&many);
        assert_eq!((problem.faults.len(), problem.untold), (100, 4_812));
        assert!(problem.detail.starts_with("100 faults and 4,812 more, the first at body: xxx"), "{}", problem.detail);
        assert!(problem.in_full().contains("; and 4,900 more"));
        let size: usize = problem.faults.iter().map(|fault| fault.describe().len()).sum();
        assert!(size < 150_000, "{size}");
    }
}
