//! Credentials of every kind on their way, from the outside: what the mock issues, its `try` line shows, and a run with the same
//! values is let in everywhere.

use crate::process::{Running, etalon, told};

const DOCUMENT: &str = "fixtures/credentials/everywhere.yaml";

/// Values that need escapes in a query, and none elsewhere.
const ISSUED: [&str; 6] = ["--auth", "inQuery=a b&c=d", "--auth", "inCookie=a+b%20=", "--auth", "inHeader=a b"];

#[test]
fn the_line_to_try_escapes_a_query_key_and_takes_its_value_from_the_environment() {
    let running = Running::mock(&[&[DOCUMENT][..], &ISSUED].concat());
    let line = running.greeting.lines().find(|line| line.contains("curl")).expect("it shows a line to try");
    assert!(line.contains(r#"my%20key%26='"$ETALON_INQUERY""#), "{line}");
}

#[test]
fn a_run_with_the_same_values_is_let_in_everywhere() {
    let (code, output, errors) = told(&etalon(&[&["test", DOCUMENT][..], &ISSUED].concat()));
    assert_eq!(code, Some(0), "{output}\n{errors}");
    assert!(output.contains(" proved, 0 violated") && output.ends_with("The target conforms.\n"), "{output}");
}
