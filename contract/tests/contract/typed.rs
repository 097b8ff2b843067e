//! Two readings of OpenAPI 3.0, held against each other: the model's, from values, and openapiv3's, from types. The shipped
//! contracts always; `ETALON_CORPUS=FOLDER cargo test -- --ignored` holds every document there that openapiv3 accepts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use etalon_contract::document::{Document, NoFiles, Source, Version};
use etalon_contract::model::{Content, Contract, MediaType, Operation, PathTemplate};
use openapiv3::{Components, OpenAPI, Parameter, ReferenceOr, RequestBody, Response};

/// The facts about an operation that both readings can tell.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    parameters: BTreeSet<(String, String, bool)>,
    body: Option<(bool, BTreeSet<String>)>,
    responses: BTreeSet<(String, BTreeSet<String>, BTreeSet<String>)>,
}

fn media_types<'k>(keys: impl Iterator<Item = &'k String>) -> BTreeSet<String> {
    keys.filter_map(|key| MediaType::parse(key)).map(|media_type| media_type.to_string()).collect()
}

fn contents(contents: &[Content]) -> BTreeSet<String> {
    contents.iter().map(|content| content.media_type.to_string()).collect()
}

fn by_model(operation: &Operation) -> Seen {
    Seen {
        parameters: operation
            .parameters
            .iter()
            .map(|one| (one.place.to_string(), one.name.clone(), one.required))
            .collect(),
        body: operation.body.as_ref().map(|body| (body.required, contents(&body.content))),
        responses: operation
            .responses
            .iter()
            .map(|response| {
                let headers = response.headers.iter().map(|header| header.name.clone()).collect();
                (response.status.to_string(), contents(&response.content), headers)
            })
            .collect(),
    }
}

/// The component that a reference stands for; `None` for references to anywhere else.
fn component<'c, T>(
    of: &'c ReferenceOr<T>,
    section: &str,
    find: impl Fn(&str) -> Option<&'c ReferenceOr<T>>,
) -> Option<&'c T> {
    let mut of = of;
    for _ in 0..16 {
        match of {
            ReferenceOr::Item(item) => return Some(item),
            ReferenceOr::Reference { reference } => {
                let name = reference.strip_prefix("#/components/")?.strip_prefix(section)?.strip_prefix('/')?;
                of = find(&name.replace("~1", "/").replace("~0", "~"))?;
            }
        }
    }
    None
}

/// The fields of a header that frame a message: whoever sends it writes them, whatever a contract says.
const FRAMING: [&str; 9] =
    ["content-length", "transfer-encoding", "host", "connection", "keep-alive", "upgrade", "te", "trailer", "expect"];

/// The typed reading of an operation; `None` where it needs references that openapiv3 does not follow.
fn by_types(
    components: &Components,
    template: &PathTemplate,
    shared: &[ReferenceOr<Parameter>],
    operation: &openapiv3::Operation,
) -> Option<Seen> {
    let names: BTreeSet<&str> = template.parameters().collect();
    let mut parameters: Vec<(String, String, bool)> = Vec::new();
    for one in shared.iter().chain(&operation.parameters) {
        let one: &Parameter = component(one, "parameters", |name| components.parameters.get(name))?;
        let place = match one {
            Parameter::Query { .. } => "query",
            Parameter::Header { .. } => "header",
            Parameter::Path { .. } => "path",
            Parameter::Cookie { .. } => "cookie",
        };
        let data = one.parameter_data_ref();
        let field = data.name.to_ascii_lowercase();
        let ignored = ["accept", "content-type", "authorization"].contains(&field.as_str());
        // Fields that frame a message are set aside, which `check` says.
        let ignored = ignored || FRAMING.contains(&field.as_str());
        if place == "header" && ignored || place == "path" && !names.contains(data.name.as_str()) {
            continue;
        }
        parameters.retain(|(known_place, known, _)| !(known_place == place && *known == data.name));
        parameters.push((place.to_owned(), data.name.clone(), place == "path" || data.required));
    }
    for name in names {
        if !parameters.iter().any(|(place, known, _)| place == "path" && known == name) {
            parameters.push(("path".to_owned(), name.to_owned(), true));
        }
    }
    let body = match &operation.request_body {
        Some(body) => {
            let body: &RequestBody = component(body, "requestBodies", |name| components.request_bodies.get(name))?;
            Some((body.required, media_types(body.content.keys())))
        }
        None => None,
    };
    let default = operation.responses.default.iter().map(|response| ("default".to_owned(), response));
    let mut responses = BTreeSet::new();
    for (status, response) in
        operation.responses.responses.iter().map(|(status, response)| (status.to_string(), response)).chain(default)
    {
        let response: &Response = component(response, "responses", |name| components.responses.get(name))?;
        let headers = response.headers.keys().filter(|name| !name.eq_ignore_ascii_case("content-type")).cloned();
        responses.insert((status, media_types(response.content.keys()), headers.collect()));
    }
    Some(Seen { parameters: parameters.into_iter().collect(), body, responses })
}

/// Holds both readings of a document against each other; how many operations were compared, `None` where openapiv3
/// refuses the document.
fn compare(path: &Path) -> Option<usize> {
    let bytes = std::fs::read(path).expect("it can be read");
    let name = path.display().to_string();
    let document = Document::load(Source { name: &name, bytes: &bytes }, &[], &NoFiles).ok()?;
    if document.version() != Version::OpenApi30 {
        return None;
    }
    let typed: OpenAPI = serde_json::from_value(document.root().clone()).ok()?;
    let contract = Contract::new(document);
    let none = Components::default();
    let components = typed.components.as_ref().unwrap_or(&none);
    let mut compared = 0;
    for (path, item) in &typed.paths.paths {
        let ReferenceOr::Item(item) = item else { continue };
        let bare = path.split(['?', '#']).next().unwrap_or_default();
        for (method, operation) in item.iter() {
            let pointer = format!("/paths/{}/{method}", path.replace('~', "~0").replace('/', "~1"));
            let entry = contract.entries().iter().position(|entry| entry.at.pointer.as_str() == pointer);
            let index = entry.unwrap_or_else(|| panic!("{name}: the model has no {method} {path}"));
            let Ok(model) = contract.operation(index) else { continue };
            let template = PathTemplate::parse(bare);
            // The names in a server's base path are the server's, never the operation's.
            if contract.entries()[index].path.parameters().ne(template.parameters()) {
                continue;
            }
            if let Some(types) = by_types(components, &template, &item.parameters, operation) {
                assert_eq!(by_model(model), types, "{name}: {method} {path}");
                compared += 1;
            }
        }
    }
    Some(compared)
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() => found.extend(below(&path)),
            Some("yaml" | "yml" | "json") => found.push(path),
            _ => {}
        }
    }
    found
}

#[test]
fn both_readings_of_the_shipped_contracts_agree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["spec/invites.yaml", "spec/nexus-members.yaml"] {
        assert_eq!(compare(&root.join(name)), Some(3), "{name}");
    }
    assert_eq!(compare(&root.join("fixtures/documents/dropped.yaml")), Some(3));
}

#[test]
#[ignore = "needs a folder of documents in ETALON_CORPUS, which is far too large to live beside the code"]
fn both_readings_of_a_corpus_agree() {
    let folder = std::env::var_os("ETALON_CORPUS").expect("ETALON_CORPUS names a folder of documents");
    let compared: Vec<usize> = below(Path::new(&folder)).iter().filter_map(|path| compare(path)).collect();
    assert!(compared.iter().sum::<usize>() > 0, "no document of the corpus could be compared");
}
