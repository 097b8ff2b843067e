//! The conformance runner: plan -> scenario -> target -> judge -> report. From a contract it plans a case for every row,
//! executes each against a target, and says of each row whether the target keeps it. It sends nothing but what the contract
//! describes, and never sees the mock: what judges a target must not share its shell.
//!
//! Only `target` does IO. Everything else is a function from values to values: a scenario that is given what was answered
//! so far says what to send next, and the judges are tables from answers to verdicts.
//!
//! A suite is run against a target; here one in the same process, which forgets one limit of its contract:
//!
//! ```
//! use etalon_conformance::verdict::VerdictKind;
//! use etalon_conformance::{Conclusion, Event, Exchange, Settings, TargetError, run};
//! use etalon_contract::behaviour::infer;
//! use etalon_contract::codec::{Request, Response};
//! use etalon_contract::model::Contract;
//!
//! struct Doubler;
//!
//! impl Exchange for Doubler {
//!     async fn send(&self, request: &Request) -> Result<Response, TargetError> {
//!         let number = request.query().and_then(|query| query.strip_prefix("n=")).and_then(|text| text.parse().ok());
//!         let (status, name, value, body) = match (request.method.as_str(), request.path(), number) {
//!             ("GET", "/double", Some(number @ 0..=1000_u32)) => {
//!                 (200, "Content-Type", "application/json", (number * 2).to_string())
//!             }
//!             ("GET", "/double", _) => (400, "Content-Type", "text/plain", "n is a number up to 1000".to_owned()),
//!             (_, "/double", _) => (405, "Allow", "GET", String::new()),
//!             _ => (404, "Content-Type", "text/plain", "there is nothing".to_owned()),
//!         };
//!         let headers = [(name, value)].into_iter().collect();
//!         Ok(Response { status, headers, body: body.into_bytes() })
//!     }
//!
//!     fn origin(&self) -> String {
//!         "http://doubler".to_owned()
//!     }
//! }
//!
//! let contract = Contract::parse(
//!     "
//! openapi: 3.1.0
//! info: { title: Doubler, version: '1' }
//! paths:
//!   /double:
//!     get:
//!       operationId: double
//!       parameters: [{ name: n, in: query, required: true, schema: { type: integer, minimum: 0, maximum: 100 } }]
//!       responses:
//!         '200': { description: Twice as much, content: { application/json: { schema: { type: integer } } } }
//!         '400': { description: Not a number that is doubled here }
//! ",
//! )
//! .expect("the document is sound");
//! let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
//! let (behaviour, settings) = (infer(&contract), Settings::default());
//! let mut listener = |_: &Event<'_>| {};
//! let run = run(&contract, &behaviour, &settings, &Doubler, &mut listener);
//! let report = runtime.block_on(run).expect("the target answers");
//!
//! assert_eq!(report.conclusion(), Conclusion::Violates);
//! let violated: Vec<&str> = report
//!     .rows()
//!     .filter(|row| row.verdict.kind() == VerdictKind::Violated)
//!     .map(|row| row.id())
//!     .collect();
//! assert_eq!(violated, ["double query n maximum=100 past"]);
//! ```

pub mod case;
mod credentials;
mod draft_place;
pub mod evidence;
mod knowledge;
mod session;
mod settings;

mod history;
pub mod plan;
mod scenario;
pub mod target;
pub mod transcript;

pub mod judge;
pub mod verdict;

pub mod har;
pub mod recording;
mod run;
pub mod sweep;

pub mod report;

pub use credentials::{Credentials, Show, given, schemes, variable};
pub use evidence::{Effort, Evidence, ShrinkEnd};
pub use report::{Conclusion, Ending, Format, Report};
pub use run::{Afterwards, Event, Grounds, Listener, Onlooker, Party, Remark, RunError, remarks, run};
pub use scenario::misfit;
pub use settings::{
    Changes, CleanUp, ENOUGH, MAX_TIME, PATIENCE, SHRINKING, Settings, Showing, Strictness, VALID, WORKERS,
};
pub use target::{Exchange, Http, HttpError, Purpose, TIMEOUT, TargetError};
