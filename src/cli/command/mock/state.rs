//! `--state`: where the state of the mock lives, if not in its own memory.

use clap::Args;

use crate::cli::Failure;
use crate::server::Mock;

/// The flags about where the state lives.
#[derive(Clone, Debug, Default, Args)]
pub struct StateArgs {
    /// Have the state of all worlds in Redis or Valkey, together with every mock that is told the same: redis://host:6379/0, or
    /// redis+unix:///path
    #[arg(long, value_name = "URL", conflicts_with = "watch")]
    pub state: Option<String>,
}

impl StateArgs {
    /// True where the state is not in the memory of the mock alone.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.state.is_some()
    }

    /// The mock with its state where it shall be. `more` is what its data depend on beside the contracts, the seed and what it begins
    /// with: mocks that differ in any of these have nothing together.
    ///
    /// # Errors
    /// The address is none.
    pub fn applied(&self, mock: Mock, more: &str) -> Result<Mock, Failure> {
        let Some(address) = &self.state else { return Ok(mock) };
        stored(mock, address, more)
    }
}

#[cfg(feature = "redis")]
fn stored(mock: Mock, address: &str, more: &str) -> Result<Mock, Failure> {
    let prefix = format!("etalon:{}:", mock.fingerprint(more));
    // An address may hold a password, so it is not repeated.
    let store = crate::server::Redis::at(address, &prefix).map_err(|error| {
        Failure::usage(format!("--state is no address of a store: {error}"), Some("write redis://host:6379/0"))
    })?;
    if let Err(why) = store.check() {
        tracing::warn!("{why}; until it is there, requests are answered with 503");
    }
    Ok(mock.stored_in(std::sync::Arc::new(store)))
}

#[cfg(not(feature = "redis"))]
fn stored(_: Mock, _: &str, _: &str) -> Result<Mock, Failure> {
    Err(Failure::usage("this etalon was built without `--state`", Some("build it with the feature redis")))
}
