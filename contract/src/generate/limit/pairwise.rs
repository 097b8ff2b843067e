//! Combinations of optional members: none, all, and for every two of them one without the other. Every pair is then
//! seen in all four ways (a covering array of strength 2) in about as many objects as the members have binary digits.

/// The most members whose combinations are shown; more than these take part in the first two only.
const MAX_DIGITS: usize = 24;

/// The number of objects that show all pairs of so many members.
pub(crate) fn rows(members: u64) -> usize {
    2 + digits(usize::try_from(members).unwrap_or(usize::MAX))
}

/// The members of one of these objects; `None` past the last.
pub(crate) fn members(optional: &[String], row: usize) -> Option<Vec<String>> {
    let digits = digits(optional.len());
    match row {
        0 => Some(Vec::new()),
        1 => Some(optional.to_vec()),
        _ if row < 2 + digits => {
            let codes = codes(digits, optional.len());
            let digit = row - 2;
            Some(
                optional
                    .iter()
                    .zip(codes)
                    .filter(|(_, code)| code >> digit & 1 == 1)
                    .map(|(name, _)| name.clone())
                    .collect(),
            )
        }
        _ => None,
    }
}

/// The number of digits that it takes for so many codes, half of whose digits are ones, to differ: of any two, each has
/// a one where the other has none, since they have equally many (Sperner).
fn digits(members: usize) -> usize {
    if members < 2 {
        return 0;
    }
    (2..=MAX_DIGITS).find(|digits| choose(*digits, digits / 2) >= members).unwrap_or(MAX_DIGITS)
}

fn choose(of: usize, taken: usize) -> usize {
    (0..taken).fold(1, |product, step| product * (of - step) / (step + 1))
}

/// The first codes of so many digits of which half are ones.
fn codes(digits: usize, count: usize) -> impl Iterator<Item = u32> {
    let half = u32::try_from(digits / 2).expect("at most 24");
    (0u32..1 << digits).filter(move |code| code.count_ones() == half).take(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_two_members_are_seen_in_all_four_ways() {
        for count in 2..40usize {
            let names: Vec<String> = (0..count).map(|number| format!("m{number}")).collect();
            let objects: Vec<Vec<String>> = (0..).map_while(|row| members(&names, row)).collect();
            assert_eq!(objects.len(), rows(count as u64));
            for one in &names {
                for two in names.iter().filter(|two| *two != one) {
                    for (first, second) in [(true, true), (true, false), (false, true), (false, false)] {
                        let seen = objects
                            .iter()
                            .any(|object| object.contains(one) == first && object.contains(two) == second);
                        assert!(seen, "{count} {one} {two} {first} {second}");
                    }
                }
            }
        }
    }
}
