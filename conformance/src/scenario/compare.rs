//! What was sent against what came back. Only what both have is compared, and a target may write the same thing in other
//! words: `1.0` for `1`, `+00:00` for `Z`, an address in lower case.

use etalon_contract::document::Pointer;
use serde_json::Value;

/// The difference between two values.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Difference {
    /// They say different things: where, what was sent, what came back.
    Real(Pointer, Value, Value),
    /// They are written differently and may mean the same: where.
    Spelling(Pointer),
}

/// Every difference between what was sent and what came back.
#[must_use]
pub(super) fn differences(sent: &Value, back: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    collect(&Pointer::root(), sent, back, &mut found);
    found
}

fn collect(at: &Pointer, sent: &Value, back: &Value, found: &mut Vec<Difference>) {
    match (sent, back) {
        (Value::Object(sent), Value::Object(back)) => {
            for (name, value) in sent {
                if let Some(other) = back.get(name) {
                    collect(&at.join(name), value, other, found);
                }
            }
        }
        // A target may keep a set: no element twice, and its own beside those that were sent.
        (Value::Array(sent), Value::Array(back))
            if sent.len() != back.len() && is_of_texts(back) && sent.iter().all(|element| back.contains(element)) =>
        {
            found.push(Difference::Spelling(at.clone()));
        }
        (Value::Array(sent), Value::Array(back)) if sent.len() == back.len() => {
            for (index, (value, other)) in sent.iter().zip(back).enumerate() {
                collect(&at.index(index), value, other, found);
            }
        }
        (Value::Number(one), Value::Number(other)) => {
            let same = one == other || one.as_f64().is_some_and(|one| Some(one) == other.as_f64());
            if !same {
                found.push(Difference::Real(at.clone(), sent.clone(), back.clone()));
            }
        }
        // An empty text or list says nothing, and a target may put there what it has to say.
        (Value::String(one), Value::String(_)) if one.is_empty() && sent != back => {
            found.push(Difference::Spelling(at.clone()));
        }
        (Value::Array(one), Value::Array(other)) if one.is_empty() && !other.is_empty() => {
            found.push(Difference::Spelling(at.clone()));
        }
        (Value::String(one), Value::String(other)) if one != other => {
            if one.trim().to_lowercase() == other.trim().to_lowercase() || same_moment(one, other) {
                found.push(Difference::Spelling(at.clone()));
            } else {
                found.push(Difference::Real(at.clone(), sent.clone(), back.clone()));
            }
        }
        _ if sent == back => {}
        // Where the two are of different types, the schemas of request and answer differ, and so may the meaning.
        (_, back) if !back.is_null() && std::mem::discriminant(sent) != std::mem::discriminant(back) => {}
        _ => found.push(Difference::Real(at.clone(), sent.clone(), back.clone())),
    }
}

/// True where all elements of a list are texts.
fn is_of_texts(list: &[Value]) -> bool {
    list.iter().all(Value::is_string)
}

/// True where both look like RFC 3339 times of the same day: zones and fractions may be written differently.
fn same_moment(one: &str, other: &str) -> bool {
    let time = |text: &str| {
        let bytes = text.as_bytes();
        bytes.len() >= 20 && bytes[4] == b'-' && bytes[7] == b'-' && matches!(bytes[10], b'T' | b't' | b' ')
    };
    time(one) && time(other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_both_have_is_compared() {
        let at = |text: &str| Pointer::parse(text).expect("a pointer");
        assert_eq!(differences(&json!({"a": 1, "b": 2}), &json!({"a": 1.0, "c": 3})), []);
        assert_eq!(
            differences(&json!({"x": "A@B", "y": {"z": [1, 2]}}), &json!({"x": "a@b", "y": {"z": [1, 3]}})),
            [Difference::Spelling(at("/x")), Difference::Real(at("/y/z/1"), json!(2), json!(3))]
        );
        assert!(matches!(differences(&json!([1]), &json!([1, 2]))[..], [Difference::Real(..)]));
        assert!(matches!(differences(&json!(""), &json!("made up"))[..], [Difference::Spelling(_)]));
        assert!(matches!(differences(&json!([]), &json!(["made up"]))[..], [Difference::Spelling(_)]));
        assert!(matches!(differences(&json!(["a", "a"]), &json!(["a"]))[..], [Difference::Spelling(_)]));
        assert!(matches!(differences(&json!(["a"]), &json!(["a", "own"]))[..], [Difference::Spelling(_)]));
        assert!(matches!(differences(&json!(["a", "b"]), &json!(["a"]))[..], [Difference::Real(..)]));
        assert!(matches!(differences(&json!("x"), &json!(null))[..], [Difference::Real(..)]));
        assert_eq!(differences(&json!({"a": 1}), &json!("text")), []);
    }
}
