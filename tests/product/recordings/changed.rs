//! What was done to a recording is found and named: by its hashes, and where all of them were made anew, by its plan.

use etalon_conformance::Settings;
use etalon_conformance::recording::{Flaw, read};
use serde_json::{Value, json};

use crate::fault;
use crate::recordings::{file, judged, lines, plain, recorded, shipped, sound};

/// The first line that has such a member, with its place.
fn find(lines: &[Value], member: &str, number: u64) -> usize {
    let is_it = |line: &Value| line[member]["number"] == number;
    lines.iter().position(is_it).unwrap_or_else(|| panic!("there is no {member} {number}"))
}

#[test]
fn whatever_is_done_to_a_recording_is_found_and_named() {
    let (run, other) = (sound(), plain(None, 2));
    let (lines, others) = (lines(&run.file), lines(&other.file));
    type Change<'c> = &'c dyn Fn(&mut Vec<Value>);
    let exchange = |lines: &[Value], number: u64| (find(lines, "sent", number), find(lines, "got", number));
    let changes: [(&str, Change<'_>, Flaw); 13] = [
        (
            "an answer is changed",
            &|all| all[exchange(&lines, 7).1]["got"]["answer"]["status"] = json!(299),
            Flaw::Changed(7),
        ),
        ("a request is changed", &|all| all[exchange(&lines, 7).0]["sent"]["method"] = json!("PUT"), Flaw::Changed(7)),
        (
            "an exchange is left out",
            &|all| {
                let (sent, got) = exchange(&lines, 9);
                all.remove(got.max(sent));
                all.remove(sent.min(got));
            },
            Flaw::LeftOut(9),
        ),
        (
            "an exchange is doubled",
            &|all| {
                let (sent, got) = exchange(&lines, 9);
                let pair = [all[sent].clone(), all[got].clone()];
                all.splice(got + 1..got + 1, pair);
            },
            Flaw::Doubled(9),
        ),
        (
            "two exchanges change places",
            &|all| {
                let (one, two) = (exchange(&lines, 9), exchange(&lines, 12));
                all.swap(one.0, two.0);
                all.swap(one.1, two.1);
            },
            Flaw::Reordered(12),
        ),
        (
            "an exchange comes from another run",
            &|all| {
                let at = exchange(&lines, 9);
                let from = exchange(&others, 9);
                (all[at.0], all[at.1]) = (others[from.0].clone(), others[from.1].clone());
            },
            Flaw::OtherRun { what: "exchange 9".into(), found: "02020202".into(), wanted: "01010101".into() },
        ),
        (
            "and says that it does not",
            &|all| {
                let at = exchange(&lines, 9);
                let from = exchange(&others, 9);
                (all[at.0], all[at.1]) = (others[from.0].clone(), others[from.1].clone());
                (all[at.0]["run"], all[at.1]["run"]) = (json!("01010101"), json!("01010101"));
            },
            Flaw::Changed(9),
        ),
        ("the seed is changed", &|all| all[1]["contract"]["settings"]["seed"] = json!(1), Flaw::Changed(1)),
        ("the rules are changed", &|all| all[1]["contract"]["rules"] = json!("0123456789abcdef"), Flaw::Changed(1)),
        (
            "the root is changed",
            &|all| {
                let last = all.len() - 1;
                all[last]["end"]["root"] = json!("00");
            },
            Flaw::Root,
        ),
        ("an interruption is added", &|all| all.insert(40, json!({"run": "01010101", "stopped": {}})), Flaw::Lines),
        (
            "the last exchanges are left out",
            &|all| {
                let last = all.len() - 1;
                let end = all[last].clone();
                let first = exchange(&lines, 200).0;
                all.truncate(first);
                all.push(end);
            },
            Flaw::LeftOut(200),
        ),
        (
            "the format is a later one",
            &|all| all[0]["recording"]["format"] = json!(2),
            Flaw::Newer { format: 2, most: 1 },
        ),
    ];
    for (what, change, flaw) in changes {
        let mut changed = lines.clone();
        change(&mut changed);
        let found = read(&file(&changed)).map_or_else(Some, |recording| recording.flaw);
        assert_eq!(found, Some(flaw), "{what}");
    }
    assert!(read(&file(&lines)).is_ok_and(|recording| recording.flaw.is_none()), "nothing is done to it");
}

#[test]
fn contents_have_their_hashes() {
    let lines = lines(&sound().file);
    let at = lines.iter().position(|line| line["content"]["text"].is_string()).expect("there is content");
    let digest = lines[at]["content"]["digest"].as_str().expect("it is text").to_owned();
    let mut changed = lines.clone();
    changed[at]["content"]["text"] = json!("{}");
    assert_eq!(read(&file(&changed)).expect("it can be read").flaw, Some(Flaw::ChangedContent(digest.clone())));
    let mut without = lines;
    without.remove(at);
    let flaw = read(&file(&without)).expect("it can be read").flaw;
    assert!(matches!(&flaw, Some(Flaw::MissingContent { content, .. }) if *content == digest), "{flaw:?}");
}

#[test]
fn a_run_that_did_not_do_what_its_settings_say_is_found_by_its_plan() {
    let contract = fault::contract(shipped());
    type Claim<'c> = &'c dyn Fn(&mut Settings);
    let claims: [(&str, Claim<'_>, bool); 4] = [
        ("another seed", &|settings| settings.seed = 1, false),
        ("fewer operations", &|settings| settings.operations.push(contract.entries()[0].id.clone()), false),
        ("more valid requests", &|settings| settings.valid = 3, false),
        ("an exchange is not written", &|_| {}, true),
    ];
    for (what, claimed, forgets) in claims {
        let run = recorded(shipped(), None, 1, usize::MAX, (claimed, forgets));
        let recording = read(&run.file).expect("it is a recording");
        assert_eq!(recording.flaw, None, "{what}: all of its hashes are right");
        let flaw = judged(&recording, &contract).flaw;
        assert!(matches!(flaw, Some(Flaw::Plan(_))), "{what}: {flaw:?}");
    }
}

#[test]
fn another_contract_and_another_report_are_told() {
    let run = sound();
    let recording = read(&run.file).expect("it is a recording");
    let other = fault::contract(&fault::all()[0]);
    assert!(matches!(judged(&recording, &other).flaw, Some(Flaw::OtherContract { .. })));
    let mut changed = lines(&run.file);
    let last = changed.len() - 1;
    changed[last]["end"]["report"] = json!("00");
    let recording = read(&file(&changed)).expect("it is a recording");
    assert_eq!(judged(&recording, &fault::contract(shipped())).flaw, Some(Flaw::Report));
}
