//! What a mock says of itself: the contracts and what is wrong with them, counters, and its end.

use std::fmt::Write as _;

use etalon_contract::behaviour::{Problem, describe};
use etalon_contract::lint;
use serde_json::{Value, json};

use crate::server::control::Ask;
use crate::server::control::reply::Reply;
use crate::server::service::Service;

impl Ask<'_> {
    pub(super) fn list_contracts(&self) -> Result<Reply, Problem> {
        let contract = |service: &Service| {
            let operation = |entry: &etalon_contract::model::Entry| {
                let does = match service.contract.operation(entry.index) {
                    Ok(_) => describe(&service.behaviour, entry.index),
                    Err(defect) => format!("cannot be served: {}", defect.reason),
                };
                json!({"id": entry.id, "method": entry.method.as_str(), "path": entry.path.as_str(), "does": does})
            };
            let operations: Vec<Value> = service.contract.entries().iter().map(operation).collect();
            json!({"title": service.contract.title(), "base": service.contract.base(), "operations": operations})
        };
        Ok(Reply::value(self.subject.ground().services.iter().map(contract).collect::<Vec<_>>()))
    }

    pub(super) fn list_diagnostics(&self) -> Result<Reply, Problem> {
        let services = self.subject.ground().services;
        let all = services.iter().flat_map(|service| lint::diagnostics(&service.contract));
        Ok(Reply::value(all.map(|one| json!(one)).collect::<Vec<_>>()))
    }

    pub(super) fn get_metrics(&self) -> Result<Reply, Problem> {
        let mut out = String::new();
        out.push_str("# HELP etalon_requests_total Requests to the contracts, by operation and status.\n");
        out.push_str("# TYPE etalon_requests_total counter\n");
        for ((operation, status), count) in self.subject.panel().counts() {
            let operation = label(operation.as_deref().unwrap_or_default());
            let _ = writeln!(out, "etalon_requests_total{{operation=\"{operation}\",status=\"{status}\"}} {count}");
        }
        let worlds = self.subject.worlds();
        for (name, help, value) in [
            ("etalon_worlds", "Worlds, that of requests that name none included.", worlds.len().saturating_add(1)),
            ("etalon_memory_bytes", "About what all worlds remember.", worlds.memory()),
        ] {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
        }
        let version = label(env!("CARGO_PKG_VERSION"));
        let _ = writeln!(
            out,
            "# HELP etalon_info The version.\n# TYPE etalon_info gauge\netalon_info{{version=\"{version}\"}} 1"
        );
        Ok(Reply::Text(out))
    }

    pub(super) fn shutdown(&self) -> Result<Reply, Problem> {
        self.subject.panel().stop();
        Ok(Reply::Empty(202))
    }
}

/// A text as the value of a label has it.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
