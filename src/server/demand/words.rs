//! Preferences as a field of the header writes them (RFC 7240 §2).

/// The preferences of a field: `name`, `name=value` or `name="value"`, at commas; names in lower case. Parameters of a
/// preference (behind `;`) belong to preferences of others, but people also write `code=404; example=a`, so those are read
/// as preferences.
pub(crate) fn preferences(field: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = field;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',', ';']);
        if rest.is_empty() {
            return found;
        }
        let end = rest.find([',', ';', '=']).unwrap_or(rest.len());
        let name = rest[..end].trim().to_ascii_lowercase();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            if let Some(quoted) = after.strip_prefix('"') {
                let mut letters = quoted.char_indices();
                let mut end = quoted.len();
                while let Some((at, letter)) = letters.next() {
                    match letter {
                        '"' => {
                            end = at + 1;
                            break;
                        }
                        '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
                        letter => value.push(letter),
                    }
                }
                rest = &quoted[end..];
                // What follows up to the next preference is no part of the value.
                rest = &rest[rest.find([',', ';']).unwrap_or(rest.len())..];
            } else {
                let end = after.find([',', ';']).unwrap_or(after.len());
                value = after[..end].trim().to_owned();
                rest = &after[end..];
            }
        }
        found.push((name, value));
    }
}
