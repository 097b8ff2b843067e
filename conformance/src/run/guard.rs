//! What may be sent: nothing that changes or removes what the run did not make, unless the user allows it. Pure.

use etalon_contract::behaviour::{Action, Effect};
use etalon_contract::codec::Request;
use etalon_contract::model::{Operation, Route};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::run::ledger;
use crate::scenario::{answer, is_unlikely, may_be_found, named_collection};
use crate::session::Session;
use crate::settings::Changes;
use crate::transcript::Outgoing;

/// Words in the names of operations that end, empty or restart something that a run, or somebody else, needs.
const ENDING: [&str; 22] = [
    "shutdown",
    "restart",
    "reboot",
    "reset",
    "logout",
    "logoff",
    "signout",
    "revoke",
    "purge",
    "clear",
    "flush",
    "truncate",
    "wipe",
    "kill",
    "terminate",
    "quit",
    "uninstall",
    "rotate",
    "drop",
    "removeall",
    "deleteall",
    "restore",
];

/// A test for things of the run: true where it made what has this key, in the collection of this index.
pub(crate) type Own<'o> = &'o dyn Fn(usize, &str) -> bool;

/// The reason why a request is not sent; `None` where it may be.
#[must_use]
pub(crate) fn refuses(session: Session<'_>, outgoing: &Outgoing, own: Own<'_>) -> Option<String> {
    let request = &outgoing.request;
    let own_only = match session.settings.changes {
        Changes::Anything | Changes::Destructive => return None,
        Changes::Own => true,
        Changes::ReadOnly | Changes::NotAllowed => false,
    };
    let operation = outgoing.operation.and_then(|index| session.contract.operation(index).ok());
    let safe = matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY");
    let ends = operation.is_some_and(|operation| ends(session, operation));
    if safe && !ends {
        return None;
    }
    if !own_only && !safe {
        return Some(session.settings.changes.why().to_owned());
    }
    if ends {
        return Some("it would end or empty something that others may need; --allow-destructive".to_owned());
    }
    let Some(operation) = operation else {
        // A method that the path does not have, says the contract; the target may have it all the same.
        let last = request.path().rsplit('/').next().unwrap_or("");
        let says_nothing = request.method == "PATCH" && request.body.is_empty();
        return (!says_nothing && !is_unlikely(last)).then(|| {
            format!(
                "the contract has no {} there, so it may change anything; --allow-destructive sends it",
                request.method
            )
        });
    };
    if removes_by_content(operation) {
        return Some("it may remove what the run did not make; --allow-destructive".to_owned());
    }
    let effect = session.effect(operation)?;
    match effect.action {
        Action::Update | Action::Replace | Action::Delete => keeps(session, (operation, effect), request.path(), own),
        Action::Answer => acts(session, operation, request.path(), own),
        // What nothing removes stays a part of what it is made below.
        Action::Create | Action::Upsert if !is_removable(session, (operation, effect), request) => {
            adds(session, operation, request.path(), own)
        }
        Action::Create | Action::Upsert | Action::Read | Action::List => None,
    }
    .or_else(|| {
        let removes = request.method == "DELETE" && effect.action != Action::Delete;
        removes.then(|| "it would remove what the run did not make; --allow-destructive".to_owned())
    })
}

/// The reason why the thing that an action is upon is left alone; `None` where the run made it, or nobody can make one.
fn acts(session: Session<'_>, operation: &Operation, path: &str, own: Own<'_>) -> Option<String> {
    let name = operation.path.parameters().last()?;
    if may_be_found(session, operation, name) {
        return None;
    }
    let collection = named_collection(session, operation, name)?;
    let key = captured(session, operation, path, name)?;
    let may = own(collection, &key) || is_unlikely(&key) || is_told(session, operation, name, &key);
    (!may).then(|| format!("the run did not make the item `{key}`, so it stays as it is; --allow-destructive sends it"))
}

