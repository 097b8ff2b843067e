//! The tags of representations, and HEAD beside GET.

use etalon_contract::codec::Response;
use etalon_contract::model::Operation;

use crate::judge::limit::said;
use crate::judge::status::{Class, class};
use crate::verdict::{FailureKind, Verdict};

/// The tags that readings showed.
#[derive(Clone, Debug)]
pub struct Tells {
    /// The tags of two readings of the same representation.
    pub same: (String, String),
    /// For each change: whether it changed the representation, the tags before and after, and that of the answer to the change.
    pub changes: Vec<(bool, String, String, Option<String>)>,
}

/// A request that depends on a tag.
#[derive(Clone, Debug)]
pub struct Condition<'r> {
    /// The value of the field.
    pub value: String,
    /// True where the request is to be done.
    pub holds: bool,
    /// The answer to it.
    pub answer: &'r Response,
    /// True where what is there is as it was before.
    pub unchanged: Option<bool>,
    /// The number of the exchange.
    pub shown: Option<usize>,
}

/// HEAD beside GET.
#[derive(Clone, Debug)]
pub struct Head<'r> {
    /// The answer to GET.
    pub get: &'r Response,
    /// The answer to HEAD.
    pub head: &'r Response,
    /// The number of the exchange.
    pub shown: Option<usize>,
}

/// The verdict on what tags tell (RFC 9110 §8.8.3).
pub(crate) fn tells(seen: &Tells) -> Verdict {
    let (one, other) = &seen.same;
    let violated = |expected: &str, found: String| Verdict::violated(FailureKind::Field("etag"), expected, found);
    if one != other {
        return violated("the same representation has the same ETag (RFC 9110 §8.8.3)", format!("{one}, then {other}"));
    }
    for (differs, before, after, own) in &seen.changes {
        if *differs && before == after {
            return violated(
                "another representation has another ETag (RFC 9110 §8.8.3)",
                format!("it is {before} still"),
            );
        }
        if let Some(own) = own.as_ref().filter(|own| *own != after) {
            let found = format!("{own} in the answer, {after} where it is read");
            return violated("the ETag of a change is that of what is then read (RFC 9110 §9.3.4)", found);
        }
    }
    Verdict::proved()
}

/// The verdict on readings that depend on a tag (RFC 9110 §13.1.2).
pub(crate) fn not_modified(seen: &[Condition<'_>], known: &str) -> Verdict {
    for condition in seen {
        let Condition { value, holds, answer, shown, .. } = condition;
        let status = answer.status;
        let wanted = if *holds { 200 } else { 304 };
        if status != wanted {
            if !matches!(class(status), Class::Success | Class::Server) && status != 304 {
                return Verdict::Inconclusive(format!("If-None-Match: {value} was answered {}", said(answer)));
            }
            let expected = format!("{wanted} for If-None-Match: {value} (RFC 9110 §13.1.2)");
            return Verdict::violated(FailureKind::WrongStatus(status), expected, said(answer)).shown_by(*shown);
        }
        if status == 304 && !answer.body.is_empty() {
            let expected = "304 has no content (RFC 9110 §15.4.5)";
            return Verdict::violated(FailureKind::Field("content-length"), expected, "it has some").shown_by(*shown);
        }
        if status == 304 && answer.headers.get("etag") != Some(known) {
            let expected = "304 has the ETag that 200 would have (RFC 9110 §15.4.5)";
            let found = answer.headers.get("etag").unwrap_or("none").to_owned();
            return Verdict::violated(FailureKind::Field("etag"), expected, found).shown_by(*shown);
        }
    }
    Verdict::proved()
}

/// The verdict on changes that depend on a tag (RFC 9110 §13.1.1); `missing` is the answer to one without, where 428 is documented.
pub(crate) fn precondition(operation: &Operation, seen: &[Condition<'_>], missing: Option<&Response>) -> Verdict {
    if let Some(missing) = missing.filter(|missing| missing.status != 428) {
        let expected = "428 without If-Match (RFC 6585 §3)";
        let found = said(missing);
        return match class(missing.status) {
            Class::Success | Class::Server => {
                Verdict::violated(FailureKind::WrongStatus(missing.status), expected, found)
            }
            Class::Invalid | Class::Missing | Class::Conflict | Class::Protocol | Class::Unrelated(_) => {
                Verdict::Inconclusive(format!("without If-Match it was answered {found}"))
            }
        };
    }
    for Condition { value, holds, answer, unchanged, shown } in seen {
        let status = answer.status;
        if *holds {
            if status == 412 {
                let expected = format!("If-Match: {value} holds (RFC 9110 §13.1.1)");
                return Verdict::violated(FailureKind::WrongStatus(412), expected, said(answer)).shown_by(*shown);
            }
            continue;
        }
        let expected = format!("412 for If-Match: {value}, and no effect (RFC 9110 §13.1.1)");
        if status == 412 && *unchanged == Some(false) {
            let found = "412, and what is there has changed";
            let kind = FailureKind::State("what was refused has changed something");
            return Verdict::violated(kind, expected, found).shown_by(*shown);
        }
        // A refusal of the content may come before.
        let is_wrong = matches!(class(status), Class::Success | Class::Server) || status == 409 || status == 404;
        if status != 412 && is_wrong && operation.response(412).is_some() {
            return Verdict::violated(FailureKind::WrongStatus(status), expected, said(answer)).shown_by(*shown);
        }
    }
    Verdict::proved()
}

/// Fields that HEAD and GET have alike, where GET has them (RFC 9110 §9.3.2).
const ALIKE: [&str; 4] = ["etag", "content-type", "last-modified", "cache-control"];

/// The verdict on HEAD beside GET.
pub(crate) fn head(seen: &[Head<'_>]) -> Verdict {
    for Head { get, head, shown } in seen {
        let expected = "HEAD is answered as GET is (RFC 9110 §9.3.2)";
        if class(get.status) == Class::Server {
            return Verdict::Inconclusive(format!("GET was answered {}", said(get)));
        }
        if get.status != head.status {
            let found = format!("{} where GET has {}", head.status, get.status);
            return Verdict::violated(FailureKind::WrongStatus(head.status), expected, found).shown_by(*shown);
        }
        if !head.body.is_empty() {
            let found = "it has content";
            return Verdict::violated(FailureKind::Field("content-length"), expected, found).shown_by(*shown);
        }
        let differs = ALIKE.into_iter().find(|name| {
            let (get, head) = (get.headers.get(name), head.headers.get(name));
            // A server may leave out fields of content that it would have to make first; what is documented has a row of its own.
            head.is_some() && get.is_some() && get != head
        });
        if let Some(name) = differs {
            let shown_by = |response: &Response| response.headers.get(name).unwrap_or("none").to_owned();
            let found = format!("{name} is {} where GET has {}", shown_by(head), shown_by(get));
            return Verdict::violated(FailureKind::Field(name), expected, found).shown_by(*shown);
        }
    }
    Verdict::proved()
}
