//! The clock of a world: looked at, set, put forward, and let stand still.

use etalon_contract::behaviour::{Problem, moment, timestamp};
use serde_json::{Value, json};

use crate::server::control::Ask;
use crate::server::control::reply::{Reply, unfitting};

impl Ask<'_> {
    fn clock(&self) -> Reply {
        let now = self.subject.next_context(self.world).now;
        Reply::value(json!({"now": timestamp(now), "frozen": self.world.frozen().is_some()}))
    }

    pub(super) fn get_clock(&self) -> Result<Reply, Problem> {
        Ok(self.clock())
    }

    pub(super) fn set_clock(&self) -> Result<Reply, Problem> {
        self.alone("clocks are put forward and not set")?;
        let said = self.said("now").unwrap_or_default();
        let now = moment(said).ok_or_else(|| unfitting(format!("`{said}` is no time that can be")))?;
        let stands_still = self.body().get("frozen").and_then(Value::as_bool).unwrap_or(false);
        let counted = self.subject.clock().at(self.world.requests().saturating_add(1));
        self.world.set_clock(counted, now, stands_still);
        Ok(self.clock())
    }

    pub(super) fn advance_clock(&self) -> Result<Reply, Problem> {
        let seconds = self.body().get("seconds").and_then(Value::as_i64).unwrap_or(0);
        self.subject.advance_world(self.world, seconds)?;
        Ok(self.clock())
    }
}