/// The reason why nothing is added to the thing that a path names last; `None` where the run made it, or nobody has seen it there.
fn adds(session: Session<'_>, operation: &Operation, path: &str, own: Own<'_>) -> Option<String> {
    let name = operation.path.parameters().last()?;
    let collection = named_collection(session, operation, name)?;
    let key = captured(session, operation, path, name)?;
    let is_there = session.knowledge.borrow().keys(collection).any(|known| answer::text(&known.key) == key);
    let may = own(collection, &key) || !is_there || is_told(session, operation, name, &key);
    (!may).then(|| {
        format!("the run did not make the item `{key}`, and nothing removes what it would add; --allow-destructive")
    })
}

/// True where the contract has something that removes what an operation makes.
fn is_removable(session: Session<'_>, (operation, effect): (&Operation, &Effect), request: &Request) -> bool {
    let key = Value::String(ledger::KEY.to_owned());
    let scope = ledger::scope(session, operation, request);
    ledger::removal(session, effect.collection, operation, &scope, &key).is_some()
}

/// True where the user said that this operation may have the key.
fn is_told(session: Session<'_>, operation: &Operation, name: &str, key: &str) -> bool {
    session.settings.fixed_for(&operation.id, name) == Some(key)
}

/// The reason why the thing that a request names is left alone; `None` where the run made it, or nothing has that key.
fn keeps(session: Session<'_>, (operation, effect): (&Operation, &Effect), path: &str, own: Own<'_>) -> Option<String> {
    let Some(collection) = effect.collection else {
        return match effect.action {
            Action::Delete => Some("it would remove what the run did not make; --allow-destructive".to_owned()),
            Action::Create
            | Action::Upsert
            | Action::Read
            | Action::List
            | Action::Update
            | Action::Replace
            | Action::Answer => acts(session, operation, path, own),
        };
    };
    let Some(name) = &effect.key_parameter else {
        return (effect.action == Action::Delete)
            .then(|| "it would remove more than the run made; --allow-destructive".to_owned());
    };
    let key = captured(session, operation, path, name)?;
    let known = own(collection, &key) || is_told(session, operation, name, &key);
    (!known && !is_unlikely(&key))
        .then(|| format!("the run did not make the item `{key}`, so it stays as it is; --allow-destructive sends it"))
}

/// The value of a path parameter, as it is meant.
#[must_use]
pub(crate) fn captured(session: Session<'_>, operation: &Operation, path: &str, name: &str) -> Option<String> {
    match session.contract.route(operation.method.as_str(), path) {
        Route::Found { captures, .. } => {
            let (_, raw) = captures.into_iter().find(|(known, _)| known == name)?;
            Some(percent_decode_str(&raw).decode_utf8_lossy().into_owned())
        }
        Route::OtherMethods(_) | Route::Unknown => None,
    }
}

/// True where an operation ends, empties or restarts something, by its name or the end of its path. What removes or changes one item
/// by its key does not, whatever it is called: there is another rule for that.
#[must_use]
pub(crate) fn ends(session: Session<'_>, operation: &Operation) -> bool {
    let of_item = session.effect(operation).is_some_and(|effect| {
        effect.key_parameter.is_some()
            && matches!(effect.action, Action::Delete | Action::Update | Action::Replace | Action::Read)
    });
    if of_item {
        return false;
    }
    let named = names(operation);
    ENDING.iter().any(|word| named.iter().any(|named| named == word))
}

/// Words in the paths of things that do something of their own accord once they are there.
const ACTING: [&str; 7] = ["automation", "webhook", "hook", "trigger", "schedule", "subscription", "cron"];

/// True where what an operation makes does something of its own accord: what comes after it may be disturbed.
#[must_use]
pub(crate) fn acts_by_itself(operation: &Operation) -> bool {
    let segments = operation.path.as_str().split('/').filter(|segment| !segment.starts_with('{'));
    segments.flat_map(words).any(|word| ACTING.contains(&word.trim_end_matches('s')))
}

