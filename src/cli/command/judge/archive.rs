//! Judging an HTTP archive: the traffic that a browser, a test tool or a proxy has written down.

use std::io::Write as _;

use etalon_conformance::recording::Veil;
use etalon_conformance::{Grounds, Onlooker, har};
use etalon_contract::model::{BasePath, Contract};

use crate::cli::command::judge::JudgeArgs;
use crate::cli::run::{reports, told};
use crate::cli::{Exit, Failure};

/// True for a file that begins as JSON does.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

/// Judges the exchanges of an archive, and gives the exit code.
///
/// # Errors
/// A flag, the archive or the contract is wrong.
pub(super) fn execute(arguments: &JudgeArgs, bytes: &[u8]) -> Result<Exit, Failure> {
    let path = arguments.recording.display();
    let archive = har::read(bytes).map_err(|why| Failure::usage(format!("{path}: {why}"), None))?;
    let Some(named) = &arguments.contract else {
        let hint = format!("name the contract: etalon judge {path} api.yaml");
        return Err(Failure::usage("an HTTP archive does not say which contract it is of", Some(&hint)));
    };
    if arguments.har.is_some() {
        return Err(Failure::usage("--har writes the exchanges of a recording, and this is an archive already", None));
    }
    let reader = arguments.reading.reader([named]);
    let document = reader.document(named).map_err(Failure::Document)?;
    let below = arguments.url.as_deref().map(below).transpose()?;
    let contract = match &below {
        Some((_, base)) => Contract::mounted(document, base),
        None => Contract::new(document),
    };
    let files = reports::files(&arguments.report)?;
    let grounds = Grounds::of(&contract, &[]);
    let mut onlooker = Onlooker::new(&contract, &grounds);
    // Reports are shown around, and archives hold whatever was sent.
    let mut veil = Veil::over_archive(bytes);
    let (mut elsewhere, mut origin) = (0, None);
    for (sent_to, exchange) in &archive.exchanges {
        if below.as_ref().is_some_and(|(origin, _)| !origin.eq_ignore_ascii_case(sent_to)) {
            elsewhere += 1;
            continue;
        }
        let before = onlooker.seen().0;
        let (request, response) = veil.laid_over(&contract, &exchange.request, exchange.response.clone());
        onlooker.sees(&request, &response, exchange.took, exchange.whole);
        if onlooker.seen().0 > before {
            origin.get_or_insert_with(|| sent_to.clone());
        }
    }
    let (seen, foreign) = onlooker.seen();
    let others = foreign + elsewhere + archive.others;
    // There is nobody to tell if the stream is closed.
    let _ = writeln!(
        anstream::stderr(),
        "{path}, by {}: {seen} exchanges of {}, {others} others",
        if archive.creator.is_empty() { "nobody that it names" } else { archive.creator.as_str() },
        contract.title(),
    );
    let report = [onlooker.report(origin.unwrap_or_else(|| "traffic".to_owned()))];
    let mut written = told::show(&files, &report);
    for (format, file) in &files {
        written = reports::write(*format, file, &report).and(written);
    }
    written.map(|()| told::conclude(&report))
}

/// The origin of a URL, and the path at which the contract begins there.
fn below(url: &str) -> Result<(String, BasePath), Failure> {
    let wrong =
        || Failure::usage(format!("`{url}` is no URL for --url"), Some("write --url https://api.example.com/v1"));
    let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let base = BasePath::parse(path).map_err(|_| wrong())?;
    Ok((format!("{scheme}://{authority}"), base))
}
