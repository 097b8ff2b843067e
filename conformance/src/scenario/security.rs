//! Requests with all, some, none and wrong credentials.

use etalon_contract::codec::Draft;
use etalon_contract::model::{In, Operation, SchemeKind};
use etalon_contract::rule::SecurityRule;

use crate::credentials::Show;
use crate::judge::security::{self, Lack};
use crate::scenario::path_values;
use crate::scenario::setup::{Authorization, Setup};
use crate::transcript::{Exchange, Pending, Role};
use crate::verdict::Verdict;

/// Plays a row about credentials.
pub(super) fn run(setup: &mut Setup<'_>, operation: &Operation, rule: &SecurityRule) -> Result<Verdict, Pending> {
    match rule {
        SecurityRule::Accepts(index) => accepts(setup, operation, *index),
        SecurityRule::NoneOf => {
            let Some(index) = setup.session.credentials().usual(operation) else {
                return unasked(setup, operation);
            };
            refuses(setup, operation, Lack::Missing, Authorization::None, index)
        }
        SecurityRule::Without(index, scheme) => {
            satisfied(setup, operation, *index)?;
            tells_apart(operation, *index, scheme)?;
            refuses(setup, operation, Lack::Missing, Authorization::Alternative(*index, Show::Without(scheme)), *index)
        }
        SecurityRule::Wrong(index, scheme) => {
            satisfied(setup, operation, *index)?;
            tells_apart(operation, *index, scheme)?;
            refuses(setup, operation, Lack::Wrong, Authorization::Alternative(*index, Show::Wrong(scheme)), *index)
        }
    }
}

fn accepts(setup: &mut Setup<'_>, operation: &Operation, index: usize) -> Result<Verdict, Pending> {
    satisfied(setup, operation, index)?;
    let draft = draft(setup, operation)?;
    let alone = send(setup, operation, &draft, Authorization::Alternative(index, Show::All), Role::Tested)?;
    if alone.accepted() {
        return Ok(security::accepted(&alone.response, None));
    }
    let credentials = setup.session.credentials();
    let other = (0..operation.security.len()).find(|other| {
        let alternative = &operation.security[*other];
        *other != index && !alternative.schemes.is_empty() && credentials.satisfy(alternative)
    });
    let Some(other) = other else { return Ok(security::accepted(&alone.response, None)) };
    let other = send(setup, operation, &draft, Authorization::Alternative(other, Show::All), Role::Twin)?;
    Ok(security::accepted(&alone.response, Some(&other.response)))
}

fn refuses(
    setup: &mut Setup<'_>,
    operation: &Operation,
    lack: Lack,
    lacking: Authorization<'_>,
    full: usize,
) -> Result<Verdict, Pending> {
    let draft = draft(setup, operation)?;
    let lacking = send(setup, operation, &draft, lacking, Role::Tested)?;
    if lacking.accepted() {
        return Ok(security::refused(operation, lack, &lacking.response, None));
    }
    let twin = send(setup, operation, &draft, Authorization::Alternative(full, Show::All), Role::Twin)?;
    Ok(security::refused(operation, lack, &lacking.response, Some(&twin.response)))
}

fn draft(setup: &mut Setup<'_>, operation: &Operation) -> Result<Draft, Pending> {
    let mut draft = setup.valid(operation, &mut setup.choices())?;
    let path = path_values::find(setup, operation, &draft, &[])?;
    path.put(&mut draft, None);
    Ok(draft)
}

fn send<'r>(
    setup: &mut Setup<'r>,
    operation: &Operation,
    draft: &Draft,
    key: Authorization<'_>,
    role: Role,
) -> Result<&'r Exchange, Pending> {
    let request = setup.valid_request(operation, draft, key)?;
    setup.send(role, operation, request)
}

/// No credentials, where none were given at all: whoever is let in all the same shows that they are not asked for.
fn unasked(setup: &mut Setup<'_>, operation: &Operation) -> Result<Verdict, Pending> {
    let draft = draft(setup, operation)?;
    let answer = send(setup, operation, &draft, Authorization::None, Role::Tested)?;
    if answer.accepted() {
        return Ok(security::refused(operation, Lack::Missing, &answer.response, None));
    }
    Ok(Verdict::inconclusive("no credentials were given, so nothing shows that they would be let in"))
}

/// Nothing is asked of a scheme that stands in the same place of a request as another one of its alternative.
///
/// # Errors
/// The verdict, where that is so.
fn tells_apart(operation: &Operation, index: usize, name: &str) -> Result<(), Pending> {
    let schemes = operation.security.get(index).map(|alternative| alternative.schemes.as_slice()).unwrap_or_default();
    let own = schemes.iter().find(|(scheme, _)| scheme.name == name).and_then(|(scheme, _)| place(&scheme.kind));
    let others = schemes.iter().filter(|(scheme, _)| scheme.name != name).filter_map(|(scheme, _)| place(&scheme.kind));
    match own {
        Some(own) if others.into_iter().any(|other| other == own) => {
            Err(Pending::unreachable("another scheme of the alternative has the same place in a request"))
        }
        Some(_) | None => Ok(()),
    }
}

/// The place of a scheme's credentials in a request; `None` where they stand in none.
fn place(kind: &SchemeKind) -> Option<(In, String)> {
    match kind {
        SchemeKind::ApiKey { place: In::Header, name } => Some((In::Header, name.to_ascii_lowercase())),
        SchemeKind::ApiKey { place, name } => Some((*place, name.clone())),
        SchemeKind::Http { .. } | SchemeKind::OAuth2 | SchemeKind::OpenIdConnect => {
            Some((In::Header, "authorization".to_owned()))
        }
        SchemeKind::MutualTls => None,
    }
}

fn satisfied(setup: &Setup<'_>, operation: &Operation, index: usize) -> Result<(), Pending> {
    let Some(alternative) = operation.security.get(index) else {
        return Err(Pending::unreachable("the operation has no such alternative"));
    };
    let missing = setup.session.credentials().missing(alternative);
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Pending::inconclusive(format!("no credentials were given for {}", missing.join(", "))))
    }
}
