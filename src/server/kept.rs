//! What a mock keeps of its worlds beyond its own end: files of them, and what two of them have otherwise.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use etalon_contract::behaviour::{Difference, Inferred as _, Meaning, Place, carry};

use crate::server::mock::Mock;
use crate::server::service::Service;
use crate::server::world::{self, Imported, Snapshot};

impl Mock {
    /// A world at a moment as the text of a file. The same world gives the same bytes.
    #[must_use]
    pub fn export(&self, snapshot: &Snapshot) -> String {
        world::export(&self.meanings(), self.seed, snapshot)
    }

    /// The world of a file, under these contracts.
    ///
    /// # Errors
    /// The file is none, is of a newer format, or says what cannot be.
    pub fn import(&self, text: &[u8]) -> Result<Imported, String> {
        world::import(text, &self.meanings(), self.seed, &self.worlds)
    }

    /// The items that two worlds do not have alike, each with the name of its collection.
    #[must_use]
    pub fn differences(&self, was: &Snapshot, is: &Snapshot) -> Vec<(String, Difference)> {
        let pairs = self.services.iter().zip(was.states().zip(is.states()));
        pairs
            .flat_map(|(service, (was, is))| {
                let name = |place: &Place| service.behaviour.collection(place.collection).name.clone();
                was.differences(is).into_iter().map(move |one| (name(&one.place), one))
            })
            .collect()
    }

    fn meanings(&self) -> Vec<Meaning<'_>> {
        self.services.iter().map(Service::meaning).collect()
    }

    /// What the answers of this mock depend on beside requests, as a few letters: mocks that have the same can have one state. `more`
    /// is what it depends on beside contracts, seed and beginning.
    #[must_use]
    pub fn fingerprint(&self, more: &str) -> String {
        let mut hasher = DefaultHasher::new();
        (env!("CARGO_PKG_VERSION"), self.seed, more).hash(&mut hasher);
        format!("{:?} {:?} {:?}", self.examples(), self.begins(), self.judging()).hash(&mut hasher);
        for service in &self.services {
            (service.contract.document().digest().to_string(), service.contract.base()).hash(&mut hasher);
        }
        if self.is_given() {
            self.export(self.worlds.start()).hash(&mut hasher);
        }
        format!("{:016x}", hasher.finish())
    }

    /// Does what takes long of taking over, while the other one still serves: validators are compiled, effects found out.
    pub(super) fn warm_up(&self, before: &Self) {
        let now = before.worlds.default_world().snapshot();
        for ((was, is), state) in before.services.iter().zip(&self.services).zip(now.states()) {
            let _ = carry(was.meaning(), state, is.meaning());
        }
    }
}
