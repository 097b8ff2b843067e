//! Path templates, and which operation a request path belongs to.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::model::query;

/// A path template: segments between slashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PathTemplate {
    text: String,
    segments: Vec<Segment>,
    query: String,
}

/// One segment: literal text and parameters in turn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Segment(pub Vec<Piece>);

/// A part of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Text that must stand there.
    Literal(String),
    /// The name of a parameter.
    Parameter(String),
}

/// The operation that a request leads to, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// An operation, by its index, with the raw (still percent-encoded) text of each path parameter.
    Found {
        /// The index of the operation.
        operation: usize,
        /// Names and raw texts.
        captures: Vec<(String, String)>,
    },
    /// The path is known, the method is not; what it allows, sorted.
    OtherMethods(Vec<String>),
    /// No path of the contract covers it.
    Unknown,
}

impl PathTemplate {
    /// Reads a template. Braces that do not pair up are taken as literal text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let segments = text.split('/').skip(1).map(Segment::parse).collect();
        Self { text: text.to_owned(), segments, query: String::new() }
    }

    /// The same with a query that the document writes behind the path, which the specification does not have.
    #[must_use]
    pub fn with_query(self, query: &str) -> Self {
        Self { query: query.to_owned(), ..self }
    }

    /// The pairs of that query which are fixed: those without parameters.
    pub fn fixed_query(&self) -> impl Iterator<Item = (String, Option<String>)> {
        query::pairs(&self.query).into_iter().filter(|(name, value)| {
            let is_template = |text: &str| text.contains(['{', '}']);
            !is_template(name) && !value.as_deref().is_some_and(is_template)
        })
    }

    /// The template as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The segments after the first slash.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The names of the parameters, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().flat_map(|segment| &segment.0).filter_map(|piece| match piece {
            Piece::Parameter(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }

    /// The raw text of each parameter where the path fits; a parameter matches one character or more, but no slash.
    #[must_use]
    pub fn capture(&self, path: &str) -> Option<Vec<(String, String)>> {
        let mut captures = Vec::new();
        let mut rest = path.split('/').skip(1);
        for segment in &self.segments {
            segment.capture(rest.next()?, &mut captures)?;
        }
        rest.next().is_none().then_some(captures)
    }

    /// Smaller is more concrete: literal segments go before parameters, from the left (OpenAPI 3.x "Path Templating
    /// Matching").
    #[must_use]
    pub fn abstractness(&self) -> Vec<u8> {
        self.segments
            .iter()
            .map(|segment| match segment.0.as_slice() {
                [Piece::Literal(_)] | [] => 0,
                [Piece::Parameter(_)] => 2,
                _ => 1,
            })
            .collect()
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let Some(length) = rest[open..].find('}') else { break };
            if open > 0 {
                pieces.push(Piece::Literal(rest[..open].to_owned()));
            }
            pieces.push(Piece::Parameter(rest[open + 1..open + length].to_owned()));
            rest = &rest[open + length + 1..];
        }
        if !rest.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Self(pieces)
    }

    /// True where the raw text of a request's segment fits.
    pub(crate) fn fits(&self, raw: &str) -> bool {
        self.capture(raw, &mut Vec::new()).is_some()
    }

    fn capture(&self, raw: &str, captures: &mut Vec<(String, String)>) -> Option<()> {
        let mut rest = raw;
        for (number, piece) in self.0.iter().enumerate() {
            match piece {
                Piece::Literal(text) => rest = strip_literal(rest, text)?,
                Piece::Parameter(name) => {
                    let length = match self.0.get(number + 1) {
                        None => rest.len(),
                        Some(Piece::Parameter(_)) => rest.chars().next()?.len_utf8(),
                        Some(Piece::Literal(text)) if number + 2 == self.0.len() => rest.rfind(text.as_str())?,
                        Some(Piece::Literal(text)) => {
                            let first = rest.chars().next()?.len_utf8();
                            first + rest[first..].find(text.as_str())?
                        }
                    };
                    if length == 0 {
                        return None;
                    }
                    captures.push((name.clone(), rest[..length].to_owned()));
                    rest = &rest[length..];
                }
            }
        }
        rest.is_empty().then_some(())
    }
}

/// Strips literal text, which a client may have percent-encoded (RFC 3986 §6.2.2.2).
fn strip_literal<'r>(raw: &'r str, literal: &str) -> Option<&'r str> {
    if let Some(rest) = raw.strip_prefix(literal) {
        return Some(rest);
    }
    let decoded = percent_decode_str(raw).decode_utf8().ok()?;
    (decoded == literal || decoded == percent_decode_str(literal).decode_utf8().ok()?).then(|| &raw[raw.len()..])
}

impl fmt::Display for PathTemplate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captures(template: &str, path: &str) -> Option<Vec<(String, String)>> {
        PathTemplate::parse(template).capture(path)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_parameter_takes_a_whole_segment() {
        assert_eq!(captures("/pets/{id}", "/pets/7"), Some(vec![pair("id", "7")]));
        assert_eq!(captures("/pets/{id}", "/pets/"), None);
        assert_eq!(captures("/pets/{id}", "/pets/7/"), None);
        assert_eq!(captures("/pets/{id}", "/pets/7/x"), None);
    }

    #[test]
    fn several_parameters_share_a_segment() {
        assert_eq!(captures("/f/{a}.{b}", "/f/x.y.z"), Some(vec![pair("a", "x"), pair("b", "y.z")]));
        assert_eq!(captures("/f/{a}:cancel", "/f/1:2:cancel"), Some(vec![pair("a", "1:2")]));
    }

    #[test]
    fn literals_compare_decoded() {
        assert_eq!(captures("/a b/{x}", "/a%20b/1"), Some(vec![pair("x", "1")]));
    }

    #[test]
    fn concrete_paths_sort_before_templated_ones() {
        let mine = PathTemplate::parse("/pets/mine");
        let any = PathTemplate::parse("/pets/{id}");
        assert!(mine.abstractness() < any.abstractness());
    }
}
