//! The reference of diagnostics: every code has its section, and every example there gives that code.

use etalon_contract::document::{Code, Diagnostic, Document, NoFiles, Severity, Source};
use etalon_contract::lint;
use etalon_contract::model::Contract;
use etalon_contract::validate::samples;

/// Codes whose cause is outside a document's text, or on a floor below the model.
const WITHOUT_EXAMPLE: [Code; 3] = [Code::Unreadable, Code::InvalidExtension, Code::InvalidData];

fn page() -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics.md");
    std::fs::read_to_string(path).expect("the page is there")
}

/// Everything that is said of a document with its overlays.
fn said(document: &str, overlays: &[&str]) -> Vec<Diagnostic> {
    let overlays: Vec<Source<'_>> =
        overlays.iter().map(|text| Source { name: "changes.yaml", bytes: text.as_bytes() }).collect();
    match Document::load(Source { name: "api.yaml", bytes: document.as_bytes() }, &overlays, &NoFiles) {
        Ok(document) => {
            let contract = Contract::new(document);
            let more = [samples(&contract), lint::unused(&contract)].concat();
            lint::diagnostics_with(&contract, &more)
        }
        Err(diagnostics) => diagnostics,
    }
}

/// The sections of the page: title, and the fenced blocks with what stands after the fence.
fn sections() -> Vec<(String, Vec<(String, String)>)> {
    let page = page();
    page.split("\n## ")
        .skip(1)
        .map(|section| {
            let (title, text) = section.split_once('\n').expect("a section has a body");
            let mut blocks = Vec::new();
            for (number, block) in text.split("```").enumerate() {
                if number % 2 == 1 {
                    let (kind, text) = block.split_once('\n').expect("a block has lines");
                    blocks.push((kind.to_owned(), text.to_owned()));
                }
            }
            (title.to_owned(), blocks)
        })
        .collect()
}

#[test]
fn the_page_has_a_section_for_each_code_in_order() {
    let titles: Vec<String> = sections().into_iter().map(|(title, _)| title).collect();
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(titles, codes);
}

#[test]
fn every_example_of_the_page_gives_its_code() {
    for ((title, blocks), code) in sections().into_iter().zip(Code::ALL) {
        let Some((_, document)) = blocks.iter().find(|(kind, _)| kind == "yaml" || kind == "yaml unused") else {
            assert!(WITHOUT_EXAMPLE.contains(&code), "{title} has no example");
            continue;
        };
        let overlays: Vec<&str> =
            blocks.iter().filter(|(kind, _)| kind == "yaml overlay").map(|(_, text)| text.as_str()).collect();
        let said = said(document, &overlays);
        let found = said.iter().find(|one| one.code == code).unwrap_or_else(|| panic!("{title}: {said:#?}"));
        assert!(found.place.line > 0, "{title}: {found:?}");
        assert!(!found.reason.ends_with('.') && !found.reason.is_empty(), "{title}: {found:?}");
    }
}

#[test]
fn a_defect_leaves_the_other_operations_usable() {
    let document = "openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /sound: {get: {responses: {'200': {description: fine}}}}
  /broken: {get: {parameters: [{$ref: '#/components/parameters/Nothing'}], responses: {'200': {description: fine}}}}
  /lost: {$ref: '#/components/pathItems/Nothing'}
";
    let source = Source { name: "api.yaml", bytes: document.as_bytes() };
    let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("it can be loaded"));
    assert_eq!(contract.operations().map(|operation| operation.id.as_str()).collect::<Vec<_>>(), ["get /sound"]);
    let errors: Vec<(usize, usize)> = lint::diagnostics(&contract)
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .map(|one| (one.place.line, one.place.column))
        .collect();
    assert_eq!(errors, [(5, 33), (6, 11)]);
}

/// A document of 3.1, or of 3.0, with one schema.
fn reasons(version: &str, schemas: &str) -> Vec<String> {
    let document = format!(
        "openapi: {version}\ninfo: {{title: x, version: '1'}}\npaths:\n  /x:\n    get:\n      responses:\n        '200': \
         {{description: '', content: {{application/json: {{schema: {{$ref: '#/components/schemas/It'}}}}}}}}\ncomponents:\n  \
         schemas:\n{schemas}"
    );
    said(&document, &[]).into_iter().map(|one| one.reason).collect()
}

#[test]
fn members_that_a_closed_part_refuses_are_told() {
    let label = "    Label: {type: object, properties: {label: {type: string}}}\n";
    let beside = format!(
        "{label}    It: {{allOf: [{{$ref: '#/components/schemas/Label'}}, {{properties: {{pages: {{}}}}}}], additionalProperties: false}}\n"
    );
    for version in ["3.0.3", "3.1.0"] {
        let told = reasons(version, &beside);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("`label` and `pages` cannot be there"), "{told:?}");
    }
    let dead = "    Closed: {type: object, additionalProperties: false, properties: {label: {type: string}}}\n    It: {allOf: \
                [{$ref: '#/components/schemas/Closed'}, {required: [pages], properties: {pages: {}}}]}\n";
    let told = reasons("3.0.3", dead);
    assert!(told.iter().any(|one| one.starts_with("nothing fits: `pages` is required")), "{told:?}");
    let sound = [
        "    It: {allOf: [{properties: {a: {}}}], properties: {a: {}}, additionalProperties: false}\n",
        "    It: {allOf: [{properties: {a: {}}}], patternProperties: {'^a': {}}, additionalProperties: false}\n",
        "    It: {allOf: [{properties: {a: {}}}], unevaluatedProperties: false}\n",
        "    It: {type: object, properties: {a: {}}, additionalProperties: false}\n",
    ];
    for schemas in sound {
        assert_eq!(reasons("3.1.0", schemas), Vec::<String>::new(), "{schemas}");
    }
}

#[test]
fn expressions_of_other_dialects_are_told_and_those_of_annex_b_are_not() {
    let of = |pattern: &str| reasons("3.1.0", &format!("    It: {{type: string, pattern: '{pattern}'}}\n"));
    for (pattern, part) in [
        (r"\A[a-z]+\Z", "is the letter A"),
        ("^[[:alpha:]]+$", "is the characters between its brackets"),
        ("/^[a-z]+$/i", "is a slash in the text"),
        ("(?P<y>[0-9]+)", "asks nothing"),
        ("(?i)abc", "asks nothing"),
    ] {
        let told = of(pattern);
        assert!(told.len() == 1 && told[0].contains(part), "{pattern}: {told:?}");
    }
    for pattern in [r"^[\w-.]+$", "^a{,5}$", r"^\_[a-z\_]$", "^[^]$", r"^\u{1F600}$"] {
        assert_eq!(of(pattern), Vec::<String>::new(), "{pattern}");
    }
}