/// The words in an operation's name and at the end of its path, in lower case, and each two of them together.
#[must_use]
pub(crate) fn names(operation: &Operation) -> Vec<String> {
    let last = operation.path.as_str().rsplit('/').find(|segment| !segment.is_empty()).unwrap_or("");
    let mut named = words(&operation.id);
    if !last.starts_with('{') {
        named.extend(words(last));
    }
    named
}

/// Words in the paths and names of settings that say who is let in.
const ACCESS: [&str; 22] = [
    "auth",
    "authentication",
    "authorization",
    "oauth",
    "oidc",
    "saml",
    "sso",
    "ldap",
    "jwt",
    "token",
    "tokens",
    "password",
    "credential",
    "credentials",
    "login",
    "session",
    "permission",
    "permissions",
    "acl",
    "access",
    "security",
    "apikey",
];

/// True where what an operation changes says who is let in: a run that changes it may lock itself out, and then cannot put it back.
#[must_use]
pub(crate) fn says_who_is_let_in(operation: &Operation) -> bool {
    let segments = operation.path.as_str().split('/').filter(|segment| !segment.starts_with('{'));
    let named = segments.flat_map(words).chain(words(&operation.id)).collect::<Vec<_>>();
    // `apiKeys` is two words.
    let joined = named.windows(2).map(|pair| pair.concat().trim_end_matches('s').to_owned());
    joined.chain(named.iter().cloned()).any(|named| ACCESS.contains(&named.as_str()))
}

/// Words in the names of operations that remove something.
const REMOVING: [&str; 5] = ["remove", "delete", "erase", "destroy", "discard"];

/// True where an operation removes what its content says, and its path names nothing: an empty filter may mean everything.
fn removes_by_content(operation: &Operation) -> bool {
    let last = operation.path.as_str().rsplit('/').find(|segment| !segment.is_empty()).unwrap_or("");
    let named = [words(&operation.id), words(last)].concat();
    operation.method.as_str() != "DELETE"
        && operation.path.parameters().next().is_none()
        && named.iter().any(|word| REMOVING.contains(&word.as_str()))
}

/// `stopOldRuns_v2` -> stop, old, runs, v2; and each two of them together.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    for character in name.chars() {
        if !character.is_alphanumeric() {
            words.push(String::new());
        } else {
            if character.is_uppercase() {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(character.to_lowercase());
            }
        }
    }
    words.retain(|word| !word.is_empty());
    let pairs: Vec<String> = words.windows(2).map(|two| two.concat()).collect();
    words.extend(pairs);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_who_is_let_in_are_known_by_their_words() {
        let contract = |path: &str| {
            let text = format!(
                "{{openapi: 3.1.0, info: {{title: t, version: '1'}}, paths: {{'{path}': {{put: {{operationId: change, \
                 responses: {{'200': {{description: d}}}}}}}}}}}}"
            );
            etalon_contract::model::Contract::parse(&text).expect("a contract")
        };
        for (path, access) in
            [("/jwt/settings", true), ("/me/apiKeys", true), ("/settings/{token}", false), ("/theme", false)]
        {
            let contract = contract(path);
            assert_eq!(says_who_is_let_in(contract.operation(0).expect("an operation")), access, "{path}");
        }
    }

    #[test]
    fn what_acts_by_itself_is_known_by_its_path() {
        for (path, acts) in [("/automations/{id}", true), ("/web-hooks", true), ("/flows/{schedule}", false)] {
            let text = format!(
                "{{openapi: 3.1.0, info: {{title: t, version: '1'}}, paths: {{'{path}': {{get: {{operationId: show, \
                 responses: {{'200': {{description: d}}}}}}}}}}}}"
            );
            let contract = etalon_contract::model::Contract::parse(&text).expect("a contract");
            assert_eq!(acts_by_itself(contract.operation(0).expect("an operation")), acts, "{path}");
        }
    }

    #[test]
    fn names_are_read_word_by_word() {
        assert!(words("resetRequestJournal").contains(&"reset".to_owned()));
        assert!(words("log_out").contains(&"logout".to_owned()));
        assert!(!words("presetList").contains(&"reset".to_owned()));
    }
}
