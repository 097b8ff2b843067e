//! The paths of a document: which operations there are, under which base path, without reading any of them.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::document::{Code, Defect, Document, Location, Version, join_uri};
use crate::model::{Entry, Method, PathTemplate};

/// The methods that a path item may hold as its own members, and since when.
const METHODS: [(&str, Version); 9] = [
    ("get", Version::Swagger2),
    ("put", Version::Swagger2),
    ("post", Version::Swagger2),
    ("delete", Version::Swagger2),
    ("options", Version::Swagger2),
    ("head", Version::Swagger2),
    ("patch", Version::Swagger2),
    ("trace", Version::OpenApi30),
    ("query", Version::OpenApi32),
];

/// The most segments that a path may have: whoever routes goes as deep, and no real path comes near.
const MAX_SEGMENTS: usize = 256;

/// The member of a path in which OpenAPI 3.2 keeps the operations of all other methods.
const ADDITIONAL: &str = "additionalOperations";

/// The path item that an operation belongs to.
pub(crate) fn item_of(operation: &Location) -> Location {
    let mut pointer = operation.pointer.parent().unwrap_or_default();
    if pointer.last().is_some_and(|last| last == ADDITIONAL) {
        pointer = pointer.parent().unwrap_or_default();
    }
    Location { file: operation.file, pointer }
}

/// The path that the document's first server puts before every path; empty or led by `/`, never ending in one.
pub(crate) fn base_path(document: &Document, defects: &mut Vec<Defect>) -> String {
    if document.version() == Version::Swagger2 {
        return path_of(document.root().get("basePath").and_then(Value::as_str).unwrap_or(""));
    }
    let root = Location::default();
    let found = document.base_uri(root.file);
    document.root().as_object().and_then(|members| first_server(members, &root, found, defects)).unwrap_or_default()
}

/// The base path of the first of an object's own servers, its variables at their defaults. `found` is where the document
/// was found, which its URL may be relative to (OpenAPI 3.x "Server Object").
fn first_server(members: &Map<String, Value>, at: &Location, found: &str, defects: &mut Vec<Defect>) -> Option<String> {
    let at = at.join("servers").index(0);
    let server = members.get("servers")?.as_array()?.first()?;
    let url = server.get("url").and_then(Value::as_str)?;
    let mut resolved = String::new();
    let mut rest = url;
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else { break };
        let name = &rest[open + 1..open + length];
        resolved.push_str(&rest[..open]);
        let variable = server.get("variables").and_then(|variables| variables.get(name));
        let value = |variable: &Value| match variable.get("default").or_else(|| variable.pointer("/enum/0"))? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        match variable.and_then(value) {
            Some(text) => resolved.push_str(&text),
            None => {
                let reason = format!("the server's variable `{name}` has no default, so its name stands for it");
                defects.push(
                    Defect::new(Code::Missing, at.clone(), reason).hint("add it to `variables` with a `default`"),
                );
                resolved.push_str(name);
            }
        }
        rest = &rest[open + length + 1..];
    }
    resolved.push_str(rest);
    Some(path_of(&resolved_url(found, &resolved)))
}

/// A server's URL, which is relative to where the document was found.
pub(crate) fn resolved_url(found: &str, url: &str) -> String {
    if found.contains("://") { join_uri(found, url) } else { url.to_owned() }
}

/// The path of a server's URL.
pub(crate) fn path_of(url: &str) -> String {
    let path = match url.find("//") {
        Some(authority) => url[authority + 2..].find('/').map_or("", |slash| &url[authority + 2 + slash..]),
        None => url,
    };
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split(['?', '#']).next().unwrap_or("").split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
    }
    kept.iter().flat_map(|segment| ["/", *segment]).collect()
}

