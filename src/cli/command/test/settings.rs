//! The settings of a run, of flags and contracts: a flag that means nothing of any contract is refused. Nothing is sent here.

use std::collections::BTreeSet;
use std::time::Duration;

use etalon_conformance::plan::plan;
use etalon_conformance::{Credentials, Settings, Showing, VALID, misfit, schemes};
use etalon_contract::behaviour::infer;
use etalon_contract::document::Pointer;
use etalon_contract::model::Operation;

use crate::cli::command::test::flags::TestArgs;
use crate::cli::diagnostics::near::near;
use crate::cli::run::select::selected;
use crate::cli::{Failure, Loaded};
use crate::server::Credentials as Issued;

/// The settings for each contract, in the contracts' order. Credentials belong to whichever contract has their scheme.
///
/// # Errors
/// A flag is no pair of a name and a value, or what it names is in no contract.
pub(super) fn settings(arguments: &TestArgs, loaded: &[Loaded]) -> Result<Vec<Settings>, Failure> {
    let given = Given::of(arguments, loaded)?;
    let credentials = credentials(&arguments.auth, loaded)?;
    let selected = selected(loaded, &arguments.include, &arguments.exclude)?;
    let operations = if selected.is_empty() { &arguments.operation } else { &selected };
    let each = loaded.iter().zip(credentials);
    Ok(each.map(|(one, credentials)| given.settings(arguments, one, credentials, operations)).collect())
}

/// The pairs of a name and a value that flags give, which are the same for every contract.
struct Given {
    /// The values of `--set`, by parameter.
    set: Vec<(String, String)>,
    /// The header fields of every request.
    headers: Vec<(String, String)>,
    /// The reasons of waivers, by the row's id.
    waivers: Vec<(String, String)>,
}

impl Given {
    fn of(arguments: &TestArgs, loaded: &[Loaded]) -> Result<Self, Failure> {
        let set = pairs(&arguments.set, "=", "--set", "NAME=VALUE")?;
        known_names(&set, loaded)?;
        let headers = pairs(&arguments.headers, ":", "--header", "'NAME: VALUE'")?;
        let waivers = pairs(&arguments.waive, ": ", "--waive", "'ROW: REASON'")?;
        known_rows(&waivers, loaded)?;
        Ok(Self { set, headers, waivers })
    }

    /// The settings for one contract, with its credentials, and the ids of the operations to test (all where there are none).
    fn settings(
        &self,
        arguments: &TestArgs,
        one: &Loaded,
        mut credentials: Credentials,
        operations: &[String],
    ) -> Settings {
        if arguments.url.is_none() {
            add_issued(&mut credentials, one);
        }
        for (name, value) in &self.headers {
            credentials.add_field(name, value);
        }
        Settings {
            seed: arguments.seed,
            credentials,
            set: self.set.clone(),
            operations: operations.to_vec(),
            waivers: self.waivers.clone(),
            shrinking: if arguments.no_shrink { 0 } else { arguments.max_shrink },
            valid: VALID,
            patience: Duration::from_secs(arguments.patience),
            max_time: arguments.max_time,
            changes: arguments.restraint.changes(arguments.url.as_deref()),
            strictness: arguments.restraint.strictness(),
            enough: arguments.restraint.min_tested,
            budget: arguments.restraint.budget(arguments.url.as_deref(), one.contract.entries().len()),
            workers: arguments.restraint.workers,
            clean_up: arguments.restraint.clean_up(),
            // What a mock issues is no secret.
            showing: if arguments.show_credentials || arguments.url.is_none() {
                Showing::Plain
            } else {
                Showing::Masked
            },
        }
    }
}

/// Adds the credentials that the mock of the run issues by itself, for the schemes that no flag gives any for.
fn add_issued(credentials: &mut Credentials, one: &Loaded) {
    for (name, scheme) in schemes(&one.contract) {
        if credentials.value(&name).is_none() {
            credentials.set(&name, Issued::default().issued(&scheme));
        }
    }
}

/// The names and values of one flag, trimmed; of a wrong one, an error that shows the flag's form and not its value.
fn pairs(flags: &[String], separator: &str, flag: &str, form: &str) -> Result<Vec<(String, String)>, Failure> {
    let pair = |text: &String| match text.split_once(separator) {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        // What was given may be a secret with a slip beside it.
        Some(_) | None => {
            Err(Failure::usage(format!("that is no value for {flag}"), Some(&format!("write {flag} {form}"))))
        }
    };
    flags.iter().map(pair).collect()
}

