//! The report for CI servers: JUnit XML. A contract is a suite, an operation a class, a row a test, by the row's id. What is not
//! decided is skipped with the reason. GitLab shows the content of `failure` and not its message, so all is told there.

use std::collections::HashSet;

use quick_junit::{NonSuccessKind, Report as JUnit, TestCase, TestCaseStatus, TestSuite};

use crate::report::finding::finding;
use crate::report::{Report, RowReport};
use crate::verdict::Verdict;

/// The text of a report file.
#[must_use]
pub(crate) fn text(reports: &[Report]) -> String {
    let mut junit = JUnit::new("etalon");
    let mut names = Names::default();
    for report in reports {
        junit.add_test_suite(suite(report, &mut names));
    }
    // Writing to memory does not fail, and names without what XML cannot hold make no bad XML.
    as_published(junit.to_string().unwrap_or_default())
}

/// The report as the schema of Jenkins has it, which knows no count of skipped tests of all suites together.
fn as_published(text: String) -> String {
    let Some(start) = text.find("<testsuites ") else { return text };
    let end = text[start..].find('>').map_or(text.len(), |end| start + end);
    let Some(from) = text[start..end].find(" skipped=\"").map(|at| start + at) else { return text };
    let value = from + " skipped=\"".len();
    let Some(to) = text[value..end].find('"').map(|at| value + at + 1) else { return text };
    format!("{}{}", &text[..from], &text[to..])
}

/// The names that were given: readers drop a test that has the name of another.
#[derive(Default)]
struct Names(HashSet<(String, String)>);

impl Names {
    fn unique(&mut self, class: &str, name: &str) -> String {
        let mut unique = name.to_owned();
        let mut number = 1;
        while !self.0.insert((class.to_owned(), unique.clone())) {
            number += 1;
            unique = format!("{name} ({number})");
        }
        unique
    }
}

fn suite(report: &Report, names: &mut Names) -> TestSuite {
    let mut suite = TestSuite::new(report.title.as_str());
    suite.set_time(report.took);
    for (name, value) in [
        ("document", report.document.clone()),
        ("target", report.target.clone()),
        ("seed", report.seed.to_string()),
        ("requests", report.requests.to_string()),
        ("conclusion", report.conclusion().as_str().to_owned()),
    ] {
        suite.add_property((name, value.as_str()));
    }
    for operation in &report.operations {
        for row in &operation.rows {
            let name = names.unique(&operation.id, row.id());
            let mut case = TestCase::new(name, status(report, &operation.id, row));
            case.set_classname(operation.id.as_str());
            suite.add_test_case(case);
        }
    }
    for (id, reason) in &report.unusable {
        let reason = report.mask.prose(reason);
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("not-tested").set_message(reason.as_str()).set_description(reason.as_str());
        let mut case = TestCase::new(names.unique(id, "cannot be tested"), status);
        case.set_classname(id.as_str());
        suite.add_test_case(case);
    }
    suite
}

fn status(report: &Report, operation: &str, row: &RowReport) -> TestCaseStatus {
    let skipped = |reason: String| {
        let mut status = TestCaseStatus::skipped();
        // The schema of Jenkins has the reason as text.
        status.set_description(reason);
        status
    };
    match &row.verdict {
        Verdict::Proved { .. } => TestCaseStatus::success(),
        Verdict::Violated(_) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("violated");
            if let Some(shown) = row.shown().next() {
                let finding = finding(report, operation, shown);
                status.set_message(finding.found.as_str()).set_description(finding.text());
            }
            status
        }
        Verdict::Inconclusive(why) | Verdict::Unreachable(why) | Verdict::Waived(why) => {
            skipped(format!("{}: {}", row.verdict.kind(), report.mask.prose(why)))
        }
    }
}
