//! Header fields of answers that ask a client to wait: `Retry-After`, and those of rate limits by the names that services give
//! them. Only where nothing in the document says better.

use crate::behaviour::{Context, shape};
use crate::codec::Headers;
use crate::model::{Contract, Header};

/// The status of a client that asked too often.
const TOO_MANY: u16 = 429;

/// The statuses that tell when to ask again (RFC 6585 §4, RFC 9110 §15.6.4).
const LATER: [u16; 2] = [TOO_MANY, 503];

/// The seconds after which to ask again: short, since somebody waits for a test.
const SECONDS: &str = "1";

/// The seconds until a rate limit begins anew.
const WINDOW: i64 = 60;

/// The requests that a rate limit allows.
const LIMIT: &str = "100";

/// Words of a description that say that a number is a time since 1970.
const MOMENT: [&str; 4] = ["epoch", "unix", "timestamp", "utc"];

/// The part that a field plays in telling of a rate limit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Limit,
    Remaining,
    Reset,
}

fn part(name: &str) -> Option<Part> {
    let plain = shape::plain(name);
    let rest = plain.split_once("ratelimit").map(|(_, rest)| rest)?;
    [("remaining", Part::Remaining), ("reset", Part::Reset), ("limit", Part::Limit)]
        .into_iter()
        .find(|(word, _)| rest.contains(word))
        .map(|(_, part)| part)
}

/// The value that a field must have in an answer of this status, whatever examples say: who asked too often has nothing left.
pub(super) fn must_be(name: &str, status: u16) -> Option<String> {
    (status == TOO_MANY && part(name) == Some(Part::Remaining)).then(|| "0".to_owned())
}

/// Values for documented fields that a document shows nothing of. What does not fit their schemas is not used.
pub(super) fn likely(
    contract: &Contract,
    documented: &[Header],
    context: Context,
) -> impl Iterator<Item = (String, String)> {
    documented.iter().filter(|header| header.examples.is_empty()).filter_map(move |header| {
        if header.name.eq_ignore_ascii_case("retry-after") {
            return Some((header.name.clone(), SECONDS.to_owned()));
        }
        let value = match part(&header.name)? {
            Part::Limit => LIMIT.to_owned(),
            Part::Reset if is_moment(contract, header) => context.now.saturating_add(WINDOW).to_string(),
            Part::Reset => WINDOW.to_string(),
            Part::Remaining => return None,
        };
        Some((header.name.clone(), value))
    })
}

/// True where a field is described as a time since 1970.
fn is_moment(contract: &Contract, header: &Header) -> bool {
    let said = contract.document().node(&header.at).and_then(|node| node.get("description")?.as_str());
    let said = said.unwrap_or_default().to_lowercase();
    MOMENT.iter().any(|word| said.contains(word))
}

/// Says when to ask again, where the status is for that and nothing says it yet.
pub(super) fn add(headers: &mut Headers, status: u16) {
    if LATER.contains(&status) && headers.get("retry-after").is_none() {
        headers.add("Retry-After", SECONDS);
    }
}
