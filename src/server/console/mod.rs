//! The console: one page for people, which shows and changes by the control interface what a mock remembers and does. It asks for
//! nothing from elsewhere.

use etalon_contract::codec::Response;

/// The page.
const PAGE: &str = include_str!("console.html");

/// The Content-Security-Policy of the page: it may speak with the mock, and with nobody else.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page as an answer.
pub(super) fn page() -> Response {
    let mut response = Response { status: 200, body: PAGE.as_bytes().to_vec(), ..Response::default() };
    response.headers.add("Content-Type", "text/html; charset=utf-8");
    response.headers.add("Cache-Control", "no-store");
    response.headers.add("Content-Security-Policy", POLICY);
    response.headers.add("Referrer-Policy", "no-referrer");
    response
}
