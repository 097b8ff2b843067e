//! The law over the examples of the shipped contracts.

use serde_json::Value;

use etalon_contract::codec::{
    DecodedBody, Draft, Reading, decode_body, decode_header, encode, encode_body, encode_header,
};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{Content, Contract, Direction, In};

const SHIPPED: [(&str, &[u8]); 2] = [
    ("invites.yaml", include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/invites.yaml"))),
    ("nexus-members.yaml", include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/nexus-members.yaml"))),
];

fn contracts() -> impl Iterator<Item = Contract> {
    SHIPPED.into_iter().map(|(name, bytes)| {
        Contract::new(Document::load(Source { name, bytes }, &[], &NoFiles).expect("a shipped contract can be read"))
    })
}

#[test]
fn every_example_of_a_body_survives_the_wire() {
    let mut bodies = 0;
    for contract in contracts() {
        for operation in contract.operations() {
            let requests = operation.body.iter().map(|body| (&body.content, Direction::Request));
            let responses = operation.responses.iter().map(|response| (&response.content, Direction::Response));
            for (contents, direction) in requests.chain(responses) {
                for content in contents {
                    for example in &content.examples {
                        survives(&contract, content, example, direction);
                        bodies += 1;
                    }
                }
            }
        }
    }
    assert!(bodies > 5, "only {bodies} examples were found");
}

fn survives(contract: &Contract, content: &Content, example: &Value, direction: Direction) {
    let bytes = encode_body(contract, content, example, direction).expect("an example has a wire form");
    let sent = content.media_type.to_string();
    let read = decode_body(contract, std::slice::from_ref(content), Some(&sent), &bytes);
    let DecodedBody::Value { value, .. } = &read else { panic!("{example} was read as {read:?}") };
    assert_eq!(value, example);
}

#[test]
fn every_example_of_a_header_survives_the_wire() {
    for contract in contracts() {
        for header in
            contract.operations().flat_map(|operation| &operation.responses).flat_map(|response| &response.headers)
        {
            for example in &header.examples {
                let text = encode_header(&contract, &header.shape, example).expect("an example has a wire form");
                assert_eq!(decode_header(&contract, &header.shape, &text), Reading::Value(example.clone()));
            }
        }
    }
}

#[test]
fn every_operation_is_written_from_examples() {
    let mut written = 0;
    for contract in contracts() {
        for operation in contract.operations() {
            let mut draft = Draft { operation: operation.index, parameters: Vec::new(), body: None };
            for parameter in &operation.parameters {
                match (parameter.examples.first(), parameter.place) {
                    (Some(example), place) => draft.set_parameter(place, &parameter.name, example.clone()),
                    (None, In::Path) => draft.set_parameter(In::Path, &parameter.name, Value::from("an-id")),
                    (None, _) => {}
                }
            }
            encode(&contract, operation, &draft).unwrap_or_else(|refused| panic!("{}: {refused}", operation.id));
            written += 1;
        }
    }
    assert_eq!(written, 6);
}
