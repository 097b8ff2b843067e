//! Workers beside each other on the shipped contracts, each of which is one family of operations: whatever the number of workers, the
//! JSON report has the same bytes but for its times. Documents of several families are in the tests of the runner.

use std::cell::Cell;

use etalon::shipped::Shipped;
use etalon_conformance::report::json;
use etalon_conformance::{Credentials, Exchange, Settings, TargetError};
use etalon_contract::behaviour::infer;
use etalon_contract::codec::{Request, Response};

use crate::fault::{self, Fault, Target};

/// A target that lets others go first, more often for one request than for another.
struct Unsteady {
    target: Target,
    under_way: Cell<usize>,
    most: Cell<usize>,
}

impl Exchange for Unsteady {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        self.under_way.set(self.under_way.get() + 1);
        self.most.set(self.most.get().max(self.under_way.get()));
        for _ in 0..request.target.bytes().fold(0_u8, u8::wrapping_add) % 5 {
            tokio::task::yield_now().await;
        }
        let answer = self.target.send(request).await;
        self.under_way.set(self.under_way.get() - 1);
        answer
    }

    fn origin(&self) -> String {
        self.target.origin()
    }
}

/// The report of so many workers but for its times, and the most requests that were under way at a time.
fn told(shipped: &Shipped, fault: Option<&Fault>, workers: usize) -> (String, usize) {
    let contract = fault::contract(shipped);
    let mut credentials = Credentials::default();
    for (name, scheme) in etalon_conformance::schemes(&contract) {
        credentials.set(&name, etalon::server::Credentials::default().issued(&scheme));
    }
    let settings = Settings { workers, credentials, shrinking: 0, ..Settings::default() };
    let target = Unsteady { target: Target::new(shipped, fault, 0), under_way: Cell::new(0), most: Cell::new(0) };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let report =
        runtime.block_on(etalon_conformance::run(&contract, &infer(&contract), &settings, &target, &mut |_| {}));
    let mut told = json(&[report.expect("the target answers")]);
    told.as_object_mut().expect("it is an object").remove("times");
    (told.to_string(), target.most.get())
}

#[test]
fn the_number_of_workers_changes_no_report_of_a_shipped_contract() {
    for shipped in fault::all() {
        let faults = fault::of(shipped);
        let fault = faults.get(faults.len() / 2);
        let (one, most) = told(shipped, fault, 1);
        assert_eq!(most, 1);
        assert_eq!(one, told(shipped, fault, 8).0, "{}", shipped.name);
    }
}
