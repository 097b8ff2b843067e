//! Runs against a target that keeps a list of pets with numbers for keys, and what its stories show.

use std::cell::RefCell;

use etalon_conformance::report::{Paint, human};
use etalon_conformance::verdict::{Verdict, VerdictKind};
use etalon_conformance::{Conclusion, Exchange, Report, Settings, TargetError, run};
use etalon_contract::behaviour::infer;
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::Contract;
use serde_json::{Value, json};

use crate::shop::reply;

const DOCUMENT: &str = r"
openapi: 3.0.3
info: { title: Pets, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        '200':
          description: OK
          content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Pet' } } } }
    post:
      operationId: createPet
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/NewPet' } } }
      responses:
        '201':
          description: Created
          headers: { Location: { schema: { type: string } } }
          content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } }
        '400': { description: Bad Request }
  /pets/{petId}:
    parameters:
      - { name: petId, in: path, required: true, schema: { type: integer, format: int64, minimum: 1 } }
    get:
      operationId: readPet
      responses:
        '200': { description: OK, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
        '404': { description: Not Found }
    delete:
      operationId: deletePet
      responses:
        '204': { description: No Content }
        '404': { description: Not Found }
components:
  schemas:
    NewPet:
      type: object
      required: [name]
      properties: { name: { type: string, minLength: 1, maxLength: 8 } }
    Pet:
      type: object
      required: [id, name]
      properties: { id: { type: integer, format: int64 }, name: { type: string, minLength: 1, maxLength: 8 } }
";

/// The contract of a document, which has to be sound.
fn contract(document: &str) -> Contract {
    let source = Source { name: "pets.yaml", bytes: document.as_bytes() };
    Contract::new(Document::load(source, &[], &NoFiles).expect("the document is sound"))
}

/// The one thing that the target does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    /// Nothing at all is wrong.
    Nothing,
    /// Names may be of any length.
    Length,
    /// A pet that was deleted stays in the list.
    Listed,
    /// Nothing can be deleted yet.
    Unbuilt,
    /// Nothing can be done yet.
    Empty,
}

/// The target: pets that are gone stay as `None`.
struct Pets {
    wrong: Wrong,
    pets: RefCell<Vec<(Value, bool)>>,
}

impl Pets {
    fn new(wrong: Wrong) -> Self {
        Self { wrong, pets: RefCell::default() }
    }

    fn answer(&self, request: &Request) -> Response {
        let mut pets = self.pets.borrow_mut();
        let segments: Vec<&str> = request.path().split('/').skip(1).collect();
        match (request.method.as_str(), segments.as_slice()) {
            _ if self.wrong == Wrong::Empty => reply(501, "", Vec::new()),
            ("DELETE", ["pets", _]) if self.wrong == Wrong::Unbuilt => reply(501, "", Vec::new()),
            ("GET", ["pets"]) => {
                let shown = pets.iter().filter(|(_, there)| *there || self.wrong == Wrong::Listed);
                json_reply(200, &shown.map(|(pet, _)| pet.clone()).collect())
            }
            ("POST", ["pets"]) => {
                let body: Option<Value> = request
                    .headers
                    .get("content-type")
                    .filter(|sent| sent.to_ascii_lowercase().starts_with("application/json"))
                    .and_then(|_| serde_json::from_slice(&request.body).ok());
                let longest = if self.wrong == Wrong::Length { usize::MAX } else { 8 };
                let name = body.and_then(|body| body["name"].as_str().map(str::to_owned));
                let Some(name) = name.filter(|name| (1..=longest).contains(&name.chars().count())) else {
                    return reply(400, "", Vec::new());
                };
                let id = pets.len() + 1;
                let pet = json!({ "id": id, "name": name });
                pets.push((pet.clone(), true));
                let mut answer = json_reply(201, &pet);
                answer.headers.add("Location", format!("/pets/{id}"));
                answer
            }
            (method @ ("GET" | "DELETE"), ["pets", id]) => {
                let at = id.parse::<usize>().ok().and_then(|id| id.checked_sub(1));
                match at.and_then(|at| pets.get_mut(at)).filter(|(_, there)| *there) {
                    Some((pet, _)) if method == "GET" => json_reply(200, pet),
                    Some((_, there)) => {
                        *there = false;
                        reply(204, "", Vec::new())
                    }
                    None => reply(404, "", Vec::new()),
                }
            }
            (_, ["pets"]) => allow("GET, POST"),
            (_, ["pets", _]) => allow("GET, DELETE"),
            _ => reply(404, "", Vec::new()),
        }
    }
}

impl Exchange for Pets {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        Ok(self.answer(request))
    }

    fn origin(&self) -> String {
        "http://pets".to_owned()
    }
}

