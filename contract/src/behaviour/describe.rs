//! What an operation does to state, in a few words for people.

use crate::behaviour::{Action, Batch, Behaviour, Effect, Inferred, Missing, Origin, Timing};

impl Behaviour {
    /// In words, what an operation does.
    ///
    /// # Panics
    /// Where the contract has no such operation.
    #[must_use]
    pub fn describe(&self, operation: usize) -> String {
        describe(self, operation)
    }
}

/// In words, what an operation does: `adds to members; /user/emailAddress is unique`.
#[must_use]
pub fn describe(behaviour: &dyn Inferred, operation: usize) -> String {
    let effect = behaviour.effect(operation);
    let Some(collection) = effect.collection.map(|number| behaviour.collection(number)) else {
        let subject = effect.subject.map(|number| behaviour.collection(number));
        if let (Some(part), Some(subject)) = (&effect.part, subject) {
            let one =
                if effect.key_parameter.is_some() { format!("one of {}", subject.name) } else { subject.name.clone() };
            let name = part.at.last().unwrap_or_default();
            return match part.action {
                Action::Read => format!("shows `{name}` of {one}"),
                Action::Delete => format!("removes `{name}` of {one}"),
                Action::Create | Action::Upsert | Action::Replace => format!("replaces `{name}` of {one}"),
                Action::Update | Action::List | Action::Answer => format!("changes `{name}` of {one}"),
            };
        }
        return match (subject, &effect.returned) {
            (Some(subject), _) if effect.copies => format!("adds a copy to {}", subject.name),
            (Some(subject), Some(_)) => format!("shows one of {}", subject.name),
            (Some(subject), None) => format!("answers as documented, for one of {}", subject.name),
            (None, _) => "answers as documented".to_owned(),
        };
    };
    let name = &collection.name;
    let single = collection.origin == Origin::Singleton;
    let one = if single { name.clone() } else { format!("one of {name}") };
    let mut text = match effect.action {
        Action::Create => format!("adds to {name}"),
        Action::Upsert => format!("adds to {name}, or changes the one with that {}", collection.key),
        Action::Read => format!("shows {one}"),
        Action::List => format!("lists {name}"),
        Action::Replace if effect.key_parameter.is_some() && effect.missing == Missing::Create => {
            format!("replaces {one}, or adds it")
        }
        Action::Replace => format!("replaces {one}"),
        Action::Update => format!("changes {one}"),
        Action::Delete if effect.key_parameter.is_none() && !single => {
            let is_all = effect.batch.is_none() && effect.filters.is_empty();
            if is_all { format!("removes all {name}") } else { format!("removes some of {name}") }
        }
        Action::Delete => format!("removes {one}"),
        Action::Answer => return "answers as documented".to_owned(),
    };
    for note in notes(effect) {
        text.push_str("; ");
        text.push_str(&note);
    }
    text
}

fn notes(effect: &Effect) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(for_each) = &effect.for_each {
        notes.push(format!("one for each of {}", for_each.as_str()));
    }
    notes.extend(effect.unique.iter().map(|pointer| format!("{pointer} is unique")));
    if let Some(paging) = effect.paging.as_ref().or(effect.paging_in_body.as_ref()) {
        notes.push(format!("pages {}", paging.describe()));
    }
    if let Some(batch) = &effect.batch {
        notes.push(match batch {
            Batch::Items(place) if place.as_str().is_empty() => "one for each item of its body".to_owned(),
            Batch::Items(place) => format!("one for each item at {place}"),
            Batch::Keys(place) if place.as_str().is_empty() => "those whose keys are its body".to_owned(),
            Batch::Keys(place) => format!("those whose keys stand at {place}"),
            Batch::Query(name) => format!("those whose keys stand in `{name}`"),
            Batch::Like => "those that have the members of its body".to_owned(),
            Batch::Chosen => "all that its filters choose".to_owned(),
        });
    }
    if let Some(sort) = &effect.sort {
        notes.push(format!("sorted by `{}`", sort.by));
    }
    let mut filters: Vec<String> = effect.filters.iter().map(|filter| format!("`{}`", filter.parameter)).collect();
    filters.dedup();
    if !filters.is_empty() {
        notes.push(format!("chosen by {}", filters.join(", ")));
    }
    if let Some(name) = &effect.fields {
        notes.push(format!("shows the members that `{name}` names"));
    }
    if let Some(name) = &effect.variant {
        notes.push(format!("one for each `{name}`"));
    }
    for name in &effect.unused {
        notes.push(format!("`{name}` is not used"));
    }
    match effect.timing {
        Timing::AtOnce => {}
        Timing::Afterwards => notes.push("after the answer".to_owned()),
    }
    notes
}
