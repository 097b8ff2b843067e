//! Whether two branches of a `oneOf` can be seen to have no value in common, without making one: by their types, or by
//! a member that both ask for and that says something else in each.

use serde_json::Value;

use crate::model::{Contract, Schema};

/// True where some two branches of a schema's `oneOf` may have a value in common. A discriminator says which branch is
/// meant, so that readers of such documents take that one and look at no other.
pub(crate) fn may_overlap(contract: &Contract, schema: &Schema<'_>) -> bool {
    if schema.get("discriminator").is_some() {
        return false;
    }
    let views: Vec<View<'_>> = schema
        .children("oneOf")
        .map(|branch| {
            let mut view = View::default();
            for part in contract.conjuncts(&branch.at).schemas {
                view.see(contract, &part);
            }
            view
        })
        .collect();
    views.iter().enumerate().any(|(index, one)| views[index + 1..].iter().any(|other| !one.is_apart(other)))
}

/// The statements of a branch about all its values: each statement of any of its conjuncts.
#[derive(Default)]
struct View<'c> {
    types: Vec<Vec<&'c str>>,
    values: Vec<Vec<&'c Value>>,
    required: Vec<&'c str>,
    listed: Vec<(&'c str, Vec<&'c Value>)>,
}

impl<'c> View<'c> {
    fn see(&mut self, contract: &'c Contract, schema: &Schema<'c>) {
        if schema.get("type").is_some() {
            self.types.push(schema.types());
        }
        self.values.extend(listed(schema));
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        self.required.extend(required.filter_map(Value::as_str));
        for (name, member) in schema.named("properties") {
            let values = listed(&member).or_else(|| listed(&contract.target(&member)?));
            self.listed.extend(values.map(|values| (name, values)));
        }
    }

    /// True where no value can be both.
    fn is_apart(&self, other: &Self) -> bool {
        let number = |kind: &str| matches!(kind, "integer" | "number");
        let no_type = |ours: &[&str], theirs: &[&str]| {
            !ours.iter().any(|one| theirs.iter().any(|two| one == two || number(one) && number(two)))
        };
        let by_type = self.types.iter().any(|ours| other.types.iter().any(|theirs| no_type(ours, theirs)));
        let disjoint = |ours: &[&Value], theirs: &[&Value]| !ours.iter().any(|value| theirs.contains(value));
        let by_value = self.values.iter().any(|ours| other.values.iter().any(|theirs| disjoint(ours, theirs)));
        let by_member = self.listed.iter().any(|(name, ours)| {
            self.required.contains(name)
                && other.required.contains(name)
                && other.listed.iter().any(|(known, theirs)| known == name && disjoint(ours, theirs))
        });
        by_type || by_value || by_member
    }
}

fn listed<'c>(schema: &Schema<'c>) -> Option<Vec<&'c Value>> {
    schema.get("const").map(|only| vec![only]).or_else(|| Some(schema.get("enum")?.as_array()?.iter().collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Document, Location, NoFiles, Pointer, Source};

    fn overlaps(branches: &Value) -> bool {
        let root = json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}, "components": {"schemas": {
            "It": {"oneOf": branches},
            "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "cat"}}},
            "Dog": {"allOf": [{"type": "object", "required": ["kind"]}, {"properties": {"kind": {"enum": ["dog", "wolf"]}}}]}
        }}});
        let text = root.to_string();
        let source = Source { name: "api.json", bytes: text.as_bytes() };
        let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("a document"));
        let at = Location::entry(Pointer::parse("/components/schemas/It").expect("a pointer"));
        may_overlap(&contract, &contract.schema(&at).expect("a schema"))
    }

    #[test]
    fn branches_are_apart_by_type_by_value_or_by_a_member_that_both_ask_for() {
        assert!(!overlaps(&json!([{"type": "string"}, {"type": ["null", "integer"]}])));
        assert!(!overlaps(&json!([{"const": 1}, {"enum": [2, 3]}])));
        assert!(!overlaps(&json!([{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}])));
        assert!(overlaps(&json!([{"type": "integer"}, {"type": "number"}])));
        assert!(overlaps(&json!([{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}])));
        assert!(overlaps(&json!([{"type": "object"}, {"$ref": "#/components/schemas/Cat"}])));
    }
}