fn json_reply(status: u16, value: &Value) -> Response {
    reply(status, "application/json", value.to_string().into_bytes())
}

fn allow(methods: &str) -> Response {
    let mut answer = reply(405, "", Vec::new());
    answer.headers.set("Allow", methods);
    answer
}

fn ran(wrong: Wrong) -> Report {
    ran_with(DOCUMENT, wrong)
}

fn ran_with(document: &str, wrong: Wrong) -> Report {
    let contract = contract(document);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let settings = Settings { shrinking: 20, ..Settings::default() };
    let pets = Pets::new(wrong);
    runtime.block_on(run(&contract, &infer(&contract), &settings, &pets, &mut |_| {})).expect("a report")
}

fn verdict<'r>(report: &'r Report, row: &str) -> &'r Verdict {
    &report.rows().find(|line| line.id() == row).unwrap_or_else(|| panic!("no row {row}")).verdict
}

fn violated(report: &Report) -> Vec<&str> {
    report.rows().filter(|line| line.verdict.kind() == VerdictKind::Violated).map(|line| line.id()).collect()
}

#[test]
fn a_location_with_a_number_is_followed() {
    let report = ran(Wrong::Nothing);
    assert_eq!(*verdict(&report, "createPet story location-leads-to-it"), Verdict::proved());
    assert_eq!(violated(&report), [""; 0]);
}

#[test]
fn the_place_of_a_format_of_numbers_is_where_the_document_has_it() {
    let report = ran(Wrong::Nothing);
    let places: Vec<String> =
        report.rows().filter(|line| line.id().contains("format=int64")).map(|line| line.place.to_string()).collect();
    assert!(!places.is_empty());
    for place in places {
        assert!(place.ends_with("/schema/format"), "{place}");
    }
}

#[test]
fn what_was_wrongly_accepted_is_blamed_once() {
    let report = ran(Wrong::Length);
    assert_eq!(violated(&report), ["createPet body /name maxLength=8 past"]);
    assert_eq!(*verdict(&report, "listPets response 200 application/json"), Verdict::proved());
}

#[test]
fn a_story_shows_the_answer_that_is_wrong_and_can_be_replayed() {
    let report = ran(Wrong::Listed);
    let row = "deletePet story deleted-is-not-listed";
    assert_eq!(violated(&report), [row]);
    let line = report.rows().find(|line| line.id() == row).expect("it is violated");
    let evidence = line.evidence.as_ref().expect("it has evidence");
    let Verdict::Violated(failure) = &line.verdict else { panic!("it is violated") };
    let key: u64 = failure.found.rsplit(' ').next().and_then(|key| key.parse().ok()).expect("it names the key");
    let page: Value = serde_json::from_slice(&evidence.exchanges[evidence.at].response.body).expect("it is JSON");
    assert!(page.as_array().expect("a list").iter().any(|pet| pet["id"] == json!(key)), "{page}");
    let told = human(&report, Paint::Plain);
    for step in ["curl -i -X POST -H", &format!("curl -i -X DELETE -H 'Accept: */*' http://pets/pets/{key}")] {
        assert!(told.contains(step), "{step}: {told}");
    }
}

fn last_line(report: &Report) -> String {
    human(report, Paint::Plain).lines().last().expect("it has lines").to_owned()
}

#[test]
fn an_operation_that_answers_501_is_named_at_the_end() {
    let report = ran(Wrong::Unbuilt);
    assert_eq!(violated(&report), [""; 0]);
    assert_eq!(report.conclusion(), Conclusion::Conforms);
    let why = "every valid request was answered 501: the target does not implement the operation";
    assert_eq!(*verdict(&report, "deletePet response 204"), Verdict::inconclusive(why));
    let told = format!("The target conforms where it could be tested; 1 operation could not be: deletePet ({why}).");
    assert_eq!(last_line(&report), told);
    let report = ran(Wrong::Empty);
    assert_eq!(report.conclusion(), Conclusion::NothingTested);
    assert_eq!(last_line(&report), format!("Nothing was tested: {why}."));
}

#[test]
fn an_operation_that_the_contract_spoils_keeps_the_run_from_being_whole() {
    let spoilt =
        DOCUMENT.replace("'204': { description: No Content }", "'204': { $ref: '#/components/responses/None' }");
    let report = ran_with(&spoilt, Wrong::Nothing);
    assert_eq!(violated(&report), [""; 0]);
    assert_eq!(report.conclusion(), Conclusion::Partly);
    let told = last_line(&report);
    assert!(
        told.starts_with("The target conforms where it could be tested; 1 operation could not be: deletePet ("),
        "{told}"
    );
}
