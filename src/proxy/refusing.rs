//! The answers of the proxy itself: that the server cannot be reached, and with `--errors` that a request or an answer breaks the contract.

use etalon_conformance::Remark;
use etalon_contract::codec::Response;
use serde_json::json;

/// The beginning of the types of its problems.
const TYPES: &str = "urn:etalon:problem:";

/// That a request breaks the contract, and was not passed on.
pub(super) fn of_request(remarks: &[Remark]) -> Response {
    problem(400, "validation", "The request violates the contract", &listed(remarks), remarks)
}

/// That the server's answer breaks the contract, and was not passed on.
pub(super) fn of_answer(status: u16, remarks: &[Remark]) -> Response {
    let detail = format!("the server answered {status}; {}", listed(remarks));
    problem(502, "upstream-violation", "The answer of the server violates the contract", &detail, remarks)
}

/// That there is no answer.
pub(super) fn unreachable(why: &str) -> Response {
    problem(502, "upstream-unreachable", "The server gives no answer", why, &[])
}

/// That a request is larger than what is read before it goes on.
pub(super) fn too_large(why: &str) -> Response {
    problem(413, "content-too-large", "The body is too large", why, &[])
}

fn listed(remarks: &[Remark]) -> String {
    remarks.iter().map(|remark| remark.what.as_str()).collect::<Vec<_>>().join("; ")
}

fn problem(status: u16, slug: &str, title: &str, detail: &str, remarks: &[Remark]) -> Response {
    let errors: Vec<_> = remarks.iter().map(|remark| json!({ "detail": remark.what })).collect();
    let mut body = json!({
        "type": format!("{TYPES}{slug}"),
        "title": title,
        "status": status,
        "detail": detail,
    });
    if !errors.is_empty() {
        body["errors"] = errors.into();
    }
    let headers = [("Content-Type", "application/problem+json".to_owned())].into_iter().collect();
    Response { status, headers, body: body.to_string().into_bytes() }
}
