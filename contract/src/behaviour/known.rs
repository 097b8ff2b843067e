//! Laying what is known over what was generated, without ever leaving the schema: what does not fit is dropped, member
//! by member.

use serde_json::Value;

use crate::document::Pointer;

/// The most single steps that are tried once all of them together did not fit: each costs one validation.
const MAX_STEPS: usize = 256;

/// One thing that is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// This is there. Objects are merged, everything else is replaced.
    At(Pointer, Value),
    /// There is nothing at the pointer.
    Absent(Pointer),
}

/// Lays what is known over a valid value. The result is valid where `base` is: `is_valid` has the last word on every step.
pub fn lay_over(base: Value, known: &[Known], is_valid: &mut dyn FnMut(&Value) -> bool) -> Value {
    let mut whole = base.clone();
    let fits = known.iter().all(|one| apply(&mut whole, one));
    if fits && is_valid(&whole) {
        return whole;
    }
    let mut steps = MAX_STEPS;
    let mut value = base;
    for one in known {
        lay_one(&mut value, one, is_valid, &mut steps);
    }
    value
}

fn lay_one(value: &mut Value, one: &Known, is_valid: &mut dyn FnMut(&Value) -> bool, steps: &mut usize) {
    if *steps == 0 {
        return;
    }
    *steps -= 1;
    let mut tried = value.clone();
    if apply(&mut tried, one) && is_valid(&tried) {
        *value = tried;
        return;
    }
    match one {
        Known::At(pointer, Value::Object(members)) => {
            for (name, member) in members {
                lay_one(value, &Known::At(pointer.join(name), member.clone()), is_valid, steps);
            }
        }
        Known::At(pointer, Value::Null) => lay_one(value, &Known::Absent(pointer.clone()), is_valid, steps),
        Known::At(..) | Known::Absent(_) => {}
    }
}

/// False where the way to the place is barred.
fn apply(value: &mut Value, one: &Known) -> bool {
    match one {
        Known::At(pointer, known) => match pointer.get_mut(value) {
            Some(there) => {
                merge(there, known);
                true
            }
            None => pointer.put(value, known.clone()).is_ok(),
        },
        Known::Absent(pointer) => {
            pointer.remove_member(value);
            !pointer.as_str().is_empty()
        }
    }
}

/// Merges objects, and replaces all else.
pub(crate) fn merge(there: &mut Value, known: &Value) {
    match (there, known) {
        (Value::Object(there), Value::Object(known)) => {
            for (name, member) in known {
                match there.get_mut(name) {
                    Some(inner) => merge(inner, member),
                    None => {
                        there.insert(name.clone(), member.clone());
                    }
                }
            }
        }
        (there, known) => *there = known.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(text: &str) -> Pointer {
        Pointer::parse(text).expect("a pointer")
    }

    #[test]
    fn objects_merge_and_all_else_is_replaced() {
        let known = [Known::At(at("/a"), json!({"c": 2, "l": [3]})), Known::Absent(at("/d"))];
        let laid = lay_over(json!({"a": {"b": 1, "l": [1, 2]}, "d": 4}), &known, &mut |_| true);
        assert_eq!(laid, json!({"a": {"b": 1, "l": [3], "c": 2}}));
    }

    #[test]
    fn what_does_not_fit_is_dropped_alone() {
        let known = [Known::At(Pointer::root(), json!({"good": 1, "bad": 2})), Known::Absent(at("/kept"))];
        let mut is_valid = |value: &Value| value.get("bad").is_none() && value.get("kept").is_some();
        assert_eq!(lay_over(json!({"kept": 0}), &known, &mut is_valid), json!({"kept": 0, "good": 1}));
    }

    #[test]
    fn a_null_that_may_not_be_is_left_out() {
        let known = [Known::At(at("/next"), Value::Null)];
        let mut is_valid = |value: &Value| value.get("next") != Some(&Value::Null);
        assert_eq!(lay_over(json!({"next": "x"}), &known, &mut is_valid), json!({}));
    }
}
