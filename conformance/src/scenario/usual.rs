//! Valid requests that are written otherwise and say the same: what they accept, the media type of their content. Each is
//! sent, and where it is refused the same one again as it is usually written.

use etalon_contract::codec::Request;
use etalon_contract::model::Operation;
use etalon_contract::rule::Usual;

use crate::judge::status::{Class, class_for};
use crate::judge::usual::{Written, verdict};
use crate::scenario::path_values;
use crate::scenario::setup::{Authorization, Setup};
use crate::transcript::{Pending, Role};
use crate::verdict::Verdict;

/// A valid request as it is, and written in each other way; each is accepted where the plain one is.
pub(super) fn run(setup: &mut Setup<'_>, operation: &Operation, kind: Usual) -> Result<Verdict, Pending> {
    let first = plain(setup, operation)?;
    let ways = ways(operation, kind, &first);
    if ways.is_empty() {
        return Err(Pending::unreachable("there is no other way to write it"));
    }
    for (number, _) in ways.iter().enumerate() {
        // What was made by the one before is there already.
        let request = if number == 0 { first.clone() } else { plain(setup, operation)? };
        let Some((words, written_so)) = self::ways(operation, kind, &request).into_iter().nth(number) else { continue };
        let answer = &setup.send(Role::Tested, operation, written_so)?.response;
        let shown = setup.transcript.latest();
        if class_for(operation, answer.status) != Class::Success {
            // What was refused made nothing: the same request, written plainly, tells whether the way is to blame.
            let twin = &setup.send(Role::Twin, operation, request)?.response;
            return Ok(verdict(operation, &Written { words, answer, shown }, twin));
        }
    }
    Ok(Verdict::proved())
}

/// A valid request of its own.
fn plain(setup: &mut Setup<'_>, operation: &Operation) -> Result<Request, Pending> {
    let mut fresh = setup.fresh();
    let mut draft = setup.valid(operation, &mut fresh)?;
    let path = path_values::find(setup, operation, &draft, &[])?;
    path.put(&mut draft, None);
    setup.valid_request(operation, &draft, Authorization::Usual)
}

/// The same request, written in each other way, with the words for it.
fn ways(operation: &Operation, kind: Usual, request: &Request) -> Vec<(String, Request)> {
    match kind {
        Usual::Accept => accepting(operation, request),
        Usual::MediaType => {
            let sent = request.headers.get("content-type").unwrap_or_default().to_owned();
            if !sent.contains("json") {
                return Vec::new();
            }
            let bare = sent.split(';').next().unwrap_or_default().trim().to_owned();
            let turned = bare.split_once('/').map(|(kind, name)| {
                let mut kind = kind.to_ascii_lowercase();
                kind.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
                format!("{kind}/{}", name.to_ascii_uppercase())
            });
            let others = [Some(format!("{bare}; charset=utf-8")), turned];
            others.into_iter().flatten().map(|other| with(request, "Content-Type", &other)).collect()
        }
    }
}

/// A request with another value of a field, and the words for it.
fn with(request: &Request, name: &str, value: &str) -> (String, Request) {
    let mut other = request.clone();
    other.headers.set(name, value);
    (format!("{name}: {value}"), other)
}

/// The request with other values of `Accept` that allow a documented media type.
fn accepting(operation: &Operation, request: &Request) -> Vec<(String, Request)> {
    let success = operation.success().and_then(|success| success.content.first()?.media_type.concrete());
    let mut none = request.clone();
    none.headers.remove("accept");
    let mut found = vec![("no Accept".to_owned(), none), with(request, "Accept", "*/*")];
    // What makes something makes it each time.
    if let Some(media_type) = success.filter(|_| operation.method.is_safe()) {
        let essence = media_type.essence();
        let range = essence.split_once('/').map(|(kind, _)| format!("{kind}/*"));
        let listed = format!("text/html, {essence};q=0.9, */*;q=0.1");
        let others = [range, Some(listed), Some(essence.to_ascii_uppercase())];
        found.extend(others.into_iter().flatten().map(|other| with(request, "Accept", &other)));
    }
    found
}