/// The credentials of `--auth` for each contract; an error where a value is for no contract's scheme.
fn credentials(flags: &[String], loaded: &[Loaded]) -> Result<Vec<Credentials>, Failure> {
    let mut credentials: Vec<Credentials> = loaded.iter().map(|_| Credentials::default()).collect();
    for flag in flags {
        let mut refused = None;
        let mut taken = 0;
        for (one, credentials) in loaded.iter().zip(&mut credentials) {
            match credentials.give(&one.contract, flag) {
                Ok(()) => taken += 1,
                Err(reason) => refused = Some(reason),
            }
        }
        if let (0, Some(reason)) = (taken, refused) {
            return Err(Failure::usage(reason, None));
        }
    }
    Ok(credentials)
}

/// Refuses a value for a name that means nothing of any operation.
fn known_names(set: &[(String, String)], loaded: &[Loaded]) -> Result<(), Failure> {
    for (name, value) in set {
        let known = |one: &Loaded| one.contract.operations().any(|o| is_set_by(o, name));
        if !loaded.iter().any(known) {
            return Err(unknown_name(name, loaded));
        }
        // A value that no operation may have would only be refused again and again.
        let mut reasons = Vec::new();
        for one in loaded {
            for operation in one.contract.operations() {
                let parameters =
                    operation.parameters.iter().filter(|parameter| is_meant(operation, &parameter.name, name));
                reasons.extend(parameters.map(|parameter| {
                    misfit(&one.contract, operation, parameter.place, &parameter.name, value)
                        .map(|why| format!("{} of {}: {why}", parameter.name, operation.id))
                }));
            }
        }
        if let (Some(Some(first)), true) = (reasons.first(), reasons.iter().all(Option::is_some)) {
            return Err(Failure::usage(
                format!("--set {name}: the contract does not allow that value for {first}"),
                Some("write a value that the parameter may have, of something that exists on the target"),
            ));
        }
    }
    Ok(())
}

/// The failure that tells of a name that means nothing of any operation, with those that it may be meant to be.
fn unknown_name(name: &str, loaded: &[Loaded]) -> Failure {
    let operations = loaded.iter().flat_map(|one| one.contract.operations());
    let names: BTreeSet<&str> =
        operations.flat_map(|o| o.parameters.iter().map(|parameter| &*parameter.name)).collect();
    let meant: Vec<String> = near(name, names.into_iter()).iter().map(|name| format!("`{name}`")).collect();
    let hint = if meant.is_empty() {
        "write a parameter's name, OPERATION.NAME, or OPERATION.body#/POINTER".to_owned()
    } else {
        format!("did you mean {}?", meant.join(", or "))
    };
    Failure::usage(format!("no operation has a parameter `{name}` to set"), Some(&hint))
}

/// True where a flag's name means the parameter of an operation: by its name alone, or behind the operation's id.
fn is_meant(operation: &Operation, parameter: &str, name: &str) -> bool {
    let own = name.strip_prefix(operation.id.as_str()).and_then(|rest| rest.strip_prefix('.'));
    name == parameter || own == Some(parameter)
}

/// Refuses a waiver of a row that no contract has: a waiver with a slip in it would silently waive nothing.
fn known_rows(waivers: &[(String, String)], loaded: &[Loaded]) -> Result<(), Failure> {
    if waivers.is_empty() {
        return Ok(());
    }
    let rows: BTreeSet<String> = loaded
        .iter()
        .flat_map(|one| plan(&one.contract, &infer(&one.contract), &Settings::default()).operations)
        .flat_map(|planned| planned.rows)
        .map(|row| row.id)
        .collect();
    let Some((row, _)) = waivers.iter().find(|(row, _)| !rows.contains(row)) else { return Ok(()) };
    let meant: Vec<String> = near(row, rows.iter().map(String::as_str)).iter().map(|id| format!("`{id}`")).collect();
    let hint = if meant.is_empty() {
        "write the row's id as the report has it, then `: ` and the reason".to_owned()
    } else {
        format!("did you mean {}?", meant.join(", or "))
    };
    Err(Failure::usage(format!("there is no row `{row}` to waive"), Some(&hint)))
}

/// True for a name that means something of an operation: a parameter's name, alone or behind the operation's id, or a place in
/// its content.
fn is_set_by(operation: &Operation, name: &str) -> bool {
    let own = name.strip_prefix(operation.id.as_str());
    operation.parameters.iter().any(|parameter| is_meant(operation, &parameter.name, name))
        || own
            .and_then(|rest| rest.strip_prefix(".body#"))
            .is_some_and(|at| operation.body.is_some() && Pointer::parse(at).is_some())
}
