//! What the mock itself answers, beside its contracts: a page that says what is served, the contracts as documents, health,
//! and the way back to the start. Under `/__etalon/` it is the mock's in any case; elsewhere only where no contract has the path.

use etalon_contract::behaviour::{Kind, Problem};
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::MediaType;
use serde_json::json;

use crate::server::accept::Accept;
use crate::server::account::{Account, Answered, Cause};
use crate::server::client::Client;
use crate::server::control::{DOCUMENT, control_service};
use crate::server::mock::Mock;
use crate::server::mounts::Owner;
use crate::server::pictures::{self, PICTURES};
use crate::server::service::Service;
use crate::server::visit::Visit;
use crate::server::world::DEFAULT;
use crate::server::{console, control, door_description, door_page};

/// The paths that are the mock's own begin so.
pub(super) const PREFIX: &str = "/__etalon";

/// The path that tells whether the mock is well.
pub const HEALTH: &str = "/__etalon/health";

/// The path at which the mock is sent back to its start.
pub(super) const RESET: &str = "/__etalon/reset";

/// The path of the console.
pub(super) const CONSOLE: &str = "/__etalon/console";

/// The path of the document of the control interface.
pub(super) const CONTROL: &str = "/__etalon/openapi/control.json";

/// The version of what `health` says.
const HEALTH_FORMAT: u8 = 1;

/// A door of the mock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// The page about the mock.
    Page,
    /// The health of the mock.
    Health,
    /// The console.
    Console,
    /// A contract as a document.
    Description(usize, Format),
    /// The document of the control interface.
    Control(Format),
    /// A picture, by its name.
    Picture,
    /// None that there is.
    Unknown,
}

/// The format in which a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Yaml,
}

/// The answer of the mock itself; `None` where the request is for a contract.
pub(super) fn answer(visit: Visit<'_>, request: &Request, client: Client) -> Option<Answered> {
    let mock = visit.mock;
    let door = door(mock, request)?;
    let allowed = match door {
        Door::Page | Door::Health | Door::Console | Door::Picture | Door::Description(..) | Door::Control(_) => {
            ["GET", "HEAD"].as_slice()
        }
        Door::Unknown => [].as_slice(),
    };
    if !allowed.is_empty() && request.method == "OPTIONS" {
        let mut response = Response { status: 204, ..Response::default() };
        response.headers.add("Allow", format!("{}, OPTIONS", allowed.join(", ")));
        return Some(told(response, "the methods of one of the mock's own paths"));
    }
    if !allowed.is_empty() && !allowed.contains(&request.method.as_str()) {
        let detail = format!("{} has no method {}, but {}", request.path(), request.method, allowed.join(", "));
        return Some(refused(Problem::new(Kind::MethodNotAllowed, detail).header("Allow", allowed.join(", "))));
    }
    Some(match door {
        Door::Page => {
            let reader = if wants_html(request) { door_page::Reader::Browser } else { door_page::Reader::Terminal };
            told(door_page::answer(visit, reader), "the page that says what is served")
        }
        Door::Health => told(health(visit), "health"),
        Door::Console => told(console::page(), "the console"),
        Door::Picture => match request.path().strip_prefix(PICTURES).and_then(|name| pictures::picture(name.get(1..)?))
        {
            Some(picture) => told(picture, "a picture"),
            None => refused(Problem::new(Kind::UnknownPath, "that is no name of a picture")),
        },
        Door::Description(number, format) => {
            let service = &mock.services()[number];
            match format {
                Format::Json => told(door_description::json(service), "a contract as JSON"),
                Format::Yaml => told(door_description::yaml(service), "a contract as YAML"),
            }
        }
        Door::Control(Format::Json) => told(door_description::json(control_service()), "the control interface as JSON"),
        Door::Control(Format::Yaml) => told(written("application/yaml", DOCUMENT.to_owned()), "the same as YAML"),
        Door::Unknown => control::answer(mock, visit.world, request, client == Client::Local).unwrap_or_else(|| {
            let detail = format!(
                "the mock has no {}; it has {HEALTH}, {RESET} (POST), {PREFIX}/openapi/1.json and what {PREFIX}/openapi/control.json \
                 says, and / says what is served",
                request.path()
            );
            refused(Problem::new(Kind::UnknownPath, detail))
        }),
    })
}

/// True for the path of a door, wherever it leads.
pub(super) fn is_of_the_mock(target: &str) -> bool {
    let path = target.split('?').next().unwrap_or(target);
    path == "/" || path.starts_with(PREFIX)
}

/// True for a request that sends its world back to the start.
pub(super) fn is_reset(request: &Request) -> bool {
    request.method == "POST" && request.path() == RESET
}

