//! The flag about credentials -> the credentials that the mock issues and accepts.

use crate::cli::diagnostics::near::near;
use crate::cli::{Failure, Loaded};
use crate::server::Credentials;

/// The credentials of the flags.
pub(super) fn credentials(flags: &[String], loaded: &[Loaded]) -> Result<Credentials, Failure> {
    if flags.is_empty() {
        // Without flags nothing has to be looked up, and no operation has to be read.
        return Ok(Credentials::default());
    }
    let mut known: Vec<String> = Vec::new();
    for operation in loaded.iter().flat_map(|one| one.contract.operations()) {
        for (scheme, _) in operation.security.iter().flat_map(|alternative| &alternative.schemes) {
            if !known.contains(&scheme.name) {
                known.push(scheme.name.clone());
            }
        }
    }
    let mut credentials = Credentials::default();
    for flag in flags {
        match flag.split_once('=') {
            None if flag == "any" => credentials.accept_any(),
            Some((scheme, value)) if known.iter().any(|name| name == scheme) && !value.is_empty() => {
                credentials.issue(scheme, value);
            }
            Some((scheme, _)) if !known.iter().any(|name| name == scheme) => {
                let hint = if known.is_empty() {
                    "the contract has no security schemes".to_owned()
                } else {
                    format!("the contract has {}", known.join(", "))
                };
                // What stands before the first `=` may be a secret too, unless it is nearly a name.
                let named = if near(scheme, known.iter().map(String::as_str)).is_empty() {
                    "there is no such security scheme".to_owned()
                } else {
                    format!("there is no security scheme `{scheme}`")
                };
                return Err(Failure::usage(named, Some(&hint)));
            }
            Some(_) | None => {
                // What was given may be a secret with a slip beside it.
                return Err(Failure::usage(
                    "that is no value for --auth",
                    Some("write --auth SCHEME=VALUE, or --auth any"),
                ));
            }
        }
    }
    Ok(credentials)
}
