//! Words that choose operations: by id, path, method or tag. Users meet them in `--include`, `--exclude` and in rules of the mock.

use etalon_contract::model::{Contract, Entry};
use serde_json::Value;

/// A word that chooses operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// Operations of this id; `*` stands for any characters.
    Id(String),
    /// Operations whose path fits: `*` stands for any characters of one segment, `**` for any segments.
    Path(String),
    /// Operations of this method.
    Method(String),
    /// Operations of this method whose path fits.
    MethodAndPath(String, String),
    /// Operations that have this tag.
    Tag(String),
    /// Operations of this id, or that have this tag.
    Word(String),
}

/// The methods that may stand without `method:` before them.
const METHODS: [&str; 9] = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY"];

impl Criterion {
    /// Reads `operationId`, `/path/*`, `GET`, `GET /path/*`, a tag, or one of them with `id:`, `path:`, `method:`, `tag:`
    /// before it.
    ///
    /// # Errors
    /// A fragment saying what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("write an operationId, a path like /users/*, a method or a tag".to_owned());
        }
        if let Some((kind, rest)) = text.split_once(':') {
            let rest = rest.trim().to_owned();
            match kind {
                "id" => return Ok(Self::Id(rest)),
                "path" => return Ok(Self::Path(rest)),
                "method" => return Ok(Self::Method(rest.to_ascii_uppercase())),
                "tag" => return Ok(Self::Tag(rest)),
                _ => {}
            }
        }
        if text.starts_with('/') {
            return Ok(Self::Path(text.to_owned()));
        }
        match text.split_once(' ') {
            Some((method, path)) if METHODS.contains(&method) && path.trim().starts_with('/') => {
                Ok(Self::MethodAndPath(method.to_owned(), path.trim().to_owned()))
            }
            None if METHODS.contains(&text) => Ok(Self::Method(text.to_owned())),
            Some(_) | None => Ok(Self::Word(text.to_owned())),
        }
    }

    /// True where it chooses this operation.
    #[must_use]
    pub fn takes(&self, contract: &Contract, entry: &Entry) -> bool {
        let has_tag = |tag: &str| {
            let tags = contract.document().node(&entry.at).and_then(|node| node.get("tags")).and_then(Value::as_array);
            tags.into_iter().flatten().any(|known| known.as_str() == Some(tag))
        };
        let is_at = |path: &str| {
            // With the base path of the servers, and without.
            let whole = entry.path.as_str();
            fits_path(path, whole) || whole.strip_prefix(contract.base()).is_some_and(|below| fits_path(path, below))
        };
        match self {
            Self::Id(id) => fits(id, &entry.id),
            Self::Path(path) => is_at(path),
            Self::Method(method) => entry.method.as_str().eq_ignore_ascii_case(method),
            Self::MethodAndPath(method, path) => entry.method.as_str() == method && is_at(path),
            Self::Tag(tag) => has_tag(tag),
            Self::Word(word) => fits(word, &entry.id) || has_tag(word),
        }
    }

    /// The word without what says of which kind it is.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Id(word) | Self::Path(word) | Self::Method(word) | Self::Tag(word) | Self::Word(word) => word,
            Self::MethodAndPath(_, path) => path,
        }
    }
}

/// True where a text fits a pattern in which `*` stands for any characters.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return rest.is_empty() };
    for part in between {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// True where a path fits a glob, segment by segment. The braces of parameters may be written or not.
fn fits_path(glob: &str, path: &str) -> bool {
    let glob: Vec<&str> = glob.trim_matches('/').split('/').collect();
    let path: Vec<&str> = path.trim_matches('/').split('/').collect();
    fits_segments(&glob, &path)
}

fn fits_segments(glob: &[&str], path: &[&str]) -> bool {
    match (glob.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => (0..=path.len()).any(|taken| fits_segments(rest, &path[taken..])),
        (Some((first, rest)), Some((segment, others))) => fits(first, segment) && fits_segments(rest, others),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_criterion_says_what_it_is_about() {
        let parsed = |text: &str| Criterion::parse(text).expect("it is one");
        assert_eq!(parsed("/a/*"), Criterion::Path("/a/*".into()));
        assert_eq!(parsed("GET"), Criterion::Method("GET".into()));
        assert_eq!(parsed("GET /a"), Criterion::MethodAndPath("GET".into(), "/a".into()));
        assert_eq!(parsed("tag:a b"), Criterion::Tag("a b".into()));
        assert_eq!(parsed("get"), Criterion::Word("get".into()));
        assert!(Criterion::parse(" ").is_err());
    }

    #[test]
    fn globs_take_characters_of_a_segment_or_segments() {
        for (glob, path, expected) in [
            ("/users/*", "/users/{id}", true),
            ("/users/*", "/users/{id}/posts", false),
            ("/users/**", "/users/{id}/posts", true),
            ("/users/**", "/users", true),
            ("/**/posts", "/users/{id}/posts", true),
            ("/u*s", "/users", true),
            ("/users", "/users/", true),
            ("/user", "/users", false),
        ] {
            assert_eq!(fits_path(glob, path), expected, "{glob} {path}");
        }
        assert!(fits("get*By*", "getUserById") && !fits("get*By", "getUserById") && fits("a", "a") && !fits("a", "ab"));
    }
}
