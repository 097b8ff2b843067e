//! The facts that a run learns of its target, one at a time, and what they are made of.

use std::rc::Rc;

use etalon_contract::codec::Draft;
use etalon_contract::document::Pointer;
use serde_json::Value;

use crate::credentials::Credentials;
use crate::draft_place::DraftPlace;

/// Something that a run learns of its target.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    /// A plain valid request was accepted.
    Accepted(Draft),
    /// A plain valid request of the operation of this index was refused for what it holds, with this status.
    Refused(usize, u16),
    /// The requests of an operation are made of these from now on.
    Templates(usize, Vec<Template>),
    /// The answer to every valid request of an operation, in a few words; `None` where one is accepted after all.
    Refuses(usize, Option<String>),
    /// An item exists on the target.
    Exists(KnownKey),
    /// The thing of a collection that has this key is gone.
    Gone(usize, String),
    /// An item of a collection looks like this.
    Looks(usize, Value),
    /// A link gives a value to a parameter of an operation.
    Links(usize, String, Value),
    /// A value of a path parameter leads to something, by the path up to it.
    Reaches(String, Value),
    /// An operation answered this to its first creation.
    Shows(usize, Value),
    /// A new item of a collection has this in a member that was not sent.
    MakesUp(usize, String, Value),
    /// An operation finds what it knows a thing by there, by the name of the path parameter; `None` for the key that lists show.
    KnowsBy(usize, String, Option<KeySource>),
    /// These are the names of what lies right below a path, with the path up to its last parameter where it ends there.
    LiesBelow(String, Option<String>, Vec<Value>),
    /// An answer shows a value under a plain name.
    ShowsAs(String, Value),
    /// The operation of this index finds what the run made by the key that its creation told.
    Finds(usize),
    /// The keys of a collection are those that the client sends.
    ClientKeyed(usize),
    /// Nothing more is let in, for this reason.
    Ended(String),
    /// The credentials have ended, and these are used in their place.
    Renewed(Rc<Credentials>),
}

/// The source of what an operation knows a created thing by, where that is not the member that lists show as its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeySource {
    /// A member of the content that was sent to create it.
    Sent(Pointer),
    /// A member of the answer to its creation.
    Answered(Pointer),
}

/// The knowledge that a run has of one operation, learnt from answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Learned {
    /// Plain valid requests that were accepted, the first ones.
    pub accepted: Vec<Draft>,
    /// The number of plain valid requests that were refused for what they hold.
    pub refused: usize,
    /// The templates that requests are made of from now on: empty where the target takes whatever the contract allows.
    pub templates: Vec<Template>,
    /// The status of the last valid request that was refused.
    pub last_refused: Option<u16>,
    /// The answer to every valid request, in a few words, where all were refused.
    pub refuses: Option<String>,
}

/// A request that the target accepts, whose rules go beyond the contract.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template {
    /// The draft of the request.
    pub draft: Draft,
    /// The texts that may be others of the same length and kinds of characters.
    pub free: Vec<DraftPlace>,
}

/// Something that exists on the target.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KnownKey {
    /// The index of its collection.
    pub collection: usize,
    /// The key that the target knows it by.
    pub key: Value,
    /// The path parameters above it, outermost first.
    pub scope: Vec<(String, Value)>,
    /// The maker of the thing: the run, or somebody else.
    pub origin: Origin,
}

/// The maker of something that exists on the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The run itself made it.
    Made,
    /// Somebody else: it was seen in a list.
    Found,
}

/// A key as it reads in a path.
pub(crate) fn text(key: &Value) -> String {
    match key {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => key.to_string(),
    }
}
