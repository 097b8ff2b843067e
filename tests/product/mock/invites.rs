//! Invitations to an organization: create, list in pages, cancel.

use serde_json::{Value, json};

use crate::mock::{Ask, Told, shipped_mock};
use etalon::server::{Begins, Mock};

const ORG: &str = "/orgs/6a0f3d52-8c1e-4b97-a4d6-e2537f9b0c18/invites";
const OTHER: &str = "/orgs/11111111-8c1e-4b97-a4d6-e2537f9b0c18/invites";
const JSON_API: &str = "application/vnd.api+json";

fn invitation(email: &str) -> Value {
    json!({"data": {"type": "org_invitation", "attributes": {"email": email, "role": "2f1d7c4e-93b5-4a60-8e27-5b0c9d6f1a83"}}})
}

fn create(mock: &Mock, path: &str, email: &str) -> Told {
    Ask::new(&format!("POST {path}?version=2024-01-01")).bearer().body(JSON_API, &invitation(email)).of(mock)
}

fn get(mock: &Mock, target: &str) -> Told {
    Ask::new(&format!("GET {target}")).bearer().of(mock)
}

fn emails(told: &Told) -> Vec<String> {
    let data = told.at("/data");
    let items = data.as_array().expect("a list").iter();
    items.map(|item| item.pointer("/attributes/email").and_then(Value::as_str).expect("an email").to_owned()).collect()
}

#[test]
fn what_is_created_is_listed_and_gone_once_deleted() {
    let mock = shipped_mock().beginning_with(Begins::WithNothing);
    let created = create(&mock, ORG, "ada@example.com");
    assert_eq!(created.status(), 201);
    let id = created.at("/data/id");
    let location = created.header("location").to_owned();
    assert_eq!(location, format!("{ORG}/{}", id.as_str().expect("an id")));
    assert_eq!(created.at("/data/attributes/email"), "ada@example.com");
    assert_eq!(created.at("/jsonapi/version"), "1.0");
    assert_eq!(created.header("snyk-version-requested"), "2024-01-01");

    let listed = get(&mock, &format!("{ORG}?version=beta"));
    assert_eq!(listed.at("/data/0"), created.at("/data"));
    assert_eq!(listed.at("/links/self"), format!("{ORG}?version=beta"));
    assert_eq!(emails(&get(&mock, &format!("{OTHER}?version=beta"))), Vec::<String>::new());

    let delete = || Ask::new(&format!("DELETE {location}?version=beta")).bearer().of(&mock);
    let elsewhere = location.replace(ORG, OTHER);
    assert_eq!(Ask::new(&format!("DELETE {elsewhere}?version=beta")).bearer().of(&mock).status(), 404);
    assert_eq!(delete().status(), 204);
    let gone = delete();
    assert_eq!(gone.status(), 404);
    assert_eq!(gone.at("/errors/0/source/parameter"), "invite_id");
    assert_eq!(emails(&get(&mock, &format!("{ORG}?version=beta"))), Vec::<String>::new());
}

#[test]
fn the_pages_hold_every_item_once_in_both_directions() {
    let mock = shipped_mock();
    let mut wanted = emails(&get(&mock, &format!("{ORG}?version=beta")));
    assert_eq!(wanted, ["ada.okafor@example.com", "jun.watanabe@example.org"], "the contract's own examples");
    let more: Vec<String> = (0..23).map(|number| format!("u{number}@example.com")).collect();
    wanted.extend(more.iter().cloned());
    for email in &more {
        assert_eq!(create(&mock, ORG, email).status(), 201);
    }
    let first = format!("{ORG}?version=beta&limit=10");
    let (mut target, mut seen, mut last) = (Some(first.clone()), Vec::new(), first.clone());
    while let Some(here) = target {
        let page = get(&mock, &here);
        assert!(emails(&page).len() <= 10);
        assert_eq!(page.at("/links/first"), first);
        seen.extend(emails(&page));
        last = here;
        target = page.json().pointer("/links/next").and_then(Value::as_str).map(str::to_owned);
    }
    assert_eq!(seen, wanted);
    let (mut target, mut back) = (Some(last), Vec::new());
    while let Some(here) = target {
        let page = get(&mock, &here);
        back.splice(0..0, emails(&page));
        target = page.json().pointer("/links/prev").and_then(Value::as_str).map(str::to_owned);
    }
    assert_eq!(back, wanted);
    let end = get(&mock, &first).at("/links/last");
    let end = get(&mock, end.as_str().expect("a link"));
    assert_eq!(emails(&end), wanted[15..]);
    assert_eq!(end.json().pointer("/links/next"), None);
}

#[test]
fn every_limit_is_refused_by_name() {
    let mock = shipped_mock();
    for (target, parameter) in [
        (format!("{ORG}?version=beta&limit=9"), "limit"),
        (format!("{ORG}?version=beta&limit=101"), "limit"),
        (format!("{ORG}?version=beta&limit=ten"), "limit"),
        (ORG.to_owned(), "version"),
        (format!("{ORG}?version=gamma"), "version"),
        ("/orgs/not-a-uuid/invites?version=beta".to_owned(), "org_id"),
        (format!("{ORG}?version=beta&starting_after=nothing"), "starting_after"),
    ] {
        let told = get(&mock, &target);
        assert_eq!(told.status(), 400, "{target}");
        assert_eq!(told.header("content-type"), JSON_API);
        assert_eq!(told.at("/errors/0/source/parameter"), parameter, "{target}");
        assert_eq!(told.at("/errors/0/status"), "400");
    }
    assert_eq!(get(&mock, &format!("{ORG}?version=beta&limit=10")).status(), 200);
    assert_eq!(get(&mock, &format!("{ORG}?version=beta&limit=100")).status(), 200);
}

#[test]
fn each_fault_of_a_body_is_one_error_with_its_pointer() {
    let mock = shipped_mock();
    let body = json!({"data": {"type": "other", "attributes": {"email": 1, "extra": true}}});
    let told = Ask::new(&format!("POST {ORG}?version=beta")).bearer().body(JSON_API, &body).of(&mock);
    assert_eq!(told.status(), 400);
    let errors = told.at("/errors");
    let mut pointers: Vec<&str> = errors
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|error| error.pointer("/source/pointer").and_then(Value::as_str))
        .collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/data/attributes/email", "/data/attributes/extra", "/data/attributes/role", "/data/type"]);
}

#[test]
fn either_scheme_in_the_same_header_lets_in() {
    let mock = shipped_mock();
    let ask =
        |value: &str| Ask::new(&format!("GET {ORG}?version=beta")).header("Authorization", value).of(&mock).status();
    assert_eq!(ask("Bearer etalon"), 200);
    assert_eq!(ask("token etalon"), 200);
    assert_eq!(ask("Token etalon"), 200);
    assert_eq!(ask("etalon"), 401);
    assert_eq!(ask("Bearer wrong"), 401);
    let none = Ask::new(&format!("GET {ORG}?version=beta")).of(&mock);
    assert_eq!(none.status(), 401);
    assert_eq!(none.at("/errors/0/status"), "401");
    assert_eq!(none.headers().all("www-authenticate").count(), 2);
}

#[test]
fn the_same_seed_gives_the_same_answers() {
    let story = || {
        let mock = shipped_mock();
        let created = create(&mock, ORG, "ada@example.com");
        let listed = get(&mock, &format!("{ORG}?version=beta"));
        [created.response, listed.response]
    };
    assert_eq!(story(), story());
}
