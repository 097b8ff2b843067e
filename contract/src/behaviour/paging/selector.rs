//! Selectors as Kubernetes has them: requirements with commas between them, of labels or of fields
//! (`app=web,tier!=db,env in (a,b),!old`; `metadata.name=x`).

use serde_json::Value;

use crate::behaviour::state::text;

/// One requirement of a selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Requirement {
    name: String,
    /// The values that are meant; empty where any is.
    values: Vec<String>,
    sense: Sense,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sense {
    Has,
    HasNot,
}

/// The requirements of a selector, in their order.
pub(super) fn read(selector: &str) -> Vec<Requirement> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let parts = selector.split(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0
    });
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        found.push(Requirement::read(part));
    }
    found
}

impl Requirement {
    fn read(part: &str) -> Self {
        let one = |name: &str, values: Vec<String>, sense| Self { name: name.trim().to_owned(), values, sense };
        let listed = |name: &str, list: &str, sense| {
            let list = list.trim().trim_start_matches('(').trim_end_matches(')');
            one(name, list.split(',').map(|value| value.trim().to_owned()).collect(), sense)
        };
        let value = |value: &str| vec![value.trim().to_owned()];
        if let Some((name, list)) = part.split_once(" notin ") {
            listed(name, list, Sense::HasNot)
        } else if let Some((name, list)) = part.split_once(" in ") {
            listed(name, list, Sense::Has)
        } else if let Some((name, wanted)) = part.split_once("!=") {
            one(name, value(wanted), Sense::HasNot)
        } else if let Some((name, wanted)) = part.split_once('=') {
            one(name, value(wanted.trim_start_matches('=')), Sense::Has)
        } else if let Some(name) = part.strip_prefix('!') {
            one(name, Vec::new(), Sense::HasNot)
        } else {
            one(part, Vec::new(), Sense::Has)
        }
    }

    /// True where an object of labels, or an item by its fields, meets it.
    pub(super) fn is_met(&self, there: Option<&Value>) -> bool {
        let named = there.and_then(|there| {
            let whole = there.get(&self.name);
            whole.or_else(|| self.name.split('.').try_fold(there, |here, name| here.get(name)))
        });
        let is_there = named.is_some_and(|found| self.values.is_empty() || self.values.contains(&text(found)));
        match self.sense {
            Sense::Has => is_there,
            Sense::HasNot => !is_there,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_of_a_requirement_is_understood() {
        let labels = json!({"app": "web", "tier": "front", "k8s.io/part": "x"});
        for (selector, is_met) in [
            ("app=web", true),
            ("app==web,tier=front", true),
            ("app=db", false),
            ("app!=db", true),
            ("app!=web", false),
            ("none!=x", true),
            ("app in (web, db)", true),
            ("app notin (web,db)", false),
            ("tier,!old", true),
            ("!tier", false),
            ("k8s.io/part=x", true),
        ] {
            assert_eq!(read(selector).iter().all(|one| one.is_met(Some(&labels))), is_met, "{selector}");
        }
        let item = json!({"metadata": {"name": "a"}, "status": {"phase": "Running"}});
        assert!(read("metadata.name=a,status.phase!=Failed").iter().all(|one| one.is_met(Some(&item))));
        assert!(!read("metadata.name=b").iter().all(|one| one.is_met(Some(&item))));
    }
}
