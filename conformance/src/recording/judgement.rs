//! The judgement of a recording: the same run once more, on what was recorded. Of the same rules it gives the same report; of newer ones, the
//! verdicts that they give, and how those differ.

use std::collections::BTreeMap;

use etalon_contract::behaviour::infer;
use etalon_contract::model::Contract;

use crate::recording::book::{report_digest, verdicts};
use crate::recording::entry::{Judged, RULES};
use crate::recording::flaw::Flaw;
use crate::recording::looking::Looking;
use crate::recording::playback::Playback;
use crate::recording::reading::Section;
use crate::report::Report;
use crate::run::{Grounds, Listener, Onlooker, RunError, run};
use crate::settings::Settings;
use crate::target::Exchange;

/// The way in which a recording was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The plan asked for what was recorded, in the same order.
    Again,
    /// The plan asked for something else, since its rules are others: what was recorded of the same cases was looked up.
    LookedUp,
}

/// A verdict that is another one now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The id of the row.
    pub row: String,
    /// The verdict of the run; none where it did not have the row.
    pub was: Option<Judged>,
    /// The verdict now; none where there is no such row any more.
    pub is: Option<Judged>,
}

/// The judgement of one run.
#[derive(Debug)]
pub struct Judgement {
    /// The report; or the reason why there is none, as the run would have said it.
    pub report: Result<Report, RunError>,
    /// The way in which it was judged.
    pub way: Way,
    /// The reason why the recording is not to be believed.
    pub flaw: Option<Flaw>,
    /// The verdicts that are others than those of the run.
    pub differences: Vec<Difference>,
}

/// Judges a recorded run.
pub async fn judge(section: &Section, contract: &Contract, listener: &mut Listener<'_>) -> Judgement {
    let given = contract.document().digest().to_string();
    let other = (given != section.opening.digest)
        .then(|| Flaw::OtherContract { recorded: section.opening.digest.clone(), given });
    if section.opening.traffic {
        return of_traffic(section, contract, other);
    }
    let settings = &section.opening.settings;
    let playback = Playback::of(section);
    let report = again(contract, settings, &playback, listener).await;
    let by_others = section.opening.rules != RULES;
    let (report, way, flaw) = match playback.flaw() {
        Some(_) if by_others && other.is_none() => {
            let settings = Settings { workers: 1, ..settings.clone() };
            (again(contract, &settings, &Looking::of(section), listener).await, Way::LookedUp, None)
        }
        flaw => (report, Way::Again, flaw),
    };
    let flaw = other.or(flaw).or_else(|| of_report(section, &report));
    let differences = differences(section, &report);
    Judgement { report, way, flaw, differences }
}

/// The flaw of a report that is not the one that a run by these rules says it ended with.
fn of_report(section: &Section, report: &Result<Report, RunError>) -> Option<Flaw> {
    let end = section.end.as_ref().filter(|_| section.opening.rules == RULES)?;
    (report.as_ref().ok().map(report_digest) != end.report).then_some(Flaw::Report)
}

/// The judgement of traffic that was recorded: what an onlooker sees in it.
fn of_traffic(section: &Section, contract: &Contract, other: Option<Flaw>) -> Judgement {
    let grounds = Grounds::of(contract, &section.opening.settings.operations);
    let mut onlooker = Onlooker::new(contract, &grounds);
    for exchange in section.answered() {
        onlooker.sees(&exchange.request, &exchange.response, exchange.took, exchange.whole);
    }
    let report = Ok(onlooker.report(section.opening.origin.clone()));
    let flaw = other.or_else(|| of_report(section, &report));
    let differences = differences(section, &report);
    Judgement { report, way: Way::Again, flaw, differences }
}

/// Runs the plan with something in the target's place. Nothing makes it let others go first, as in the run that was recorded.
async fn again<E: Exchange>(
    contract: &Contract,
    settings: &Settings,
    target: &E,
    listener: &mut Listener<'_>,
) -> Result<Report, RunError> {
    tokio::task::unconstrained(run(contract, &infer(contract), settings, target, listener)).await
}

