//! What collections begin with where somebody says it: data of a file, and so many items as are wanted.

use std::path::Path;
use std::sync::Arc;

use etalon::server::{Answer, Credentials, Mock, Start, Unstartable, Wanted};
use etalon_contract::behaviour::{Populated, export};
use etalon_contract::codec::Request;
use etalon_contract::document::{DataText, Document, NoFiles, Source};
use etalon_contract::model::Contract;
use etalon_contract::validate;
use serde_json::{Value, json};

use crate::process::{Running, etalon, told};

const STORE: &str = "fixtures/firstday/store.yaml";
const ROBOT: &str = "11111111-1111-4111-8111-111111111111";
const DATA: &str = "\
categories:
  - {id: 1, title: Books}
  - {id: 2, title: Toys}
products:
  - {id: 11111111-1111-4111-8111-111111111111, name: Robot, categoryId: 2, price: 30}
  - {name: Novel, categoryId: 1}
reviews:
  11111111-1111-4111-8111-111111111111:
    - {stars: 5, text: great}
    - {id: 9, stars: 1}
settings: {currency: EUR, tax: 0.2}
";

fn store(seed: u64) -> Mock {
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(STORE)).expect("it is there");
    let document = Document::load(Source { name: STORE, bytes: &bytes }, &[], &NoFiles).expect("a document");
    Mock::new([Arc::new(Contract::new(document))], Credentials::default(), seed)
}

fn text(data: &str) -> DataText {
    DataText::read(Source { name: "data.yaml", bytes: data.as_bytes() }).expect("it can be read")
}

fn with_data(data: &str) -> Mock {
    let mock = store(0);
    let start = Start::of(mock.ground(), Some(&text(data)), None).expect("the data fit");
    mock.starting_with(start.states)
}

