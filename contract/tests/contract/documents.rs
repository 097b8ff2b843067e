//! Documents and what is said and understood of them: each file of `fixtures/documents` beside its snapshot.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::lint;
use etalon_contract::model::{Content, Contract, Operation, Shape};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/documents")
}

fn told(name: &str, bytes: &[u8]) -> String {
    let contract = match Document::load(Source { name, bytes }, &[], &NoFiles) {
        Ok(document) => Contract::new(document),
        Err(diagnostics) => return diagnostics.iter().map(|one| format!("{one}\n")).collect(),
    };
    let mut text = format!("{} {}\n", contract.document().version(), contract.title());
    for index in 0..contract.entries().len() {
        match contract.operation(index) {
            Ok(operation) => tell(&mut text, operation),
            Err(defect) => writeln!(text, "{} UNUSABLE {defect}", contract.entries()[index].id).expect("it is memory"),
        }
    }
    for one in lint::diagnostics(&contract) {
        let hint = one.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        let severity = format!("{:?}", one.severity).to_lowercase();
        writeln!(text, "{severity}: {one}{hint}").expect("it is memory");
    }
    text
}

fn tell(text: &mut String, operation: &Operation) {
    writeln!(text, "{} {} {}", operation.id, operation.method, operation.path).expect("it is memory");
    let shape = |shape: &Shape| match shape {
        Shape::Schema { schema, style, explode, .. } => {
            let schema = schema.as_ref().map_or("anything".to_owned(), ToString::to_string);
            format!("{} explode={explode} {schema}", style.as_str())
        }
        Shape::Content(content) => self::content(content),
    };
    for one in &operation.parameters {
        let required = if one.required { " required" } else { "" };
        writeln!(text, "    {} {}{required} {}", one.place, one.name, shape(&one.shape)).expect("it is memory");
    }
    if let Some(body) = &operation.body {
        let required = if body.required { " required" } else { "" };
        let contents: Vec<String> = body.content.iter().map(content).collect();
        writeln!(text, "    body{required} {}", contents.join(", ")).expect("it is memory");
    }
    for response in &operation.responses {
        let contents: Vec<String> = response.content.iter().map(content).collect();
        writeln!(text, "    {} {}", response.status, contents.join(", ")).expect("it is memory");
        for header in &response.headers {
            writeln!(text, "        {} {}", header.name, shape(&header.shape)).expect("it is memory");
        }
    }
    for requirement in &operation.security {
        let names: Vec<&str> = requirement.schemes.iter().map(|(scheme, _)| scheme.name.as_str()).collect();
        writeln!(text, "    security {}", names.join("+")).expect("it is memory");
    }
}

fn content(content: &Content) -> String {
    let schema = content.schema.as_ref().or(content.item_schema.as_ref());
    format!("{} {}", content.media_type, schema.map_or("anything".to_owned(), ToString::to_string))
}

#[test]
fn documents_are_understood_as_their_snapshots_say() {
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml" || extension == "json"))
        .collect();
    names.sort();
    assert!(names.len() >= 4, "{names:?}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for path in names {
            let file = path.file_name().and_then(|name| name.to_str()).expect("our own names are text");
            let bytes = std::fs::read(&path).expect("it is there");
            insta::assert_snapshot!(file, told(file, &bytes));
        }
    });
}

/// The bytes of every fixture, by name.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder())
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| (path.display().to_string(), std::fs::read(&path).expect("it is there")))
        .collect();
    found.sort();
    found
}

/// The distance between the places at which a fixture is garbled, in bytes.
const STRIDE: usize = 97;

#[test]
fn a_document_cut_or_garbled_anywhere_is_refused_or_diagnosed() {
    for (name, bytes) in fixtures() {
        for at in (0..bytes.len()).step_by(STRIDE) {
            let mut garbled = vec![bytes[..at].to_vec()];
            for patch in [&b"{"[..], b"]", b"null", b"\n", b"\xFF", b"$ref: '#/paths'", b"- ", b"&a *a"] {
                garbled.push([&bytes[..at], patch, &bytes[at..]].concat());
            }
            let line_end = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| at + end);
            garbled.push([&bytes[..at], &bytes[line_end..]].concat());
            for bytes in garbled {
                // What it says may be anything; that it says it, and where, is what counts.
                let text = told(&name, &bytes);
                assert!(!text.is_empty(), "{name} garbled at {at}");
            }
        }
    }
}
