//! The items of a collection that the document's own examples show: in the answers of what lists, reads and creates
//! them. An example that does not fit its schema is passed over, and counted.

use serde_json::Value;

use crate::behaviour::known::merge;
use crate::behaviour::state::{MAX_BEGINNING, text};
use crate::behaviour::{Action, Collection, Effect, Origin, example, shape};
use crate::document::{Location, Pointer};
use crate::model::{Content, Contract, Direction, In, Operation};
use crate::validate;

/// The items that examples show of a collection, and the number of examples that are of no use.
#[derive(Clone, Debug, Default)]
pub struct Beginning {
    /// The items, in the order of the lists that show them, then of the other answers.
    pub(crate) items: Vec<ShownItem>,
    /// The number of examples that do not fit their own schemas.
    pub unfit: usize,
}

/// An item as examples show it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ShownItem {
    /// The members that examples show.
    pub(crate) value: Value,
    /// The text of its key, where an example says it.
    pub(crate) key: Option<String>,
    /// The values of the scope's parameters that the path's own examples name, outermost first.
    pub(crate) scope: Vec<Option<String>>,
}

/// Reads what the operations that act on a collection show of its items.
pub(super) fn read(contract: &Contract, collection: &Collection, acting: &[(&Operation, &Effect)]) -> Beginning {
    let mut reading = Reading { contract, collection, found: Beginning::default() };
    for wanted in [Shows::Listed, Shows::Read, Shows::Created] {
        for (operation, effect) in acting {
            if Shows::of(effect.action) == Some(wanted) {
                reading.answers(operation, effect, wanted);
            }
        }
    }
    let most = if collection.origin == Origin::Singleton { 1 } else { usize::try_from(MAX_BEGINNING).unwrap_or(1) };
    reading.found.items.truncate(most);
    reading.found
}

/// The kind of answer that shows items.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    Listed,
    Read,
    Created,
}

impl Shows {
    fn of(action: Action) -> Option<Self> {
        match action {
            Action::List => Some(Self::Listed),
            Action::Read => Some(Self::Read),
            Action::Create | Action::Upsert => Some(Self::Created),
            Action::Replace | Action::Update | Action::Delete | Action::Answer => None,
        }
    }
}

/// The examples of one collection, as they are gathered.
struct Reading<'c> {
    contract: &'c Contract,
    collection: &'c Collection,
    found: Beginning,
}

