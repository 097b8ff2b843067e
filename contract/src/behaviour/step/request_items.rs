//! The items that a request speaks of, each with the members that the request says: by its body, or by the expressions
//! of `x-etalon`. It reads no state.

use serde_json::{Map, Value};

use crate::behaviour::effect::BYTES_OF_BODY;
use crate::behaviour::messages::success_schema;
use crate::behaviour::shape;
use crate::behaviour::statement::Statement;
use crate::behaviour::step::batch::MAX_EACH;
use crate::behaviour::step::request_members::{BodyReader, Purpose};
use crate::behaviour::step::transition::Step;
use crate::behaviour::step::upload;
use crate::behaviour::{Action, Batch, Expression, Scope};
use crate::codec::{Reading, Upload};
use crate::document::{Location, Pointer};
use crate::model::{Direction, In};
use crate::validate;

impl Step<'_> {
    /// The statements of the request about items, one for each item that it speaks of; empty where it says nothing of
    /// any.
    pub(super) fn all_said(&self) -> Vec<Statement> {
        let list = match self.several() {
            Some(Batch::Items(at)) => Some(at),
            Some(Batch::Keys(_) | Batch::Query(_) | Batch::Like | Batch::Chosen) | None => None,
        };
        match (self.effect.action, list) {
            (Action::Create | Action::Upsert, _) | (Action::Replace, Some(_)) => self.items(),
            (Action::Replace, None) => vec![self.said(&Value::Null, Purpose::Make)],
            (Action::Update, Some(at)) => self.said_of_each(at, Purpose::Change),
            (Action::Update, None) => vec![self.said(&Value::Null, Purpose::Change)],
            (Action::Answer | Action::List | Action::Read | Action::Delete, _) => Vec::new(),
        }
    }

    /// The statements about the items that are to be added.
    pub(super) fn items(&self) -> Vec<Statement> {
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
            Some(Batch::Items(at)) => self.said_of_each(at, Purpose::Make),
            Some(Batch::Keys(_) | Batch::Query(_) | Batch::Like | Batch::Chosen) | None => {
                vec![self.said(&Value::Null, Purpose::Make)]
            }
        }
    }

    /// The statement of the request about an item: by the expressions of `set` where there are any, else by what was
    /// sent.
    pub(super) fn said(&self, each: &Value, purpose: Purpose) -> Statement {
        if self.effect.set.is_empty() {
            let mut said = self.said_by_body(purpose);
            self.say_by_query(&mut said);
            return said;
        }
        let values = self.effect.set.iter().filter_map(|(pointer, expression)| {
            let value = self.evaluate(expression, each);
            (value.is_some() || purpose == Purpose::Make).then(|| (pointer.clone(), value))
        });
        Statement::of_expressions(values)
    }

    /// The statement of the body about an item.
    fn said_by_body(&self, purpose: Purpose) -> Statement {
        let Some(body) = self.sent_body() else { return Statement::default() };
        let schema = self.body_schema().and_then(|at| shape::within(self.contract, &at, self.effect.sent.as_ref()?));
        // A list of one says that one.
        if let (Value::Array(items), Some(at)) = (body, &schema)
            && let ([one], Some(each)) = (items.as_slice(), shape::items(self.contract, at))
            && one.is_object()
            && self.collection.item.is_some()
        {
            return self.said_of(one, Some(each), purpose);
        }
        self.said_of(body, schema, purpose)
    }

    /// Adds the members that the query says and the body does not, as far as the item may have them.
    fn say_by_query(&self, said: &mut Statement) {
        let Some(item) = self.collection.item.as_ref().filter(|_| said.value.is_object() || said.value.is_null())
        else {
            return;
        };
        for (name, at) in &self.effect.asked {
            let value = self.call.parameter(In::Query, name).filter(|_| at.get(&said.value).is_none());
            if let (Some(value), Some(member)) = (value, shape::within(self.contract, item, at))
                && validate::is_valid(self.contract, &member, Direction::Response, value).unwrap_or(false)
            {
                if said.value.is_null() {
                    said.value = Value::Object(Map::new());
                }
                let _ = at.put(&mut said.value, value.clone());
            }
        }
    }

    /// The statements of a list that is sent, one for each of its items.
    fn said_of_each(&self, at: &Pointer, purpose: Purpose) -> Vec<Statement> {
        let schema = self.batch_schema(at);
        self.sent_items(at).iter().map(|one| self.said_of(one, schema.clone(), purpose)).collect()
    }

    /// The statement of a value about an item.
    fn said_of(&self, value: &Value, schema: Option<Location>, purpose: Purpose) -> Statement {
        let scope = self.maker(&self.named_place()).scope_members();
        let sent = BodyReader { contract: self.contract, collection: self.collection, scope };
        let mut said = sent.said(value, schema, purpose);
        self.keep_bytes(&mut said);
        if let ([upload, ..], Value::Object(members)) = (self.call.uploads, &mut said.value) {
            let shown = success_schema(self.call.operation);
            upload::describe(self.contract, self.collection.item.iter().chain(shown), upload, members);
        }
        said
    }

    /// A body that is a file as a whole is kept beside what the item says of it.
    fn keep_bytes(&self, said: &mut Statement) {
        let keeps = self.collection.bytes.as_ref().and_then(Pointer::last).is_some_and(|name| name == BYTES_OF_BODY);
        let (true, Value::String(bytes), Some((_, media_type, _))) =
            (keeps, &said.value, self.call.decoded.body.value())
        else {
            return;
        };
        let upload = Upload {
            member: BYTES_OF_BODY.to_owned(),
            file_name: String::new(),
            media_type: media_type.to_string(),
            size: bytes.chars().count(),
        };
        let mut members = Map::new();
        members.insert(BYTES_OF_BODY.to_owned(), Value::String(bytes.clone()));
        upload::describe(self.contract, self.collection.item.iter(), &upload, &mut members);
        *said = Statement { value: Value::Object(members), ..Statement::default() };
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
        let (content, ..) = self.call.decoded.body.value()?;
        self.call.operation.body.as_ref()?.content.get(content)?.schema.clone()
    }

    /// The body; null where no value was read.
    pub(super) fn body(&self) -> &Value {
        self.call.decoded.body.value().map_or(&Value::Null, |(_, _, value)| value)
    }

    /// The part of the body that describes the item.
    pub(super) fn sent_body(&self) -> Option<&Value> {
        self.effect.sent.as_ref()?.get(self.body())
    }
}
