//! The path that was meant, where a request names one that no contract has.

use etalon_contract::model::Route;

use crate::server::service::Service;

/// The most segments of a path that are taken for a base path that the contract does not have: as in `/api/v1`.
const MAX_BASE: usize = 3;

/// The path that is there where only a slash at the end or the base path tells it from the one that was asked for.
pub(super) fn near(services: &[Service], path: &str) -> Option<String> {
    let slash = path.strip_suffix('/').map_or_else(|| format!("{path}/"), str::to_owned);
    services.iter().find_map(|service| {
        let base = service.contract.base();
        let mut tried = vec![slash.clone()];
        if !base.is_empty() {
            tried.extend([format!("{base}{path}"), format!("{base}{slash}")]);
        }
        // A client may know the server by a longer path than the contract does.
        let mut rest = path;
        for _ in 0..MAX_BASE {
            let Some(slash) = rest.get(1..).and_then(|rest| rest.find('/')) else { break };
            rest = &rest[slash + 1..];
            tried.push(rest.to_owned());
        }
        tried.into_iter().find(|path| match service.contract.route("", path) {
            Route::Found { .. } | Route::OtherMethods(_) => true,
            Route::Unknown => false,
        })
    })
}
