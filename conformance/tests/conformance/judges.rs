//! The judges, sentence by sentence: what an answer proves, what it violates, and what it leaves open.

use etalon_conformance::judge::advised::Kept;
use etalon_conformance::judge::security::Lack;
use etalon_conformance::judge::{advised, limit, protocol, response, security};
use etalon_conformance::verdict::{Verdict, VerdictKind};
use etalon_contract::codec::Response;
use etalon_contract::model::{Contract, Operation, StatusPattern};
use etalon_contract::rule::{self, Advice, Row, Rule, Tag};
use serde_json::json;

use crate::shop::{contract, operation, reply};
use VerdictKind::{Inconclusive, Proved, Violated};

fn row(contract: &Contract, operation: &Operation, end: &str) -> Row {
    let rows = rule::rows(contract, operation);
    rows.into_iter().find(|row| row.id.ends_with(end)).expect("the operation has such a row")
}

fn status(status: u16) -> Response {
    reply(status, "", Vec::new())
}

fn with(status: u16, name: &str, value: &str) -> Response {
    let mut response = reply(status, "", Vec::new());
    response.headers.add(name, value);
    response
}

fn word(verdict: &Verdict) -> VerdictKind {
    verdict.kind()
}

#[test]
fn a_refusal_proves_a_limit_only_beside_an_accepted_twin() {
    let contract = contract();
    let create = operation(&contract, "createItem");
    let long = row(&contract, create, "maxLength=8 past");
    for (sentence, broken, twin, expected) in [
        ("accepted", 201, None, Violated),
        ("accepted without content", 204, None, Violated),
        ("refused as documented, the twin accepted", 400, Some(201), Proved),
        ("refused as documented, the twin refused too", 400, Some(400), Inconclusive),
        ("refused as documented, no twin", 400, None, Inconclusive),
        ("refused with another client error than the documented", 422, Some(201), Violated),
        ("refused with another client error, and so is the twin", 422, Some(422), Inconclusive),
        ("the server fails", 500, Some(201), Violated),
        ("the server fails over anything", 500, Some(500), Inconclusive),
        ("the server is busy", 503, Some(201), Inconclusive),
        ("too many requests", 429, Some(201), Inconclusive),
        ("credentials are the matter", 401, Some(201), Inconclusive),
        ("rights are the matter", 403, Some(201), Inconclusive),
        ("something is missing", 404, Some(201), Inconclusive),
        ("the state is the matter", 409, Some(201), Inconclusive),
        ("the method is the matter", 405, Some(201), Inconclusive),
        ("the length of the message is the matter", 413, Some(201), Inconclusive),
        ("it is elsewhere", 302, Some(201), Inconclusive),
    ] {
        let verdict = limit::past(create, &long, &status(broken), twin.map(status).as_ref());
        assert_eq!(word(&verdict), expected, "{sentence}: {verdict:?}");
    }
}

#[test]
fn where_no_refusal_is_documented_http_decides() {
    let contract = contract();
    let add = operation(&contract, "addNote");
    let long = row(&contract, add, "maxLength=9 past");
    for (broken, expected) in [(400, Proved), (422, Proved), (418, Inconclusive), (404, Inconclusive)] {
        let verdict = limit::past(add, &long, &status(broken), Some(&status(204)));
        assert_eq!(word(&verdict), expected, "{broken}: {verdict:?}");
    }
    let noted = limit::past(add, &long, &status(400), Some(&status(204)));
    assert!(matches!(noted, Verdict::Proved { note: Some(_) }), "the reader is told: {noted:?}");
}

#[test]
fn a_malformed_path_may_just_not_be_found() {
    let contract = contract();
    let read = operation(&contract, "readItem");
    let small = row(&contract, read, "path id minimum=1 past");
    assert_eq!(word(&limit::past(read, &small, &status(404), Some(&status(200)))), Proved);
    assert_eq!(word(&limit::past(read, &small, &status(404), Some(&status(404)))), Inconclusive);
}

#[test]
fn what_an_operation_leaves_unsaid_about_refusals_is_told_as_it_is() {
    let contract = contract();
    for (id, end, twin, told) in [
        ("addNote", "maxLength=9 past", 204, "the operation documents no refusal"),
        ("readItem", "path id minimum=1 past", 200, "the operation documents no status for invalid requests, only 404"),
    ] {
        let operation = operation(&contract, id);
        let refused = limit::past(operation, &row(&contract, operation, end), &status(400), Some(&status(twin)));
        let Verdict::Proved { note: Some(note) } = refused else { panic!("{id}: {refused:?}") };
        assert!(note.contains(told), "{note}");
    }
}

