//! Text from elsewhere, made harmless for a terminal and for a reader of lines: nothing that moves a cursor, rings, changes a
//! colour, turns the direction of writing or ends a line is let through.

use std::fmt::Write as _;

/// True for a character that must not reach a terminal as it is: controls (C0, DEL, C1), line and paragraph separators, and
/// those that turn the direction of writing (Unicode TR 9 §2; "Trojan Source").
#[must_use]
pub(super) fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// True for printable ASCII, as most texts of a log are: no letter of it needs a look.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The text for one line of a terminal: `\n`, `\t`, `\r`, `\x1b` and `\u{202e}` stand for what they name.
pub(in crate::cli) fn for_terminal(out: &mut String, text: &str) {
    if is_plain(text) {
        return out.push_str(text);
    }
    for letter in text.chars() {
        match letter {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if !is_unsafe(letter) => out.push(letter),
            letter => {
                let code = u32::from(letter);
                // Writing to a string cannot fail.
                let _ = if code <= 0xff { write!(out, "\\x{code:02x}") } else { write!(out, "\\u{{{code:x}}}") };
            }
        }
    }
}

/// The text as a JSON string, quotes included: what is unsafe on a terminal is escaped beyond what JSON asks for.
pub(super) fn for_json(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if !is_unsafe(letter) => out.push(letter),
            // All of them lie in the basic plane, so one escape says it.
            letter => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    const WILD: &str = "a\u{1b}[31m\r\nb\u{7}\u{9b}\u{202e}\u{2028}é\"\\\u{7f}";

    #[test]
    fn nothing_reaches_a_terminal_that_it_would_obey() {
        let mut told = String::new();
        for_terminal(&mut told, WILD);
        assert_eq!(told, r#"a\x1b[31m\r\nb\x07\x9b\u{202e}\u{2028}é"\\x7f"#);
    }

    #[test]
    fn json_says_the_same_text_without_an_unsafe_character() {
        let mut told = String::new();
        for_json(&mut told, WILD);
        assert!(!told.chars().any(is_unsafe), "{told}");
        assert_eq!(serde_json::from_str::<String>(&told).expect("it is JSON"), WILD);
    }
}
