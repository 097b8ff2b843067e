//! Worlds, as the control interface has them: made, looked at, compared, sent back, kept as files and taken away.

use std::sync::Arc;

use etalon_contract::behaviour::{Difference, Kind, Problem, timestamp};
use etalon_contract::model::In;
use serde_json::{Value, json};

use crate::server::control::Ask;
use crate::server::control::reply::{Reply, missing, unfitting};
use crate::server::world::{DEFAULT, Unavailable, World};

impl Ask<'_> {
    /// The text of a member of the body.
    pub(super) fn said(&self, name: &str) -> Option<&str> {
        self.body().get(name).and_then(Value::as_str)
    }

    /// The body; null where there is none.
    pub(super) fn body(&self) -> &Value {
        self.call.decoded.body.value().map_or(&Value::Null, |(_, _, value)| value)
    }

    /// The text of a parameter of the path.
    pub(super) fn path(&self, name: &str) -> &str {
        self.call.parameter(In::Path, name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The world of the path.
    fn named(&self) -> Result<Arc<World>, Problem> {
        self.find(self.path("world"))
    }

    fn find(&self, name: &str) -> Result<Arc<World>, Problem> {
        let world = self.subject.worlds().find(name);
        let world = world.ok_or_else(|| missing(format!("there is no world `{name}`")))?;
        self.subject.catch_up(&world)?;
        Ok(world)
    }

    /// Refuses what is done to one mock alone, where its worlds are in a store that others have as well.
    pub(super) fn alone(&self, what: &str) -> Result<(), Problem> {
        if !self.subject.worlds().are_stored() {
            return Ok(());
        }
        Err(unfitting(format!("worlds are in a store, where {what} by the control interface")))
    }

    fn told(&self, world: &World) -> Value {
        json!({
            "name": world.name().map_or(DEFAULT, |name| name),
            "requests": world.requests(),
            "now": timestamp(self.subject.next_context(world).now),
            "bytes": world.weight(),
        })
    }

    pub(super) fn list_worlds(&self) -> Result<Reply, Problem> {
        let worlds = self.subject.worlds();
        let named = worlds.names().into_iter().filter_map(|name| worlds.find(&name));
        let all = std::iter::once(worlds.default_world().clone()).chain(named);
        Ok(Reply::value(all.map(|world| self.told(&world)).collect::<Vec<_>>()))
    }

    pub(super) fn create_world(&self) -> Result<Reply, Problem> {
        self.alone("none is made")?;
        let (worlds, name) = (self.subject.worlds(), self.said("name").unwrap_or_default());
        if worlds.find(name).is_some() {
            return Err(Problem::new(Kind::Conflict, format!("there is a world `{name}`")));
        }
        let (world, _) = worlds.fork(name, self.said("from")).map_err(|unavailable| match unavailable {
            Unavailable::Full(why) => Problem::new(Kind::TooManyWorlds, why),
            Unavailable::Dropped(why) | Unavailable::NoOrigin(why) => unfitting(why),
        })?;
        Ok(Reply::Json(201, self.told(&world)))
    }

    pub(super) fn get_world(&self) -> Result<Reply, Problem> {
        Ok(Reply::value(self.told(&*self.named()?)))
    }

    pub(super) fn delete_world(&self) -> Result<Reply, Problem> {
        let name = self.path("world");
        if name == DEFAULT {
            return Err(unfitting("the world of requests that name none is always there; it can be reset"));
        }
        self.named()?;
        self.alone("none is taken away")?;
        self.subject.worlds().delete(name);
        Ok(Reply::Empty(204))
    }

    pub(super) fn reset_world(&self) -> Result<Reply, Problem> {
        self.subject.reset_world(&*self.named()?)?;
        Ok(Reply::Empty(204))
    }

    pub(super) fn reset(&self) -> Result<Reply, Problem> {
        self.subject.reset_world(self.world)?;
        Ok(Reply::Empty(204))
    }

    pub(super) fn restore_world(&self) -> Result<Reply, Problem> {
        let (world, from) = (self.named()?, self.said("from").unwrap_or_default());
        let other = self.subject.worlds().find(from);
        let other = other.ok_or_else(|| unfitting(format!("there is no world `{from}` to make it like")))?;
        self.subject.catch_up(&other)?;
        self.subject.restore_world(&world, &other.snapshot())?;
        Ok(Reply::Empty(204))
    }

    pub(super) fn export_world(&self) -> Result<Reply, Problem> {
        Ok(Reply::Written(self.subject.export(&self.named()?.snapshot())))
    }

    pub(super) fn import_world(&self, text: &[u8]) -> Result<Reply, Problem> {
        let world = self.named()?;
        let imported = self.subject.import(text).map_err(unfitting)?;
        self.subject.restore_world(&world, &imported.snapshot)?;
        let lost = imported.carried.iter().flatten().filter_map(|one| {
            let why = one.dropped.as_ref()?;
            Some(json!({"collection": one.collection, "items": one.items, "why": why}))
        });
        Ok(Reply::value(json!({"dropped": lost.collect::<Vec<_>>()})))
    }

    pub(super) fn compare_worlds(&self) -> Result<Reply, Problem> {
        let to = self.call.parameter(In::Query, "to").and_then(Value::as_str).unwrap_or_default();
        let (was, is) = (self.named()?.snapshot(), self.find(to)?.snapshot());
        let told = self.subject.differences(&was, &is).into_iter().map(|(collection, one)| {
            let Difference { place, was, is } = one;
            let key = was.as_ref().or(is.as_ref()).map(|item| item.key.clone());
            let value =
                |item: Option<Arc<_>>| item.map(|item: Arc<etalon_contract::behaviour::Item>| item.value.clone());
            json!({"collection": collection, "scope": place.scope, "key": key, "was": value(was), "is": value(is)})
        });
        Ok(Reply::value(told.collect::<Vec<_>>()))
    }
}