#[test]
fn a_success_that_was_not_seen_says_what_was_missing() {
    let contract = contract();
    let read = operation(&contract, "readItem");
    let success = StatusPattern::Exact(200);
    for (answers, unsent, told) in [
        (vec![status(404)], None, "id, with --set id=VALUE"),
        (vec![status(501), status(501)], None, "the target does not implement the operation"),
        (vec![status(204)], None, "valid requests were answered 204, never 200"),
        (vec![status(403)], None, "let no valid request in"),
        (vec![status(400)], None, "no valid request was accepted; the last was answered 400"),
        (vec![], Some("createItem created nothing"), "no valid request could be sent: createItem created nothing"),
    ] {
        let verdict = response::unseen(read, success, &answers, unsent);
        assert!(matches!(&verdict, Verdict::Inconclusive(why) if why.contains(told)), "{told}: {verdict:?}");
    }
}

#[test]
fn what_lies_at_a_limit_is_accepted() {
    let contract = contract();
    let create = operation(&contract, "createItem");
    let long = row(&contract, create, "/name maxLength=8 at");
    for (sentence, met, plain, expected) in [
        ("accepted as documented", 201, None, Proved),
        ("accepted otherwise", 202, None, Inconclusive),
        ("refused, where a plain request is accepted", 400, Some(201), Violated),
        ("refused with 422, where a plain request is accepted", 422, Some(201), Violated),
        ("refused, as a plain request is", 400, Some(400), Inconclusive),
        ("the server fails, where a plain request is accepted", 500, Some(201), Violated),
        ("there is a conflict", 409, Some(201), Inconclusive),
        ("something is missing", 404, Some(201), Inconclusive),
        ("the server is busy", 503, Some(201), Inconclusive),
    ] {
        let verdict = limit::at(create, &long, &status(met), plain.map(status).as_ref());
        assert_eq!(word(&verdict), expected, "{sentence}: {verdict:?}");
    }
    // Who says what is wrong says what is to blame.
    for (place, expected) in [("/name", Violated), ("/other", Inconclusive)] {
        let body = serde_json::json!({"errors": [{"source": {"pointer": place}}]}).to_string().into_bytes();
        let refused = Response { body, ..status(400) };
        assert_eq!(word(&limit::at(create, &long, &refused, Some(&status(201)))), expected, "{place}");
    }
}

#[test]
fn a_refused_method_is_told_what_is_allowed() {
    let documented = ["GET".to_owned(), "POST".to_owned()];
    for (sentence, answer, expected) in [
        ("405 with Allow", with(405, "allow", "GET, POST, HEAD"), Proved),
        ("405 without Allow", status(405), Violated),
        ("405 whose Allow lacks a method", with(405, "allow", "GET"), Violated),
        ("405 whose Allow has the method itself", with(405, "allow", "GET, POST, PUT"), Violated),
        ("accepted", status(200), Violated),
        ("not found", status(404), Inconclusive),
        ("not implemented", status(501), Inconclusive),
        ("not let in", status(401), Inconclusive),
        ("failed", status(500), Violated),
    ] {
        let verdict = protocol::method_not_allowed("PUT", &documented, &answer);
        assert_eq!(word(&verdict), expected, "{sentence}: {verdict:?}");
    }
}

#[test]
fn an_unknown_path_is_not_found() {
    for (answer, expected) in
        [(404, Proved), (410, Proved), (200, Violated), (500, Violated), (401, Inconclusive), (302, Inconclusive)]
    {
        assert_eq!(word(&protocol::unknown_path(&status(answer))), expected, "{answer}");
    }
}

#[test]
fn an_undocumented_media_type_is_not_supported() {
    let contract = contract();
    let create = operation(&contract, "createItem");
    for (answer, twin, expected) in [
        (415, Some(201), Proved),
        (400, Some(201), Proved),
        (422, Some(201), Inconclusive),
        (415, Some(400), Inconclusive),
        (201, None, Violated),
        (500, Some(201), Violated),
        (404, Some(201), Inconclusive),
    ] {
        let verdict = protocol::unsupported_media_type(create, &status(answer), twin.map(status).as_ref());
        assert_eq!(word(&verdict), expected, "{answer} {twin:?}: {verdict:?}");
    }
}

#[test]
fn accept_may_be_disregarded_but_not_answered_with_anything() {
    let contract = contract();
    let read = operation(&contract, "readItem");
    for (answer, expected) in [
        (status(406), Proved),
        (reply(200, "application/json", b"{}".to_vec()), Inconclusive),
        (reply(200, "text/csv", b"a,b".to_vec()), Violated),
        (status(400), Inconclusive),
    ] {
        let verdict = protocol::not_acceptable(read, &answer);
        assert_eq!(word(&verdict), expected, "{verdict:?}");
    }
}

