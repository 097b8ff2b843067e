//! Where the parts of a value stand in XML: the XML Object of a schema (OpenAPI 3.x "XML Object", 3.2's `nodeType`
//! included).

use serde_json::Value;

use crate::codec::hints::Hints;

/// The name of one value, and the kind of node that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wire<'c> {
    pub(crate) name: &'c str,
    pub(crate) namespace: Option<&'c str>,
    pub(crate) prefix: Option<&'c str>,
    pub(crate) node: Node,
}

/// The kinds of node that hold a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// An element of its own.
    Element,
    /// An attribute of the parent.
    Attribute,
    /// The text of the parent.
    Text,
}

/// The element around an array's items: there is one, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrapping {
    /// The array has an element of its own.
    Wrapped,
    /// The items stand directly in the parent's element.
    Bare,
}

impl<'c> Wire<'c> {
    /// The name of a value: by its `xml`, or else as given.
    pub(crate) fn new(hints: &Hints<'c>, fallback: &'c str) -> Self {
        let xml = hints.keyword("xml");
        let text = |key: &str| xml.and_then(|xml| xml.get(key)).and_then(Value::as_str).filter(|text| !text.is_empty());
        let is_attribute = xml.is_some_and(|xml| xml.get("attribute") == Some(&Value::Bool(true)));
        let node = match text("nodeType") {
            Some("attribute") => Node::Attribute,
            Some("text" | "cdata") => Node::Text,
            _ if is_attribute => Node::Attribute,
            _ => Node::Element,
        };
        Self { name: text("name").unwrap_or(fallback), namespace: text("namespace"), prefix: text("prefix"), node }
    }

    /// The name of the items of an array that has this name.
    pub(crate) fn item(&self, item: &Hints<'c>) -> Self {
        Self { node: Node::Element, ..Self::new(item, self.name) }
    }

    /// True for a node of that name; a namespace counts where the schema gives one.
    pub(crate) fn fits(&self, name: &str, namespace: Option<&str>) -> bool {
        self.name == name && (self.namespace.is_none() || self.namespace == namespace)
    }

    /// The name with its prefix.
    pub(crate) fn qualified(&self) -> String {
        self.prefix.map_or_else(|| self.name.to_owned(), |prefix| format!("{prefix}:{}", self.name))
    }

    /// The declaration of its namespace.
    pub(crate) fn declaration(&self) -> Option<(String, &'c str)> {
        let namespace = self.namespace?;
        match (self.prefix, self.node) {
            (Some(prefix), _) => Some((format!("xmlns:{prefix}"), namespace)),
            (None, Node::Element) => Some(("xmlns".to_owned(), namespace)),
            // The default namespace is not for attributes (Namespaces in XML 1.0 §6.2).
            (None, Node::Attribute | Node::Text) => None,
        }
    }
}

impl Wrapping {
    /// The wrapping that an array's `xml` asks for.
    pub(crate) fn of(hints: &Hints<'_>) -> Self {
        let xml = hints.keyword("xml");
        let is_wrapped = xml.is_some_and(|xml| {
            xml.get("wrapped") == Some(&Value::Bool(true))
                || xml.get("nodeType").and_then(Value::as_str) == Some("element")
        });
        if is_wrapped { Self::Wrapped } else { Self::Bare }
    }
}

/// The name of the root element: by its `xml`, or after the component that the body refers to; `None` where neither
/// gives a name.
pub(crate) fn root<'c>(hints: &Hints<'c>) -> Option<Wire<'c>> {
    let fallback = hints.component().unwrap_or("");
    let wire = Wire { node: Node::Element, ..Wire::new(hints, fallback) };
    (!wire.name.is_empty()).then_some(wire)
}
