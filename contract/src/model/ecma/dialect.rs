//! Expressions that ECMA-262 allows, and that were surely meant in another dialect.

/// The dialect that an expression was surely written in, with the sign of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// The sign, as it is written.
    pub(crate) sign: &'static str,
    /// The meaning of the sign in ECMA-262, a fragment of a sentence.
    pub(crate) means: &'static str,
}

/// Anchors of Perl, Python and others, which ECMA-262 reads as letters.
const ANCHORS: [(&str, &str); 5] = [
    ("\\A", "is the letter A"),
    ("\\Z", "is the letter Z"),
    ("\\z", "is the letter z"),
    ("\\G", "is the letter G"),
    ("\\Q", "is the letter Q"),
];

/// Classes of POSIX, which ECMA-262 reads as the characters between the brackets.
const POSIX: [&str; 9] = [
    "[:alpha:]",
    "[:digit:]",
    "[:alnum:]",
    "[:upper:]",
    "[:lower:]",
    "[:space:]",
    "[:punct:]",
    "[:xdigit:]",
    "[:word:]",
];

/// The dialect of an expression; `None` where ECMA-262 is as likely as any.
pub(crate) fn meant(pattern: &str) -> Option<Dialect> {
    if let Some((sign, means)) = ANCHORS.into_iter().find(|(sign, _)| has_escape(pattern, sign)) {
        return Some(Dialect { sign, means });
    }
    if let Some(sign) =
        POSIX.into_iter().find(|sign| pattern.contains(&format!("[{sign}")) || pattern.contains(&format!("{sign}]")))
    {
        return Some(Dialect { sign, means: "is the characters between its brackets" });
    }
    is_delimited(pattern).then_some(Dialect { sign: "/", means: "is a slash in the text" })
}

/// True where an escape is there that is none of a backslash.
fn has_escape(pattern: &str, sign: &str) -> bool {
    pattern.match_indices(sign).any(|(at, _)| {
        let before = &pattern[..at];
        (before.len() - before.trim_end_matches('\\').len()).is_multiple_of(2)
    })
}

/// True for `/^…$/` and `/^…/i`: an expression as a literal of JavaScript, delimiters and flags included.
fn is_delimited(pattern: &str) -> bool {
    let Some((_, rest)) = pattern.split_once('/').filter(|(before, _)| before.is_empty()) else { return false };
    let Some((body, flags)) = rest.rsplit_once('/') else { return false };
    let is_flag = |flag: u8| b"dgimsuvy".contains(&flag);
    let is_anchored = body.starts_with('^') || body.ends_with('$');
    flags.bytes().all(is_flag) && (is_anchored || !flags.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_dialects_are_known_by_their_signs() {
        let cases = [
            (r"\A[a-z]+\Z", Some("\\A")),
            (r"\\A", None),
            ("^[[:alpha:]]+$", Some("[:alpha:]")),
            ("/^[a-z]+$/i", Some("/")),
            ("/users/[0-9]+/", None),
            ("^/a/$", None),
            ("^[a-z]$", None),
        ];
        for (pattern, sign) in cases {
            assert_eq!(meant(pattern).map(|dialect| dialect.sign), sign, "{pattern}");
        }
    }
}