#[test]
fn credentials_are_asked_for_with_a_challenge() {
    let contract = contract();
    let create = operation(&contract, "createItem");
    let challenge = || with(401, "www-authenticate", "ApiKey");
    for (sentence, lack, answer, twin, expected) in [
        ("a challenge, the twin let in", Lack::Missing, challenge(), Some(201), Proved),
        ("a challenge, the twin let in and then refused", Lack::Missing, challenge(), Some(400), Proved),
        ("a challenge, the twin not let in either", Lack::Missing, challenge(), Some(401), Inconclusive),
        ("a challenge, the twin failed", Lack::Missing, challenge(), Some(500), Inconclusive),
        ("401 without a challenge", Lack::Missing, status(401), Some(201), Violated),
        ("let in", Lack::Missing, status(201), None, Violated),
        ("403 where 401 is documented", Lack::Missing, status(403), Some(201), Violated),
        ("hidden", Lack::Missing, status(404), Some(201), Inconclusive),
        ("wrong ones: 401", Lack::Wrong, challenge(), Some(201), Proved),
        ("wrong ones: 403", Lack::Wrong, status(403), Some(201), Proved),
        ("wrong ones let in", Lack::Wrong, status(201), None, Violated),
        ("wrong ones: the server fails", Lack::Wrong, status(500), Some(201), Violated),
    ] {
        let verdict = security::refused(create, lack, &answer, twin.map(status).as_ref());
        assert_eq!(word(&verdict), expected, "{sentence}: {verdict:?}");
    }
    let add = operation(&contract, "addNote");
    let verdict = security::refused(add, Lack::Missing, &status(403), Some(&status(204)));
    assert_eq!(word(&verdict), Inconclusive, "403 where 401 is not documented: {verdict:?}");
}

#[test]
fn an_alternative_is_refused_only_where_another_is_let_in() {
    assert_eq!(word(&security::accepted(&status(201), None)), Proved);
    assert_eq!(word(&security::accepted(&status(401), None)), Inconclusive);
    assert_eq!(word(&security::accepted(&status(401), Some(&status(401)))), Inconclusive);
    assert_eq!(word(&security::accepted(&status(401), Some(&status(201)))), Violated);
    assert_eq!(word(&security::accepted(&status(403), Some(&status(201)))), Inconclusive);
}

#[test]
fn what_a_document_advises_is_violated_by_a_failure_alone() {
    let contract = contract();
    let create = operation(&contract, "createItem");
    let read_only = Row { rule: Rule::Advice(Advice::ReadOnly), ..row(&contract, create, "maxLength=8 past") };
    let tag = Rule::Advice(Advice::Discriminator { member: "kind".to_owned(), tag: Tag::Unknown, meant: None });
    let unknown = Row { rule: tag, ..read_only.clone() };
    assert_eq!(word(&advised::accepted(&read_only, &Kept::Same)), Inconclusive);
    assert_eq!(word(&advised::accepted(&read_only, &Kept::Unseen)), Inconclusive);
    assert_eq!(word(&advised::accepted(&read_only, &Kept::Other(json!(1)))), Proved);
    assert_eq!(word(&advised::accepted(&unknown, &Kept::Unseen)), Inconclusive);
    for row in [&read_only, &unknown] {
        for (sentence, met, twin, expected) in [
            ("refused as documented, the twin accepted", 400, 201, Proved),
            ("refused as documented, and so is the twin", 400, 400, Inconclusive),
            ("refused with a client error that is not documented", 422, 201, Inconclusive),
            ("the server fails over it", 500, 201, Violated),
            ("the server fails over anything", 500, 500, Inconclusive),
            ("the state is the matter", 409, 201, Inconclusive),
            ("credentials are the matter", 401, 201, Inconclusive),
        ] {
            let verdict = advised::refused(create, row, &status(met), &status(twin));
            assert_eq!(word(&verdict), expected, "{sentence}: {verdict:?}");
        }
    }
}

#[test]
fn an_unusual_body_may_be_taken_or_refused_but_not_be_a_failure() {
    for (met, twin, expected) in [
        (201, 201, Proved),
        (400, 201, Proved),
        (413, 201, Proved),
        (500, 201, Violated),
        (500, 500, Inconclusive),
        (503, 201, Inconclusive),
    ] {
        let verdict = protocol::probed(&status(met), &status(twin));
        assert_eq!(word(&verdict), expected, "{met} beside {twin}: {verdict:?}");
    }
}