/// The reasons why data do not fit, as they are told.
fn misfits(data: &str) -> Vec<String> {
    match Start::of(store(0).ground(), Some(&text(data)), None) {
        Err(Unstartable::Data(told)) => told.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

fn populated(seed: u64, wanted: &str) -> (Mock, Vec<Populated>) {
    let mock = store(seed);
    let start = Start::of(mock.ground(), None, Some(&Wanted::parse(wanted).expect("numbers"))).expect("they are there");
    (mock.starting_with(start.states), start.populated)
}

/// Asks, and holds that the answer is as the contract has it.
fn ask(mock: &Mock, line: &str, body: Option<Value>) -> (u16, Value) {
    let (method, target) = line.split_once(' ').expect("method and target");
    let mut request = Request { method: method.into(), target: target.into(), ..Request::default() };
    if let Some(body) = body {
        request.headers.add("Content-Type", "application/json");
        request.body = body.to_string().into_bytes();
    }
    let response = mock.answer(&request);
    let contract = &mock.services()[0].contract;
    if let etalon_contract::model::Route::Found { operation, .. } = contract.route(method, request.path()) {
        let operation = contract.operation(operation).expect("it is sound");
        let found = validate::response(contract, operation, method, &response).expect("it is sound");
        assert!(found.is_empty() || response.status >= 400, "{line}: {found:?}");
    }
    (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
}

fn exported(mock: &Mock) -> Value {
    let catalogue = &mock.catalogues()[0];
    let state = &mock.begun()[0];
    Value::Object(export(mock.services()[0].meaning(), catalogue, state, &mock.first_context()))
}

#[test]
fn given_items_are_there_as_they_are_given_and_whole() {
    let mock = with_data(DATA);
    assert_eq!(
        ask(&mock, "GET /v1/categories", None).1,
        json!([{"id": 1, "title": "Books"}, {"id": 2, "title": "Toys"}])
    );
    let robot = ask(&mock, &format!("GET /v1/products/{ROBOT}"), None).1;
    assert_eq!((&robot["name"], &robot["price"]), (&json!("Robot"), &json!(30)));
    let novels = ask(&mock, "GET /v1/products?categoryId=1", None).1;
    assert!(novels[0]["name"] == "Novel" && novels[0]["id"].is_string(), "{novels}");
    let reviews = ask(&mock, &format!("GET /v1/products/{ROBOT}/reviews"), None).1;
    assert_eq!(
        (reviews.as_array().map(Vec::len), &reviews[0]["text"], &reviews[1]["id"]),
        (Some(2), &json!("great"), &json!(9))
    );
    assert_eq!(ask(&mock, "GET /v1/settings", None).1, json!({"currency": "EUR", "tax": 0.2}));
    // Ids are counted on, and a reset leads back to what was given.
    assert_eq!(
        ask(&mock, "POST /v1/categories", Some(json!({"title": "New"}))),
        (201, json!({"id": 3, "title": "New"}))
    );
    assert_eq!(ask(&mock, &format!("DELETE /v1/products/{ROBOT}"), None).0, 204);
    mock.reset();
    assert_eq!(ask(&mock, "GET /v1/categories", None).1.as_array().map(Vec::len), Some(2));
    assert_eq!(ask(&mock, &format!("GET /v1/products/{ROBOT}"), None).0, 200);
}

#[test]
fn collections_that_are_not_given_begin_as_ever_and_an_empty_list_is_empty() {
    let mock = with_data("products: [{name: Spade, categoryId: 7}]\n");
    assert_eq!(
        ask(&mock, "GET /v1/categories", None).1,
        json!([{"id": 7, "title": "Garden"}]),
        "the document's example"
    );
    let mock = with_data("categories: []\n");
    assert_eq!(ask(&mock, "GET /v1/categories", None).1, json!([]));
}

#[test]
fn every_misfit_is_told_with_its_place() {
    let told = misfits(
        "\
categorys: []
categories:
  - {id: 1, title: ''}
  - {id: 2, title: A}
  - {id: 2, title: B}
products:
  - {id: x, name: Robot, categoryId: 2, price: 30000}
  - {name: Novel, categoryId: 77}
  - 5
reviews:
  22222222-1111-4111-8111-111111111111: [{stars: 5}]
settings: {currency: GBP}
",
    );
    let expected = [
        "data.yaml:1:1: there is no collection `categorys`; there is `categories` [invalid-data] at /categorys",
        "data.yaml:3:13: \"\" has 0 characters, fewer than 1 [invalid-data] at /categories/0/title",
        "data.yaml:5:6: the key `2` is there twice [invalid-data] at /categories/2/id",
        "data.yaml:7:6: \"x\" is not of the format uuid [invalid-data] at /products/0/id",
        "data.yaml:7:41: 30000 is greater than 1000 [invalid-data] at /products/0/price",
        "data.yaml:8:19: there is no `77` in categories [invalid-data] at /products/1/categoryId",
        "data.yaml:9:5: an item of products is an object [invalid-data] at /products/2",
        "data.yaml:11:3: there is no `22222222-1111-4111-8111-111111111111` in products, to which this belongs [invalid-data] at \
         /reviews/22222222-1111-4111-8111-111111111111",
        "data.yaml:12:12: \"GBP\" is none of [\"EUR\",\"USD\"] [invalid-data] at /settings/currency",
    ];
    assert_eq!(told, expected);
    assert!(misfits("- 1\n")[0].contains("data have a member for each collection"));
    assert!(misfits("categories: 5\n")[0].contains("categories is a list of items"));
    let nested = misfits(
        "products: [{id: 11111111-1111-4111-8111-111111111111, name: R, categoryId: 7}]\nreviews: [{stars: 1}]\n",
    );
    assert!(nested[0].contains("it does not say to which `productId` it belongs"), "{nested:?}");
    let other = misfits(&format!("{DATA}\n").replace("{stars: 5, text: great}", "{stars: 5, productId: other}"));
    assert!(other[0].contains("says that it belongs to `other`"), "{other:?}");
}

#[test]
fn items_in_one_list_may_say_where_they_belong() {
    let data = format!(
        "products: [{{id: {ROBOT}, name: R, categoryId: 7}}]\nreviews: [{{id: 4, stars: 2, productId: {ROBOT}}}]\n"
    );
    let mock = with_data(&data);
    let reviews = ask(&mock, &format!("GET /v1/products/{ROBOT}/reviews"), None).1;
    assert_eq!(reviews, json!([{"id": 4, "stars": 2, "productId": ROBOT}]));
}

#[test]
fn what_is_exported_can_be_given_again() {
    let first = exported(&with_data(DATA));
    assert_eq!(first["reviews"][ROBOT].as_array().map(Vec::len), Some(2));
    assert_eq!(exported(&with_data(&first.to_string())), first);
    let (many, _) = populated(3, "25");
    let many = exported(&many);
    assert_eq!(exported(&with_data(&many.to_string())), many);
}

#[test]
fn wanted_items_are_made_by_the_contract_with_their_relations() {
    let (mock, told) = populated(0, "20,products=60");
    let counts: Vec<(&str, u64, u64)> =
        told.iter().map(|one| (one.collection.as_str(), one.wanted, one.made)).collect();
    assert_eq!(counts, [("categories", 20, 20), ("products", 60, 60), ("reviews", 20, 20)]);
    let categories = ask(&mock, "GET /v1/categories", None).1;
    let products = ask(&mock, "GET /v1/products", None).1;
    let (categories, products) = (categories.as_array().expect("a list"), products.as_array().expect("a list"));
    // The document's own example is there as well.
    assert_eq!((categories.len(), products.len()), (21, 60));
    let is_there = |product: &Value| categories.iter().any(|one| one["id"] == product["categoryId"]);
    assert!(products.iter().all(is_there), "{products:?}");
    let distinct = |member: &str| {
        let mut all: Vec<String> = products.iter().map(|one| one[member].to_string()).collect();
        all.sort();
        all.dedup();
        all.len()
    };
    assert_eq!((distinct("id"), distinct("createdAt")), (60, 60));
    assert!(distinct("categoryId") > 5 && distinct("name") > 50);
    let mut reviews = 0;
    for product in products {
        let id = product["id"].as_str().expect("a key");
        assert_eq!(&ask(&mock, &format!("GET /v1/products/{id}"), None).1, product);
        reviews += ask(&mock, &format!("GET /v1/products/{id}/reviews"), None).1.as_array().map_or(0, Vec::len);
    }
    assert_eq!(reviews, 20);
}

#[test]
fn one_seed_makes_the_same_items_and_another_seed_others() {
    let made = |seed| exported(&populated(seed, "10").0);
    assert_eq!(made(1), made(1));
    assert_ne!(made(1), made(2));
}

#[test]
fn what_cannot_be_made_is_told() {
    let (_, told) = populated(0, "settings=5");
    assert_eq!((told[0].made, told[0].why.as_deref()), (0, Some("there is one and no more")));
    let (_, told) = populated(0, "reviews=5");
    assert_eq!((told[0].made, told[0].why.as_deref()), (0, Some("there is nothing that they could belong to")));
    let wanted = Wanted::parse("product=5").expect("numbers");
    let unknown = Start::of(store(0).ground(), None, Some(&wanted));
    assert!(matches!(unknown, Err(Unstartable::Unknown(word, _)) if word == "product"));
    for wrong in ["", "x", "=5", "users=", "5,6", "users=-1", "users=2000000"] {
        assert!(Wanted::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_flags_do_it_and_the_table_says_so() {
    let path = std::env::temp_dir().join(format!("etalon-start-{}.yaml", std::process::id()));
    std::fs::write(&path, DATA).expect("it can be written");
    let file = path.to_str().expect("a name").to_owned();
    let running = Running::mock(&[STORE, "--seed-data", &file, "--populate", "products=3"]);
    assert!(running.greeting.contains("products with 5 items"), "{}", running.greeting);
    assert_eq!(running.send("GET /v1/products", &[], "").json().as_array().map(Vec::len), Some(5));
    drop(running);
    std::fs::write(&path, "categories: [{id: one, title: A}]\n").expect("it can be written");
    let (code, _, message) = told(&etalon(&["mock", STORE, "--port", "0", "--seed-data", &file]));
    assert!(code == Some(2) && message.contains(":1:15: \"one\" is not"), "{message}");
    std::fs::remove_file(path).expect("it is ours");
    for (flags, part) in
        [(["--populate", "produkts=3"], "did you mean products?"), (["--seed-data", "nowhere.yaml"], "nowhere.yaml")]
    {
        let (code, _, message) = told(&etalon(&["mock", STORE, "--port", "0", flags[0], flags[1]]));
        assert!(code == Some(2) && message.contains(part), "{message}");
    }
}