/// All operations: below `base`, and those with servers of their own below `mount` and what these servers say.
pub(crate) fn entries(document: &Document, base: &str, mount: &str, defects: &mut Vec<Defect>) -> Vec<Entry> {
    let mut listing = Listing { document, base, mount, entries: Vec::new(), ids: HashMap::new(), defects };
    let root = Location::default();
    if document.root().get("paths").is_none() {
        // OpenAPI 3.1 allows a document of webhooks or components alone.
        let reason = "the document has no `paths`, so there is nothing to serve";
        listing.defects.push(Defect::new(Code::Missing, root, reason));
        return Vec::new();
    }
    match document.follow(&root.join("paths")) {
        Ok((paths, Value::Object(items))) => {
            for path in items.keys().filter(|path| !path.starts_with("x-")) {
                listing.item(path, &paths.join(path));
            }
        }
        Ok((at, _)) => listing.defects.push(Defect::new(Code::WrongType, at, "`paths` must be an object")),
        Err(defect) => listing.defects.push(defect),
    }
    listing.entries
}

struct Listing<'d> {
    document: &'d Document,
    base: &'d str,
    mount: &'d str,
    entries: Vec<Entry>,
    ids: HashMap<String, usize>,
    defects: &'d mut Vec<Defect>,
}

impl Listing<'_> {
    fn item(&mut self, path: &str, at: &Location) {
        let own = self.document.node(at);
        let (target, item) = match self.document.follow(at) {
            Ok(found) => found,
            Err(defect) => {
                self.defects.push(defect);
                return;
            }
        };
        // OpenAPI 3.x "Path Item Object": members may stand beside `$ref`; they go before what it leads to.
        for (at, item) in
            [Some((at.clone(), own)), (target != *at).then_some((target, Some(item)))].into_iter().flatten()
        {
            match item {
                Some(Value::Object(members)) => self.operations(path, &at, members),
                Some(Value::Null) => {}
                _ => self.defects.push(Defect::new(Code::WrongType, at, "a path item must be an object")),
            }
        }
    }

    fn operations(&mut self, path: &str, at: &Location, members: &Map<String, Value>) {
        let version = self.document.version();
        let base = match first_server(members, at, self.document.base_uri(at.file), self.defects)
            .filter(|_| version != Version::Swagger2)
        {
            Some(base) => format!("{}{base}", self.mount),
            None => self.base.to_owned(),
        };
        for (name, _) in METHODS.iter().filter(|(_, since)| *since <= version) {
            if let Some(operation) = members.get(*name) {
                self.operation(Method::new(name), path, &base, &at.join(name), operation);
            }
        }
        if let Some(Value::Object(more)) = members.get(ADDITIONAL).filter(|_| version >= Version::OpenApi32) {
            for (name, operation) in more {
                self.operation(Method::as_written(name), path, &base, &at.join(ADDITIONAL).join(name), operation);
            }
        }
    }

    fn operation(&mut self, method: Method, path: &str, base: &str, at: &Location, operation: &Value) {
        let followed = operation.get("$ref").and_then(|_| self.document.follow(at).ok());
        let operation = followed.map_or(operation, |(_, operation)| operation);
        let found = self.document.base_uri(at.file);
        let base = match operation.as_object().and_then(|members| first_server(members, at, found, self.defects)) {
            Some(base) if self.document.version() != Version::Swagger2 => format!("{}{base}", self.mount),
            _ => base.to_owned(),
        };
        // A query or fragment in a path tells operations apart for people; on the wire it is not part of the path.
        let whole = path.split('#').next().unwrap_or_default();
        let (bare, query) = whole.split_once('?').unwrap_or((whole, ""));
        if bare.matches('/').count() + base.matches('/').count() > MAX_SEGMENTS {
            let reason = format!("a path of more than {MAX_SEGMENTS} segments is not served");
            self.defects.push(Defect::new(Code::Unsupported, at.clone(), reason));
            return;
        }
        let slash = if bare.starts_with('/') { "" } else { "/" };
        let path_template = PathTemplate::parse(&format!("{base}{slash}{bare}")).with_query(query);
        let fallback = format!("{} {path}", method.as_str().to_lowercase());
        let written = operation.get("operationId").and_then(Value::as_str).filter(|id| !id.is_empty());
        let mut id = written.unwrap_or(&fallback).to_owned();
        if let Some(first) = self.ids.get(&id) {
            let reason = format!(
                "the operationId `{id}` is taken by `{} {}`",
                self.entries[*first].method, self.entries[*first].path
            );
            let note = Defect::new(Code::Ambiguous, at.join("operationId"), reason);
            self.defects.push(note.hint(format!("this one is called `{fallback}` instead")));
            id = fallback;
            // Only a document that spells another operation's fallback as an operationId gets here twice.
            while self.ids.contains_key(&id) {
                id.push('\'');
            }
        }
        self.ids.insert(id.clone(), self.entries.len());
        let entry = Entry::new(self.entries.len(), method, path_template, id, at.clone());
        self.entries.push(entry.of(operation));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{NoFiles, Source};
    use crate::model::{BasePath, Contract};

    #[test]
    fn the_base_path_is_the_path_of_the_servers_url() {
        for (url, base) in [
            ("https://x.org/v1/", "/v1"),
            ("https://x.org", ""),
            ("//x.org/a/b", "/a/b"),
            ("/v1", "/v1"),
            ("v1/./a/../b", "/v1/b"),
            ("/", ""),
            (".", ""),
            ("https://x.org/a?b=c#d", "/a"),
        ] {
            assert_eq!(path_of(url), base, "{url}");
        }
    }

    #[test]
    fn variables_of_a_server_stand_at_their_defaults() {
        let mut defects = Vec::new();
        let server = json!({"servers": [{
            "url": "https://{host}/{base}/{version}/{unknown}",
            "variables": {"host": {"default": "x.org"}, "base": {"default": "a/b"}, "version": {"enum": [2, 3]}}
        }]});
        let members = server.as_object().expect("it is one");
        let base = first_server(members, &Location::default(), "api.yaml", &mut defects);
        assert_eq!(base.as_deref(), Some("/a/b/2/unknown"));
        assert_eq!(defects.len(), 1);
    }

    fn paths_of(name: &str, mount: Option<&str>, text: &str) -> Vec<String> {
        let source = Source { name, bytes: text.as_bytes() };
        let document = Document::load(source, &[], &NoFiles).expect("it can be loaded");
        let contract = match mount {
            Some(mount) => Contract::mounted(document, &BasePath::parse(mount).expect("a base path")),
            None => Contract::new(document),
        };
        contract.entries().iter().map(|entry| entry.path.as_str().to_owned()).collect()
    }

    #[test]
    fn a_mount_stands_in_for_the_servers_of_the_document_and_before_those_of_its_parts() {
        let text = "openapi: 3.0.3
info: {title: t, version: '1'}
servers: [{url: 'https://x.org/v1'}]
paths:
  /a: {get: {responses: {}}}
  /b: {servers: [{url: 'https://up.x.org/upload/v1'}], get: {responses: {}}, put: {servers: [{url: /}], responses: {}}}
";
        assert_eq!(paths_of("api.yaml", None, text), ["/v1/a", "/upload/v1/b", "/b"]);
        assert_eq!(paths_of("api.yaml", Some("/m"), text), ["/m/a", "/m/upload/v1/b", "/m/b"]);
        assert_eq!(paths_of("api.yaml", Some("/"), text), ["/a", "/upload/v1/b", "/b"]);
        let swagger =
            "swagger: '2.0'\ninfo: {title: t, version: '1'}\nbasePath: /v1/\npaths: {/a: {get: {responses: {}}}}\n";
        assert_eq!(paths_of("api.yaml", None, swagger), ["/v1/a"]);
        assert_eq!(paths_of("api.yaml", Some("x"), swagger), ["/x/a"]);
    }

    #[test]
    fn a_relative_server_is_seen_from_where_the_document_was_found() {
        let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: ../v1}]\npaths: {/a: {get: {responses: {}}}}\n";
        assert_eq!(paths_of("https://x.org/docs/api/openapi.yaml?raw=/1", None, text), ["/docs/v1/a"]);
        assert_eq!(paths_of("docs/openapi.yaml", None, text), ["/v1/a"]);
    }
}