/// True for a request that the mock itself answers.
pub(super) fn is_door(mock: &Mock, request: &Request) -> bool {
    door(mock, request).is_some()
}

/// The door that a request is at.
fn door(mock: &Mock, request: &Request) -> Option<Door> {
    let path = request.path();
    if let Some(rest) = path.strip_prefix(PREFIX)
        && (rest.is_empty() || rest.starts_with('/'))
    {
        return Some(match rest {
            "/health" => Door::Health,
            "/console" => Door::Console,
            rest if rest.starts_with("/pictures/") => Door::Picture,
            "" | "/" => Door::Page,
            rest if rest.starts_with("/openapi/control.") => control(rest).unwrap_or(Door::Unknown),
            rest => numbered(mock, rest).unwrap_or(Door::Unknown),
        });
    }
    let found = if path == "/" { Some(Door::Page) } else { beside(mock, path) };
    // Whatever a contract has at the path, with any method, is the contract's.
    found.filter(|_| matches!(mock.owner(&request.method, path), Owner::Nobody))
}

/// `/openapi/control.json`: the document of the control interface.
fn control(rest: &str) -> Option<Door> {
    let (name, format) = format_of(rest)?;
    (name == "/openapi/control").then_some(Door::Control(format))
}

/// `/openapi/2.json`: the documents by their numbers, from 1.
fn numbered(mock: &Mock, rest: &str) -> Option<Door> {
    let (number, format) = format_of(rest.strip_prefix("/openapi/")?)?;
    let number = number.parse::<usize>().ok()?.checked_sub(1)?;
    (number < mock.services().len()).then_some(Door::Description(number, format))
}

/// `/openapi.json` below the base path of a contract, or at the root for the first one.
fn beside(mock: &Mock, path: &str) -> Option<Door> {
    let (base, format) = format_of(path)?;
    let base = base.strip_suffix("/openapi")?;
    let found = mock.services().iter().position(|service| service.contract.base() == base);
    let number = found.or_else(|| base.is_empty().then_some(0)).filter(|number| *number < mock.services().len())?;
    Some(Door::Description(number, format))
}

fn format_of(name: &str) -> Option<(&str, Format)> {
    let json = name.strip_suffix(".json").map(|rest| (rest, Format::Json));
    json.or_else(|| name.strip_suffix(".yaml").map(|rest| (rest, Format::Yaml)))
}

/// The path of the document of a contract: beside the contract where that path is free, else by its number.
pub(super) fn description_path(mock: &Mock, number: usize, extension: &str) -> String {
    let short = format!("{}/openapi.{extension}", mock.services()[number].contract.base());
    let is_here =
        beside(mock, &short).is_some_and(|door| matches!(door, Door::Description(found, _) if found == number));
    if is_here && matches!(mock.owner("GET", &short), Owner::Nobody) {
        return short;
    }
    format!("{PREFIX}/openapi/{}.{extension}", number + 1)
}

/// True where a browser asks: `*/*` is what programs send.
fn wants_html(request: &Request) -> bool {
    let names_html = request.headers.all("accept").any(|field| field.contains("text/html"));
    let html = MediaType::parse("text/html");
    names_html && html.is_some_and(|html| Accept::of(&request.headers).quality(&html) > 0)
}

fn health(visit: Visit<'_>) -> Response {
    let contract = |service: &Service| {
        let contract = &service.contract;
        json!({"title": contract.title(), "base": contract.base(), "operations": contract.entries().len()})
    };
    let body = json!({
        "format": HEALTH_FORMAT,
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "world": visit.world.name().map_or(DEFAULT, |name| name),
        "requests": visit.world.requests(),
        "worlds": visit.mock.worlds().len(),
        "contracts": visit.mock.services().iter().map(contract).collect::<Vec<_>>(),
    });
    written("application/json", body.to_string())
}

pub(super) fn written(content_type: &str, body: String) -> Response {
    let mut response = Response { status: 200, body: body.into_bytes(), ..Response::default() };
    response.headers.add("Content-Type", content_type);
    // It changes with every request and every save.
    response.headers.add("Cache-Control", "no-store");
    response
}

fn told(response: Response, what: &'static str) -> Answered {
    Answered::new(response, Account::new(None, Cause::Door(what)))
}

fn refused(problem: Problem) -> Answered {
    let status = problem.kind.status();
    let mut response = written("application/problem+json", problem.details(status, None).to_string());
    response.status = status;
    for (name, value) in &problem.headers {
        response.headers.add(name.clone(), value.clone());
    }
    Answered::new(response, Account::new(None, Cause::Problem(problem)))
}
