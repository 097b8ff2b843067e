//! Regular expressions of ECMA-262, told again in the words that all engines here read alike: first as the `u` flag has
//! it (JSON Schema Core §6.4), and where that cannot be, as expressions without flags are read (ECMA-262 Annex B §B.1.2).
//!
//! In reading order: one expression from its start to its end (`reader`), the escapes in it (`escape`), its classes of
//! characters (`class`), and what was surely meant in another dialect (`dialect`).

mod class;
mod dialect;
mod escape;
mod reader;

pub(crate) use dialect::{Dialect, meant};
pub(crate) use reader::{Malformed, Mode};

use crate::model::ecma::reader::Reader;

/// An expression in the words of the `u` flag: without names of groups, with every odd character escaped.
///
/// # Errors
/// The place where it stops being an expression of ECMA-262, read with the `u` flag or without.
pub(crate) fn canonical(pattern: &str) -> Result<String, Malformed> {
    Reader::new(pattern, Mode::Unicode).read().or_else(|_| Reader::new(pattern, Mode::AnnexB).read())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pattern: &str) -> Result<String, &'static str> {
        canonical(pattern).map_err(|malformed| malformed.why)
    }

    #[test]
    fn what_all_engines_read_alike_stays() {
        for pattern in
            ["", "^a|b$", "(?:a{2,3}?b*)+", r"\d\D\w\W\s\S\b\B", "[a-z0-9_]", "(?=a)(?!b)(?<=c)(?<!d)", r"\p{L}"]
        {
            assert_eq!(told(pattern).as_deref(), Ok(pattern));
        }
    }

    #[test]
    fn the_u_flag_comes_first() {
        assert_eq!(told(r"\u{1F600}").as_deref(), Ok(r"\u{1f600}"), "a code point, not a `u` many times");
        assert_eq!(told(r"\uD83D\uDE00").as_deref(), Ok(r"\u{1f600}"), "two halves are one character");
        assert_eq!(told(r"(?<n>a)\k<n>").as_deref(), Ok(r"(a)(?:\1)"));
        assert_eq!(told(r"\0[\0]\cA[\b]").as_deref(), Ok(r"\u{0}[\u{0}]\u{1}[\u{8}]"));
        assert_eq!(told("[]|[^]").as_deref(), Ok(r"[^\s\S]|[\s\S]"));
        assert_eq!(told("[a&&b~~[]").as_deref(), Ok(r"[a\&\&b\~\~\[]"));
    }

    #[test]
    fn annex_b_reads_the_rest() {
        let cases = [
            (r"^[\w-.]+$", r"^[\w\-.]+$"),
            ("a{,5}b{x}{", r"a\{,5\}b\{x\}\{"),
            ("]}", r"\]\}"),
            (r"\k<y>", "k<y>"),
            (r"\A\Z\a\e", "AZae"),
            (r"\12\8\400", r"\u{a}8\u{20}0"),
            (r"(a)\1\2", r"(a)(?:\1)\u{2}"),
            (r"\c\c1[\c1\c]", r"\\c\\c1[\u{11}\\c]"),
            (r"\x4\u12\pL", "x4u12pL"),
            ("(?=a)*b", "(?:)b"),
            ("(?!a)+b(?=c){2}", "(?!a)b(?=c)"),
            ("(c)(?=a)?b", "(c)(?:|(?=a))b"),
            ("[[:alpha:]]", r"[\[:alpha:]\]"),
            (r"[a-\d]", r"[a\-\d]"),
        ];
        for (pattern, expected) in cases {
            assert_eq!(told(pattern).as_deref(), Ok(expected), "{pattern}");
        }
    }

    #[test]
    fn what_no_reading_allows_is_told() {
        for pattern in [
            "(",
            ")",
            "a)",
            "[a",
            "*",
            "a**",
            "{1}",
            "x{2}{3}",
            "^*",
            "[z-a]",
            "(?P<n>a)",
            "(?i)a",
            "(?#x)",
            r"\",
            "a{2,1}",
            r"(?<n>a)\k<m>",
            "(?<=a)*",
        ] {
            assert!(told(pattern).is_err(), "{pattern}: {:?}", told(pattern));
        }
    }
}
