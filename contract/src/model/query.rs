//! The pairs of a query, as far as routing looks at them.

use percent_encoding::percent_decode_str;

/// The most pairs of a query that are looked at: what tells operations apart is one or two.
const MAX_PAIRS: usize = 200;

/// The names and values of a query, decoded.
pub(crate) fn pairs(query: &str) -> Vec<(String, Option<String>)> {
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .take(MAX_PAIRS)
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (decoded(name), Some(decoded(value))),
            None => (decoded(pair), None),
        })
        .collect()
}
