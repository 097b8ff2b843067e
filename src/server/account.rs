//! What became of a request and why, for whoever tells of it: the log today. It is data; words are made of it when somebody
//! reads them, off the way of the request.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use etalon_contract::behaviour::{Action, Outcome, Problem};
use etalon_contract::codec::Response;

use crate::server::demand::{Delivery, Fault};
use crate::server::follow::Follow;

/// An answer, and what is to be told of it.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// The response to send.
    pub response: Response,
    /// The account of the request.
    pub account: Account,
    /// The time that the client asked to be kept waiting for it.
    pub delay: Duration,
    /// The manner in which it goes out.
    pub delivery: Delivery,
    /// The stream that goes on after the response's own content, where there is one.
    pub follow: Option<Follow>,
}

impl Answered {
    /// An answer that goes out at once.
    #[must_use]
    pub fn new(response: Response, account: Account) -> Self {
        Self { response, account, ..Self::default() }
    }
}

impl Answered {
    /// Gives the answer a fault that was asked for by name.
    pub(super) fn give(&mut self, fault: Fault) {
        fault.spoil(&mut self.response);
        self.delivery = fault.delivery();
        self.account.fault = Some(fault);
        self.follow = None;
    }
}

impl From<Response> for Answered {
    fn from(response: Response) -> Self {
        Self::new(response, Account::default())
    }
}

/// The account of a request: its operation, and the cause of its answer.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// The identifier of the operation; `None` where the request reached none.
    pub operation: Option<String>,
    /// The cause of the answer.
    pub cause: Cause,
    /// True where the mock itself was asked, not a contract.
    pub is_own: bool,
    /// The world that it was in; `None` for that of requests that name none.
    pub world: Option<Box<InWorld>>,
    /// The fault that the answer was given because somebody asked for it.
    pub fault: Option<Fault>,
    /// The rules that decided something of it, in their own words.
    pub rules: Vec<String>,
}

/// The world of a request, by its name.
#[derive(Clone, Debug)]
pub struct InWorld {
    /// The name of the world.
    pub name: Arc<str>,
    /// The worlds that were dropped to make room for it.
    pub dropped: Vec<Arc<str>>,
    /// True where the store of the state came back without it, so that it begins again.
    pub was_lost: bool,
}

impl Account {
    /// The account of a request that reached this operation, or none.
    #[must_use]
    pub fn new(operation: Option<String>, cause: Cause) -> Self {
        Self { operation, cause, ..Self::default() }
    }
}

/// The cause of an answer. In words by `Display`; of nothing to tell, the text is empty.
#[derive(Clone, Debug, Default)]
pub enum Cause {
    /// A cause that was not told.
    #[default]
    Untold,
    /// It took effect, or there was nothing to take effect on.
    Outcome {
        /// The outcome of the effect on state.
        outcome: Outcome,
        /// The effect on state that the operation has.
        action: Action,
        /// The collection that it acts on.
        collection: Option<String>,
    },
    /// A refusal of the request.
    Problem(Problem),
    /// The client asked for this answer, with the words that it used; without any, a rule did.
    AskedFor(String),
    /// It asked for the methods of a path.
    Methods,
    /// The mock itself was asked, not a contract: for what.
    Door(&'static str),
}

impl fmt::Display for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untold => Ok(()),
            Self::Outcome { outcome, action, collection } => {
                let collection = collection.as_deref().unwrap_or("");
                told(out, outcome, *action, collection)
            }
            Self::Problem(problem) => out.write_str(&problem.in_full()),
            Self::AskedFor(words) if words.is_empty() => Ok(()),
            Self::AskedFor(words) => write!(out, "asked for: {words}"),
            Self::Methods => out.write_str("the methods of the path"),
            Self::Door(what) => out.write_str(what),
        }
    }
}

fn told(out: &mut fmt::Formatter<'_>, outcome: &Outcome, action: Action, collection: &str) -> fmt::Result {
    let item = |out: &mut fmt::Formatter<'_>, verb: &str, key: &str| match key {
        "" => write!(out, "{verb} {collection}"),
        key => write!(out, "{verb} item {key} of {collection}"),
    };
    match outcome {
        Outcome::Created(made) => item(out, "created", &made.key),
        Outcome::Found(found) => {
            let verb = match action {
                Action::Replace => "replaced",
                Action::Update | Action::Upsert => "changed",
                Action::Create | Action::Read | Action::List | Action::Delete | Action::Answer => "showed",
            };
            item(out, verb, &found.key)
        }
        Outcome::Listed(listing) => write!(out, "listed {} of {} {collection}", listing.items.len(), listing.total),
        Outcome::Deleted(Some(gone)) => item(out, "removed", &gone.key),
        Outcome::Deleted(None) => write!(out, "removed all {collection}"),
        Outcome::Accepted => write!(out, "accepted; {collection} change before the next request"),
        Outcome::Answered => out.write_str("answered as documented"),
        // What is refused is told as a problem.
        Outcome::Refused(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use etalon_contract::behaviour::{Item, Kind, Listing};
    use serde_json::Value;

    use super::*;

    fn words(outcome: Outcome, action: Action) -> String {
        Cause::Outcome { outcome, action, collection: Some("posts".into()) }.to_string()
    }

    #[test]
    fn an_account_says_what_was_done_to_what() {
        let item = Arc::new(Item::new("7".into(), Value::Null, 1));
        let listing = Listing { items: vec![item.clone()], total: 12, ..Listing::default() };
        assert_eq!(words(Outcome::Created(item.clone()), Action::Create), "created item 7 of posts");
        assert_eq!(words(Outcome::Found(item.clone()), Action::Update), "changed item 7 of posts");
        assert_eq!(words(Outcome::Listed(listing), Action::List), "listed 1 of 12 posts");
        assert_eq!(words(Outcome::Deleted(Some(item)), Action::Delete), "removed item 7 of posts");
        let single = Arc::new(Item::new(String::new(), Value::Null, 1));
        assert_eq!(words(Outcome::Found(single), Action::Replace), "replaced posts");
        let problem = Problem::new(Kind::Validation, "body /name: it is longer than 5");
        assert_eq!(Cause::Problem(problem).to_string(), "body /name: it is longer than 5");
    }
}
