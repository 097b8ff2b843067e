//! The texts and numbers of a declared error, by the names of its members.

use serde_json::{Number, Value};

use crate::behaviour::answer::problem::FaultPlace;
use crate::behaviour::answer::refusal::plain::instance;
use crate::behaviour::answer::refusal::refused::Refused;
use crate::behaviour::answer::refusal::telling::Telling;
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
        telling: &Telling<'_>,
        is_problem: bool,
    ) -> Option<Value> {
        let string = |text: &str| Some(Value::String(text.to_owned()));
        let problem = telling.problem;
        let is_number = types.iter().any(|word| matches!(*word, "integer" | "number")) && !types.contains(&"string");
        let value = match plain {
            "type" if is_problem => string(&problem.type_uri()),
            "title" | "name" => string(problem.kind.title()),
            "error" | "reason" => {
                let detail = Value::String(telling.detail());
                let fits = validate::is_valid(self.contract, at, Direction::Response, &detail).unwrap_or(false);
                if fits { Some(detail) } else { string(problem.kind.title()) }
            }
            "status" | "statuscode" | "httpstatus" | "httpcode" => string(&telling.status.to_string()),
            "code" | "errorcode" if is_number => string(&telling.status.to_string()),
            "code" | "errorcode" | "slug" => string(problem.kind.slug()),
            "detail" | "message" | "msg" | "errordescription" | "description" | "errormessage" | "text" => {
                // A text that may not be so long is told in brief.
                let fits = |text: &str| {
                    let text = Value::String(text.to_owned());
                    validate::is_valid(self.contract, at, Direction::Response, &text).unwrap_or(false)
                };
                let full = telling.detail();
                if fits(&full) { string(&full) } else { string(&problem.detail) }
            }
            "instance" => string(&instance(self.context)),
            "id" | "requestid" | "traceid" | "correlationid" => string(&self.id(telling)),
            "timestamp" | "time" | "datetime" => string(&timestamp(self.context)),
            "path" if telling.fault.is_none() => string(self.request.path()),
            "method" => string(&self.request.method),
            "pointer" => match &telling.fault?.place {
                FaultPlace::Body(pointer) => string(pointer.as_str()),
                FaultPlace::Parameter(..) | FaultPlace::Request => None,
            },
            "parameter" | "param" => match &telling.fault?.place {
                FaultPlace::Parameter(In::Path | In::Query | In::QueryString | In::Cookie, name) => string(name),
                FaultPlace::Parameter(In::Header, _) | FaultPlace::Body(_) | FaultPlace::Request => None,
            },
            "header" => match &telling.fault?.place {
                FaultPlace::Parameter(In::Header, name) => string(name),
                FaultPlace::Parameter(..) | FaultPlace::Body(_) | FaultPlace::Request => None,
            },
            "field" | "path" | "property" | "location" | "loc" | "source" | "target" => match &telling.fault?.place {
                FaultPlace::Body(pointer) => string(pointer.as_str()),
                FaultPlace::Parameter(_, name) => string(name),
                FaultPlace::Request => None,
            },
            "success" | "ok" => return Some(Value::Bool(false)),
            _ => None,
        }?;
        if is_number {
            let number: Number = value.as_str()?.parse().ok()?;
            return Some(Value::Number(number));
        }
        // A name of few values (`code`) says what it can.
        let fits = validate::is_valid(self.contract, at, Direction::Response, &value).unwrap_or(false);
        fits.then_some(value)
    }

    fn id(&self, telling: &Telling<'_>) -> String {
        let number = self.context.number.to_string();
        let place = telling.fault.map(|fault| fault.place.describe()).unwrap_or_default();
        uuid(&mut Seeded::new(self.context.seed, ["error", number.as_str(), place.as_str()]))
    }
}

fn timestamp(context: Context) -> String {
    crate::behaviour::timestamp(context.now)
}
