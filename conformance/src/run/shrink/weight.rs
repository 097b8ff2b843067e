//! Which of two requests is the simpler: the one with fewer values; of two with as many, the one with fewer characters;
//! then the one with plainer characters and smaller numbers. Shrinking only ever goes to simpler ones, so it ends.

use etalon_contract::codec::{Draft, DraftBody};
use serde_json::Value;

/// The weight of a request; a simpler one has less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight {
    values: usize,
    characters: usize,
    rank: u64,
}

/// The characters that texts are made of where any would do, the plainest first.
pub(super) const PLAIN: [char; 3] = ['a', '0', 'A'];

/// The weight of a draft: its parameters and its content.
#[must_use]
pub(super) fn weight(draft: &Draft) -> Weight {
    let mut sum = Weight::default();
    for (_, _, value) in &draft.parameters {
        add(&mut sum, value);
    }
    match &draft.body {
        Some(DraftBody::Value { value, .. }) => add(&mut sum, value),
        Some(DraftBody::Raw { bytes, .. }) => {
            sum.values += 1;
            sum.characters += bytes.len();
        }
        None => {}
    }
    sum
}

/// The weight of a value, with everything in it.
#[must_use]
pub(super) fn of(value: &Value) -> Weight {
    let mut sum = Weight::default();
    add(&mut sum, value);
    sum
}

/// The rank of a character by plainness: 0 is the plainest.
#[must_use]
pub(super) fn rank(character: char) -> u64 {
    match PLAIN.iter().position(|plain| *plain == character) {
        Some(place) => place as u64,
        None if character.is_ascii_alphanumeric() => 3,
        None if character.is_ascii_graphic() => 4,
        None if character == ' ' => 5,
        None => 6 + u64::from(u32::from(character)),
    }
}

fn add(sum: &mut Weight, value: &Value) {
    sum.values += 1;
    match value {
        Value::Null => {}
        Value::Bool(flag) => sum.rank = sum.rank.saturating_add(u64::from(*flag)),
        Value::Number(number) => {
            let text = number.to_string();
            sum.characters += text.len();
            let digits = text
                .chars()
                .filter_map(|c| c.to_digit(10))
                .fold(0u64, |all, digit| all.saturating_mul(10).saturating_add(u64::from(digit)));
            sum.rank = sum.rank.saturating_add(digits);
        }
        Value::String(text) => add_text(sum, text),
        Value::Array(items) => {
            for item in items {
                add(sum, item);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                add_text(sum, name);
                add(sum, member);
            }
        }
    }
}

fn add_text(sum: &mut Weight, text: &str) {
    for character in text.chars() {
        sum.characters += 1;
        sum.rank = sum.rank.saturating_add(rank(character));
    }
}

#[cfg(test)]
mod tests {
    use etalon_contract::model::In;
    use serde_json::json;

    use super::{Draft, Value, Weight, weight};

    fn of(value: Value) -> Weight {
        weight(&Draft { operation: 0, parameters: vec![(In::Query, "q".into(), value)], body: None })
    }

    #[test]
    fn fewer_values_then_fewer_characters_then_plainer_ones() {
        assert!(of(json!(["", ""])) < of(json!(["", "", ""])));
        assert!(of(json!("zzzz")) < of(json!([1])));
        assert!(of(json!("aa")) < of(json!("aaa")));
        assert!(of(json!("aa")) < of(json!("a0")) && of(json!("a0")) < of(json!("a😀")));
        assert!(of(json!(12)) < of(json!(13)) && of(json!(99)) < of(json!(100)) && of(json!(5)) < of(json!(-5)));
        assert!(of(json!(false)) < of(json!(true)));
        assert!(of(json!({"a": 1})) < of(json!({"ab": 1})));
    }
}
