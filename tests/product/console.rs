//! The console in a browser: what it shows is what the control interface says. Where no Chromium is installed, that is said and passed over.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::Running;

const STORE: &str = "fixtures/firstday/store.yaml";

/// The names that Chromium is installed by.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The browser, where one is installed.
fn chromium() -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    NAMES.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file()))
}

/// A view of the console as the browser has it once it is there.
fn shown(browser: &Path, mock: &Running, below: &str, view: &str) -> String {
    let profile = std::env::temp_dir().join(format!("etalon-console-{}-{}", std::process::id(), mock.port));
    let output = Command::new(browser)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(["--virtual-time-budget=4000", "--dump-dom"])
        .arg(format!("http://127.0.0.1:{}{below}/__etalon/console#{view}", mock.port))
        .output()
        .expect("the browser starts");
    // Whatever the browser leaves in its own folder is of no use.
    let _ = std::fs::remove_dir_all(profile);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_page_is_one_file_that_asks_for_nothing_elsewhere() {
    let mock = Running::mock(&[STORE]);
    let page = mock.send("GET /__etalon/console", &[], "");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").expect("it has one");
    assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"), "{policy}");
    for elsewhere in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.body.contains(elsewhere), "{elsewhere}");
    }
    assert!(mock.send("GET /", &["Accept: text/html"], "").body.contains("href=\"/__etalon/console\""));
}

#[test]
fn every_view_shows_what_the_mock_says() {
    let Some(browser) = chromium() else {
        let _ = writeln!(std::io::stderr(), "** SKIPPED: no Chromium is installed; the console is not looked at");
        return;
    };
    let mock = Running::mock(&[STORE]);
    let made = mock.send("POST /v1/categories", &["Content-Type: application/json"], "{\"title\":\"<b>Tools</b>\"}");
    assert_eq!(made.status, 201);
    let rule = "{\"rule\":\"getCategory: code=404, times=2\"}";
    assert_eq!(mock.send("POST /__etalon/rules", &["Content-Type: application/json"], rule).status, 201);
    mock.send("POST /__etalon/worlds", &["Content-Type: application/json"], "{\"name\":\"other\"}");
    for (view, parts) in [
        ("requests", ["POST /v1/categories", "created item 8 of categories"].as_slice()),
        ("operations/addCategory", ["adds to categories", "Try it"].as_slice()),
        ("state/categories", ["categories (2)", "&lt;b&gt;Tools&lt;/b&gt;"].as_slice()),
        ("worlds/other", ["default and other", "categories / 8"].as_slice()),
        ("rules", ["getCategory: code=404, times=2", "addProduct fails"].as_slice()),
        ("clock", ["The clock of default", "2025-01-01T00:00:02Z"].as_slice()),
    ] {
        let text = shown(&browser, &mock, "", view);
        for part in parts {
            assert!(text.contains(part), "{view} does not show `{part}`:\n{text}");
        }
        assert!(!text.contains("<b>Tools"), "what is shown is never read as markup");
    }
}
