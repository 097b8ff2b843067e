//! Look-around in patterns: taken out of the text of a pattern, since no sampler of regular languages follows it.

/// The pattern without its look-around groups, and what its look-aheads of the form `(?=.*X)` ask for; `None` where there
/// is no look-around, or its groups do not close.
pub(crate) fn set_aside(pattern: &str) -> Option<(String, Vec<String>)> {
    let characters: Vec<char> = pattern.chars().collect();
    let mut rest = String::new();
    let mut wanted = Vec::new();
    let mut place = 0;
    let mut found = 0;
    let mut in_class = false;
    while place < characters.len() {
        let here = characters[place];
        if here == '\\' {
            rest.extend(characters.iter().skip(place).take(2));
            place += 2;
            continue;
        }
        match here {
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        let lead = (here == '(' && !in_class).then(|| lead(&characters[place..])).flatten();
        let Some(lead) = lead else {
            rest.push(here);
            place += 1;
            continue;
        };
        let end = place + closing(&characters[place..])?;
        let inner: String = characters[place + lead..end].iter().collect();
        if characters[place + 2] == '=' {
            wanted.extend(inner.strip_prefix(".*?").or_else(|| inner.strip_prefix(".*")).map(str::to_owned));
        }
        found += 1;
        place = end + 1;
    }
    (found > 0).then_some((rest, wanted))
}

/// The length of `(?=`, `(?!`, `(?<=` or `(?<!`.
fn lead(rest: &[char]) -> Option<usize> {
    match rest {
        ['(', '?', '=' | '!', ..] => Some(3),
        ['(', '?', '<', '=' | '!', ..] => Some(4),
        _ => None,
    }
}

/// The index at which the group that opens here closes.
fn closing(rest: &[char]) -> Option<usize> {
    let mut depth = 0usize;
    let mut in_class = false;
    let mut place = 0;
    while place < rest.len() {
        match rest[place] {
            '\\' => place += 1,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => {
                depth -= 1;
                if depth == 0 {
                    return Some(place);
                }
            }
            _ => {}
        }
        place += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_taken_out_whole() {
        assert_eq!(set_aside("^(?!(a|b))x(?=.*[)\\d])$"), Some(("^x$".to_owned(), vec!["[)\\d]".to_owned()])));
        assert_eq!(set_aside("^(?:a)[(?=]$"), None);
    }
}
