//! The items that a request speaks of, each with the members that the request says: by its body, or by the expressions of `x-etalon`.
//! It reads no state.

use serde_json::{Map, Value};

use crate::behaviour::said::Said;
use crate::behaviour::shape;
use crate::behaviour::step::batch::MAX_EACH;
use crate::behaviour::step::request_members::{Purpose, Sent};
use crate::behaviour::step::transition::Step;
use crate::behaviour::step::upload;
use crate::behaviour::{Action, Batch, Expression, Scope};
use crate::codec::{DecodedBody, Reading};
use crate::document::Location;
use crate::model::In;

impl Step<'_> {
    /// What the request says, of each item that it speaks of.
    pub(super) fn all_said(&self) -> Vec<Said> {
        let is_of_items = matches!(self.effect.batch, Some(Batch::Items(_))) && self.effect.key_parameter.is_none();
        match self.effect.action {
            Action::Create | Action::Upsert => self.items(),
            Action::Replace if is_of_items => self.items(),
            Action::Replace => vec![self.said(&Value::Null, Purpose::Make)],
            Action::Update => match &self.effect.batch {
                Some(Batch::Items(at)) if is_of_items => {
                    let schema = self.batch_schema(at);
                    let sent = self.sent_items(at).iter();
                    sent.map(|one| self.said_of(one, schema.clone(), Purpose::Change)).collect()
                }
                Some(Batch::Items(_) | Batch::Keys(_) | Batch::Query(_)) | None => {
                    vec![self.said(&Value::Null, Purpose::Change)]
                }
            },
            Action::Answer | Action::List | Action::Read | Action::Delete => Vec::new(),
        }
    }

    /// What is said of each item to be added.
    pub(super) fn items(&self) -> Vec<Said> {
        if let Some(for_each) = &self.effect.for_each {
            return match self.evaluate(for_each, &Value::Null) {
                Some(Value::Array(items)) => {
                    items.iter().take(MAX_EACH).map(|each| self.said(each, Purpose::Make)).collect()
                }
                Some(one) => vec![self.said(&one, Purpose::Make)],
                None => Vec::new(),
            };
        }
        match &self.effect.batch {
            Some(Batch::Items(at)) => {
                let schema = self.batch_schema(at);
                let each = |one: &Value| self.said_of(one, schema.clone(), Purpose::Make);
                self.sent_items(at).iter().map(each).collect()
            }
            Some(Batch::Keys(_) | Batch::Query(_)) | None => vec![self.said(&Value::Null, Purpose::Make)],
        }
    }

    /// What the request says of an item: by the expressions of `set` where there are any, else by what was sent.
    pub(super) fn said(&self, each: &Value, purpose: Purpose) -> Said {
        if self.effect.set.is_empty() {
            let Some(body) = self.sent_body() else { return Said::default() };
            let schema =
                self.body_schema().and_then(|at| shape::within(self.contract, &at, self.effect.sent.as_ref()?));
            // A list of one says that one.
            if let (Value::Array(items), Some(at)) = (body, &schema)
                && let ([one], Some(each)) = (items.as_slice(), shape::items(self.contract, at))
                && one.is_object()
                && self.collection.item.is_some()
            {
                return self.said_of(one, Some(each), purpose);
            }
            return self.said_of(body, schema, purpose);
        }
        let values = self.effect.set.iter().filter_map(|(pointer, expression)| {
            let value = self.evaluate(expression, each);
            (value.is_some() || purpose == Purpose::Make).then(|| (pointer.clone(), value))
        });
        Said::of_expressions(values)
    }

    /// What a value says of an item.
    fn said_of(&self, value: &Value, schema: Option<Location>, purpose: Purpose) -> Said {
        let scope = self.maker(&self.named_place()).scope_members();
        let sent = Sent { contract: self.contract, collection: self.collection, scope };
        let mut said = sent.said(value, schema, purpose);
        if let ([upload, ..], Value::Object(members)) = (self.call.uploads, &mut said.value) {
            let shown = crate::behaviour::inference::success_schema(self.call.operation);
            upload::describe(self.contract, self.collection.item.iter().chain(shown), upload, members);
        }
        said
    }

    fn evaluate(&self, expression: &Expression, each: &Value) -> Option<Value> {
        let (path, query) = (self.parameters(In::Path), self.parameters(In::Query));
        expression.evaluate(&Scope { body: self.body(), path: &path, query: &query, each })
    }

    pub(super) fn parameters(&self, place: In) -> Value {
        let pairs = self.call.operation.parameters.iter().zip(&self.call.decoded.parameters);
        let members = pairs.filter_map(|(parameter, reading)| match reading {
            Reading::Value(value) if parameter.place == place => Some((parameter.name.clone(), value.clone())),
            Reading::Value(_) | Reading::Absent | Reading::Unreadable(_) => None,
        });
        Value::Object(members.collect::<Map<_, _>>())
    }

    /// The schema that the body was read by.
    pub(super) fn body_schema(&self) -> Option<Location> {
        let contents = &self.call.operation.body.as_ref()?.content;
        match &self.call.decoded.body {
            DecodedBody::Value { content, .. } => contents.get(*content)?.schema.clone(),
            DecodedBody::Absent
            | DecodedBody::Malformed { .. }
            | DecodedBody::Beyond { .. }
            | DecodedBody::UndocumentedMediaType { .. }
            | DecodedBody::Opaque { .. } => None,
        }
    }

    pub(super) fn body(&self) -> &Value {
        match &self.call.decoded.body {
            DecodedBody::Value { value, .. } => value,
            DecodedBody::Absent
            | DecodedBody::Malformed { .. }
            | DecodedBody::Beyond { .. }
            | DecodedBody::UndocumentedMediaType { .. }
            | DecodedBody::Opaque { .. } => &Value::Null,
        }
    }

    /// The part of the body that describes the item.
    pub(super) fn sent_body(&self) -> Option<&Value> {
        self.effect.sent.as_ref()?.get(self.body())
    }
}
