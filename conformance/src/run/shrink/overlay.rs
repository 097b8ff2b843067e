//! One request laid over another: what is known to make an operation fail is the likely cause of its next failure too.

use etalon_contract::codec::{Draft, DraftBody};
use etalon_contract::document::Pointer;
use etalon_contract::generate::Broken;
use serde_json::Value;

use crate::draft_place::Part;

/// A request and its twin with all that another one has, but for one place, which stays as it is.
#[must_use]
pub(super) fn overlaid(onto: &Broken, known: &Draft, but_for: Option<&(Part, &Pointer)>) -> Broken {
    let lay = |draft: &Draft| {
        let mut draft = draft.clone();
        for (place, name, value) in &known.parameters {
            let part = Part::Parameter(*place, name.clone());
            let stays = but_for.filter(|(spoken_of, _)| *spoken_of == part).map(|(_, at)| *at);
            match draft.parameters.iter_mut().find(|(p, n, _)| p == place && n == name) {
                Some((.., there)) => merge(there, value, &Pointer::root(), stays),
                None => draft.parameters.push((*place, name.clone(), value.clone())),
            }
        }
        let stays = but_for.filter(|(part, _)| *part == Part::Body).map(|(_, at)| *at);
        match (&mut draft.body, &known.body) {
            (Some(DraftBody::Value { value, .. }), Some(DraftBody::Value { value: other, .. })) => {
                merge(value, other, &Pointer::root(), stays);
            }
            (None, Some(body)) => draft.body = Some(body.clone()),
            (Some(_), _) | (None, None) => {}
        }
        draft
    };
    Broken { draft: lay(&onto.draft), twin: lay(&onto.twin) }
}

fn merge(value: &mut Value, other: &Value, at: &Pointer, stays: Option<&Pointer>) {
    if stays.is_some_and(|stays| at.fits(stays)) {
        return;
    }
    match (value, other) {
        (Value::Object(members), Value::Object(others)) => {
            for (name, other) in others {
                match members.get_mut(name) {
                    Some(member) => merge(member, other, &at.join(name), stays),
                    None => {
                        members.insert(name.clone(), other.clone());
                    }
                }
            }
        }
        (Value::Array(items), Value::Array(others)) => {
            let shared = items.len();
            for (index, (item, other)) in items.iter_mut().zip(others).enumerate() {
                merge(item, other, &at.index(index), stays);
            }
            items.extend(others.iter().skip(shared).cloned());
        }
        (value, other) => *value = other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use etalon_contract::model::In;
    use serde_json::json;

    use super::*;

    #[test]
    fn all_is_taken_over_but_the_place_that_is_spoken_of() {
        let with = |value| Draft { operation: 0, parameters: vec![(In::Query, "q".into(), value)], body: None };
        let onto = Broken { draft: with(json!({"a": [1], "b": "past"})), twin: with(json!({"a": [1], "b": "at"})) };
        let known = with(json!({"a": [2, 3], "b": "other", "c": null}));
        let at = Pointer::parse("/b").expect("a pointer");
        let laid = overlaid(&onto, &known, Some(&(Part::Parameter(In::Query, "q".into()), &at)));
        assert_eq!(laid.draft.parameters[0].2, json!({"a": [2, 3], "b": "past", "c": null}));
        assert_eq!(laid.twin.parameters[0].2, json!({"a": [2, 3], "b": "at", "c": null}));
    }
}
