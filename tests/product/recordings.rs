//! Recordings of runs: they judge as the run did, whoever judges and wherever, and whatever was done to one is found and named.

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

use etalon::shipped::Shipped;
use etalon_conformance::recording::{Flaw, Judgement, Pen, Recorded, Recorder, Recording, Veil, Way, judge, read};
use etalon_conformance::report::Ending;
use etalon_conformance::{Credentials, Exchange, Format, Purpose, Settings, TargetError, run};
use etalon_contract::behaviour::infer;
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::Contract;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};

use crate::fault::{self, Fault, Target};
use crate::process::{etalon, told};

/// A file in memory.
#[derive(Clone, Default)]
struct Memory(Rc<RefCell<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A target with a clock of its own, which lets others go first; after so many requests somebody wants the run to end.
struct Timed {
    target: Target,
    time: Cell<u64>,
    sent: Cell<usize>,
    stops_after: usize,
}

impl Exchange for Timed {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        self.sent.set(self.sent.get() + 1);
        for _ in 0..request.target.bytes().fold(0_u8, u8::wrapping_add) % 5 {
            tokio::task::yield_now().await;
        }
        self.time.set(self.time.get() + 1_234);
        self.target.send(request).await
    }

    fn origin(&self) -> String {
        self.target.origin()
    }

    async fn pause(&self, time: Duration) {
        self.time.set(self.time.get() + u64::try_from(time.as_micros()).unwrap_or(0));
    }

    async fn stopped(&self) {
        while self.sent.get() < self.stops_after {
            tokio::task::yield_now().await;
        }
    }

    fn now(&self) -> Duration {
        self.time.set(self.time.get() + 7);
        Duration::from_micros(self.time.get())
    }
}

/// A recorder that does not see one of the requests.
struct Forgetful<'f> {
    recorder: Recorder<'f, Timed>,
    target: &'f Timed,
    sent: Cell<usize>,
}

impl Exchange for Forgetful<'_> {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        self.sent.set(self.sent.get() + 1);
        if self.sent.get() == 40 { self.target.send(request).await } else { self.recorder.send(request).await }
    }

    fn is_for(&self, purpose: Purpose<'_>) {
        self.recorder.is_for(purpose);
    }

    fn origin(&self) -> String {
        self.recorder.origin()
    }

    async fn pause(&self, time: Duration) {
        self.recorder.pause(time).await;
    }

    fn now(&self) -> Duration {
        self.recorder.now()
    }
}

/// The recording of a run, and its report as JSON.
struct Run {
    file: Vec<u8>,
    report: String,
}

/// The shipped contract whose runs are recorded.
fn shipped() -> &'static Shipped {
    &fault::all()[1]
}

fn settings(shipped: &Shipped) -> Settings {
    let mut credentials = Credentials::default();
    for (name, scheme) in etalon_conformance::schemes(&fault::contract(shipped)) {
        credentials.set(&name, etalon::server::Credentials::default().issued(&scheme));
    }
    Settings { credentials, shrinking: 5, valid: 2, budget: Some(70), ..Settings::default() }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime")
}

