//! Recordings of runs: they judge as the run did, whoever judges and wherever, and whatever was done to one is found and named.

mod changed;

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

use etalon::shipped::Shipped;
use etalon_conformance::recording::{Flaw, Judgement, Pen, Recorded, Recorder, Recording, Veil, Way, judge, read};
use etalon_conformance::report::Ending;
use etalon_conformance::verdict::VerdictKind;
use etalon_conformance::{Credentials, Exchange, Format, Purpose, Settings, TargetError, run};
use etalon_contract::behaviour::infer;
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::Contract;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::Value;

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

#[test]
fn a_recording_of_format_1_is_read_and_judged_by_whatever_rules_are_there_now() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recordings");
    let bytes = std::fs::read(folder.join("format-1.etr")).expect("it is kept");
    let recording = read(&bytes).expect("it is a recording");
    assert_eq!(recording.flaw, None);
    let contract = etalon::cli::load(&folder.join("base.yaml"), &[]).expect("it is sound").contract;
    let judgement = judged(&recording, &contract);
    assert_eq!(judgement.flaw, None, "rules that are others are no flaw of it");
    let report = judgement.report.expect("there is one");
    let seen = report.rows().filter(|row| row.verdict.kind() == VerdictKind::Proved).count();
    assert!(seen > 0, "what was recorded still shows something");
}
