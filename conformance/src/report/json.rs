//! The report for programs. `docs/report.md` describes it; the order of members and rows never changes, and whatever
//! differs between two runs of the same seed stands in `times`.

use data_encoding::{BASE64, HEXLOWER};
use etalon_contract::codec::Headers;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::evidence::ShrinkEnd;
use crate::report::causes::{Cause, by_cause};
use crate::report::{Conclusion, Mask, Report, RowReport, Shown};
use crate::transcript::Exchange;
use crate::verdict::VerdictKind;

/// The version of the format: a new one where a reader of the old would go wrong.
pub const FORMAT: u32 = 1;

/// The text of a report file: JSON, indented, with a line break at its end.
#[must_use]
pub(crate) fn text(reports: &[Report]) -> String {
    format!("{:#}\n", json(reports))
}

/// The reports of one or several contracts as JSON.
#[must_use]
pub fn json(reports: &[Report]) -> Value {
    json!({
        "format": FORMAT,
        "etalon": env!("CARGO_PKG_VERSION"),
        "conclusion": Conclusion::of(reports).as_str(),
        "totals": totals(|word| reports.iter().map(|report| report.count(word)).sum()),
        "contracts": reports.iter().map(contract).collect::<Vec<_>>(),
    })
}

fn totals(count: impl Fn(VerdictKind) -> usize) -> Map<String, Value> {
    VerdictKind::ALL.into_iter().map(|word| (word.as_str().to_owned(), count(word).into())).collect()
}

fn contract(report: &Report) -> Value {
    let operations = report.operations.iter().map(|operation| {
        json!({
            "id": operation.id,
            "method": operation.method,
            "path": operation.path,
            "positions_left_out": operation.left_out,
            "rows": operation.rows.iter().map(|line| row(report, line)).collect::<Vec<_>>(),
        })
    });
    let unusable = report.unusable.iter().map(|(id, reason)| json!({ "id": id, "reason": reason }));
    json!({
        "title": report.title,
        "document": report.document,
        "target": report.target,
        "seed": report.seed,
        "conclusion": report.conclusion().as_str(),
        "totals": totals(|word| report.count(word)),
        "ending": report.ending.as_str(),
        "unanswered": report.unanswered,
        "requests": report.requests,
        "findings": by_cause(report).iter().map(finding).collect::<Vec<_>>(),
        "left_behind": report.left_behind,
        "operations": operations.collect::<Vec<_>>(),
        "unusable": unusable.collect::<Vec<_>>(),
        "times": { "milliseconds": u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX) },
    })
}

fn finding(finding: &Cause<'_>) -> Value {
    json!({
        "row": finding.shown().id(),
        "level": finding.level().as_str(),
        "refusal": finding.shown().is_refusal(),
        "rows": finding.rows.iter().map(|row| row.id()).collect::<Vec<_>>(),
    })
}

fn row(report: &Report, line: &RowReport) -> Value {
    let mut shown = Map::new();
    shown.insert("id".into(), line.id().into());
    shown.insert("group".into(), line.group().as_str().into());
    shown.insert("verdict".into(), line.verdict.kind().as_str().into());
    if let Some(reason) = line.reason() {
        shown.insert("reason".into(), report.mask.prose(reason).into());
    }
    shown.insert("place".into(), line.place.to_string().into());
    shown.insert("cases".into(), line.cases.clone().into());
    for against in line.shown() {
        if against.is_refusal() {
            let mut refusal = Map::new();
            failure(&mut refusal, report, against);
            shown.insert("refusal".into(), refusal.into());
        } else {
            failure(&mut shown, report, against);
        }
    }
    Value::Object(shown)
}

/// Adds the members that tell of a failure: its level, what was expected and found, and the exchanges that show it.
fn failure(shown: &mut Map<String, Value>, report: &Report, Shown { failure, evidence, .. }: Shown<'_>) {
    shown.insert("level".into(), failure.level.as_str().into());
    shown.insert("expected".into(), report.mask.prose(&failure.expected).into());
    shown.insert("found".into(), report.mask.prose(&failure.found).into());
    let Some(evidence) = evidence else { return };
    let failing = &evidence.exchanges[evidence.at];
    shown.insert("case".into(), evidence.case.clone().into());
    if let Some(effort) = evidence.effort {
        let minimal = effort.end == ShrinkEnd::Minimal;
        let shrunk = json!({
            "from": effort.from,
            "to": effort.to,
            "requests": effort.requests,
            "minimal": minimal,
        });
        shown.insert("shrunk".into(), shrunk);
    }
    shown.insert("curl".into(), crate::report::curl::curl(&report.target, &failing.request, &report.mask).into());
    shown.insert("failing".into(), evidence.at.into());
    shown.insert("exchanges".into(), evidence.exchanges.iter().map(|one| exchange(one, &report.mask)).collect());
}

fn exchange(exchange: &Exchange, mask: &Mask) -> Value {
    let request = mask.request(&exchange.request);
    json!({
        "role": exchange.role.as_str(),
        "request": {
            "method": request.method,
            "target": request.target,
            "headers": headers(&request.headers),
            "body": body_in_part(&request.body),
        },
        "response": {
            "status": exchange.response.status,
            "headers": headers(&mask.headers(&exchange.response.headers)),
            "body": body_in_part(&mask.answered(&exchange.response.body)),
        },
    })
}

/// Fields that say when an answer was made, and so differ in every run.
const MOMENTS: [&str; 3] = ["date", "age", "expires"];

fn headers(headers: &Headers) -> Value {
    let lasting = headers.iter().filter(|(name, _)| !MOMENTS.contains(&name.to_ascii_lowercase().as_str()));
    lasting.map(|(name, value)| json!([name, value])).collect()
}

/// The size in bytes up to which a body is shown whole: whoever needs more asks the target, by the `curl` line.
const WHOLE: usize = 64 * 1024;

/// The bytes of a longer body that are shown.
const EXCERPT: usize = 2 * 1024;

/// A body, or of a long one its beginning, its length and its digest.
fn body_in_part(bytes: &[u8]) -> Value {
    if bytes.len() <= WHOLE {
        return body(bytes);
    }
    let start = String::from_utf8_lossy(&bytes[..EXCERPT]);
    json!({ "excerpt": start, "bytes": bytes.len(), "sha256": HEXLOWER.encode(&Sha256::digest(bytes)) })
}

fn body(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => json!({ "base64": BASE64.encode(bytes) }),
    }
}
