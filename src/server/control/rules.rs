//! The rules that stand in a world: listed, added and taken away.

use etalon_contract::behaviour::Problem;
use etalon_contract::model::In;
use serde_json::{Value, json};

use crate::server::control::Ask;
use crate::server::control::reply::{Reply, missing, unfitting};
use crate::server::rule::{Rule, Rules, Standing};

impl Ask<'_> {
    /// The rules of the world, which may be changed.
    fn rules(&self) -> &Rules {
        self.world.own_rules(self.subject.rules())
    }

    pub(super) fn list_rules(&self) -> Result<Reply, Problem> {
        Ok(Reply::value(self.rules().all().iter().map(|one| told(one)).collect::<Vec<_>>()))
    }

    pub(super) fn add_rule(&self) -> Result<Reply, Problem> {
        let rule = Rule::parse(self.said("rule").unwrap_or_default()).map_err(unfitting)?;
        rule.serves(self.subject.ground().services.iter().map(|service| service.contract.as_ref()))
            .map_err(unfitting)?;
        let standing = self.rules().add(rule).map_err(unfitting)?;
        Ok(Reply::Json(201, told(&standing)))
    }

    pub(super) fn get_rule(&self) -> Result<Reply, Problem> {
        let all = self.rules().all();
        let found = all.iter().find(|one| Some(one.id) == self.id()).ok_or_else(|| self.no_rule())?;
        Ok(Reply::value(told(found)))
    }

    pub(super) fn delete_rule(&self) -> Result<Reply, Problem> {
        let is_gone = self.id().is_some_and(|id| self.rules().remove(id));
        if is_gone { Ok(Reply::Empty(204)) } else { Err(self.no_rule()) }
    }

    fn id(&self) -> Option<u64> {
        self.call.parameter(In::Path, "id").and_then(Value::as_u64)
    }

    fn no_rule(&self) -> Problem {
        missing("no rule has this number")
    }
}

fn told(standing: &Standing) -> Value {
    json!({"id": standing.id, "rule": standing.words(), "decided": standing.decided()})
}
