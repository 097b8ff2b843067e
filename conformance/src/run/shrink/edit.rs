//! Edits that take something away: members, elements, characters. What goes from a request goes from its twin as well,
//! as far as the twin has the same there.

use std::ops::Range;

use etalon_contract::generate::Broken;
use serde_json::Value;

use crate::draft_place::{DraftPlace, Part, without};

/// Things in a row, any stretch of which may be taken away.
#[derive(Clone, Debug)]
pub(super) enum Sequence {
    /// Parts of the request.
    Parts(Vec<Part>),
    /// Members of an object, by name.
    Members(DraftPlace, Vec<String>),
    /// Elements of an array.
    Items(DraftPlace),
    /// Characters of a text.
    Characters(DraftPlace),
    /// Characters of a member's name.
    Name(DraftPlace, String),
}

impl Sequence {
    /// The number of elements of the sequence.
    #[must_use]
    pub(super) fn length(&self, plan: &Broken) -> usize {
        match self {
            Self::Parts(parts) => parts.len(),
            Self::Members(_, names) => names.len(),
            Self::Items(place) => place.get(&plan.draft).and_then(Value::as_array).map_or(0, Vec::len),
            Self::Characters(place) => {
                place.get(&plan.draft).and_then(Value::as_str).map_or(0, |text| text.chars().count())
            }
            Self::Name(_, name) => name.chars().count(),
        }
    }

    /// The request without a stretch of them.
    #[must_use]
    pub(super) fn without(&self, plan: &Broken, gone: Range<usize>) -> Option<Broken> {
        match self {
            Self::Parts(parts) => {
                let gone = parts.get(gone)?;
                Some(gone.iter().fold(plan.clone(), |plan, part| without(&plan, part)))
            }
            Self::Members(place, names) => {
                let mut changed = plan.clone();
                let gone = names.get(gone)?;
                let (here, twin) = place.both_mut(&mut changed);
                for members in [here, twin].into_iter().flatten().filter_map(Value::as_object_mut) {
                    members.retain(|name, _| !gone.contains(name));
                }
                Some(changed)
            }
            Self::Items(place) => {
                let mut changed = plan.clone();
                let (here, twin) = place.both_mut(&mut changed);
                let here = here?.as_array_mut()?;
                if let Some(twin) = twin.and_then(Value::as_array_mut)
                    && twin.get(gone.clone()) == here.get(gone.clone())
                    && gone.end <= twin.len()
                {
                    twin.drain(gone.clone());
                }
                here.drain(gone);
                Some(changed)
            }
            Self::Characters(place) => {
                let text = place.get(&plan.draft)?.as_str()?;
                place.replaced(plan, &Value::String(cut(text, &gone)))
            }
            Self::Name(place, name) => renamed(place, plan, name, &cut(name, &gone)),
        }
    }
}

/// The request with a member under another name, in the same place among the others; `None` where there is one of that
/// name.
#[must_use]
pub(super) fn renamed(place: &DraftPlace, plan: &Broken, from: &str, to: &str) -> Option<Broken> {
    let mut changed = plan.clone();
    let (here, twin) = place.both_mut(&mut changed);
    if here.as_ref()?.get(to).is_some() {
        return None;
    }
    for members in [here, twin].into_iter().flatten().filter_map(Value::as_object_mut) {
        let old = std::mem::take(members);
        let rename = |name: String| if name == from { to.to_owned() } else { name };
        *members = old.into_iter().map(|(name, member)| (rename(name), member)).collect();
    }
    Some(changed)
}

fn cut(text: &str, gone: &Range<usize>) -> String {
    text.chars().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, character)| character).collect()
}

#[cfg(test)]
mod tests {
    use etalon_contract::codec::Draft;
    use etalon_contract::document::Pointer;
    use etalon_contract::model::In;
    use serde_json::json;

    use super::*;

    fn plan(draft: Value, twin: Value) -> Broken {
        let with = |value| Draft { operation: 0, parameters: vec![(In::Query, "q".into(), value)], body: None };
        Broken { draft: with(draft), twin: with(twin) }
    }

    fn place(at: &str) -> DraftPlace {
        DraftPlace { part: Part::Parameter(In::Query, "q".into()), at: Pointer::parse(at).expect("a pointer") }
    }

    #[test]
    fn what_goes_goes_from_the_twin_too_where_that_has_the_same() {
        let both = plan(json!({"a": 1, "b": [1, 2, 3]}), json!({"a": "x", "b": [1, 2, 3]}));
        let changed = Sequence::Items(place("/b")).without(&both, 1..3).expect("they are there");
        assert_eq!(changed.draft.parameters[0].2, json!({"a": 1, "b": [1]}));
        assert_eq!(changed.twin.parameters[0].2, json!({"a": "x", "b": [1]}));
        let changed = Sequence::Members(place(""), vec!["b".into()]).without(&both, 0..1).expect("it is there");
        assert_eq!(changed.draft.parameters[0].2, json!({"a": 1}));
        assert_eq!(changed.twin.parameters[0].2, json!({"a": "x"}));
    }

    #[test]
    fn what_differs_in_the_twin_stays_there() {
        let both = plan(json!(["aé😀", 7]), json!(["b", 7]));
        let changed = Sequence::Characters(place("/0")).without(&both, 1..2).expect("it is there");
        assert_eq!(changed.draft.parameters[0].2, json!(["a😀", 7]));
        assert_eq!(changed.twin.parameters[0].2, json!(["b", 7]));
    }

    #[test]
    fn a_member_keeps_its_place_under_another_name_and_takes_nobody_elses() {
        let both = plan(json!({"long": 1, "b": 2}), json!({"long": 1, "b": 2}));
        let changed = renamed(&place(""), &both, "long", "a").expect("the name is free");
        assert_eq!(changed.draft.parameters[0].2.to_string(), r#"{"a":1,"b":2}"#);
        assert_eq!(changed.twin, changed.draft);
        assert!(renamed(&place(""), &both, "long", "b").is_none());
    }
}
