//! Where the paths of a contract begin: a path that stands before each of them, whoever chose it.

use std::fmt;

/// A path that stands before every path of a contract: empty for the root, else led by a slash and not ending in one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BasePath(String);

/// The reason why a text is no base path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BasePathError {
    /// A whole URL, of which only the path is asked for.
    #[error("`{0}` is a URL; a path alone is wanted, such as /v1")]
    Url(String),
    /// A character that ends a path, or that a template would give a meaning.
    #[error("`{1}` has no place in the path `{0}`")]
    Character(String, char),
    /// A path that leads above the root.
    #[error("the path `{0}` leads above the root")]
    AboveRoot(String),
    /// More segments than are routed.
    #[error("the path has more than {MAX_SEGMENTS} segments")]
    TooDeep,
}

/// The most segments that a base path may have: real ones have one to five.
const MAX_SEGMENTS: usize = 64;

impl BasePath {
    /// Reads a path as people write it: with or without its first slash, slashes at the end or doubled, `.` and `..`.
    ///
    /// # Errors
    /// The reason why it cannot stand before paths.
    pub fn parse(text: &str) -> Result<Self, BasePathError> {
        let text = text.trim();
        if text.contains("://") {
            return Err(BasePathError::Url(text.to_owned()));
        }
        let foreign = |letter: &char| matches!(letter, '?' | '#' | '{' | '}' | '\\') || letter.is_control();
        if let Some(letter) = text.chars().find(foreign) {
            return Err(BasePathError::Character(text.to_owned(), letter));
        }
        let mut kept: Vec<&str> = Vec::new();
        for segment in text.split('/') {
            match segment {
                "" | "." => {}
                ".." => {
                    kept.pop().ok_or_else(|| BasePathError::AboveRoot(text.to_owned()))?;
                }
                other => kept.push(other),
            }
        }
        if kept.len() > MAX_SEGMENTS {
            return Err(BasePathError::TooDeep);
        }
        Ok(Self(kept.iter().flat_map(|segment| ["/", *segment]).collect()))
    }

    /// The path as it stands before others.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_is_brought_into_one_form() {
        for (written, path) in [
            ("/v1", "/v1"),
            ("v1", "/v1"),
            ("/v1/", "/v1"),
            ("//a//b/", "/a/b"),
            ("/a/./b/../c", "/a/c"),
            ("/", ""),
            ("", ""),
            (" /x ", "/x"),
            ("/a%20b/ü", "/a%20b/ü"),
        ] {
            assert_eq!(BasePath::parse(written).expect("it is one").as_str(), path, "{written}");
        }
        assert_eq!(BasePath::default().to_string(), "/");
    }

    #[test]
    fn what_is_no_base_path_is_refused() {
        for wrong in ["http://x.org/v1", "/a?b", "/a#b", "/{tenant}", "/..", "/a/../..", "/a\nb", r"\a"] {
            assert!(BasePath::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(BasePath::parse(&"/a".repeat(65)), Err(BasePathError::TooDeep));
    }
}
