//! The base paths that a document's servers may have: those of all servers, with every value of their variables
//! (OpenAPI 3.x "Server Variable Object"). What is served below one of them is the same API.

use serde_json::Value;

use crate::document::{Document, Location, Version};
use crate::model::paths::{path_of, resolved_url};

/// The most servers whose paths are looked at.
const MAX_SERVERS: usize = 64;

/// The mark around the number of a variable within a URL; no URL has such a character.
const MARK: char = '\u{1}';

/// The base path of a server as a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerPath(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// One of these values.
    OneOf(Vec<String>),
    /// Any value without a slash.
    Any,
}

/// The base paths of the document's own servers, in their order.
pub(crate) fn server_paths(document: &Document) -> Vec<ServerPath> {
    if document.version() == Version::Swagger2 {
        return Vec::new();
    }
    let found = document.base_uri(Location::default().file);
    let servers = document.root().get("servers").and_then(Value::as_array).into_iter().flatten();
    servers.take(MAX_SERVERS).filter_map(|server| ServerPath::of(server, found)).collect()
}

impl ServerPath {
    fn of(server: &Value, found: &str) -> Option<Self> {
        let url = server.get("url").and_then(Value::as_str).filter(|url| !url.contains(MARK))?;
        let mut marked = String::new();
        let mut variables: Vec<Part> = Vec::new();
        let mut rest = url;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, tail)) = after.split_once('}') else { break };
            let variable = server.get("variables").and_then(|all| all.get(name));
            marked.push_str(before);
            marked.push_str(&format!("{MARK}{}{MARK}", variables.len()));
            variables.push(Part::of(variable));
            rest = tail;
        }
        marked.push_str(rest);
        let path = path_of(&resolved_url(found, &marked));
        let parts = path.split(MARK).enumerate().filter_map(|(index, text)| {
            if index % 2 == 0 {
                return (!text.is_empty()).then(|| Part::Text(text.to_owned()));
            }
            variables.get(text.parse::<usize>().ok()?).cloned()
        });
        Some(Self(parts.collect()))
    }

    /// The part of a path behind this base path; the longest base path that fits, where several do.
    pub(crate) fn behind<'p>(&self, path: &'p str) -> Option<&'p str> {
        behind(&self.0, path)
    }
}

impl Part {
    fn of(variable: Option<&Value>) -> Self {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        let few = variable.and_then(|variable| variable.get("enum")).and_then(Value::as_array);
        match few {
            Some(few) => {
                let default = variable.and_then(|variable| variable.get("default")).into_iter();
                let mut values: Vec<String> = few.iter().chain(default).filter_map(text).collect();
                // The longest first, so that `v10` is not read as `v1`.
                values.sort_by_key(|value| std::cmp::Reverse(value.len()));
                Self::OneOf(values)
            }
            None => Self::Any,
        }
    }
}

fn behind<'p>(parts: &[Part], path: &'p str) -> Option<&'p str> {
    let Some((first, rest)) = parts.split_first() else {
        return (path.is_empty() || path.starts_with('/')).then_some(path);
    };
    match first {
        Part::Text(text) => behind(rest, path.strip_prefix(text.as_str())?),
        Part::OneOf(values) => values.iter().find_map(|value| behind(rest, path.strip_prefix(value.as_str())?)),
        Part::Any => {
            let end = path.find('/').unwrap_or(path.len());
            let ends = path[..end].char_indices().skip(1).map(|(index, _)| index).chain([end]);
            ends.filter(|index| *index > 0)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .find_map(|end| behind(rest, &path[end..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_value_of_a_variable_is_a_base_path_and_no_other() {
        let server = json!({"url": "https://{region}.example.com/{version}/t/{tenant}-x", "variables": {
            "region": {"default": "us"}, "version": {"default": "v1", "enum": ["v1", "v10"]}, "tenant": {"default": "a"}}});
        let path = ServerPath::of(&server, "api.yaml").expect("a path");
        for (asked, behind) in [
            ("/v1/t/a-x/pets", Some("/pets")),
            ("/v10/t/other-x/pets/1", Some("/pets/1")),
            ("/v10/t/other-x", Some("")),
            ("/v2/t/a-x/pets", None),
            ("/v1/t/a/pets", None),
            ("/v1/t/-x/pets", None),
            ("/v1/t/a-xy/pets", None),
        ] {
            assert_eq!(path.behind(asked), behind, "{asked}");
        }
        let plain = |url: &str| ServerPath::of(&json!({"url": url}), "api.yaml").expect("a path");
        assert_eq!(plain("/sandbox/").behind("/sandbox/pets"), Some("/pets"));
        assert_eq!(plain("https://x.org").behind("/pets"), Some("/pets"));
        assert_eq!(plain("/a").behind("/ab"), None);
    }
}
