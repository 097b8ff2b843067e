//! The executable contract: one OpenAPI document as a model that can be enumerated (rows), generated from, validated
//! against and run. This package is pure: bytes and values in, values out. It never sees a socket, a clock, a file
//! system or an environment variable; whoever calls it supplies those.
//!
//! A contract is parsed, a valid request is made of it, read back from its own bytes and validated:
//!
//! ```
//! use etalon_contract::codec;
//! use etalon_contract::generate::{self, Seeded};
//! use etalon_contract::model::{Contract, Route};
//! use etalon_contract::validate;
//!
//! let contract = Contract::parse(
//!     "
//! openapi: 3.1.0
//! info: { title: Pets, version: '1' }
//! paths:
//!   /pets/{id}:
//!     put:
//!       operationId: replacePet
//!       parameters: [{ name: id, in: path, required: true, schema: { type: integer, minimum: 1 } }]
//!       requestBody:
//!         required: true
//!         content:
//!           application/json:
//!             schema: { type: object, required: [name], properties: { name: { type: string, maxLength: 8 } } }
//!       responses: { '204': { description: Replaced } }
//! ",
//! )
//! .expect("the document is sound");
//! let operation = contract.operations().next().expect("it has one");
//!
//! // The same seed and names make the same request, on every machine.
//! let draft = generate::valid(&contract, operation, &mut Seeded::new(7, ["example"])).expect("there is a valid one");
//! let mut request = codec::encode(&contract, operation, &draft).expect("it has a form on the wire");
//! assert_eq!(request.method, "PUT");
//!
//! let violations = |request: &codec::Request| {
//!     let Route::Found { captures, .. } = contract.route(&request.method, &request.target) else { panic!("no route") };
//!     let decoded = codec::decode(&contract, operation, &captures, request);
//!     validate::request(&contract, operation, &decoded).expect("its schemas are sound")
//! };
//! assert_eq!(violations(&request), []);
//!
//! request.body = br#"{"name": "Bartholomew"}"#.to_vec();
//! let found = violations(&request);
//! assert_eq!(found.len(), 1);
//! assert_eq!(found[0].pointer.as_str(), "/name");
//! ```
//!
//! The folders are floors, in this order: `document`, `model`, `lint`, `rule`, `codec`, `validate`, `generate`, `behaviour`.
//! Each stands on those before it and never uses one after it.

#![warn(unreachable_pub, clippy::wildcard_enum_match_arm)]

pub mod behaviour;
pub mod codec;
pub mod document;
pub mod generate;
pub mod lint;
pub mod model;
pub mod rule;
pub mod validate;