/// Runs and records; `claimed` changes the settings that the recording tells.
fn recorded(
    shipped: &Shipped,
    fault: Option<&Fault>,
    name: u8,
    stops_after: usize,
    (claimed, forgets): (&dyn Fn(&mut Settings), bool),
) -> Run {
    let contract = fault::contract(shipped);
    let settings = settings(shipped);
    let mut told = settings.clone();
    claimed(&mut told);
    let memory = Memory::default();
    let pen = Pen::new(Box::new(memory.clone()), [name; 16]);
    let target = Timed { target: Target::new(shipped, fault, 0), time: Cell::new(0), sent: Cell::new(0), stops_after };
    let run_of = Recorded { contract: &contract, base: None, settings: &told, began: 0, veil: None };
    let recorder = Recorder::new(&pen, &target, run_of);
    let (behaviour, listener) = (infer(&contract), &mut |_: &etalon_conformance::Event<'_>| {});
    let report = if forgets {
        let forgetful = Forgetful { recorder, target: &target, sent: Cell::new(0) };
        let report =
            runtime().block_on(tokio::task::unconstrained(run(&contract, &behaviour, &settings, &forgetful, listener)));
        forgetful.recorder.end(&report);
        report
    } else {
        let report =
            runtime().block_on(tokio::task::unconstrained(run(&contract, &behaviour, &settings, &recorder, listener)));
        recorder.end(&report);
        report
    };
    pen.finish().expect("memory can be written");
    let report = Format::Json.text(&[report.expect("the target answers")]);
    Run { file: memory.0.take(), report }
}

fn plain(fault: Option<&Fault>, name: u8) -> Run {
    recorded(shipped(), fault, name, usize::MAX, (&|_| {}, false))
}

/// A sound run, recorded once for all tests.
fn sound() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| plain(None, 1))
}

fn judged(recording: &Recording, contract: &Contract) -> Judgement {
    runtime().block_on(judge(&recording.sections[0], contract, &mut |_| {}))
}

/// The lines of a recording.
fn lines(file: &[u8]) -> Vec<Value> {
    let (mut rest, mut text) = (file, Vec::new());
    while !rest.is_empty() {
        let mut decoder = StreamingDecoder::new(&mut rest).expect("it is a frame");
        std::io::Read::read_to_end(&mut decoder, &mut text).expect("it can be unpacked");
    }
    text.split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("a line is JSON"))
        .collect()
}

fn file(lines: &[Value]) -> Vec<u8> {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    compress_to_vec(text.as_bytes(), CompressionLevel::Fastest)
}

#[test]
fn a_recording_gives_the_report_of_its_run_whatever_was_beside_each_other() {
    let faults = fault::of(shipped());
    for fault in [None, faults.first(), faults.last()] {
        let run = plain(fault, 1);
        let recording = read(&run.file).expect("it is a recording");
        assert_eq!(recording.flaw, None);
        let judgement = judged(&recording, &fault::contract(shipped()));
        assert_eq!((judgement.flaw, judgement.way), (None, Way::Again));
        assert_eq!(judgement.differences, []);
        assert_eq!(Format::Json.text(&[judgement.report.expect("there is one")]), run.report);
    }
}

#[test]
fn the_same_run_is_recorded_in_the_same_bytes() {
    assert_eq!(plain(None, 1).file, sound().file);
}

#[test]
fn a_run_that_was_interrupted_is_judged_to_be() {
    let run = recorded(shipped(), None, 1, 100, (&|_| {}, false));
    let recording = read(&run.file).expect("it is a recording");
    let judgement = judged(&recording, &fault::contract(shipped()));
    assert_eq!((recording.flaw.clone(), judgement.flaw), (None, None));
    let report = judgement.report.expect("there is one");
    assert_eq!(report.ending, Ending::Interrupted);
    assert_eq!(Format::Json.text(&[report]), run.report);
}

#[test]
fn what_was_written_before_a_kill_is_judged_as_far_as_it_goes() {
    let run = sound();
    let all = lines(&run.file);
    for part in [all.len() / 3, all.len() / 2, all.len() - 1] {
        let recording = read(&file(&all[..part])).expect("it is a recording");
        let Some(Flaw::Cut { after }) = recording.flaw else { panic!("it is cut: {:?}", recording.flaw) };
        assert_eq!(recording.sections[0].exchanges(), after);
        let judgement = judged(&recording, &fault::contract(shipped()));
        assert_eq!(judgement.flaw, None, "{part}");
        assert!(judgement.report.expect("there is one").requests >= after);
    }
    // In the middle of a frame nothing of it is left.
    assert!(matches!(read(&run.file[..run.file.len() - 9]).map(|read| read.flaw), Ok(Some(Flaw::Cut { .. }))));
}

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

