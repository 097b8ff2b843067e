//! The texts and numbers of a declared error, by the names of its members.

use serde_json::{Number, Value};

use crate::behaviour::answer::problem::FaultPlace;
use crate::behaviour::answer::refusal::occurrence::Occurrence;
use crate::behaviour::answer::refusal::plain::instance;
use crate::behaviour::answer::refusal::refused::Refused;
use crate::behaviour::{Context, uuid};
use crate::document::Location;
use crate::generate::Seeded;
use crate::model::{Direction, In};
use crate::validate;

impl Refused<'_> {
    pub(super) fn text(
        &self,
        plain: &str,
        at: &Location,
        types: &[&str],
        occurrence: &Occurrence<'_>,
        is_problem: bool,
    ) -> Option<Value> {
        let string = |text: &str| Some(Value::String(text.to_owned()));
        let is_valid =
            |value: &Value| validate::is_valid(self.contract, at, Direction::Response, value).unwrap_or(false);
        let fits = |text: &str| is_valid(&Value::String(text.to_owned()));
        let problem = occurrence.problem;
        let is_number = types.iter().any(|word| matches!(*word, "integer" | "number")) && !types.contains(&"string");
        let value = match plain {
            "type" if is_problem => string(&problem.type_uri()),
            "title" | "name" => string(problem.kind.title()),
            "error" | "reason" if fits(&occurrence.detail()) => string(&occurrence.detail()),
            "error" | "reason" => string(problem.kind.title()),
            "status" | "statuscode" | "httpstatus" | "httpcode" => string(&occurrence.status.to_string()),
            "code" | "errorcode" if is_number => string(&occurrence.status.to_string()),
            "code" | "errorcode" | "slug" => string(problem.kind.slug()),
            "detail" | "message" | "msg" | "errordescription" | "description" | "errormessage" | "text" => {
                // A text that may not be so long is told in brief.
                let full = occurrence.detail();
                if fits(&full) { string(&full) } else { string(&problem.detail) }
            }
            "instance" => string(&instance(self.context)),
            "id" | "requestid" | "traceid" | "correlationid" => string(&self.id(occurrence)),
            "timestamp" | "time" | "datetime" => string(&timestamp(self.context)),
            "path" if occurrence.fault.is_none() => string(self.request.path()),
            "method" => string(&self.request.method),
            "pointer" | "parameter" | "param" | "header" | "field" | "path" | "property" | "location" | "loc"
            | "source" | "target" => string(place_as(plain, &occurrence.fault?.place)?),
            "success" | "ok" => return Some(Value::Bool(false)),
            _ => None,
        }?;
        if is_number {
            let number: Number = value.as_str()?.parse().ok()?;
            return Some(Value::Number(number));
        }
        // A name of few values (`code`) says what it can.
        is_valid(&value).then_some(value)
    }

    fn id(&self, occurrence: &Occurrence<'_>) -> String {
        let number = self.context.number.to_string();
        let place = occurrence.fault.map(|fault| fault.place.describe()).unwrap_or_default();
        uuid(&mut Seeded::new(self.context.seed, ["error", number.as_str(), place.as_str()]))
    }
}

/// The place of a fault as a member of that plain name tells it; `None` where the place is of another kind.
fn place_as<'p>(plain: &str, place: &'p FaultPlace) -> Option<&'p str> {
    match (plain, place) {
        (_, FaultPlace::Request) | ("pointer", FaultPlace::Parameter(..)) => None,
        ("parameter" | "param", FaultPlace::Parameter(In::Header, _) | FaultPlace::Body(_)) => None,
        ("header", FaultPlace::Parameter(In::Path | In::Query | In::QueryString | In::Cookie, _)) => None,
        ("header", FaultPlace::Body(_)) => None,
        (_, FaultPlace::Body(pointer)) => Some(pointer.as_str()),
        (_, FaultPlace::Parameter(_, name)) => Some(name),
    }
}

fn timestamp(context: Context) -> String {
    crate::behaviour::timestamp(context.now)
}
