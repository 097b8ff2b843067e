//! What is wrong with a request, before it is written in the contract's own shape: a kind, a sentence, and every fault with
//! its place.

use serde_json::{Map, Value, json};

use crate::behaviour::{Clash, Refusal};
use crate::document::Pointer;
use crate::model::In;
use crate::rule::Subject;
use crate::validate::Violation;

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
    /// No path of the contract covers the request's.
    UnknownPath = "unknown-path", 404, "The contract has no such path";
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
    /// The mock itself failed.
    Internal = "internal", 500, "The mock failed";
    /// The contract's own defect keeps the operation from being served.
    UnusableOperation = "unusable-operation", 501, "The contract does not let this be served";
    /// No answer can be made that the contract allows.
    Unmakeable = "unmakeable", 501, "No answer is possible that the contract allows";
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
    /// Header fields that the answer must have.
    pub headers: Vec<(String, String)>,
}

/// How many faults are named in one sentence: more are counted, since nobody reads on.
const MAX_NAMED: usize = 12;

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
        Self { kind, detail: detail.into(), faults: Vec::new(), headers: Vec::new() }
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
        self.faults.push(Fault { detail: detail.into(), place });
        self
    }

    /// What went wrong, every fault named: for shapes that have no place for each.
    #[must_use]
    pub fn in_full(&self) -> String {
        if self.faults.len() < 2 {
            return self.detail.clone();
        }
        let named: Vec<String> = self.faults.iter().take(MAX_NAMED).map(Fault::describe).collect();
        let more = self.faults.len() - named.len();
        let rest = if more == 0 { String::new() } else { format!("; and {more} more") };
        format!("{} faults: {}{rest}", self.faults.len(), named.join("; "))
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
        let faults: Vec<Fault> = violations
            .iter()
            .flat_map(|violation| match &violation.subject {
                Subject::Parameter { place, name } => {
                    vec![Fault {
                        detail: violation.message.clone(),
                        place: FaultPlace::Parameter(*place, name.clone()),
                    }]
                }
                // What the alternative says that was meant is what has to be mended.
                Subject::Body if !violation.causes.is_empty() => violation
                    .causes
                    .iter()
                    .map(|cause| Fault {
                        detail: cause.message.clone(),
                        place: FaultPlace::Body(cause.pointer.clone()),
                    })
                    .collect(),
                Subject::Body => {
                    vec![Fault { detail: violation.message.clone(), place: FaultPlace::Body(violation.target()) }]
                }
                Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => {
                    vec![Fault { detail: violation.message.clone(), place: FaultPlace::Request }]
                }
            })
            .collect();
        let detail = match faults.as_slice() {
            [one] => format!("{}: {}", one.place.describe(), one.detail),
            many => format!(
                "{} faults, the first at {}: {}",
                many.len(),
                many.first().map_or_else(String::new, |first| first.place.describe()),
                many.first().map_or("", |first| first.detail.as_str())
            ),
        };
        Self { kind: Kind::Validation, detail, faults, headers: Vec::new() }
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
                let problem =
                    Self::new(Kind::Conflict, format!("{collection} already has an item whose {at} is {value}"));
                match sent {
                    Some(pointer) => {
                        problem.fault(FaultPlace::Body(pointer.clone()), format!("{value} is there already"))
                    }
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

impl Fault {
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
