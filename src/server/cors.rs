//! Cross-origin requests (the Fetch standard's CORS protocol): browsers may call the mock from any page, with credentials.

use etalon_contract::codec::{Request, Response};

/// The seconds for which a browser may remember a preflight: as many as browsers allow.
const MAX_AGE: &str = "7200";

/// True for the request that a browser sends before the one it means.
pub(super) fn is_preflight(request: &Request) -> bool {
    request.method == "OPTIONS"
        && request.headers.get("origin").is_some()
        && request.headers.get("access-control-request-method").is_some()
}

/// Lets the page that asked see the answer.
pub(super) fn allow(request: &Request, answer: &mut Response) {
    let Some(origin) = request.headers.get("origin") else { return };
    if is_preflight(request) {
        let methods = answer.headers.get("allow").unwrap_or_default().to_owned();
        answer.headers.set("Access-Control-Allow-Methods", methods);
        if let Some(wanted) = request.headers.get("access-control-request-headers") {
            answer.headers.set("Access-Control-Allow-Headers", wanted);
        }
        answer.headers.set("Access-Control-Max-Age", MAX_AGE);
    } else {
        let names: Vec<String> = answer.headers.iter().map(|(name, _)| name.to_owned()).collect();
        answer.headers.set("Access-Control-Expose-Headers", names.join(", "));
    }
    answer.headers.set("Access-Control-Allow-Origin", origin);
    answer.headers.set("Access-Control-Allow-Credentials", "true");
    answer.headers.add("Vary", "Origin");
}
