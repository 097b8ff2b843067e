//! "Did you mean": the known name nearest to an unknown one.

/// The longest name that is compared, in characters: the comparison is quadratic.
const MAX_LENGTH: usize = 64;

/// The most names that are looked at.
const MAX_NAMES: usize = 5_000;

/// The name nearest to `unknown`, if it is near enough to be what was meant: the same but for case, or a third of its
/// letters at most apart.
#[must_use]
pub fn nearest<'n>(unknown: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let length = unknown.chars().count();
    if length > MAX_LENGTH {
        return None;
    }
    let allowed = (length / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for name in known.into_iter().take(MAX_NAMES) {
        if name.eq_ignore_ascii_case(unknown) {
            return Some(name);
        }
        if name.len() > MAX_LENGTH * 4 || name.chars().count().abs_diff(length) > allowed {
            continue;
        }
        let distance = distance(unknown, name);
        if distance <= allowed && best.is_none_or(|(nearest, _)| distance < nearest) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// Letters to insert, remove, replace or swap with their neighbour (optimal string alignment), whatever their case.
fn distance(one: &str, other: &str) -> usize {
    strsim::osa_distance(&one.to_lowercase(), &other.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_what_was_meant() {
        let known = ["responses", "requestBody", "parameters", "operationId"];
        assert_eq!(nearest("reponses", known), Some("responses"));
        assert_eq!(nearest("requestbody", known), Some("requestBody"));
        assert_eq!(nearest("paramaters", known), Some("parameters"));
        assert_eq!(nearest("oeprationId", known), Some("operationId"));
        assert_eq!(nearest("colour", known), None);
    }
}
