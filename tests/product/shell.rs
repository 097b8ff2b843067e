//! Lines that are printed to be copied: a shell reads each back as what was meant, whatever is in it, and a log or a terminal
//! finds no command in it.

use std::io::Write;
use std::process::{Command, Stdio};

use etalon_conformance::report::{Mask, curl::curl};
use etalon_contract::codec::{Headers, Request};

/// The number of command lines that are tried.
const LINES: u64 = 1_000;

/// Pieces that shells, curl, terminals and logs have a meaning for.
const PIECES: [&str; 44] = [
    "'",
    "\"",
    "`id`",
    "$(id)",
    "$HOME",
    "${X}",
    "\\",
    "\\'",
    "\\n",
    "%s",
    "%b",
    "%",
    "!",
    "!!",
    "*",
    "?",
    "[a-z]",
    "{a,b}",
    "~",
    "#",
    "##[error]x",
    "::error file=a::b",
    "@/etc/passwd",
    "@-",
    "-o",
    "--data",
    ";",
    "&&",
    "|",
    ">",
    "<",
    "(",
    ")",
    " ",
    "  ",
    "é",
    "語",
    "😀",
    "\u{1b}[31m",
    "\r",
    "\n",
    "\t",
    "\u{9b}2J",
    "\u{202e}",
];

/// Numbers that look random and are the same every time (Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(bound).expect("it fits")).expect("it fits")
    }

    fn text(&mut self, allowed: impl Fn(char) -> bool) -> String {
        let count = self.below(6);
        (0..count)
            .map(|_| PIECES[self.below(PIECES.len())])
            .collect::<String>()
            .chars()
            .filter(|c| allowed(*c))
            .collect()
    }
}

/// A request of hostile texts, each of them such as can be sent.
fn hostile(numbers: &mut Numbers) -> Request {
    let methods = ["GET", "POST", "-X", "M-SEARCH", "DELETE", "!#$%&'*+.^_`|~"];
    let method = methods[numbers.below(methods.len())].to_owned();
    let printable = |letter: char| ('!'..='~').contains(&letter);
    let target = format!("/a/../{}?q={}", numbers.text(printable), numbers.text(printable));
    let mut headers = Headers::new();
    headers.add("X-A", numbers.text(|letter| (' '..='~').contains(&letter)).trim());
    headers.add("Content-Type", "text/plain");
    let mut body = match numbers.below(4) {
        0 => Vec::new(),
        1 => vec![0, 255, 10, 39],
        2 => numbers.text(|_| true).into_bytes(),
        _ => format!("{}{}", " ".repeat(300), numbers.text(|_| true)).into_bytes(),
    };
    if numbers.below(5) == 0 {
        body.splice(..0, *b"::warning::x\n");
    }
    Request { method, target, headers, body }
}

/// The words that `curl` is given, and the bytes that it reads.
fn expected(request: &Request) -> (Vec<String>, Vec<u8>) {
    let mut words = vec!["-i".to_owned(), "-X".to_owned(), request.method.clone()];
    if request.target.contains(['[', ']', '{', '}']) {
        words.push("-g".to_owned());
    }
    words.push("--path-as-is".to_owned());
    for (name, value) in request.headers.iter() {
        let field = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        words.extend(["-H".to_owned(), field]);
    }
    (words, request.body.clone())
}

#[test]
fn a_thousand_hostile_lines_are_read_back_by_a_shell_as_they_were_meant() {
    // A `curl` that says what it was given: its words, and its content from the line or from its input.
    let mut script = String::from(
        "curl() { for word in \"$@\"; do printf '%s\\0' \"$word\"; done; last=; \
         for word in \"$@\"; do if [ \"$last\" = --data-binary ]; then cat; fi; last=$word; done; printf '\\0\\0'; }\n",
    );
    let mut numbers = Numbers(7);
    let requests: Vec<Request> = (0..LINES).map(|_| hostile(&mut numbers)).collect();
    for request in &requests {
        let line = curl("http://h:1", request, &Mask::default());
        assert!(!line.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)), "{line:?}");
        assert!(!line.contains("##[") && !line.trim_start().starts_with("::"), "{line:?}");
        script.push_str(&line);
        script.push('\n');
    }
    let mut shell =
        Command::new("sh").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("every system has a shell");
    let mut input = shell.stdin.take().expect("it is piped");
    let writing = std::thread::spawn(move || input.write_all(script.as_bytes()).expect("it reads"));
    let output = shell.wait_with_output().expect("it ends");
    writing.join().expect("it does not panic");
    let mut rest = output.stdout.as_slice();
    for request in &requests {
        let (words, body) = expected(request);
        let mut told = Vec::new();
        let url = format!("http://h:1{}", request.target);
        // Each word ends in a zero; the content ends in two more behind the last word.
        while told.last() != Some(&url) {
            let end = rest.iter().position(|byte| *byte == 0).unwrap_or_else(|| panic!("{request:?}\n{told:?}"));
            told.push(String::from_utf8_lossy(&rest[..end]).into_owned());
            rest = &rest[end + 1..];
        }
        assert_eq!(&told[..words.len()], words.as_slice(), "{request:?}");
        let given = told.iter().position(|word| word == "--data-raw").map(|at| told[at + 1].clone().into_bytes());
        let piped = told.iter().any(|word| word == "--data-binary");
        let content = match given {
            Some(given) => given,
            None if piped => {
                let content = rest[..body.len()].to_vec();
                rest = &rest[body.len()..];
                content
            }
            None => Vec::new(),
        };
        assert_eq!(content, body, "{request:?}");
        assert!(rest.starts_with(&[0, 0]), "nothing else is given: {request:?}");
        rest = &rest[2..];
    }
    assert!(rest.is_empty());
}
