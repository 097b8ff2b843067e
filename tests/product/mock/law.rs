//! The third law: the mock obeys its contract, whatever it is asked.

use etalon_contract::codec::{Request, encode};
use etalon_contract::generate::{self, Numbers};
use proptest::prelude::{any, proptest};
use proptest::test_runner::Config;

use crate::mock::{conforms, shipped_mock};
use etalon::server::{Answer, Judging, Mock};

fn with_credentials(mock: &Mock, operation: &etalon_contract::model::Operation, request: &mut Request) {
    for (scheme, _) in operation.security.first().into_iter().flat_map(|alternative| &alternative.schemes) {
        mock.credentials().show(scheme, request);
    }
}

proptest! {
    #![proptest_config(Config { cases: 48, failure_persistence: None, ..Config::default() })]

    #[test]
    fn every_answer_to_a_valid_request_conforms(numbers in proptest::collection::vec(any::<u64>(), 0..96)) {
        let mock = shipped_mock();
        for service in mock.services() {
            for operation in service.contract.operations() {
                let Ok(draft) = generate::valid(&service.contract, operation, &mut Numbers::new(&numbers)) else {
                    continue;
                };
                let mut request = encode(&service.contract, operation, &draft).expect("it was written before");
                with_credentials(&mock, operation, &mut request);
                for _ in 0..2 {
                    let answer = mock.answer(&request);
                    conforms(&mock, &request, &answer);
                    assert!(answer.status < 500, "{} answers {}", operation.id, answer.status);
                    assert!(!matches!(answer.status, 401 | 405 | 406 | 415), "{} answers {}", operation.id, answer.status);
                }
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic_or_lie(method in "[A-Z]{3,7}", target in "/[ -~]{0,60}", body in proptest::collection::vec(any::<u8>(), 0..64)) {
        let mock = shipped_mock();
        let mut request = Request { method, target, body, ..Request::default() };
        request.headers.set("Content-Type", "application/json");
        let answer = mock.answer(&request);
        conforms(&mock, &request, &answer);
        for (method, path) in [("POST", "/v1/organizations/42/members"), ("GET", "/orgs/6a0f3d52-8c1e-4b97-a4d6-e2537f9b0c18/invites")] {
            request.method = method.to_owned();
            request.target = format!("{path}?{}", request.target.trim_start_matches('/'));
            request.headers.set("Authorization", if method == "GET" { "Bearer etalon" } else { "Basic ZXRhbG9uOmV0YWxvbg==" });
            let answer = mock.answer(&request);
            conforms(&mock, &request, &answer);
            assert!(answer.status < 500);
        }
    }

    #[test]
    fn every_answer_to_what_breaks_the_contract_conforms_where_nothing_is_judged(numbers in proptest::collection::vec(any::<u64>(), 0..48), body in proptest::collection::vec(any::<u8>(), 0..64)) {
        let mock = shipped_mock().judging_by(Judging::Nothing);
        for service in mock.services() {
            for operation in service.contract.operations() {
                let Ok(draft) = generate::valid(&service.contract, operation, &mut Numbers::new(&numbers)) else {
                    continue;
                };
                let mut request = encode(&service.contract, operation, &draft).expect("it was written before");
                with_credentials(&mock, operation, &mut request);
                let whole: serde_json::Value = serde_json::from_slice(&request.body).unwrap_or_default();
                let wrong = broken(&whole, numbers.first().copied().unwrap_or_default());
                for body in [wrong.to_string().into_bytes(), body.clone(), Vec::new()] {
                    request.body = body;
                    conforms(&mock, &request, &mock.answer(&request));
                }
                request.target = request.path().to_owned();
                conforms(&mock, &request, &mock.answer(&request));
            }
        }
    }
}

/// A value with parts of other types, or none, here and there.
fn broken(value: &serde_json::Value, number: u64) -> serde_json::Value {
    use serde_json::Value;
    match (number % 5, value) {
        (0, Value::String(text)) => Value::from(text.len()),
        (1, Value::Array(_)) => Value::Null,
        (2, Value::Object(members)) if members.len() > 1 => Value::String(String::new()),
        (_, Value::Array(items)) => items.iter().map(|item| broken(item, number / 2)).collect(),
        (_, Value::Object(members)) => members
            .iter()
            .skip(usize::from(number.is_multiple_of(3)))
            .map(|(name, one)| (name.clone(), broken(one, number / 3 + 1)))
            .collect(),
        (_, other) => other.clone(),
    }
}
