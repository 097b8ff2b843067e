//! Lists that are asked for some of their items, or for an order: whatever is shown fits, and what fits is shown.

use etalon_contract::behaviour::Test;
use serde_json::Value;

use crate::verdict::{FailureKind, Verdict};

/// A list that was asked for some of its items.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The words for what was asked for: `status=open`.
    pub asked: String,
    /// The key of an item that is shown and does not fit, with the value that it has.
    pub stranger: Option<(String, Value)>,
    /// The key of an item that fits and is not shown, though the whole list was seen.
    pub missing: Option<String>,
    /// The key of an item that is shown twice.
    pub twice: Option<String>,
    /// The number of items that the list says it has, and that it showed, where these differ.
    pub count: Option<(u64, u64)>,
    /// The number of items of which it is known that they fit.
    pub fitting: usize,
    /// The number of the exchange that shows it.
    pub shown: Option<usize>,
}

/// The verdict on a filter from the lists that were asked for with it.
pub(crate) fn chosen(choices: &[Choice]) -> Verdict {
    let found = choices.iter().find_map(|choice| {
        let asked = &choice.asked;
        let (kind, expected, found) = if let Some((key, value)) = &choice.stranger {
            let expected = format!("{asked} lists nothing that does not fit");
            ("a filter shows what does not fit", expected, format!("it lists the item {key}, which has {value}"))
        } else if let Some(key) = &choice.missing {
            let expected = format!("{asked} lists everything that fits");
            ("a filter leaves out what fits", expected, format!("it does not list the item {key}, which fits"))
        } else if let Some(key) = &choice.twice {
            let expected = format!("{asked} lists each item once");
            ("a filter shows an item twice", expected, format!("it lists the item {key} twice"))
        } else {
            let (told, shown) = choice.count?;
            let expected = format!("{asked} tells the number of items that fit: {shown}");
            ("a filtered list tells another number", expected, format!("it tells {told}"))
        };
        Some(Verdict::violated(FailureKind::State(kind), expected, found).shown_by(choice.shown))
    });
    found.unwrap_or_else(|| match choices.iter().any(|choice| choice.fitting > 0) {
        true => Verdict::proved(),
        false => Verdict::inconclusive("nothing was made of which it is known that it fits"),
    })
}

/// True where a value fits what a filter asks for; `None` where the two may be compared in more than one way.
#[must_use]
pub(crate) fn fits(test: Test, inclusive: Option<bool>, value: Option<&Value>, wanted: &Value) -> Option<bool> {
    let wanted: Vec<&Value> = wanted.as_array().map_or_else(|| vec![wanted], |several| several.iter().collect());
    let any = |fit: &dyn Fn(&Value) -> Option<bool>| {
        let fits: Vec<Option<bool>> = wanted.iter().map(|wanted| fit(wanted)).collect();
        if fits.contains(&Some(true)) {
            Some(true)
        } else if fits.contains(&None) {
            None
        } else {
            Some(false)
        }
    };
    let Some(value) = value.filter(|value| !value.is_null()) else {
        // What has no value is beyond no bound and like nothing.
        return match test {
            Test::Among | Test::AtLeast | Test::AtMost | Test::Above | Test::Below => Some(false),
            Test::NotAmong
            | Test::Contains
            | Test::Begins
            | Test::Labels
            | Test::Fields
            | Test::Shown
            | Test::Criteria => None,
        };
    };
    match test {
        Test::Among => any(&|wanted| same(value, wanted)),
        Test::NotAmong => any(&|wanted| same(value, wanted)).map(|same| !same),
        Test::AtLeast | Test::AtMost | Test::Above | Test::Below => {
            let order = compare(value, wanted.first()?)?;
            let outer = matches!(test, Test::AtLeast | Test::Above);
            if order.is_eq() { inclusive } else { Some(order.is_gt() == outer) }
        }
        Test::Contains | Test::Begins => match (value, wanted.first()?) {
            (Value::String(text), Value::String(wanted)) => {
                let (text, wanted) = (text.to_lowercase(), wanted.to_lowercase());
                let there = if test == Test::Begins { text.starts_with(&wanted) } else { text.contains(&wanted) };
                Some(there)
            }
            _ => None,
        },
        Test::Labels | Test::Fields | Test::Shown | Test::Criteria => None,
    }
}

