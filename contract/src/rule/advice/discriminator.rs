//! Which values of a discriminator name which alternative (OpenAPI 3.1.1 §4.8.25, 3.2.0 §4.25 for the default).

use serde_json::Value;

use crate::document::Location;
use crate::model::{Contract, Schema};

/// The names of the alternatives of one `anyOf` or `oneOf`.
pub(crate) struct Tags<'c> {
    /// The member that holds the name.
    pub(crate) member: &'c str,
    /// The names, each with the number of its alternative: those of `mapping` first, then the implicit ones of alternatives
    /// that no mapping names.
    pub(crate) named: Vec<(&'c str, usize)>,
    /// The alternative that is meant where the member is missing or names none.
    pub(crate) default: Option<usize>,
}

/// The names of the alternatives that stand under a keyword of a schema; `None` where it has no discriminator.
pub(crate) fn tags<'c>(contract: &'c Contract, schema: &Schema<'c>, keyword: &str) -> Option<Tags<'c>> {
    let discriminator = schema.get("discriminator")?;
    let member = discriminator.get("propertyName").and_then(Value::as_str)?;
    let alternatives: Vec<Option<(Location, &'c str)>> = schema
        .children(keyword)
        .map(|branch| {
            let reference = branch.reference()?;
            Some((contract.target(&branch)?.at, reference.rsplit(['/', '#']).next().unwrap_or(reference)))
        })
        .collect();
    let find = |target: &str| {
        let at = contract.mapped(schema, target)?;
        alternatives.iter().position(|known| known.as_ref().is_some_and(|(known, _)| *known == at))
    };
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let mut named: Vec<(&'c str, usize)> = mapping
        .into_iter()
        .flatten()
        .filter_map(|(name, target)| Some((name.as_str(), find(target.as_str()?)?)))
        .collect();
    for (index, alternative) in alternatives.iter().enumerate() {
        if let Some((_, name)) = alternative
            && !named.iter().any(|(known, number)| *number == index || known == name)
        {
            named.push((name, index));
        }
    }
    let default = discriminator.get("defaultMapping").and_then(Value::as_str).and_then(find);
    (!named.is_empty()).then_some(Tags { member, named, default })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Document, NoFiles, Pointer, Source};

    #[test]
    fn alternatives_have_the_names_of_the_mapping_and_else_their_own() {
        let root = json!({"openapi": "3.2.0", "info": {"title": "x", "version": "1"}, "paths": {}, "components": {"schemas": {
            "Cat": {"type": "object"}, "Dog": {"type": "object"}, "Bird": {"type": "object"},
            "It": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"},
                    {"$ref": "#/components/schemas/Bird"}, {"type": "null"}],
                "discriminator": {"propertyName": "kind", "defaultMapping": "Bird",
                    "mapping": {"tom": "Cat", "felix": "#/components/schemas/Cat", "lassie": "Dog", "gone": "Fish"}}}
        }}});
        let text = root.to_string();
        let source = Source { name: "api.json", bytes: text.as_bytes() };
        let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("a document"));
        let at = Location::entry(Pointer::parse("/components/schemas/It").expect("a pointer"));
        let tags = tags(&contract, &contract.schema(&at).expect("a schema"), "oneOf").expect("it has names");
        assert_eq!(tags.member, "kind");
        assert_eq!(tags.named, [("tom", 0), ("felix", 0), ("lassie", 1), ("Bird", 2)]);
        assert_eq!(tags.default, Some(2));
    }
}
