//! A contract as the document that is served: as it is written, its overlays applied, in one piece.

use etalon_contract::codec::{Response, yaml_text};

use crate::server::doors::written;
use crate::server::service::Service;

/// The document of a contract as JSON.
pub(super) fn json(service: &Service) -> Response {
    written("application/json", format!("{:#}\n", service.contract.document().bundled()))
}

/// As YAML (RFC 9512).
pub(super) fn yaml(service: &Service) -> Response {
    match yaml_text(&service.contract.document().bundled()) {
        Ok(text) => written("application/yaml", text),
        // Every JSON text is YAML 1.2.
        Err(_) => Response { ..json(service) },
    }
}
