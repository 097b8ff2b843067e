//! What is wrong with a request, before it is written in the contract's own shape: a kind, a sentence, and every fault with
//! its place.

use serde_json::{Map, Value, json};

use crate::behaviour::{Clash, Refusal};
use crate::document::Pointer;
use crate::model::In;
use crate::rule::Subject;
use crate::validate::{Violation, show};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $status:literal, $title:literal;)*) => {
        /// The kinds of problem. `docs/problems.md` has a section for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable name: the end of the problem's `type`.
            #[must_use]
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// The status, where the contract asks for no other.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// A few words that are the same every time (RFC 9457 §3.1.3).
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

kinds! {
    /// What was sent is no sound HTTP.
    MalformedRequest = "malformed-request", 400, "The request is not sound HTTP";
    /// The request violates the contract.
    Validation = "validation", 400, "The request violates the contract";
    /// A cursor that the list never gave out.
    BadCursor = "bad-cursor", 400, "The cursor is unknown";
    /// No credentials, or wrong ones.
    Unauthorized = "unauthorized", 401, "Credentials are needed";
    /// Who asks may not do this.
    Forbidden = "forbidden", 403, "This is not allowed";
    /// No path of the contract covers the request's.
    UnknownPath = "unknown-path", 404, "The contract has no such path";
    /// What the client asked to be answered is not documented.
    NotDocumented = "not-documented", 404, "The contract documents no such answer";
    /// There is no such item.
    NotFound = "not-found", 404, "There is no such thing";
    /// The path does not have the method.
    MethodNotAllowed = "method-not-allowed", 405, "The path does not have this method";
    /// No documented media type satisfies `Accept`.
    NotAcceptable = "not-acceptable", 406, "No documented media type is acceptable";
    /// The body took too long.
    Timeout = "request-timeout", 408, "The request took too long";
    /// A value that may occur only once is there already.
    Conflict = "conflict", 409, "It is there already";
    /// A patch that cannot be applied to what is there.
    Unpatchable = "unpatchable", 409, "The patch cannot be applied";
    /// A condition does not hold.
    PreconditionFailed = "precondition-failed", 412, "The condition does not hold";
    /// A change must be conditional.
    PreconditionRequired = "precondition-required", 428, "A condition is needed";
    /// A key of repetition was used for another request.
    KeyReused = "key-reused", 422, "The key was used for another request";
    /// The body is larger than the mock takes.
    ContentTooLarge = "content-too-large", 413, "The body is too large";
    /// The body's media type is not documented.
    UnsupportedMediaType = "unsupported-media-type", 415, "The media type is not accepted";
    /// The host that the request names is not the mock's.
    Misdirected = "misdirected-request", 421, "This host is not served here";
    /// What the client prefers cannot be understood.
    BadPreference = "bad-preference", 422, "The preference cannot be understood";
    /// The client asked to be answered so.
    AskedFor = "asked-for", 500, "This answer was asked for";
    /// The mock itself failed.
    Internal = "internal", 500, "The mock failed";
    /// The transfer coding of the body is not known.
    UnknownTransferCoding = "unknown-transfer-coding", 501, "The transfer coding is not known";
    /// The contract's own defect keeps the operation from being served.
    UnusableOperation = "unusable-operation", 501, "The contract does not let this be served";
    /// No answer can be made that the contract allows.
    Unmakeable = "unmakeable", 501, "No answer is possible that the contract allows";
    /// Too much is under way.
    Busy = "busy", 503, "The mock is busy";
    /// There is no room for another item.
    Full = "full", 507, "The mock is full";
}

/// What is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem.
    pub kind: Kind,
    /// What went wrong this time: one sentence.
    pub detail: String,
    /// The single faults; empty where the problem is about the request as a whole.
    pub faults: Vec<Fault>,
    /// How many further faults were counted and are not listed.
    pub untold: usize,
    /// Header fields that the answer must have.
    pub headers: Vec<(String, String)>,
}

/// How many faults are named in one sentence: more are counted, since nobody reads on.
const MAX_NAMED: usize = 12;

/// How many characters of one sentence are shown: texts of a request go into some of them, and may have megabytes.
const MAX_TEXT: usize = 1_000;

/// How long a place in the body may be, in bytes, to be shown; beyond it, the nearest place around it is.
const MAX_POINTER: usize = 500;

/// How many single faults are listed. More are counted.
const MAX_LISTED: usize = 100;

