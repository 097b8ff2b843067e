//! What making values costs, each figure a ratio against a reference measured in the same run: a large valid body against
//! serialising it, and values of the largest reference cycle of the corpus. A report, not a timed test. The corpus is named
//! by the first argument or by `ETALON_CORPUS`; without it that part is skipped and says so.

#![expect(clippy::print_stdout, reason = "a report is printed")]

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use etalon_contract::codec;
use etalon_contract::document::{Document, Location, NoFiles, Source};
use etalon_contract::generate::{self, Choices, Numbers, Seeded};
use etalon_contract::model::{Contract, Direction};
use etalon_contract::rule::{self, Rule, Side};
use serde_json::Value;

/// The number of members that the import body has.
const MEMBERS: u64 = 100;

/// The number of times that each thing is measured; the median counts.
const ROUNDS: usize = 200;

/// The document of the corpus with the largest reference cycle (column `largest_cycle` of its manifest).
const CYCLE: &str = "open/speakeasy/combinatorial.json";

/// The number of its schemas that are looked at: each takes a validator of the whole cycle, which takes longer than its
/// values.
const SAMPLE: usize = 12;

/// The most time that a value of that document may cost.
const BUDGET: Duration = Duration::from_millis(2);

fn main() {
    import(&nexus());
    let text = include_str!("../spec/nexus-members.yaml");
    let shipped: Value = serde_yaml::from_str(text).expect("it is sound");
    requests(&load(&shipped.to_string()));
    cycle();
}

/// The shipped contract, with the import's list made exactly so long.
fn nexus() -> Contract {
    let text = include_str!("../spec/nexus-members.yaml");
    let mut document: Value = serde_yaml::from_str(text).expect("it is sound");
    lengthen(&mut document);
    load(&document.to_string())
}

fn lengthen(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Object(list)) = members.get_mut("newMembers") {
                list.insert("minItems".to_owned(), MEMBERS.into());
                list.insert("maxItems".to_owned(), MEMBERS.into());
            }
            members.values_mut().for_each(lengthen);
        }
        Value::Array(items) => items.iter_mut().for_each(lengthen),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn load(text: &str) -> Contract {
    let source = Source { name: "document.json", bytes: text.as_bytes() };
    Contract::new(Document::load(source, &[], &NoFiles).expect("it can be loaded"))
}

fn median(mut measure: impl FnMut() -> Duration) -> Duration {
    let mut all: Vec<Duration> = (0..ROUNDS).map(|_| measure()).collect();
    all.sort();
    all[ROUNDS / 2]
}

fn numbers(seed: u64) -> Vec<u64> {
    let mut source = Seeded::new(seed, ["bench"]);
    (0..4096).map(|_| source.below(u64::MAX)).collect()
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let made = black_box(work());
    (made, began.elapsed())
}

fn import(contract: &Contract) {
    let operation = contract.operations().find(|operation| operation.id == "importMembers").expect("it is shipped");
    let body = operation.body.as_ref().expect("it has a body");
    let at = body.content[0].schema.clone().expect("it has a schema");
    let make = |seed| {
        let drawn = numbers(seed);
        timed(|| generate::value(contract, &at, Direction::Request, &mut Numbers::new(&drawn)).expect("there is one"))
    };
    let (sample, _) = make(0);
    let bytes = serde_json::to_vec(&sample).expect("it is a value").len();
    let mut seed = 0;
    let making = median(|| {
        seed += 1;
        make(seed).1
    });
    let writing = median(|| timed(|| serde_json::to_vec(&sample).expect("it is a value")).1);
    let judging = median(|| {
        timed(|| etalon_contract::validate::is_valid(contract, &at, Direction::Request, &sample).expect("it is sound"))
            .1
    });
    let copying = median(|| timed(|| sample.clone()).1);
    let ratio = |cost: Duration| cost.as_secs_f64() / writing.as_secs_f64();
    println!("import body of {MEMBERS} members, {bytes} bytes");
    println!("  serialising {writing:?}, copying {copying:?}, validating {judging:?}, making {making:?}");
    println!(
        "  over serialising: making {:.2}, copying what was made {:.2}, validating {:.2}",
        ratio(making),
        ratio(copying),
        ratio(judging)
    );
}

/// The cost of making a request of the runner: every row's breach or limit, with its bytes.
fn requests(contract: &Contract) {
    let drawn = numbers(1);
    let mut count = 0u32;
    let began = Instant::now();
    for _ in 0..5 {
        for operation in contract.operations() {
            for row in rule::rows(contract, operation) {
                let mut choices = Numbers::new(&drawn);
                let draft = match &row.rule {
                    Rule::Limit(limit) => match limit.side() {
                        Side::Past => {
                            generate::breach(contract, operation, &row, 0, &mut choices).map(|broken| broken.draft)
                        }
                        Side::At => generate::at(contract, operation, &row, 0, &mut choices),
                    },
                    Rule::Advice(_) | Rule::Protocol(_) | Rule::Security(_) | Rule::Response(_) | Rule::Story(_) => {
                        continue;
                    }
                };
                if let Ok(draft) = draft {
                    black_box(codec::encode(contract, operation, &draft).ok());
                    count += 1;
                }
            }
        }
    }
    println!("requests at and past limits, checked on the wire: {:?} each ({count})", began.elapsed() / count.max(1));
}

fn cycle() {
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let Some(root) = named.or_else(|| std::env::var("ETALON_CORPUS").ok()).map(PathBuf::from) else {
        println!("SKIPPED: name the corpus by an argument or by ETALON_CORPUS for the largest reference cycle");
        return;
    };
    let Ok(text) = fs::read_to_string(root.join(CYCLE)) else {
        println!("SKIPPED: {CYCLE} is not in the corpus");
        return;
    };
    let contract = load(&text);
    let schemas: Vec<Location> = contract
        .document()
        .root()
        .pointer("/components/schemas")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| Location::entry(["components", "schemas", name.as_str()].iter().collect()))
        .collect();
    let (mut worst, mut total, mut made, mut over) = (Duration::ZERO, Duration::ZERO, 0u32, 0u32);
    let mut once = Duration::ZERO;
    for at in schemas.iter().step_by(schemas.len().div_ceil(SAMPLE).max(1)) {
        // The validator and the recipes are made once and belong to no value.
        let drawn = numbers(2);
        let (_, spent) = timed(|| {
            let _ = generate::value(&contract, at, Direction::Response, &mut Seeded::new(0, ["cycle"]));
            let _ = generate::value(&contract, at, Direction::Response, &mut Numbers::new(&drawn));
        });
        once += spent;
        for believable in [true, false] {
            let (value, spent) = timed(|| {
                if believable {
                    generate::value(&contract, at, Direction::Response, &mut Seeded::new(1, ["cycle"]))
                } else {
                    generate::value(&contract, at, Direction::Response, &mut Numbers::new(&drawn))
                }
            });
            if value.is_ok() {
                made += 1;
                total += spent;
                worst = worst.max(spent);
                over += u32::from(spent > BUDGET);
            }
        }
    }
    println!(
        "{CYCLE}: {made} values of {} schemas, {:?} on average, {worst:?} at worst, {over} over {BUDGET:?}; what is done once took {once:?} for all",
        schemas.len(),
        total / made.max(1)
    );
}
