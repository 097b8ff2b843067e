//! How many items match `contains`: the validator says only that they are too few or too many.

use serde_json::Value;

use crate::document::Location;
use crate::model::{Contract, Direction};
use crate::validate::budget::{TO_JUDGE, within};
use crate::validate::compile::validator;
use crate::validate::explain::count;

/// The sentence about an array that breaks `contains`, `minContains` or `maxContains`, one of which stands at `keyword`;
/// `None` where the items cannot be counted (JSON Schema Core 2020-12 §10.3.1.3, Validation §6.4.4, §6.4.5).
pub(super) fn sentence(
    contract: &Contract,
    keyword: &Location,
    direction: Direction,
    instance: &Value,
) -> Option<String> {
    let owner = Location { file: keyword.file, pointer: keyword.pointer.parent()? };
    let stated = |word: &str| contract.document().node(&owner.join(word)).and_then(natural);
    let items = instance.as_array()?;
    let validator = validator(contract, &owner.join("contains"), direction).ok()?;
    let matching = within(TO_JUDGE, || items.iter().filter(|item| validator.is_valid(item)).count())?;
    let found = match matching {
        0 => "no item matches `contains`".to_owned(),
        1 => "1 item matches `contains`".to_owned(),
        many => format!("{} match `contains`", count(many, "item")),
    };
    let many = u64::try_from(matching).ok()?;
    let least = stated("minContains").unwrap_or(1);
    match stated("maxContains") {
        Some(most) if many > most => Some(format!("{found}, more than {most}")),
        Some(_) | None if matching == 0 && least == 1 => Some(found),
        Some(_) | None if many < least => Some(format!("{found}, fewer than {least}")),
        Some(_) | None => None,
    }
}

/// A count; JSON Schema also writes it `3.0`.
fn natural(operand: &Value) -> Option<u64> {
    operand
        .as_u64()
        .or_else(|| operand.as_f64().filter(|count| count.fract() == 0.0 && *count >= 0.0).map(|count| count as u64))
}
