//! The lines of a recording, as values. Each is an object of JSON; what none of these members is, is not read.

use data_encoding::{BASE64, HEXLOWER};
use etalon_contract::codec::{Headers, Request, Response};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::settings::Settings;
use crate::target::TargetError;
use crate::transcript::Role;
use crate::verdict::VerdictKind;

/// The version of the format: a new one where a reader of the old would go wrong.
pub const FORMAT: u32 = 1;

/// The name of the rules by which this program plans and judges: a digest of its sources.
pub const RULES: &str = env!("ETALON_RULES");

/// A line: what was heard, and what the clock said before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The readings of the clock since the line before, in microseconds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clock: Vec<u64>,
    /// The run that the line belongs to, by the beginning of its name.
    pub run: String,
    /// The thing that was heard.
    #[serde(flatten)]
    pub heard: Heard,
}

/// A thing that is written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Heard {
    /// The first line of a file.
    Recording(Head),
    /// A run begins.
    Contract(Box<Opening>),
    /// The content of requests or answers, stored once.
    Content(Content),
    /// A request goes out.
    Sent(Sent),
    /// An answer came, or none.
    Got(Got),
    /// The ledger could not be written.
    Unwritten(TargetError),
    /// Time is given to the target.
    Pauses {
        /// The number of the pause.
        number: usize,
        /// The time, in milliseconds.
        milliseconds: u64,
    },
    /// That time is over.
    Resumes {
        /// The number of the pause.
        number: usize,
    },
    /// Somebody wants the run to end.
    Stopped {},
    /// The run is over.
    End(Box<End>),
}

/// The beginning of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The version of the format.
    pub format: u32,
    /// The name of the run: random, so that no two are the same.
    pub name: String,
}

/// The beginning of the run of one contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Opening {
    /// The version of the program that ran.
    pub etalon: String,
    /// The name of the rules by which it planned and judged.
    pub rules: String,
    /// True where nothing was sent, and the traffic of others was seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub traffic: bool,
    /// When it began, in milliseconds since 1970; 0 where nobody knows.
    #[serde(default)]
    pub began: u64,
    /// The title of the contract.
    pub title: String,
    /// The digest of its documents.
    pub digest: String,
    /// The names of its files, the entry file first.
    pub files: Vec<String>,
    /// The path that it was read to begin at, where that is not the one of its servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The target's URL, as reports name it.
    pub origin: String,
    /// The path before every path of the contract.
    pub mount: String,
    /// The settings of the run, secrets stood in for.
    pub settings: Settings,
}

/// Content, addressed by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    /// The SHA-256 of its bytes.
    pub digest: String,
    /// The bytes, where they are text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The bytes in Base64, where they are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

impl Content {
    /// The content of these bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let digest = digest(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => Self { digest, text: Some(text.to_owned()), base64: None },
            Err(_) => Self { digest, text: None, base64: Some(BASE64.encode(bytes)) },
        }
    }

    /// The bytes, where they are those of the digest.
    pub(super) fn bytes(self) -> Option<Vec<u8>> {
        let bytes = match (self.text, self.base64) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(coded)) => BASE64.decode(coded.as_bytes()).ok()?,
            (Some(_), Some(_)) | (None, None) => return None,
        };
        (digest(&bytes) == self.digest).then_some(bytes)
    }
}

/// The SHA-256 of bytes, in hexadecimal digits.
pub(super) fn digest(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// A request that went out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sent {
    /// The number of the exchange, from 1.
    pub number: usize,
    /// The case that it was sent for; none where it was for the run as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The row that the case is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// The role of the request in its case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The first exchange of the same case, on whose state this one depends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<usize>,
    /// The method of the request.
    pub method: String,
    /// The target of the request, without the path before every path.
    pub target: String,
    /// The fields, in order.
    pub headers: Vec<(String, String)>,
    /// The digest of the content; none where it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

impl Sent {
    /// The request, with its content.
    pub(super) fn request(&self, body: Vec<u8>) -> Request {
        let headers = fields(&self.headers);
        Request { method: self.method.clone(), target: self.target.clone(), headers, body }
    }

    /// The request in a few words.
    pub(super) fn shown(&self) -> String {
        format!("{} {}", self.method, self.target)
    }
}

/// The end of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Got {
    /// The number of the exchange.
    pub number: usize,
    /// True where the content of the answer is not all there: it was too large, or nobody waited for its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// The answer, or the reason why there is none.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The beginning of the hash of the exchange.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub leaf: String,
}

/// The outcome of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    /// An answer came.
    Answer {
        /// The status code.
        status: u16,
        /// The fields, in order.
        headers: Vec<(String, String)>,
        /// The digest of the content; none where it is empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<String>,
    },
    /// No answer came.
    None(TargetError),
}

impl Outcome {
    /// The outcome, with the digest of its content.
    pub(super) fn of(answer: &Result<Response, TargetError>, content: Option<String>) -> Self {
        match answer {
            Ok(answer) => Self::Answer { status: answer.status, headers: pairs(&answer.headers), content },
            Err(error) => Self::None(error.clone()),
        }
    }

    /// The digest of the content.
    pub(super) fn content(&self) -> Option<&str> {
        match self {
            Self::Answer { content, .. } => content.as_deref(),
            Self::None(_) => None,
        }
    }

    /// The answer with its content.
    pub(super) fn answer(&self, body: Vec<u8>) -> Result<Response, TargetError> {
        match self {
            Self::Answer { status, headers, .. } => Ok(Response { status: *status, headers: fields(headers), body }),
            Self::None(error) => Err(error.clone()),
        }
    }
}

/// The end of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct End {
    /// The number of exchanges.
    pub exchanges: usize,
    /// The Merkle tree hash of the exchanges (RFC 9162 §2.1.1).
    pub root: String,
    /// The SHA-256 of all lines of the run but those of content, this one excepted.
    pub lines: String,
    /// The digest of the report as JSON; none where the run ended without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// The reason why there is no report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// The verdicts of the run, row by row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Judged>,
}

/// A verdict as it was when the run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The id of the row.
    pub row: String,
    /// The verdict.
    pub verdict: VerdictKind,
    /// The reason of the verdict, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The fields of a message, as pairs.
pub(super) fn pairs(headers: &Headers) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn fields(pairs: &[(String, String)]) -> Headers {
    pairs.iter().map(|(name, value)| (name.as_str(), value.clone())).collect()
}

/// The line that an entry is written as, without its end.
pub(super) fn line(entry: &Entry) -> String {
    serde_json::to_string(entry).unwrap_or_default()
}
