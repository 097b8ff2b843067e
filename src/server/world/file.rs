//! A world as a file: JSON with a format, the seed, the counter and the clock, and for each contract its digest and what is
//! remembered. The same world gives the same bytes.

use std::collections::BTreeSet;
use std::sync::Arc;

use etalon_contract::behaviour::{Carried, Meaning, Saved, State, save};
use serde::{Deserialize, Serialize};

use crate::server::clock::Clock;
use crate::server::world::{Snapshot, Worlds};

/// The format that is written, and the newest that is read.
const FORMAT: u64 = 1;

/// The word by which such a file is known.
const KIND: &str = "world";

/// What a file says of itself before anything else of it is read.
#[derive(Deserialize)]
struct Head {
    etalon: String,
    format: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorldFile {
    etalon: String,
    format: u64,
    seed: u64,
    requests: u64,
    ahead: i64,
    /// The time at which the clock stands still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frozen: Option<i64>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    cookies: BTreeSet<(String, String)>,
    contracts: Vec<Saved>,
}

/// A world that was read from a file.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The world at the moment at which it was written.
    pub snapshot: Snapshot,
    /// The fate of its collections, contract by contract as the file has them.
    pub carried: Vec<Vec<Carried>>,
}

/// A world at a moment as the text of a file.
pub(in crate::server) fn export(of: &[Meaning<'_>], seed: u64, snapshot: &Snapshot) -> String {
    let file = WorldFile {
        etalon: KIND.to_owned(),
        format: FORMAT,
        seed,
        requests: snapshot.requests,
        ahead: snapshot.ahead,
        frozen: snapshot.frozen,
        cookies: snapshot.cookies.as_deref().cloned().unwrap_or_default(),
        contracts: of.iter().zip(&snapshot.states).map(|(meaning, state)| save(*meaning, state)).collect(),
    };
    let text = serde_json::to_string_pretty(&file).unwrap_or_else(|_| unreachable!("maps of it have texts as keys"));
    text + "\n"
}

/// The world of a file, under the contracts that are served now. Contracts are known by their digests, else by their titles; a
/// contract of which the file says nothing is as at the start.
///
/// # Errors
/// The file is none, is of a newer format, or says what cannot be.
pub(in crate::server) fn import(
    text: &[u8],
    to: &[Meaning<'_>],
    seed: u64,
    worlds: &Worlds,
) -> Result<Imported, String> {
    let head: Head = serde_json::from_slice(text).map_err(|error| format!("it is no world of etalon: {error}"))?;
    if head.etalon != KIND {
        return Err(format!("it is no world of etalon, but `{}`", head.etalon));
    }
    if head.format > FORMAT {
        return Err(format!("it is of format {}, and this etalon reads up to format {FORMAT}", head.format));
    }
    let file: WorldFile = serde_json::from_slice(text).map_err(|error| format!("it is no world of etalon: {error}"))?;
    let mut states: Vec<Arc<State>> = worlds.start().states.to_vec();
    let mut own = 0;
    let mut taken = vec![false; to.len()];
    let mut carried = Vec::new();
    for saved in file.contracts {
        let by_digest = to.iter().zip(&taken).position(|(meaning, taken)| !taken && saved.is_of(meaning.contract));
        let by_title =
            || to.iter().zip(&taken).position(|(meaning, taken)| !taken && saved.title() == meaning.contract.title());
        let Some(number) = by_digest.or_else(by_title) else {
            return Err(format!("no contract is served that is called `{}` or has its digest", saved.title()));
        };
        taken[number] = true;
        let (mut state, told) = saved.load(to[number], worlds.budget().left())?;
        own += state.share();
        states[number] = Arc::new(state);
        carried.push(told);
    }
    // The clock goes on where it was, whatever the seed.
    let behind = Clock::of_seed(file.seed).at(0).saturating_sub(Clock::of_seed(seed).at(0));
    let snapshot = Snapshot {
        states: states.into(),
        requests: file.requests,
        ahead: file.ahead.saturating_add(behind),
        frozen: file.frozen,
        cookies: (!file.cookies.is_empty()).then(|| Arc::new(file.cookies)),
        share: worlds.shared(own),
    };
    Ok(Imported { snapshot, carried })
}
