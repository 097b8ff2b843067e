//! What data look like: people of a locale, pictures that load, and what `x-faker` asks for.

use etalon::server::{Mock, PICTURES};
use etalon_contract::generate::{Data, Locale, choose_data};
use serde_json::{Value, json};

use crate::mock::{Ask, mock_of};

/// A mock of one list that nothing adds to, of items with these members, and the look of its data.
fn listing(members: Value, data: Data) -> Mock {
    let required: Vec<String> = members.as_object().expect("members").keys().cloned().collect();
    let item = json!({"type": "object", "required": required, "properties": members});
    let content = json!({"application/json": {"schema": {"type": "array", "items": item}}});
    let mock = mock_of(json!({"/things": {"get": {"responses": {"200": {"description": "all", "content": content}}}}}));
    choose_data(&mock.services()[0].contract, data);
    mock
}

fn things(mock: &Mock) -> Vec<Value> {
    Ask::new("GET /things").of(mock).json().as_array().cloned().expect("a list")
}

#[test]
fn people_and_places_are_of_the_locale_and_agree() {
    let text = json!({"type": "string"});
    let members = json!({"firstName": text, "lastName": text, "fullName": text, "email": {"type": "string", "format": "email"},
        "city": text, "zip": text, "country": text, "countryCode": text, "street": text, "phone": text});
    let expected = [
        (Locale::De, "Deutschland", "DE", "+49", 5),
        (Locale::Es, "España", "ES", "+34", 5),
        (Locale::Fr, "France", "FR", "+33", 5),
        (Locale::It, "Italia", "IT", "+39", 5),
        (Locale::Ja, "日本", "JP", "+81", 8),
        (Locale::Pt, "Brasil", "BR", "+55", 9),
    ];
    for (locale, country, code, phone, postal) in expected {
        let mock = listing(members.clone(), Data { locale, ..Data::default() });
        for one in things(&mock) {
            let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
            assert_eq!((text("country"), text("countryCode")), (country.to_owned(), code.to_owned()), "{one}");
            assert!(text("phone").starts_with(phone) && text("zip").len() == postal, "{one}");
            assert!(text("email").is_ascii() && text("email").ends_with("@example.com"), "{one}");
            let (first, last) = (text("firstName"), text("lastName"));
            let whole = if locale == Locale::Ja { format!("{last} {first}") } else { format!("{first} {last}") };
            assert_eq!(text("fullName"), whole, "{one}");
        }
    }
}

#[test]
fn images_are_pictures_of_the_mock_at_the_address_that_is_configured() {
    let address = json!({"type": "string", "format": "uri"});
    let members =
        json!({"avatar_url": address, "image": {"type": "string"}, "thumbnailUrl": address, "homepage": address});
    let origin = "http://mock.test:4010";
    let pictures = Some(format!("{origin}{PICTURES}").into());
    let mock = listing(members.clone(), Data { pictures, ..Data::default() });
    for one in things(&mock) {
        for name in ["avatar_url", "image", "thumbnailUrl"] {
            let address = one[name].as_str().expect("a text");
            let path = address.strip_prefix(origin).unwrap_or_else(|| panic!("{name}: {address}"));
            let shown = Ask::new(&format!("GET {path}")).of(&mock);
            assert_eq!((shown.status(), shown.header("content-type")), (200, "image/svg+xml"), "{address}");
            assert_eq!(path.contains("avatar-"), name == "avatar_url", "{address}");
        }
        assert!(!one["homepage"].as_str().expect("a text").starts_with(origin), "{one}");
    }
    assert_eq!(Ask::new(&format!("GET {PICTURES}/no.gif")).of(&mock).status(), 404);
    assert!(things(&listing(members, Data::default()))[0]["image"].as_str().expect("a text").contains("example.com"));
}

#[test]
fn what_x_faker_asks_for_is_made_within_the_schema() {
    let faker = |method: Value| json!({"type": "string", "x-faker": method, "example": "never shown"});
    let members = json!({"a": faker(json!("internet.email")), "b": faker(json!("name.findName")), "c": faker(json!("address.countryCode")),
        "d": faker(json!({"finance.iban": []})), "e": {"type": "string", "maxLength": 3, "x-faker": "lorem.paragraph"},
        "f": {"type": "integer", "x-faker": {"datatype.number": {"min": 40, "max": 44}}}});
    for one in things(&listing(members, Data::default())) {
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        assert!(text("a").contains("@example.com") && text("b").contains(' '), "{one}");
        assert!(text("c").len() == 2 && text("d").starts_with("DE") && text("e").len() <= 3, "{one}");
        assert!(one["f"].as_u64().is_some_and(|number| (40..=44).contains(&number)), "{one}");
    }
}

#[test]
fn a_text_that_is_said_to_hold_json_holds_what_its_schema_says() {
    let inner = json!({"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}});
    let members = json!({"data": {"type": "string", "contentMediaType": "application/json", "contentSchema": inner}});
    for one in things(&listing(members, Data::default())) {
        let held: Value = serde_json::from_str(one["data"].as_str().expect("a text")).expect("it is JSON");
        assert!(held["n"].is_i64(), "{one}");
    }
}
