//! The contract of the control interface, which is compiled in and read when it is first used.

use std::sync::{Arc, OnceLock};

use etalon_contract::behaviour::OnDemand;
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;

use crate::server::service::Service;

/// The text of the document.
pub(in crate::server) const DOCUMENT: &str = include_str!("../../../spec/control.yaml");

/// The contract as it is served.
///
/// # Panics
/// Where the document that is compiled in cannot be read; a test holds that it can.
pub(super) fn service() -> &'static Service {
    static SERVICE: OnceLock<Service> = OnceLock::new();
    SERVICE.get_or_init(|| {
        let source = Source { name: "control.yaml", bytes: DOCUMENT.as_bytes() };
        let document = Document::load(source, &[], &NoFiles).expect("a test reads it");
        let contract = Arc::new(Contract::new(document));
        Service { behaviour: OnDemand::of(contract.clone()), contract, number: 0 }
    })
}
