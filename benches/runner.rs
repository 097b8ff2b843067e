//! What the runner's processor time goes into: a whole run against a mock in another thread, and what its requests cost
//! to make, both measured as the runner's thread sees them and in the same run. A report, not a timed test. It reads the
//! thread's own clock from `/proc`, so it says nothing where there is none.

#![expect(clippy::print_stdout, reason = "a report is printed")]

use std::fs;
use std::hint::black_box;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use etalon::server::{Credentials as Issued, Mock, serve};
use etalon::shipped::{self, Shipped};
use etalon_conformance::case::{Sends, Task};
use etalon_conformance::plan::{Plan, plan};
use etalon_conformance::{Credentials, Http, Report, Settings, TIMEOUT};
use etalon_contract::behaviour::{Behaviour, infer};
use etalon_contract::generate::{self, Numbers, Seeded};
use etalon_contract::model::Contract;

/// The number of runs of a contract, and of makings of its requests; the first warms up what is compiled once.
const RUNS: u32 = 3;

/// The number of decisions that each request is made by.
const DECISIONS: usize = 256;

fn main() {
    if processor_time().is_none() {
        println!("SKIPPED: this system does not say how long a thread has been running");
        return;
    }
    for shipped in &shipped::ALL {
        measure(shipped);
    }
}

/// The time that this thread has been running on a processor; `None` where the system does not tell it.
fn processor_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn spent<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let before = processor_time().expect("it was there before");
    let done = black_box(work());
    (done, processor_time().expect("it was there before") - before)
}

fn load(shipped: &Shipped) -> Contract {
    Contract::new(shipped.load().expect("it is shipped"))
}

fn measure(shipped: &Shipped) {
    let url = start(shipped);
    let contract = load(shipped);
    let behaviour = infer(&contract);
    let mut credentials = Credentials::default();
    for (name, scheme) in etalon_conformance::schemes(&contract) {
        credentials.set(&name, Issued::default().issued(&scheme));
    }
    let settings = Settings { credentials, ..Settings::default() };
    let plan = plan(&contract, &behaviour, &settings);
    run(&contract, &behaviour, &settings, &url);
    let cases: usize = plan.operations.iter().map(|planned| planned.cases.len()).sum();
    let cases = u32::try_from(cases).expect("few");
    let (mut whole, mut requests) = (Duration::ZERO, 0);
    for _ in 0..RUNS {
        let (report, took) = spent(|| run(&contract, &behaviour, &settings, &url));
        whole += took;
        requests += report.requests;
    }
    let (made, making) = make(&contract, &plan);
    let (each, case) = (making / made, whole / (cases * RUNS));
    println!(
        "{}: {cases} cases, {} requests; the runner's thread takes {case:?} for a case, {:?} for a request",
        shipped.name,
        requests / usize::try_from(RUNS).expect("few"),
        whole / u32::try_from(requests).expect("few"),
    );
    println!("  making a request {each:?} ({made}), that over a case = {:.2}", each.as_secs_f64() / case.as_secs_f64());
}

/// A mock of the contract in a thread of its own.
fn start(shipped: &Shipped) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.set_nonblocking(true).expect("it can be");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let mock = Arc::new(Mock::new([Arc::new(load(shipped))], Issued::default(), 0));
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("it listens");
            serve(listener, mock, std::future::pending()).await;
        });
    });
    url
}

fn run(contract: &Contract, behaviour: &Behaviour, settings: &Settings, url: &str) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let target = Http::new(url, contract.base(), TIMEOUT).expect("the mock's address");
        etalon_conformance::run(contract, behaviour, settings, &target, &mut |_| {}).await.expect("the mock answers")
    })
}

/// Makes the request of every case that has one of its own; gives how many there are.
fn make(contract: &Contract, plan: &Plan) -> (u32, Duration) {
    let mut source = Seeded::new(0, ["bench"]);
    let drawn: Vec<u64> = (0..DECISIONS).map(|_| source.bits()).collect();
    let (mut made, mut making) = (0, Duration::ZERO);
    for planned in &plan.operations {
        let operation = contract.operation(planned.operation).expect("it was planned");
        for case in &planned.cases {
            let task = case.task(&planned.rows);
            let is_made = |choices: &mut Numbers<'_>| match (task, task.sends()) {
                (Task::Valid(_), _) => generate::valid(contract, operation, choices).is_ok(),
                (Task::Row { row, variant }, Sends::AtLimit) => {
                    generate::at(contract, operation, row, variant, choices).is_ok()
                }
                (Task::Row { row, variant }, Sends::Breach) => {
                    generate::breach(contract, operation, row, variant, choices).is_ok()
                }
                _ => false,
            };
            let (all, took) = spent(|| (0..RUNS).all(|_| is_made(&mut Numbers::new(&drawn))));
            if all {
                made += RUNS;
                making += took;
            }
        }
    }
    (made, making)
}