/// True where a value is the one that is wanted, or has it among its elements.
fn same(value: &Value, wanted: &Value) -> Option<bool> {
    match (value, wanted) {
        (Value::Array(items), wanted) => {
            let fits: Vec<Option<bool>> = items.iter().map(|item| same(item, wanted)).collect();
            if fits.contains(&Some(true)) {
                Some(true)
            } else if fits.contains(&None) {
                None
            } else {
                Some(false)
            }
        }
        (Value::String(text), Value::String(wanted)) if text == wanted => Some(true),
        // A part of a text, or one in other letters, may be enough.
        (Value::String(text), Value::String(wanted)) => {
            let (text, wanted) = (text.to_lowercase(), wanted.to_lowercase());
            if text.contains(&wanted) { None } else { Some(false) }
        }
        (Value::Number(one), Value::Number(other)) => Some(one.as_f64() == other.as_f64()),
        (Value::Bool(one), Value::Bool(other)) => Some(one == other),
        _ => None,
    }
}

/// The order of two values of one kind: numbers, or times as instants; `None` for others.
#[must_use]
pub(crate) fn compare(one: &Value, other: &Value) -> Option<std::cmp::Ordering> {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64()?.partial_cmp(&other.as_f64()?),
        (Value::String(one), Value::String(other)) => {
            let moment = |text: &str| text.parse::<jiff::Timestamp>().ok();
            match (moment(one), moment(other)) {
                (Some(one), Some(other)) => Some(one.cmp(&other)),
                (None, None) => {
                    let day = |text: &str| text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == 10);
                    Some(day(one)?.cmp(&day(other)?))
                }
                (Some(_), None) | (None, Some(_)) => None,
            }
        }
        _ => None,
    }
}

/// The verdict on an order: of the values that are shown one after another, those that are there.
pub(crate) fn ordered(asked: &str, values: &[Value], descending: bool, shown: Option<usize>) -> Verdict {
    let kinds: Vec<fn(&Value, &Value) -> Option<std::cmp::Ordering>> = match values.first() {
        // Texts are compared by their characters, or in any letters.
        Some(Value::String(text)) if compare(&values[0], &values[0]).is_none() || text.is_empty() => {
            vec![by_code_points, by_letters]
        }
        Some(_) => vec![compare],
        None => return Verdict::inconclusive("nothing that is shown has a value to be ordered by"),
    };
    let stands = |kind: &fn(&Value, &Value) -> Option<std::cmp::Ordering>| {
        values.windows(2).find(|pair| {
            let order = kind(&pair[0], &pair[1]);
            order.is_some_and(|order| if descending { order.is_lt() } else { order.is_gt() })
        })
    };
    let broken: Vec<Option<&[Value]>> = kinds.iter().map(stands).collect();
    match broken.iter().all(Option::is_some) {
        true => {
            let pair = broken[0].unwrap_or_default();
            let found = format!("{} stands before {}", pair[0], pair[1]);
            let way = if descending { "descending" } else { "ascending" };
            let expected = format!("{asked} lists items in {way} order");
            Verdict::violated(FailureKind::State("a list is not in the order asked for"), expected, found)
                .shown_by(shown)
        }
        false if values.windows(2).all(|pair| pair[0] == pair[1]) => {
            Verdict::inconclusive("all values that are shown are the same")
        }
        false => Verdict::proved(),
    }
}

fn by_code_points(one: &Value, other: &Value) -> Option<std::cmp::Ordering> {
    Some(one.as_str()?.cmp(other.as_str()?))
}

fn by_letters(one: &Value, other: &Value) -> Option<std::cmp::Ordering> {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    Some(plain(one.as_str()?).cmp(&plain(other.as_str()?)))
}