impl Reading<'_> {
    /// Gathers what the success answers of an operation show, each in the first media type that shows anything.
    fn answers(&mut self, operation: &Operation, effect: &Effect, shows: Shows) {
        let documented = operation.responses.iter().filter(|response| response.status.is_success());
        for response in documented {
            for content in &response.content {
                let place = content.schema.as_ref().and_then(|at| {
                    let other = effect.returned_else.iter().find(|(schema, _)| schema == at).map(|(_, place)| place);
                    other.or(effect.returned.as_ref())
                });
                let Some(place) = place else { continue };
                let shown = self.examples(content, place, shows);
                let has_any = !shown.is_empty();
                for (name, value) in shown {
                    self.take(operation, effect, shows, place, (name.as_deref(), &value));
                }
                if has_any {
                    break;
                }
            }
        }
    }

    /// The examples of a content that fit it, with their names: its own, else those of its schema, else one made around
    /// those of the schema of an item.
    fn examples(&mut self, content: &Content, place: &Pointer, shows: Shows) -> Vec<(Option<String>, Value)> {
        let named = example::named(self.contract, content);
        let name_of = |value: &Value| named.iter().find(|(_, known)| known == value).map(|(name, _)| name.clone());
        let of_schema = content.schema.as_ref().map(|at| self.of_schema(at)).unwrap_or_default();
        let written = if content.examples.is_empty() { &of_schema } else { &content.examples };
        let mut fitting = Vec::new();
        for one in written {
            match example::value(self.contract, content, one) {
                Some(value) => fitting.push((name_of(one), value)),
                None => self.found.unfit += 1,
            }
        }
        if !written.is_empty() {
            return fitting;
        }
        let Some(at) = content.schema.as_ref().and_then(|at| shape::within(self.contract, at, place)) else {
            return fitting;
        };
        let (at, is_list) = match shape::items(self.contract, &at).filter(|_| shows == Shows::Listed) {
            Some(each) if self.of_schema(&at).is_empty() => (each, true),
            Some(_) | None => (at, false),
        };
        let mut items = Vec::new();
        for one in self.of_schema(&at) {
            if validate::is_valid(self.contract, &at, Direction::Response, &one).unwrap_or(false) {
                items.push(one);
            } else {
                self.found.unfit += 1;
            }
        }
        let around = |value: Value| {
            let mut whole = Value::Null;
            place.put(&mut whole, value).is_ok().then_some((None, whole))
        };
        match is_list {
            true if items.is_empty() => fitting,
            true => around(Value::Array(items)).into_iter().collect(),
            false => items.into_iter().filter_map(around).collect(),
        }
    }

    /// The examples of a schema as a whole.
    fn of_schema(&self, at: &Location) -> Vec<Value> {
        match shape::keyword(self.contract, at, "examples") {
            Some(Value::Array(several)) => several.clone(),
            Some(_) | None => shape::keyword(self.contract, at, "example").cloned().into_iter().collect(),
        }
    }

    /// Takes the items out of an example.
    fn take(
        &mut self,
        operation: &Operation,
        effect: &Effect,
        shows: Shows,
        place: &Pointer,
        (name, whole): (Option<&str>, &Value),
    ) {
        let Some(there) = place.get(whole) else { return };
        let scope = self.scope(operation, effect);
        let items: Vec<&Value> = match (there, shows) {
            (Value::Array(items), _) => items.iter().collect(),
            (_, Shows::Listed) => return,
            (one, Shows::Read | Shows::Created) => vec![one],
        };
        for item in items {
            let item = effect.element.as_ref().map_or(Some(item), |element| element.get(item));
            let Some(item) = item.filter(|item| item.is_object()) else { continue };
            let mut value = item.clone();
            if let (Shows::Created, Some(name)) = (shows, name) {
                self.add_sent(operation, effect, name, &mut value);
            }
            let key = self.key(operation, effect, shows, &value);
            self.enter(ShownItem { value, key, scope: scope.clone() }, shows);
        }
    }

    /// Adds what the request of the same name says beside the answer.
    fn add_sent(&self, operation: &Operation, effect: &Effect, name: &str, value: &mut Value) {
        let Some(sent) = &effect.sent else { return };
        for content in operation.body.iter().flat_map(|body| &body.content) {
            let named = example::named(self.contract, content);
            let Some((_, example)) = named.into_iter().find(|(known, _)| known == name) else { continue };
            let is_valid = content
                .schema
                .as_ref()
                .is_none_or(|at| validate::is_valid(self.contract, at, Direction::Request, &example).unwrap_or(false));
            if is_valid && let Some(said @ Value::Object(_)) = sent.get(&example) {
                let mut whole = said.clone();
                merge(&mut whole, value);
                *value = whole;
            }
            return;
        }
    }

    fn key(&self, operation: &Operation, effect: &Effect, shows: Shows, value: &Value) -> Option<String> {
        let own = self.collection.key.get(value);
        if let Some(own @ (Value::String(_) | Value::Number(_))) = own {
            return Some(text(own)).filter(|key| !key.is_empty());
        }
        let parameter = effect.key_parameter.as_ref().filter(|_| shows == Shows::Read && own.is_none())?;
        self.parameter(operation, parameter)
    }

    /// The values of the scope that the examples of the path's parameters name.
    fn scope(&self, operation: &Operation, effect: &Effect) -> Vec<Option<String>> {
        let mut names: Vec<&str> = operation.path.parameters().collect();
        let key = effect.key_parameter.as_deref();
        if let Some(position) = names.iter().rposition(|name| Some(*name) == key) {
            names.remove(position);
        }
        let mut values = names.into_iter().map(|name| self.parameter(operation, name));
        (0..self.collection.scope.len()).map(|_| values.next().flatten()).collect()
    }

    /// The example of a path parameter.
    fn parameter(&self, operation: &Operation, name: &str) -> Option<String> {
        let parameter = operation.parameter(In::Path, name)?;
        let at = parameter.shape.schema();
        let of_schema = at.map(|at| self.of_schema(at)).unwrap_or_default();
        let example = parameter.examples.iter().chain(&of_schema).find(|example| {
            at.is_none_or(|at| validate::is_valid(self.contract, at, Direction::Request, example).unwrap_or(false))
        })?;
        matches!(example, Value::String(_) | Value::Number(_)).then(|| text(example)).filter(|text| !text.is_empty())
    }

    /// Enters an item, or adds what it shows to the one with its key.
    fn enter(&mut self, item: ShownItem, shows: Shows) {
        let is_single = self.collection.origin == Origin::Singleton;
        let is_same = |known: &&mut ShownItem| {
            let scopes = known.scope.iter().zip(&item.scope);
            let same_scope = scopes.into_iter().all(|(known, one)| known.is_none() || one.is_none() || known == one);
            let same_key = match (&known.key, &item.key) {
                (Some(known), Some(one)) => known == one,
                // Without a key, what says nothing else is the same.
                (None, _) | (_, None) => is_part(&item.value, &known.value) || is_part(&known.value, &item.value),
            };
            is_single || same_key && same_scope
        };
        let Some(known) = self.found.items.iter_mut().find(is_same) else {
            self.found.items.push(item);
            return;
        };
        // One that is read shows more than one of a list; what else there is only adds to it.
        let (mut under, over) = match shows {
            Shows::Read => (known.value.clone(), &item.value),
            Shows::Listed | Shows::Created => (item.value.clone(), &known.value),
        };
        merge(&mut under, over);
        let at = self.collection.item.as_ref();
        let fits =
            at.is_none_or(|at| validate::is_valid(self.contract, at, Direction::Response, &under).unwrap_or(false));
        known.value = if fits { under } else { over.clone() };
        known.key = known.key.take().or(item.key);
        for (known, one) in known.scope.iter_mut().zip(item.scope) {
            *known = known.take().or(one);
        }
    }
}

/// True where a value says nothing that the other does not say.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(name, member)| whole.get(name).is_some_and(|other| is_part(member, other)))
        }
        (part, whole) => part == whole,
    }
}
