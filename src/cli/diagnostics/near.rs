//! The names that a user may have meant by one that does not exist. It does not know what is named.

/// The most names that are shown: as many as are read at a glance.
const SHOWN: usize = 3;

/// The most characters of a name that are compared: more would make a long wrong flag costly, and names differ before that.
const COMPARED: usize = 200;

/// The names that come nearest to what was written, best first; nothing that is altogether different.
#[must_use]
pub(crate) fn near<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let mut ranked: Vec<(usize, &str)> = names
        .map(|name| (distance(written, name), name))
        .filter(|(distance, name)| distance * 2 < name.chars().take(COMPARED).count().max(2))
        .collect();
    ranked.sort();
    ranked.dedup();
    ranked.into_iter().take(SHOWN).map(|(_, name)| name).collect()
}

/// The number of characters that must be added, removed or changed to make one text the other (Levenshtein's distance).
fn distance(one: &str, other: &str) -> usize {
    let start = |text: &str| text.chars().take(COMPARED).collect::<String>();
    strsim::levenshtein(&start(one), &start(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_altogether_different_is_not_meant() {
        let names = ["list query limit minimum=10 past", "list query limit minimum=10 at", "make body empty"];
        let meant = near("list query limit minimum=1 past", names.into_iter());
        assert_eq!(meant, ["list query limit minimum=10 past", "list query limit minimum=10 at"]);
        assert_eq!(near("xyz", names.into_iter()), [""; 0]);
    }
}
