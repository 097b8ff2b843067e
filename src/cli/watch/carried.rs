//! What became of all worlds when a document was saved, in words: what is kept in short, and each loss once, however many
//! worlds have it.

use std::collections::BTreeMap;

use etalon_contract::behaviour::Carried;

use crate::server::CarriedWorld;

/// What is kept: the collections of requests that name no world, and in how many other worlds something is.
pub(super) fn kept(carried: &[CarriedWorld]) -> String {
    let is_kept = |one: &&Carried| one.dropped.is_none();
    let (unnamed, named): (Vec<_>, Vec<_>) = carried.iter().partition(|one| one.world.is_none());
    let mut kept: Vec<String> = unnamed
        .iter()
        .flat_map(|one| one.carried.iter().flatten())
        .filter(is_kept)
        .map(|one| format!("{} ({})", one.collection, items(one.items)))
        .collect();
    let worlds = named.iter().filter(|one| one.carried.iter().flatten().any(|one| is_kept(&one))).count();
    if worlds > 0 {
        kept.push(format!("what is in {worlds} other world{}", if worlds == 1 { "" } else { "s" }));
    }
    if kept.is_empty() { String::new() } else { format!("; kept: {}", kept.join(", ")) }
}

/// What is lost, a line for each collection and reason.
pub(super) fn lost(carried: &[CarriedWorld]) -> Vec<String> {
    let mut lost: BTreeMap<(&str, &str), (Vec<&str>, usize)> = BTreeMap::new();
    for one in carried {
        for Carried { collection, items, dropped } in one.carried.iter().flatten() {
            let Some(reason) = dropped else { continue };
            let (worlds, sum) = lost.entry((collection, reason)).or_default();
            worlds.extend(one.world.as_deref());
            *sum += items;
        }
    }
    let lines = lost.into_iter().map(|((collection, reason), (worlds, sum))| {
        let place = match worlds.as_slice() {
            [] => String::new(),
            [only] => format!(" of the world {only}"),
            [first, more @ ..] => format!(" of the world {first} and {} more", more.len()),
        };
        format!("what was in {collection}{place} is dropped ({}): {reason}", items(sum))
    });
    lines.collect()
}

fn items(items: usize) -> String {
    format!("{items} item{}", if items == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_told_once_for_all_worlds() {
        let one = |world: Option<&str>, collection: &str, dropped: Option<&str>| CarriedWorld {
            world: world.map(Into::into),
            carried: vec![vec![Carried { collection: collection.into(), items: 1, dropped: dropped.map(Into::into) }]],
        };
        let carried = [
            one(None, "pets", None),
            one(Some("a"), "pets", None),
            one(Some("b"), "toys", Some("why")),
            one(Some("c"), "toys", Some("why")),
        ];
        assert_eq!(kept(&carried), "; kept: pets (1 item), what is in 1 other world");
        assert_eq!(lost(&carried), ["what was in toys of the world b and 1 more is dropped (2 items): why"]);
        assert_eq!(lost(&carried[..3]), ["what was in toys of the world b is dropped (1 item): why"]);
        assert_eq!(lost(&[one(None, "toys", Some("why"))]), ["what was in toys is dropped (1 item): why"]);
    }
}
