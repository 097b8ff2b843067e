//! Where things are: the path of an item, and this request again with another query.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::behaviour::Collection;
use crate::behaviour::answer::occasion::Occasion;
use crate::behaviour::call::PageLink;
use crate::behaviour::state::text;
use crate::model::{In, Piece};

/// The characters that are percent-encoded in a path segment or a query value: all but the unreserved ones (RFC 3986
/// §2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The absolute path of an item: on the item's own path where the contract has one, else below the request's.
pub(crate) fn of_item(collection: &Collection, occasion: &Occasion<'_>, key: &str) -> String {
    let Some(template) = &collection.item_path else {
        return format!("{}{}/{}", occasion.below, occasion.request.path().trim_end_matches('/'), encode(key));
    };
    let operation = occasion.call.operation;
    // An item that is made below its owner may be read at the top: then its key alone leads to it.
    let owners = template.parameters().count().saturating_sub(1).min(collection.scope.len());
    let mut values = operation
        .path
        .parameters()
        .take(owners)
        .map(|name| occasion.call.parameter(In::Path, name).map(text).unwrap_or_default())
        .chain([key.to_owned()]);
    let mut path = occasion.below.to_owned();
    for segment in template.segments() {
        path.push('/');
        for piece in &segment.0 {
            match piece {
                Piece::Literal(text) => path.push_str(text),
                Piece::Parameter(_) => path.push_str(&encode(&values.next().unwrap_or_default())),
            }
        }
    }
    path
}

/// The request's own target.
pub(crate) fn of_itself(occasion: &Occasion<'_>) -> String {
    format!("{}{}", occasion.below, occasion.request.target)
}

/// The request's target with some of its query parameters changed, the others as they were sent.
pub(crate) fn of_page(occasion: &Occasion<'_>, link: &PageLink) -> String {
    let name_of = |pair: &str| {
        let raw = pair.split('=').next().unwrap_or(pair).replace('+', " ");
        percent_decode_str(&raw).decode_utf8_lossy().into_owned()
    };
    let mut pairs: Vec<String> = occasion
        .request
        .query()
        .unwrap_or("")
        .split('&')
        .filter(|pair| !pair.is_empty() && !link.query.iter().any(|(name, _)| *name == name_of(pair)))
        .map(str::to_owned)
        .collect();
    pairs.extend(
        link.query.iter().filter_map(|(name, value)| Some(format!("{}={}", encode(name), encode(value.as_ref()?)))),
    );
    let path = of_request(occasion);
    if pairs.is_empty() { path } else { format!("{path}?{}", pairs.join("&")) }
}

/// The path of the request.
pub(crate) fn of_request(occasion: &Occasion<'_>) -> String {
    format!("{}{}", occasion.below, occasion.request.path())
}

/// The same as an absolute URI, where the client said which host it speaks to.
pub(crate) fn absolute(occasion: &Occasion<'_>, path: &str) -> Option<String> {
    if path.contains("://") {
        return Some(path.to_owned());
    }
    occasion.request.headers.get("host").map(|host| format!("http://{host}{path}"))
}