/// As much of a text as is shown.
fn clip(text: String) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A number as people read it: `4,812`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut parts: Vec<&str> = if first == 0 { Vec::new() } else { vec![&digits[..first]] };
    parts.extend((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    parts.join(",")
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong: a fragment.
    pub detail: String,
    /// Where.
    pub place: FaultPlace,
}

/// Where a fault lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultPlace {
    /// In the body, at a pointer.
    Body(Pointer),
    /// In a parameter.
    Parameter(In, String),
    /// In the request as a whole.
    Request,
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

    /// What went wrong, every fault named: for shapes that have no place for each.
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

    /// What a request violates.
    #[must_use]
    pub fn of_violations(violations: &[Violation]) -> Self {
        let mut faults: Vec<Fault> = violations
            .iter()
            .flat_map(|violation| match &violation.subject {
                Subject::Parameter { place, name } => {
                    vec![Fault::new(violation.message.as_str(), FaultPlace::Parameter(*place, clip(name.clone())))]
                }
                // What the alternative says that was meant is what has to be mended.
                Subject::Body if !violation.causes.is_empty() => {
                    let causes = violation.causes.iter();
                    causes.map(|cause| Fault::new(cause.message.as_str(), shown_place(&cause.pointer))).collect()
                }
                Subject::Body => vec![Fault::new(violation.message.as_str(), shown_place(&violation.target()))],
                Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => {
                    vec![Fault::new(violation.message.as_str(), FaultPlace::Request)]
                }
            })
            .collect();
        let untold: usize = violations.iter().map(|violation| violation.more).sum();
        let all = faults.len().saturating_add(untold);
        faults.truncate(MAX_LISTED);
        let untold = all - faults.len();
        let first = faults.first().map_or_else(String::new, Fault::describe);
        let detail = match (all, untold) {
            (1, _) => first,
            (all, 0) => format!("{} faults, the first at {first}", thousands(all)),
            (_, more) => {
                format!("{} faults and {} more, the first at {first}", thousands(faults.len()), thousands(more))
            }
        };
        Self { faults, untold, ..Self::new(Kind::Validation, detail) }
    }

    /// Why a valid request cannot be carried out.
    #[must_use]
    pub fn of_refusal(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::NotFound { parameter, collection } => {
                let problem = Self::new(Kind::NotFound, format!("there is no such item in {collection}"));
                match parameter {
                    Some(name) => {
                        problem.fault(FaultPlace::Parameter(In::Path, name.clone()), "it names nothing that is there")
                    }
                    None => problem,
                }
            }
            Refusal::Conflict(clash) => {
                let Clash { at, sent, value, collection } = clash.as_ref();
                let value = show(value);
                let problem =
                    Self::new(Kind::Conflict, format!("{collection} already has an item whose {at} is {value}"));
                match sent {
                    Some(pointer) => problem.fault(shown_place(pointer), format!("{value} is there already")),
                    None => problem,
                }
            }
            Refusal::BadCursor { parameter } => {
                Self::new(Kind::BadCursor, format!("the cursor in {parameter} is none that this list gave out")).fault(
                    FaultPlace::Parameter(In::Query, parameter.clone()),
                    "it is none of the cursors that this list gives out in its links",
                )
            }
            Refusal::Unpatchable { reason } => {
                Self::new(Kind::Unpatchable, reason.clone()).fault(FaultPlace::Body(Pointer::root()), reason.clone())
            }
            Refusal::PreconditionFailed => Self::new(
                Kind::PreconditionFailed,
                "what is there has another ETag than If-Match names: it was changed meanwhile",
            )
            .fault(FaultPlace::Parameter(In::Header, "If-Match".to_owned()), "it is not the ETag of what is there"),
            Refusal::PreconditionRequired => {
                Self::new(Kind::PreconditionRequired, "a change here needs If-Match with the ETag of what is there")
            }
            Refusal::KeyReused { header } => {
                Self::new(Kind::KeyReused, format!("{header} was used for another request with other content"))
                    .fault(FaultPlace::Parameter(In::Header, header.clone()), "it was used for another request")
            }
            Refusal::Full(full) => Self::new(Kind::Full, full.to_string()),
            Refusal::Unmakeable { reason } => Self::new(Kind::Unmakeable, reason.clone()),
        }
    }
}

/// A place in the body, short enough to be shown.
fn shown_place(pointer: &Pointer) -> FaultPlace {
    let mut shown = pointer.clone();
    while shown.as_str().len() > MAX_POINTER {
        shown = shown.parent().unwrap_or_default();
    }
    FaultPlace::Body(shown)
}

impl Fault {
    /// A fault at a place; a long text is shown in part.
    #[must_use]
    pub fn new(detail: impl Into<String>, place: FaultPlace) -> Self {
        Self { detail: clip(detail.into()), place }
    }

    /// The fault as RFC 9457 §3 shows one: `detail`, and its `pointer` (RFC 6901), `header` or `parameter`.
    #[must_use]
    pub fn details(&self) -> Value {
        let mut members = Map::new();
        members.insert("detail".to_owned(), Value::String(self.detail.clone()));
        match &self.place {
            FaultPlace::Body(pointer) => members.insert("pointer".to_owned(), json!(pointer.as_str())),
            FaultPlace::Parameter(In::Header, name) => members.insert("header".to_owned(), json!(name)),
            FaultPlace::Parameter(_, name) => members.insert("parameter".to_owned(), json!(name)),
            FaultPlace::Request => None,
        };
        Value::Object(members)
    }

    /// In words, the place first.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.place {
            FaultPlace::Request => self.detail.clone(),
            FaultPlace::Body(_) | FaultPlace::Parameter(..) => format!("{}: {}", self.place.describe(), self.detail),
        }
    }
}

impl FaultPlace {
    /// In words.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Body(pointer) if pointer.as_str().is_empty() => "body".to_owned(),
            Self::Body(pointer) => format!("body {pointer}"),
            Self::Parameter(place, name) => format!("{place} {name}"),
            Self::Request => "request".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Breach;

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

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let told: Vec<String> = [0, 12, 999, 1_000, 4_812, 123_456, 1_000_000].into_iter().map(thousands).collect();
        assert_eq!(told, ["0", "12", "999", "1,000", "4,812", "123,456", "1,000,000"]);
    }
}
