//! The law of `curl` lines: a shell that runs one gives curl exactly the request that it was made of. A real `sh` runs
//! them, with a function in curl's place that tells its words.

use std::process::Command;

use etalon_contract::codec::{Headers, Request, curl};

/// Tells each word, and after them what comes through the pipe, all ended by NUL.
const STAND_IN: &str = r#"curl() { for word; do printf '%s\000' "$word"; done; case " $* " in *' @- '*) printf 'STDIN\000'; cat;; esac; }"#;

/// Texts that shells, terminals, URLs or curl take for more than text.
const HOSTILE: [&str; 40] = [
    "'",
    "''",
    "\"",
    "`id`",
    "$HOME",
    "${HOME}",
    "$(id)",
    "\\",
    "\\\\",
    "\\n",
    "\\0101",
    "a\\",
    "\n",
    "\r\n",
    "\t",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{85}",
    "\u{202e}gpj",
    "\u{0}",
    "@file",
    "@-",
    "-d",
    "--help",
    "-",
    "=cmd",
    "~root",
    "*",
    "?",
    "[a-z]",
    "{a,b}",
    "a b",
    " a ",
    "#x",
    "!!",
    "a;b&c|d>e<f",
    "%s%d%n",
    "é€😀",
    "100%",
    "\u{feff}x",
];

/// The request that the stand-in was given.
fn run(line: &str) -> Request {
    let told = Command::new("sh").arg("-c").arg(format!("{STAND_IN}\n{line}")).output().expect("there is a shell");
    assert!(told.status.success() && told.stderr.is_empty(), "{line}\n{}", String::from_utf8_lossy(&told.stderr));
    let (words, piped) = match told.stdout.windows(7).position(|window| window == b"\0STDIN\0") {
        Some(at) => (&told.stdout[..=at], Some(told.stdout[at + 7..].to_vec())),
        None => (&told.stdout[..], None),
    };
    let words: Vec<&[u8]> = words.strip_suffix(b"\0").expect("words end by NUL").split(|byte| *byte == 0).collect();
    as_curl_reads(&words, piped)
}

/// The request that curl makes of its words, as its manual tells.
fn as_curl_reads(words: &[&[u8]], piped: Option<Vec<u8>>) -> Request {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let mut request = Request { method: "GET".into(), ..Request::default() };
    let (mut globs, mut squashes) = (true, true);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || *words.next().expect("the option has a value");
        match text(word).as_str() {
            "-i" => {}
            "-g" => globs = false,
            "--path-as-is" => squashes = false,
            "--head" => request.method = "HEAD".into(),
            "--max-time" => assert_eq!(value(), b"10"),
            "-X" => request.method = text(value()),
            "-H" => {
                let field = text(value());
                match (field.split_once(':'), field.strip_suffix(';')) {
                    (Some((_, "")), _) => {}
                    (Some((name, value)), _) => request.headers.add(name, value.strip_prefix(' ').unwrap_or(value)),
                    (None, Some(name)) => request.headers.add(name, ""),
                    (None, None) => panic!("curl takes `{field}` for no field"),
                }
            }
            "--data-raw" => request.body = value().to_vec(),
            "--data-binary" => {
                assert_eq!(value(), b"@-");
                request.body = piped.clone().expect("something comes through the pipe");
            }
            url => {
                assert!(!globs || !url.contains(['[', ']', '{', '}']), "curl would take {url} for a pattern");
                let dots = |segment: &str| matches!(segment.to_lowercase().replace("%2e", ".").as_str(), "." | "..");
                let path = url.split('?').next().unwrap_or("");
                assert!(!squashes || !path.split('/').any(dots), "curl would shorten {url}");
                request.target = url.strip_prefix("http://h").expect("the origin").to_owned();
            }
        }
    }
    request
}

fn survives(sent: &Request) {
    let line = curl("http://h", sent, &[]);
    assert!(!line.chars().any(|shown| shown.is_control() || shown == '\u{202e}'), "{line:?} moves the cursor");
    assert_eq!(run(&line), *sent, "{line}");
}

fn request(method: &str, target: &str, fields: &[(&str, &str)], body: &[u8]) -> Request {
    let headers: Headers = fields.iter().copied().collect();
    Request { method: method.into(), target: target.into(), headers, body: body.to_vec() }
}

#[test]
fn hostile_bodies_reach_curl_as_they_are() {
    let mut lines = 0;
    for text in HOSTILE {
        for body in [text.to_owned(), format!("{{\"a\":\"{text}\"}}"), format!("{text}{}{text}", text.repeat(300))] {
            survives(&request("POST", "/a", &[("Content-Type", "text/plain")], body.as_bytes()));
            lines += 1;
        }
    }
    for bytes in [&[0xff, 0xfe][..], &[0xc3], b"a\xf0\x9f1\0", &[0; 300], &[b'\\'; 300], &[b'\n'; 300], &[0xff; 300]] {
        survives(&request("PUT", "/a", &[], bytes));
        lines += 1;
    }
    assert!(lines > 120, "{lines}");
}

#[test]
fn hostile_fields_and_targets_reach_curl_as_they_are() {
    let visible = |text: &&&str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let mut lines = 0;
    for text in HOSTILE.iter().filter(visible) {
        let field = text.trim();
        survives(&request("GET", "/a", &[("Accept", "*/*"), ("X-It", field), ("X-None", "")], b""));
        let target = format!("/{0}/b?q={0}&r[]={0}", text.replace(['?', '#', ' '], "_"));
        survives(&request("GET", &target, &[("X-Semi;", "left out")][..0], b""));
        lines += 2;
    }
    for target in ["/", "/../x", "/a/./b", "/a/%2e%2E/b", "/a//b", "/?", "/a?x={1,2}", "/a?x=[1-9]", "/a?b=../c"] {
        survives(&request("GET", target, &[], b""));
        lines += 1;
    }
    assert!(lines > 60, "{lines}");
}

#[test]
fn every_method_reaches_curl_with_a_body_and_without() {
    for method in
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "M-SEARCH", "X'Y", "-o"]
    {
        for body in [&b""[..], b"@x"] {
            survives(&request(method, "/a", &[], body));
        }
    }
}
