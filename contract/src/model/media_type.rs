//! Media types and ranges (RFC 9110 §8.3.1, §12.5.1), lower case, with their parameters.

use std::fmt;

/// The subtype that is sent for a range, by its type.
const RANGES: [(&str, &str); 6] = [
    ("application", "json"),
    ("text", "plain"),
    ("multipart", "form-data"),
    ("image", "png"),
    ("audio", "mpeg"),
    ("video", "mp4"),
];

/// A media type or a range of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaType {
    kind: String,
    subtype: String,
    parameters: Vec<(String, String)>,
}

impl MediaType {
    /// Reads `type/subtype; name=value`; `None` where the text is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "*" {
            return Some(Self { kind: "*".into(), subtype: "*".into(), parameters: Vec::new() });
        }
        mediatype::MediaType::parse(text).ok().map(|parsed| Self::of(&parsed))
    }

    /// Reads a list of media ranges, such as the value of `Accept` (RFC 9110 §12.5.1); commas within quotes part nothing, and
    /// what is no media range is passed over.
    pub fn list(text: &str) -> impl Iterator<Item = Self> {
        let alone = Some(text.trim()).filter(|text| *text == "*").and_then(Self::parse);
        let listed = mediatype::MediaTypeList::new(text).flatten();
        alone.into_iter().chain(listed.map(|parsed| Self::of(&parsed)))
    }

    fn of(parsed: &mediatype::MediaType<'_>) -> Self {
        let mut subtype = parsed.subty.as_str().to_ascii_lowercase();
        if let Some(suffix) = parsed.suffix {
            subtype.push('+');
            subtype.push_str(&suffix.as_str().to_ascii_lowercase());
        }
        let parameters = mediatype::ReadParams::params(parsed)
            .map(|(name, value)| (name.as_str().to_ascii_lowercase(), value.unquoted_str().into_owned()))
            .collect();
        Self { kind: parsed.ty.as_str().to_ascii_lowercase(), subtype, parameters }
    }

    /// The type and subtype without parameters: `text/html`.
    #[must_use]
    pub fn essence(&self) -> String {
        format!("{}/{}", self.kind, self.subtype)
    }

    /// The value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All parameters in order.
    #[must_use]
    pub fn parameters(&self) -> &[(String, String)] {
        &self.parameters
    }

    /// True for `*/*` and `type/*`.
    #[must_use]
    pub fn is_range(&self) -> bool {
        self.kind == "*" || self.subtype == "*"
    }

    /// A type that can be sent: itself, or for a range the type that etalon writes of those it covers; `None` for a range that
    /// covers none of these.
    #[must_use]
    pub fn concrete(&self) -> Option<Self> {
        if !self.is_range() {
            return Some(self.clone());
        }
        let kind = if self.kind == "*" { "application" } else { self.kind.as_str() };
        let (_, subtype) = RANGES.iter().find(|(known, _)| *known == kind)?;
        Some(Self { kind: kind.to_owned(), subtype: (*subtype).to_owned(), parameters: Vec::new() })
    }

    /// True where a document of the other type is one of this type or range. Parameters named here must agree, but for
    /// `charset` and `q`, which select no schema.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        (self.kind == "*" || self.kind == other.kind)
            && (self.subtype == "*" || self.subtype == other.subtype)
            && self
                .parameters
                .iter()
                .filter(|(name, _)| name != "charset" && name != "q")
                .all(|(name, value)| other.parameter(name).is_some_and(|found| found.eq_ignore_ascii_case(value)))
    }

    /// Larger is more specific.
    #[must_use]
    pub fn specificity(&self) -> usize {
        usize::from(self.kind != "*") * 100 + usize::from(self.subtype != "*") * 100 + self.parameters.len()
    }

    /// True for `application/json`, `text/json` and every `+json` (RFC 6839 §3.1).
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.subtype == "json" || self.subtype.ends_with("+json")
    }

    /// True for the type of RFC 9457 problem details in JSON.
    #[must_use]
    pub fn is_problem_json(&self) -> bool {
        self.kind == "application" && self.subtype == "problem+json"
    }

    /// True for `application/xml`, `text/xml` and every `+xml`.
    #[must_use]
    pub fn is_xml(&self) -> bool {
        self.subtype == "xml" || self.subtype.ends_with("+xml")
    }

    /// True for YAML and the structured syntax `+yaml` (RFC 9512), by its registered name and those of before.
    #[must_use]
    pub fn is_yaml(&self) -> bool {
        self.subtype.ends_with("+yaml")
            || matches!(
                self.essence().as_str(),
                "application/yaml" | "application/x-yaml" | "text/yaml" | "text/x-yaml"
            )
    }

    /// True for every type `text/*`.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.kind == "text"
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.kind, self.subtype)?;
        for (name, value) in &self.parameters {
            let token = !value.is_empty()
                && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
            if token {
                write!(out, "; {name}={value}")?;
            } else {
                write!(out, "; {name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(text: &str) -> MediaType {
        MediaType::parse(text).expect("a media type")
    }

    #[test]
    fn ranges_cover_and_specific_wins() {
        assert!(media("*/*").covers(&media("application/json")));
        assert!(media("application/*").covers(&media("application/vnd.api+json")));
        assert!(!media("application/json").covers(&media("application/problem+json")));
        assert!(media("application/json").covers(&media("Application/JSON; charset=utf-8")));
        assert!(media("a/b; v=1").specificity() > media("a/b").specificity());
    }

    #[test]
    fn a_range_is_sent_as_a_type_that_it_covers() {
        let sent = |text: &str| media(text).concrete().map(|found| found.to_string());
        for (range, wanted) in [
            ("*/*", "application/json"),
            ("application/*", "application/json"),
            ("text/*", "text/plain"),
            ("multipart/*", "multipart/form-data"),
            ("audio/*", "audio/mpeg"),
            ("video/*; q=0.5", "video/mp4"),
            ("text/csv; header=absent", "text/csv; header=absent"),
        ] {
            assert_eq!(sent(range).as_deref(), Some(wanted), "{range}");
        }
        assert_eq!(sent("font/*"), None);
    }

    #[test]
    fn suffixes_tell_json() {
        assert!(media("application/vnd.api+json").is_json());
        assert!(!media("text/plain").is_json());
    }
}
