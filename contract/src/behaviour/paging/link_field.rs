//! The `Link` header field (RFC 8288 §3): links to other pages, written and read.

use crate::behaviour::call::Relation;
use crate::codec::Headers;

/// The value of the field, of targets with their relations.
pub(crate) fn write(links: impl IntoIterator<Item = (String, Relation)>) -> String {
    let links = links.into_iter().map(|(target, relation)| format!("<{target}>; rel=\"{}\"", relation.as_str()));
    links.collect::<Vec<_>>().join(", ")
}

/// The target of the first link with one of these relation types, which have no case (RFC 8288 §2.1.1).
pub(crate) fn read(headers: &Headers, relations: &[&str]) -> Option<String> {
    headers.all("link").find_map(|field| {
        let mut rest = field;
        while let Some((_, link)) = rest.split_once('<') {
            let (target, after) = link.split_once('>')?;
            let (parameters, next) = parted(after, ',');
            if has_relation(parameters, relations) {
                return Some(target.to_owned());
            }
            rest = next;
        }
        None
    })
}

fn has_relation(mut parameters: &str, relations: &[&str]) -> bool {
    while !parameters.is_empty() {
        let (parameter, rest) = parted(parameters, ';');
        if let Some((name, value)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("rel")
        {
            let mut words = value.trim().trim_matches('"').split_ascii_whitespace();
            return words.any(|word| relations.iter().any(|relation| relation.eq_ignore_ascii_case(word)));
        }
        parameters = rest;
    }
    false
}

/// A text cut at the first such sign outside quotes: the part before it and the part behind it.
fn parted(text: &str, sign: char) -> (&str, &str) {
    let (mut quoted, mut escaped) = (false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == sign && !quoted => return (&text[..at], &text[at + sign.len_utf8()..]),
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(field: &str) -> Option<String> {
        read(&[("Link", field)].into_iter().collect(), &["next"])
    }

    #[test]
    fn what_is_written_is_read() {
        let links = [("/a?ids=1,2;3".to_owned(), Relation::First), ("/a?after=x,y".to_owned(), Relation::Next)];
        assert_eq!(next(&write(links)).as_deref(), Some("/a?after=x,y"));
        assert_eq!(next(&write([])), None);
    }

    #[test]
    fn commas_part_links_only_outside_targets_and_quotes() {
        assert_eq!(
            next("</b>; title=\"a, <c>; rel=next\"; rel=prev, </d?x=1,2>; REL=\"last Next\"").as_deref(),
            Some("/d?x=1,2")
        );
        assert_eq!(next("</c>;rel=next").as_deref(), Some("/c"));
        for field in ["", "<", "</a", "rel=next", "</a>; rel=prev", "</a>; title=\"rel=next"] {
            assert_eq!(next(field), None, "{field}");
        }
    }
}
