//! References as text: splitting, joining with a base (RFC 3986 §5.2), and what stands in a fragment. A base is an
//! absolute URI or a path relative to the entry document's folder.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// A reference without its fragment, and the fragment.
pub(super) fn split(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// True where the text begins with a scheme (RFC 3986 §3.1). One letter is a drive of Windows instead.
pub(super) fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// True where a text names something at a host.
pub(super) fn is_url(text: &str) -> bool {
    has_scheme(text) && text.contains("://")
}

/// The target of a reference (without fragment) that stands in a resource of that base. What stands in a base with a
/// scheme never leads to a plain path, which would be a file of this machine.
pub fn join(base: &str, reference: &str) -> String {
    if reference.is_empty() {
        return base.to_owned();
    }
    if has_scheme(reference) {
        return reference.to_owned();
    }
    let base = if has_scheme(base) { base.split(['?', '#']).next().unwrap_or(base) } else { base };
    let (authority, path) = match (base.find("://").filter(|_| has_scheme(base)), base.find(':')) {
        (Some(scheme), _) => {
            let start = scheme + 3;
            base.split_at(base[start..].find('/').map_or(base.len(), |slash| start + slash))
        }
        // A base without an authority, such as a URN.
        (None, Some(colon)) if has_scheme(base) => base.split_at(colon + 1),
        (None, _) => ("", base),
    };
    if let Some(rest) = reference.strip_prefix("//") {
        let scheme = authority.split_once("//").map_or("", |(scheme, _)| scheme);
        return format!("{scheme}//{rest}");
    }
    let merged = if reference.starts_with('/') {
        reference.to_owned()
    } else {
        let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
        let folder = if folder.is_empty() && authority.contains("//") { "/" } else { folder };
        format!("{folder}{reference}")
    };
    format!("{authority}{}", without_dots(&merged))
}

/// Takes `.` and `..` out of a path (RFC 3986 §5.2.4); what leads above the start of a relative path stays.
pub(super) fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let absolute = path.starts_with('/');
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." if last => kept.push(""),
            "." => {}
            ".." => {
                match kept.last() {
                    Some(&"..") => kept.push(".."),
                    Some(&"") if absolute && kept.len() == 1 => {}
                    Some(_) => {
                        kept.pop();
                    }
                    None if absolute => {}
                    None => kept.push(".."),
                }
                if last {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    kept.join("/")
}

/// Percent-decodes a part of a reference; as it stands where that gives no text.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_join_their_base_as_rfc_3986_has_it() {
        for (base, reference, joined) in [
            ("openapi.yaml", "pet.yaml", "pet.yaml"),
            ("a/b.yaml", "./c.yaml", "a/c.yaml"),
            ("a/b.yaml", "../c.yaml", "c.yaml"),
            ("a/b.yaml", "../../c.yaml", "../c.yaml"),
            ("../a/b.yaml", "../c.yaml", "../c.yaml"),
            ("a.yaml", "/etc/passwd", "/etc/passwd"),
            ("a/b.yaml", "", "a/b.yaml"),
            ("a/b.yaml", "https://x.org/y", "https://x.org/y"),
            ("https://x.org/a/b", "c", "https://x.org/a/c"),
            ("https://x.org/a/b", "../../../c", "https://x.org/c"),
            ("https://x.org", "c", "https://x.org/c"),
            ("https://x.org/a", "//y.org/c", "https://y.org/c"),
            ("https://x.org/a/", "/c", "https://x.org/c"),
            ("https://x.org/a/b?c=/d", "e?f", "https://x.org/a/e?f"),
            ("https://x.org?c", "e", "https://x.org/e"),
            ("urn:x:y", "secret.yaml", "urn:secret.yaml"),
            ("urn:x:y", "/etc/passwd", "urn:/etc/passwd"),
            ("file:a/b", "../../../c", "file:../../c"),
        ] {
            assert_eq!(join(base, reference), joined, "{base} + {reference}");
        }
    }
}
