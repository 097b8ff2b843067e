//! The members of an item that a request asks to be shown: `fields=id,name`, `$select=name`, `fields=-notes`. What the schema
//! requires stays, since an answer without it would not be one; names that nothing is called by are passed over.

use serde_json::Value;

use crate::behaviour::answer::success::composer::Composer;
use crate::behaviour::shape;
use crate::document::Location;
use crate::model::In;

impl Composer<'_> {
    /// Leaves the members that the request names, and those that the schema at a location requires.
    pub(super) fn choose_fields(&self, at: &Location, shown: &mut Value) {
        let (Some(parameter), Value::Object(members)) = (&self.effect.fields, shown) else { return };
        let Some(asked) = self.occasion.call.parameter(In::Query, parameter) else { return };
        let asked = names(asked);
        let described = shape::members(self.contract, at);
        let is_described = |name: &str| described.iter().any(|(known, _)| known == name);
        let (but, only): (Vec<&str>, Vec<&str>) =
            asked.iter().map(String::as_str).partition(|name| name.starts_with('-'));
        let but: Vec<&str> = but.into_iter().map(|name| name.trim_start_matches('-')).collect();
        let only: Vec<&str> = only.into_iter().filter(|name| is_described(name)).collect();
        let required = shape::required(self.contract, at);
        members.retain(|name, _| {
            required.contains(name.as_str())
                || !but.contains(&name.as_str()) && (only.is_empty() || only.contains(&name.as_str()))
        });
    }
}

/// The names that a value lists, each without what it says of members within (`owner.name`, `owner(name)`, `owner/name`).
fn names(asked: &Value) -> Vec<String> {
    let texts: Vec<&str> = match asked {
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        Value::String(one) => vec![one.as_str()],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    };
    // A comma within parentheses separates members of a member.
    let mut depth = 0usize;
    let flat = |text: &str| {
        text.chars()
            .filter(|character| {
                match character {
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    _ => return depth == 0,
                }
                false
            })
            .collect::<String>()
    };
    let texts: Vec<String> = texts.into_iter().map(flat).collect();
    let names = texts.iter().flat_map(|text| text.split([',', ' ', ';']));
    let heads = names.filter_map(|name| name.trim().split(['.', '/', '[']).next());
    heads.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_listed_in_the_ways_that_people_write() {
        for (asked, listed) in [
            (json!("id,name"), vec!["id", "name"]),
            (json!(["id", "owner.name"]), vec!["id", "owner"]),
            (json!("items(id,name), -notes"), vec!["items", "-notes"]),
            (json!(3), vec![]),
        ] {
            assert_eq!(names(&asked), listed);
        }
    }
}
