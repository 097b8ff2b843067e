//! Texts from documents and from answers as a line of a terminal or of a log may show them: without anything that moves
//! the cursor, changes colours, reorders what is read, or begins a command of a CI system.

/// A text on one line: control characters, line breaks and marks of direction become `\u{fffd}`, tabs blanks; what a log would take
/// for a command of its own (`::error …`, `##[error] …`) is broken up by a backslash.
#[must_use]
pub fn visible(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|letter| match letter {
            '\t' => ' ',
            letter if is_unseen(letter) => char::REPLACEMENT_CHARACTER,
            letter => letter,
        })
        .collect();
    let line = if line.trim_start().starts_with("::") { line.replacen("::", ":\\:", 1) } else { line };
    if line.contains("##[") { line.replace("##[", "##\\[") } else { line }
}

/// The same of a text of several lines, each by itself.
#[must_use]
pub fn visible_lines(text: &str) -> String {
    let shown: Vec<String> = text.split('\n').map(visible).collect();
    shown.join("\n")
}

/// Control characters (C0, DEL, C1), line and paragraph separators, and what changes the direction of what follows.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_a_terminal_but_letters() {
        for text in ["\u{1b}[31mred", "a\r\nb", "a\u{9b}2J", "a\u{202e}b", "a\u{7f}b", "a\u{2028}b"] {
            assert!(!visible(text).chars().any(is_unseen), "{text:?}");
        }
        assert_eq!(visible("plain – ä語 😀\tx"), "plain – ä語 😀 x");
    }

    #[test]
    fn no_line_begins_a_command_of_a_log() {
        assert_eq!(visible("  ::error file=x::y"), "  :\\:error file=x::y");
        assert_eq!(visible("a ##[group]b"), "a ##\\[group]b");
        assert!(!visible("x\n::error::y").contains('\n'));
        assert_eq!(visible("a::b"), "a::b");
    }
}
