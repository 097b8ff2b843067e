//! What validating costs: the bodies of the shipped contracts against serde_json parsing the same bytes, an array that
//! grows a hundredfold, and patterns with nested quantifiers. Every figure is a ratio of two times of the same run.

#![expect(clippy::print_stdout, reason = "a report program prints its report")]

use std::hint::black_box;
use std::time::Instant;

use etalon::shipped;
use etalon_contract::codec;
use etalon_contract::document::{Document, Location, NoFiles, Pointer, Source};
use etalon_contract::generate::{self, Choices, Numbers, Seeded};
use etalon_contract::model::{Contract, Direction};
use etalon_contract::validate;
use serde_json::{Value, json};

/// The number of times that are taken; the least counts.
const REPEATS: usize = 15;

/// The least time that one measure lasts, in seconds.
const LEAST: f64 = 0.02;

/// The least time of one call, in nanoseconds.
fn nanoseconds(mut call: impl FnMut()) -> f64 {
    let mut rounds = 1u32;
    loop {
        let start = Instant::now();
        (0..rounds).for_each(|_| call());
        if start.elapsed().as_secs_f64() >= LEAST || rounds > 1 << 24 {
            break;
        }
        rounds *= 2;
    }
    (0..REPEATS)
        .map(|_| {
            let start = Instant::now();
            (0..rounds).for_each(|_| call());
            start.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
        })
        .fold(f64::INFINITY, f64::min)
}

fn main() {
    bodies();
    growth();
    patterns();
}

/// The bodies of the shipped contracts.
fn bodies() {
    println!("bodies of the shipped contracts           bytes  parse ns  validate/parse  decode+validate/parse");
    for shipped in shipped::ALL {
        let contract = Contract::new(shipped.load().expect("it is sound"));
        for operation in contract.operations() {
            let requests =
                operation.body.iter().flat_map(|body| &body.content).map(|content| (content, Direction::Request));
            let responses = operation.responses.iter().filter(|response| response.status.is_success());
            let responses =
                responses.flat_map(|response| &response.content).map(|content| (content, Direction::Response));
            for (content, direction) in requests.chain(responses) {
                let Some(at) = &content.schema else { continue };
                let mut source = Seeded::new(7, ["validate"]);
                let numbers: Vec<u64> = (0..256).map(|_| source.below(u64::MAX)).collect();
                let value =
                    generate::value(&contract, at, direction, &mut Numbers::new(&numbers)).expect("it can be made");
                let bytes = codec::encode_body(&contract, content, &value, direction).expect("it is JSON");
                let documented = std::slice::from_ref(content);
                let media_type = content.media_type.to_string();
                let parse = nanoseconds(|| {
                    black_box(serde_json::from_slice::<Value>(black_box(&bytes)).expect("it is JSON"));
                });
                let judge =
                    || assert!(validate::is_valid(&contract, at, direction, black_box(&value)).expect("a schema"));
                let validate = nanoseconds(judge);
                let decode = nanoseconds(|| {
                    black_box(codec::decode_body(&contract, documented, Some(&media_type), black_box(&bytes)));
                });
                let name = format!("{} {direction:?}", operation.id);
                println!(
                    "{name:<40} {:>6} {parse:>9.0} {:>15.2} {:>22.2}",
                    bytes.len(),
                    validate / parse,
                    (decode + validate) / parse
                );
            }
        }
    }
}

fn contract(schema: &Value) -> (Contract, Location) {
    let root = json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}, "components": {"schemas": {"It": schema}}});
    let text = root.to_string();
    let source = Source { name: "bench.json", bytes: text.as_bytes() };
    let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("it is a document"));
    (contract, Location::entry(Pointer::parse("/components/schemas/It").expect("it is a pointer")))
}

/// An array body a hundred times as long.
fn growth() {
    println!("\na hundredfold array                        cost ratio (at most 120)");
    let item = json!({
        "type": "object", "required": ["email", "name"], "additionalProperties": false,
        "properties": {
            "email": {"type": "string", "format": "email", "maxLength": 250}, "name": {"type": "string", "minLength": 1},
            "age": {"type": "integer", "minimum": 0, "format": "int32"}, "price": {"type": "number", "multipleOf": 0.01}
        }
    });
    for (name, schema, valid) in [
        ("valid items", json!({"type": "array", "items": item}), true),
        ("valid unique items", json!({"type": "array", "items": item, "uniqueItems": true}), true),
        ("items that are all wrong", json!({"type": "array", "items": {"type": "string"}}), false),
    ] {
        let (contract, at) = contract(&schema);
        let items = |count: usize| -> Value {
            (0..count).map(|index| json!({"email": format!("a{index}@example.com"), "name": format!("n{index}"), "age": index, "price": 19.99})).collect()
        };
        let cost = |count: usize| {
            let value = items(count);
            nanoseconds(|| {
                let found = validate::value(
                    &contract,
                    &at,
                    Direction::Request,
                    &etalon_contract::rule::Subject::Body,
                    black_box(&value),
                );
                assert_eq!(found.expect("a schema").is_empty(), valid);
            })
        };
        println!("{name:<42} {:>10.1}", cost(2_000) / cost(20));
    }
}

/// Patterns on a text ten times as long: 10 where the time is linear.
fn patterns() {
    println!("\ntenfold text, 10 kB to 100 kB              cost ratio (10 is linear)");
    for pattern in ["^(a+)+$", "^(a|a)*$", "^(a*)*b$", "^([a-z]+)*[0-9]$", "^(?=a)(a+)+$"] {
        let (contract, at) = contract(&json!({"type": "string", "pattern": pattern}));
        let cost = |length: usize| {
            let value = Value::from(format!("{}!", "a".repeat(length)));
            nanoseconds(|| {
                black_box(validate::is_valid(&contract, &at, Direction::Request, black_box(&value)).expect("a schema"));
            })
        };
        let (small, large) = (cost(10_000), cost(100_000));
        println!("{pattern:<42} {:>10.1}   {:>8.3} ms for 100 kB", large / small, large / 1e6);
    }
}
