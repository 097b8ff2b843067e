//! Names of worlds: as they may stand in a path, a header field and a cookie without an escape.

/// The longest name of a world.
pub(super) const MAX_NAME: usize = 64;

/// The name of the world that requests are in which name none.
pub const DEFAULT: &str = "default";

/// A name, as it was sent.
///
/// # Errors
/// The text is none, with the reason.
pub(super) fn read(text: &str) -> Result<&str, String> {
    if is_name(text) {
        return Ok(text);
    }
    let shown: String = text.chars().take(MAX_NAME).collect();
    let cut = if shown.len() < text.len() { "…" } else { "" };
    Err(format!(
        "`{shown}{cut}` is no name of a world, which has 1 to {MAX_NAME} letters of ASCII, digits, `-`, `.`, `_` and `~`"
    ))
}

/// True for what can be the name of a world.
pub(super) fn is_name(text: &str) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    // Clients take these away from a path before they send it (RFC 3986 §5.2.4).
    (1..=MAX_NAME).contains(&text.len()) && text.as_bytes().iter().all(is_letter) && !matches!(text, "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_needs_no_escape_anywhere() {
        for name in ["a", "worker-3", "Spec_1.login~2", &"x".repeat(MAX_NAME)] {
            assert_eq!(read(name), Ok(name));
        }
        for name in ["", ".", "..", "a b", "a/b", "ü", "a%20b", "a;b", "\"a\"", &"x".repeat(MAX_NAME + 1)] {
            assert!(read(name).is_err(), "{name}");
        }
    }
}
