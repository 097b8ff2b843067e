//! One fault of a request, and the place where it lies.

use serde_json::{Map, Value, json};

use crate::behaviour::answer::problem::text::clip;
use crate::document::Pointer;
use crate::model::In;

/// The longest pointer that is shown, in bytes; a longer one is shown as the nearest place around it.
const MAX_POINTER: usize = 500;

/// A single fault of a request: a fragment that says what is wrong, and the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The fault in words: a fragment without a full stop.
    pub detail: String,
    /// The place of the fault in the request.
    pub place: FaultPlace,
}

/// A place in a request where a fault lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultPlace {
    /// In the body, at a pointer.
    Body(Pointer),
    /// The parameter of that place and name.
    Parameter(In, String),
    /// In the request as a whole.
    Request,
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
    /// The place in words: `body /a`, `query limit`.
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

/// A place in the body, short enough to be shown.
pub(super) fn shown_place(pointer: &Pointer) -> FaultPlace {
    let mut shown = pointer.clone();
    while shown.as_str().len() > MAX_POINTER {
        shown = shown.parent().unwrap_or_default();
    }
    FaultPlace::Body(shown)
}
