//! What people see of the command line: the start-up table, messages, exit codes. Help is in `reading`.

use std::path::{Path, PathBuf};

use clap::{CommandFactory, Parser};

use etalon::cli::command::mock;
use etalon::cli::{Cli, Command, Exit, Failure, MockArgs, banner, load, load_shipped, request_to_try};
use etalon::server::{Answer, Credentials, Mock};

fn shipped() -> (Mock, Vec<String>) {
    let loaded = load_shipped().expect("they are sound");
    let names = loaded.iter().map(|one| one.name.clone()).collect();
    (Mock::new(loaded.into_iter().map(|one| one.contract), Credentials::default(), 0), names)
}

fn mock_arguments(arguments: &[&str]) -> MockArgs {
    let cli = Cli::try_parse_from([&["etalon", "mock"], arguments].concat()).expect("it is understood");
    match cli.command {
        Command::Mock(arguments) => *arguments,
        Command::Test(_)
        | Command::Judge(_)
        | Command::Proxy(_)
        | Command::Check(_)
        | Command::Explain(_)
        | Command::Health(_)
        | Command::Sweep(_) => panic!("it is `mock`"),
    }
}

/// A file of this test alone.
fn file(name: &str, text: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("etalon-cli-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

fn message(failure: &Failure) -> String {
    let folder = format!("{}/etalon-cli-{}/", std::env::temp_dir().display(), std::process::id());
    failure.to_string().replace(&folder, "")
}

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn the_start_up_table_reads_well() {
    let (mock, names) = shipped();
    let shown = banner(&mock, &names, "http://127.0.0.1:4010");
    insta::assert_snapshot!("banner", anstream::adapter::strip_str(&shown).to_string());
}

#[test]
fn the_line_to_try_works() {
    let (mock, _) = shipped();
    for service in mock.services() {
        let request = request_to_try(&mock, service).expect("there is one");
        let answer = mock.answer(&request);
        assert!((200..300).contains(&answer.status), "{request:?} answers {}", answer.status);
    }
}

#[test]
fn what_is_wrong_with_a_contract_is_one_clear_message() {
    let broken = file("broken.yaml", "openapi: 3.0.3\ninfo: {title: x\n");
    let other = file("other.yaml", "hello: world\n");
    for (path, expected) in [
        (Path::new("no-such.yaml"), "no-such.yaml: there is no"),
        (broken.as_path(), "broken.yaml:"),
        (other.as_path(), "other.yaml"),
    ] {
        let failure = load(path, &[]).expect_err("it cannot be used");
        let message = message(&failure);
        assert!(message.starts_with(expected), "{message}");
        assert_eq!(failure.exit(), Exit::Usage);
    }
    let message = message(&load(&broken, &[]).expect_err("it cannot be used"));
    assert!(message.contains("[syntax]") && message.starts_with("broken.yaml:2:"), "{message}");
    let message = self::message(&load(&other, &[]).expect_err("it cannot be used"));
    assert!(message.contains("[not-openapi]"), "{message}");
}

#[test]
fn the_overlay_beside_a_contract_is_applied_and_what_lies_elsewhere_is_not_read() {
    let api = file(
        "api.yaml",
        "openapi: 3.0.3\ninfo: {title: before, version: '1'}\npaths:\n  /x:\n    get:\n      responses:\n        '200':\n          $ref: '../../../../../../etc/hostname'\n",
    );
    file(
        "api.overlay.yaml",
        "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions:\n  - target: $.info\n    update: {title: after}\n",
    );
    let loaded = load(&api, &[]).expect("it can be used");
    assert_eq!(loaded.contract.title(), "after");
    assert!(loaded.contract.operation(0).is_err());
}

#[test]
fn a_port_in_use_and_a_wrong_flag_are_usage_errors() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    let failure = mock::run(&mock_arguments(&["--port", &port])).expect_err("it is taken");
    assert_eq!(failure.exit(), Exit::Usage);
    assert!(failure.to_string().starts_with(&format!("port {port} of 127.0.0.1 is in use")), "{failure}");

    for (flag, expected) in [
        ("Nobody=x", "there is no such security scheme"),
        ("BearerAuht=x", "there is no security scheme `BearerAuht`"),
        ("c2VjcmV0LXRva2Vu==", "there is no such security scheme"),
        ("Bearer", "that is no value for --auth"),
        ("BearerAuth=", "that is no value for --auth"),
    ] {
        let failure = mock::run(&mock_arguments(&["--auth", flag])).expect_err("it is wrong");
        assert!(failure.to_string().starts_with(expected), "{failure}");
    }
    let failure = mock::run(&mock_arguments(&["--overlay", "x.yaml"])).expect_err("it is wrong");
    assert_eq!(failure.exit(), Exit::Usage);
    assert!(Cli::try_parse_from(["etalon", "mock", "--port", "x"]).is_err());
}
