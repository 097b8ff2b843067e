//! The laws of the contract: valid is valid, broken is broken in one place, and every row has a request or a reason.

use std::sync::LazyLock;

use etalon_contract::codec::{self, Draft};
use etalon_contract::generate::{self, Cannot, Numbers};
use etalon_contract::model::{Contract, Operation};
use etalon_contract::rule::{self, Advice, Breach, Keyword, Row, Rule, Side};
use etalon_contract::validate::{self, Violation};
use proptest::prelude::*;

use crate::shipped::{NAMES, contract, every_kind};

/// The violations of a request, seen from its bytes alone.
fn judged(contract: &Contract, operation: &Operation, draft: &Draft) -> Vec<Violation> {
    let request = codec::encode(contract, operation, draft).expect("a generated request has a wire form");
    let captures = operation.path.capture(request.path()).expect("it is a request for its operation");
    let decoded = codec::decode(contract, operation, &captures, &request);
    validate::request(contract, operation, &decoded).expect("the schemas are sound")
}

fn is_past(row: &Row) -> bool {
    matches!(&row.rule, Rule::Limit(limit) if limit.side() == Side::Past)
}

fn is_at(row: &Row) -> bool {
    matches!(&row.rule, Rule::Limit(limit) if limit.side() == Side::At)
        || matches!(&row.rule, Rule::Advice(Advice::Discriminator { meant: Some(_), .. }))
}

/// Rows whose requests may well be valid, though the document advises against them.
fn is_advised(row: &Row) -> bool {
    matches!(&row.rule, Rule::Advice(Advice::ReadOnly | Advice::Discriminator { meant: None, .. }))
}

/// The contracts that the laws are held against, read once: each keeps what it compiles.
fn contracts() -> &'static [(&'static str, Contract)] {
    static CONTRACTS: LazyLock<Vec<(&str, Contract)>> = LazyLock::new(|| {
        let shipped = NAMES.into_iter().map(|name| (name, contract(name)));
        shipped.chain([("every-kind", every_kind())]).collect()
    });
    &CONTRACTS
}

/// True for a violation that is the row's own, or comes along with it: what a failing part had evaluated is no longer
/// so.
fn is_of(violation: &Violation, row: &Row) -> bool {
    let comes_along = matches!(&violation.breach, Breach::Keyword { keyword: Keyword::UnevaluatedProperties, .. });
    violation.breaks(row) || comes_along
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn valid_is_valid(numbers in prop::collection::vec(any::<u64>(), 0..256)) {
        for (_, contract) in contracts() {
            for operation in contract.operations() {
                let draft = generate::valid(contract, operation, &mut Numbers::new(&numbers)).expect("it can be called");
                prop_assert_eq!(judged(contract, operation, &draft), vec![], "{} {:?}", &operation.id, draft);
            }
        }
    }

    #[test]
    fn broken_is_broken_in_one_place(numbers in prop::collection::vec(any::<u64>(), 0..256)) {
        for (_, contract) in contracts() {
            for operation in contract.operations() {
                for row in rule::rows(contract, operation).iter().filter(|row| is_past(row)) {
                    for variant in 0..generate::variants(row) {
                        let Ok(broken) = generate::breach(contract, operation, row, variant, &mut Numbers::new(&numbers)) else {
                            continue;
                        };
                        let found = judged(contract, operation, &broken.draft);
                        prop_assert!(!found.is_empty() && found.iter().all(|violation| is_of(violation, row)), "{} {found:?}", &row.id);
                        prop_assert_eq!(judged(contract, operation, &broken.twin), vec![]);
                    }
                }
            }
        }
    }

    #[test]
    fn at_a_limit_is_valid(numbers in prop::collection::vec(any::<u64>(), 0..256)) {
        for (_, contract) in contracts() {
            for operation in contract.operations() {
                for row in rule::rows(contract, operation).iter().filter(|row| is_at(row)) {
                    for variant in 0..generate::variants(row) {
                        if let Ok(draft) = generate::at(contract, operation, row, variant, &mut Numbers::new(&numbers)) {
                            prop_assert_eq!(judged(contract, operation, &draft), vec![], "{}", &row.id);
                        }
                    }
                }
            }
        }
    }
}

/// One line for each row: its id, and why it cannot be shown where it cannot.
fn reach(contract: &Contract) -> String {
    let mut lines = Vec::new();
    for operation in contract.operations() {
        for row in rule::rows(contract, operation) {
            let numbers: Vec<u64> = (1..200u64).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
            let tried: Vec<Result<(), Cannot>> = (0..generate::variants(&row))
                .filter_map(|variant| {
                    let mut choices = Numbers::new(&numbers);
                    if is_past(&row) || is_advised(&row) {
                        Some(generate::breach(contract, operation, &row, variant, &mut choices).map(|_| ()))
                    } else if is_at(&row) {
                        Some(generate::at(contract, operation, &row, variant, &mut choices).map(|_| ()))
                    } else {
                        None
                    }
                })
                .collect();
            let made = tried.iter().filter(|result| result.is_ok()).count();
            let shown = match tried.iter().find_map(|result| result.as_ref().err()) {
                Some(cannot) if made == 0 => format!("  -- {cannot}"),
                Some(cannot) => format!("  -- {made} of {}: {cannot}", tried.len()),
                None if tried.len() > 1 => format!("  ({made} kinds)"),
                None => String::new(),
            };
            lines.push(format!("{}{shown}", row.id));
        }
    }
    lines.join("\n")
}

#[test]
fn every_row_has_a_request_or_a_reason() {
    for (name, contract) in contracts() {
        insta::assert_snapshot!(*name, reach(contract));
    }
}
