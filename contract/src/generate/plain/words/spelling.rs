//! Names of members, as the words that they are made of.

/// The words of a name in lower case: `createdAt`, `created_at`, `CreatedAt` and `created-at` have the same two; `ZIPCode`
/// has `zip` and `code`.
pub(super) fn parted(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = letter.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit())
                || (before.is_some_and(|before| before.is_uppercase())
                    && after.is_some_and(|after| after.is_lowercase())));
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.extend(letter.to_lowercase());
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parted_as_people_write_them() {
        for name in ["createdAt", "created_at", "CreatedAt", "created-at", "CREATED_AT"] {
            assert_eq!(parted(name), ["created", "at"], "{name}");
        }
        assert_eq!(parted("ZIPCode"), ["zip", "code"]);
        assert_eq!(parted("line2Text"), ["line2", "text"]);
        assert_eq!(parted("url"), ["url"]);
        assert_eq!(parted("__"), Vec::<String>::new());
    }
}