#[test]
fn secrets_stay_out_of_a_recording_and_the_run_is_the_same() {
    let shipped = shipped();
    let contract = fault::contract(shipped);
    let given = settings(shipped);
    let (veil, credentials) = Veil::over(&contract, &given.credentials, [9; 32]);
    let stood = Settings { credentials, ..given.clone() };
    let memory = Memory::default();
    let pen = Pen::new(Box::new(memory.clone()), [1; 16]);
    let target = Timed {
        target: Target::new(shipped, None, 0),
        time: Cell::new(0),
        sent: Cell::new(0),
        stops_after: usize::MAX,
    };
    let run_of = Recorded { contract: &contract, base: None, settings: &stood, began: 0, veil: Some(veil) };
    let recorder = Recorder::new(&pen, &target, run_of);
    let report = runtime().block_on(tokio::task::unconstrained(run(
        &contract,
        &infer(&contract),
        &stood,
        &recorder,
        &mut |_| {},
    )));
    recorder.end(&report);
    pen.finish().expect("memory can be written");
    let file = memory.0.take();
    let text: String = lines(&file).iter().map(Value::to_string).collect();
    let secrets: Vec<(String, String)> = given.credentials.secrets(&contract);
    assert!(!secrets.is_empty());
    // Shorter ones are words that stand in any text.
    for (name, secret) in secrets.into_iter().filter(|(_, secret)| secret.len() >= 8) {
        assert!(!text.contains(&secret), "{name} is in the recording");
    }
    // What stands in is accepted as the secret is.
    assert_eq!(Format::Json.text(&[report.expect("the target answers")]), sound().report);
    let recording = read(&file).expect("it is a recording");
    assert_eq!(judged(&recording, &contract).flaw, None);
}

#[test]
fn the_program_records_and_judges_elsewhere() {
    let folder = std::env::temp_dir().join(format!("etalon-recordings-{}", std::process::id()));
    let elsewhere = folder.join("elsewhere");
    std::fs::create_dir_all(&elsewhere).expect("a folder can be made");
    let path = |name: &str| folder.join(name).display().to_string();
    let (recording, first, second) = (path("run.etr"), path("first.json"), path("second.json"));
    let document = fault::all()[2].document;
    std::fs::write(folder.join("api.yaml"), document).expect("it can be written");
    std::fs::write(elsewhere.join("same.yaml"), document).expect("it can be written");
    let ran = etalon(&["test", &path("api.yaml"), "--record", &recording, "--report", &format!("json={first}")]);
    let (code, shown, told_of_run) = told(&ran);
    assert!(told_of_run.contains("etalon judge"), "{told_of_run}");
    let same = elsewhere.join("same.yaml").display().to_string();
    let mut judge = crate::process::command(&["judge", &recording, &same, "--report", &format!("json={second}")]);
    let judged = judge.env("TZ", "Asia/Tokyo").env("LC_ALL", "tr_TR.UTF-8").output().expect("the program starts");
    let (again, shown_again, about) = told(&judged);
    assert_eq!((again, shown_again), (code, shown));
    assert!(about.contains("the verdicts are those of the run"), "{about}");
    let bytes = |path: &str| std::fs::read(path).expect("the report was written");
    assert_eq!(bytes(&first), bytes(&second));

    let whole = bytes(&recording);
    std::fs::write(&recording, &whole[..whole.len() / 2]).expect("it can be written");
    let (cut, _, why) = told(&etalon(&["judge", &recording, &same]));
    assert_eq!(cut, Some(4));
    assert!(why.contains("it was cut off"), "{why}");
    std::fs::write(&recording, document).expect("it can be written");
    let (none, _, why) = told(&etalon(&["judge", &recording, &same]));
    assert_eq!(none, Some(2));
    assert!(why.contains("it is no recording of etalon"), "{why}");
    std::fs::remove_dir_all(&folder).expect("it can be removed");
}
