//! Credentials that end in the middle of a run: that is noticed at the next valid request that is turned away, and mended where it can
//! be: by the next value that was given, or by a login that the run has seen accepted.

use std::rc::Rc;

use etalon_contract::codec::Response;
use etalon_contract::model::{In, Operation, Requirement, Scheme, SchemeKind};
use serde_json::Value;

use crate::credentials::{Credentials, is_token};
use crate::knowledge::Fact;
use crate::run::executor::Executor;
use crate::run::{Event, guard};
use crate::scenario::answer;
use crate::scenario::setup::{Authorization, write};
use crate::session::Session;
use crate::target::{Exchange, TargetError};

/// Words in the names of operations that let somebody in.
const LOGINS: [&str; 8] = ["login", "signin", "logon", "authenticate", "auth", "token", "session", "sessions"];

/// The fate of credentials that may have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::run) enum Renewal {
    /// They have not ended, or nothing can be done.
    None,
    /// Others are used from now on: what was turned away may be tried once more.
    Done,
}

impl<E: Exchange> Executor<'_, E> {
    /// Notes that credentials have ended, where a valid request was turned away and one that was let in before is as well, and uses
    /// others from then on, where there are any.
    ///
    /// # Errors
    /// Where the target is gone.
    pub(in crate::run) async fn renew_credentials(&mut self) -> Result<Renewal, TargetError> {
        if !std::mem::take(&mut self.turned_away) || self.session.knowledge.borrow().ended().is_some() {
            return Ok(Renewal::None);
        }
        let session = self.session;
        let known = session.knowledge.borrow().accepted_ones().find_map(|draft| {
            let operation = session.contract.operation(draft.operation).ok()?;
            let usual = session.credentials().usual(operation)?;
            operation.method.is_safe().then(|| (operation, draft.clone(), &operation.security[usual]))
        });
        let Some((operation, draft, alternative)) = known else { return Ok(Renewal::None) };
        let mut again = Authorization::Usual;
        let is_let_in = async |executor: &mut Self, key: Authorization<'_>| -> Result<bool, TargetError> {
            let Ok(request) = write(session, operation, &draft, key) else { return Ok(false) };
            Ok(executor.once(None, &request).await?.status != 401)
        };
        if is_let_in(self, again).await? {
            return Ok(Renewal::None);
        }
        again = Authorization::Usual;
        while let Some(next) = session.credentials().next(alternative) {
            session.knowledge.borrow_mut().learn(Fact::Renewed(Rc::new(next)));
            if is_let_in(self, again).await? {
                self.tell(&Event::CredentialsEnded { by: "the next that were given" });
                return Ok(Renewal::Done);
            }
        }
        for next in self.logins(alternative).await? {
            session.knowledge.borrow_mut().learn(Fact::Renewed(Rc::new(next)));
            if is_let_in(self, again).await? {
                self.tell(&Event::CredentialsEnded { by: "those of a new login" });
                return Ok(Renewal::Done);
            }
        }
        let why = format!(
            "the credentials ended in the middle of the run: {} let them in before, and now answers 401; run it again with \
             others (--auth, several for one scheme), or without the operation that ended them (--exclude)",
            operation.id
        );
        session.knowledge.borrow_mut().learn(Fact::Ended(why));
        Ok(Renewal::None)
    }

    /// The credentials that new logins give, as the run has logged in before.
    async fn logins(&mut self, alternative: &Requirement) -> Result<Vec<Credentials>, TargetError> {
        let session = self.session;
        let drafts: Vec<_> = session.knowledge.borrow().accepted_ones().cloned().collect();
        let mut found = Vec::new();
        for draft in drafts {
            let Ok(operation) = session.contract.operation(draft.operation) else { continue };
            if !is_login(session, operation) {
                continue;
            }
            let Ok(request) = write(session, operation, &draft, Authorization::None) else { continue };
            let response = self.once(None, &request).await?;
            if response.status / 100 != 2 {
                continue;
            }
            for (scheme, _) in &alternative.schemes {
                let value = token(scheme, &response);
                found.extend(value.and_then(|value| session.credentials().renewed(scheme, value)));
            }
        }
        Ok(found)
    }
}

/// True where an operation lets somebody in, by its name or the end of its path, and asks for no credentials itself.
fn is_login(session: Session<'_>, operation: &Operation) -> bool {
    let asks =
        session.credentials().usual(operation).is_some_and(|index| !operation.security[index].schemes.is_empty());
    operation.method.as_str() == "POST"
        && !asks
        && guard::names(operation).iter().any(|word| LOGINS.contains(&word.as_str()))
}

/// The value for a scheme that an answer gives; `None` where it gives none.
fn token(scheme: &Scheme, response: &Response) -> Option<String> {
    let cookie = |name: &str| {
        let set = response.headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case("set-cookie"));
        set.filter_map(|(_, text)| text.split(';').next()?.split_once('=')).find(|(known, _)| known.trim() == name)
    };
    match &scheme.kind {
        SchemeKind::MutualTls => None,
        SchemeKind::Http { scheme: word } if word == "basic" => None,
        SchemeKind::ApiKey { place: In::Cookie, name } => cookie(name).map(|(_, value)| value.trim().to_owned()),
        SchemeKind::ApiKey { .. } | SchemeKind::Http { .. } | SchemeKind::OAuth2 | SchemeKind::OpenIdConnect => {
            within(&answer::json(response)?, 2)
        }
    }
}

/// The text of a member that is called as tokens are, at most so many levels down.
fn within(value: &Value, depth: usize) -> Option<String> {
    let members = value.as_object()?;
    let here = members.iter().find(|(name, value)| value.is_string() && is_token(name));
    let deeper = || members.values().find_map(|member| within(member, depth.checked_sub(1)?));
    here.and_then(|(_, value)| value.as_str().map(str::to_owned)).or_else(deeper)
}