fn differences(section: &Section, report: &Result<Report, RunError>) -> Vec<Difference> {
    let (Some(end), Ok(report)) = (&section.end, report) else { return Vec::new() };
    let now = verdicts(report);
    let was: BTreeMap<&str, &Judged> = end.verdicts.iter().map(|judged| (judged.row.as_str(), judged)).collect();
    let is: BTreeMap<&str, &Judged> = now.iter().map(|judged| (judged.row.as_str(), judged)).collect();
    let changed = now.iter().filter(|judged| was.get(judged.row.as_str()) != Some(judged)).map(|judged| Difference {
        row: judged.row.clone(),
        was: was.get(judged.row.as_str()).map(|was| (*was).clone()),
        is: Some(judged.clone()),
    });
    let gone = end.verdicts.iter().filter(|judged| !is.contains_key(judged.row.as_str())).map(|judged| Difference {
        row: judged.row.clone(),
        was: Some(judged.clone()),
        is: None,
    });
    changed.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::io::Write;
    use std::rc::Rc;

    use etalon_contract::codec::{Request, Response};

    use super::*;
    use crate::recording::{Pen, Recorded, Recorder, Recording, read};
    use crate::target::TargetError;
    use crate::verdict::VerdictKind;

    /// A target that doubles numbers, of any size.
    struct Doubler;

    impl Exchange for Doubler {
        async fn send(&self, request: &Request) -> Result<Response, TargetError> {
            let number = request.query().and_then(|query| query.strip_prefix("n=")?.parse::<u64>().ok());
            let (status, body) = number.map_or((400, String::new()), |number| (200, (number * 2).to_string()));
            let headers = [("Content-Type", "application/json".to_owned())].into_iter().collect();
            Ok(Response { status, headers, body: body.into_bytes() })
        }

        fn origin(&self) -> String {
            "http://doubler".to_owned()
        }
    }

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

    fn contract() -> Contract {
        Contract::parse(
            "
openapi: 3.1.0
info: { title: Doubler, version: '1' }
paths:
  /double:
    get:
      operationId: double
      parameters: [{ name: n, in: query, required: true, schema: { type: integer, minimum: 0, maximum: 100 } }]
      responses:
        '200': { description: Twice as much, content: { application/json: { schema: { type: integer } } } }
        '400': { description: Not a number that is doubled here }
",
        )
        .expect("the document is sound")
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
    }

    /// A run by older rules, which sent so many valid requests where the recording says that it sent five.
    fn recorded(valid: usize) -> Recording {
        let (contract, memory) = (contract(), Memory::default());
        let told = Settings { valid: 5, ..Settings::default() };
        let pen = Pen::new(Box::new(memory.clone()), [1; 16]);
        let run_of = Recorded { contract: &contract, base: None, settings: &told, began: 0, veil: None };
        let recorder = Recorder::by("older", &pen, &Doubler, run_of);
        let settings = Settings { valid, ..Settings::default() };
        let report = block_on(again(&contract, &settings, &recorder, &mut |_| {}));
        recorder.end(&report);
        pen.finish().expect("memory can be written");
        read(&memory.0.take()).expect("it is a recording")
    }

    fn judged(section: &Section) -> Judgement {
        block_on(judge(section, &contract(), &mut |_| {}))
    }

    #[test]
    fn newer_rules_that_ask_for_the_same_tell_each_verdict_that_differs() {
        let mut recording = recorded(5);
        let section = &mut recording.sections[0];
        let plain = judged(section);
        assert_eq!((plain.way, plain.flaw, plain.differences), (Way::Again, None, Vec::new()));
        let end = section.end.as_mut().expect("it came to its end");
        let row = end.verdicts.iter_mut().find(|judged| judged.verdict == VerdictKind::Violated);
        let row = row.expect("the target doubles what it should refuse");
        let (was, name) = (Judged { verdict: VerdictKind::Proved, reason: None, ..row.clone() }, row.row.clone());
        let is = std::mem::replace(row, was.clone());
        let judgement = judged(section);
        assert_eq!((judgement.way, judgement.flaw), (Way::Again, None));
        assert_eq!(is.reason.as_deref(), Some("it was accepted with 200"));
        assert_eq!(judgement.differences, [Difference { row: name, was: Some(was), is: Some(is) }]);
    }

    #[test]
    fn newer_rules_that_ask_for_more_find_what_was_recorded() {
        let recording = recorded(3);
        let judgement = judged(&recording.sections[0]);
        assert_eq!((judgement.way, judgement.flaw), (Way::LookedUp, None));
        let report = judgement.report.expect("there is one");
        assert!(report.rows().any(|row| row.verdict.kind() == VerdictKind::Violated), "what was shown is shown");
        assert!(judgement.differences.iter().all(|one| one.is.is_some()), "no row is lost");
    }
}
