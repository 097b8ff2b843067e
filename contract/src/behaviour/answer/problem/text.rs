//! Texts of bounded length, and numbers as people read them.

/// The most characters of one sentence that are shown: texts of a request go into some of them, and may have megabytes.
const MAX_TEXT: usize = 1_000;

/// As much of a text as is shown.
pub(super) fn clip(text: String) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A number as people read it: `4,812`.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut parts: Vec<&str> = if first == 0 { Vec::new() } else { vec![&digits[..first]] };
    parts.extend((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let told: Vec<String> = [0, 12, 999, 1_000, 4_812, 123_456, 1_000_000].into_iter().map(thousands).collect();
        assert_eq!(told, ["0", "12", "999", "1,000", "4,812", "123,456", "1,000,000"]);
    }
}
