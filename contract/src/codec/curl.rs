//! Request -> a `curl` command line that a POSIX shell takes as it stands (IEEE Std 1003.1, XCU §2.2) and that sends
//! the same bytes. It knows nothing of where the line is shown.

use std::fmt::Write as _;

use crate::codec::message::{Request, is_token};

/// The most times that a byte comes in a row before it is counted rather than written: nobody reads thousands of brackets, and no
/// shell takes a word of a mebibyte.
const LONG_RUN: usize = 256;

/// The seconds that curl waits for the content that it expects of a `HEAD` with a body, which never comes.
const HEAD_SECONDS: u32 = 10;

/// The command line, on one line and without control characters. `origin` is what stands before the target: scheme, host
/// and any prefix of the path. `variables` are names of environment variables: where `$NAME` stands in the target or a header
/// field, the shell puts in its value. Fields whose name is no token (RFC 9110 §5.1) are left out, as no client sends them.
///
/// ```
/// use etalon_contract::codec::{Request, curl};
///
/// let request = Request { method: "GET".into(), target: "/pets?tags[]=a&b".into(), ..Request::default() };
/// assert_eq!(curl("http://localhost", &request, &[]), "curl -i -X GET -g 'http://localhost/pets?tags[]=a&b'");
/// ```
#[must_use]
pub fn curl(origin: &str, request: &Request, variables: &[&str]) -> String {
    let quote = |word: &str| quote(word, variables);
    let mut line = vec!["curl".to_owned(), "-i".to_owned()];
    match (request.method.as_str(), request.body.is_empty()) {
        ("HEAD", true) => line.push("--head".to_owned()),
        // Curl takes `--head` and a body for two methods.
        ("HEAD", false) => line.push(format!("-X HEAD --max-time {HEAD_SECONDS}")),
        (method, _) => line.extend(["-X".to_owned(), quote(method)]),
    }
    // Curl takes brackets and braces in a URL as patterns, and removes `..` segments, unless told not to.
    if request.target.contains(['[', ']', '{', '}']) {
        line.push("-g".to_owned());
    }
    if request.path().split('/').any(is_dots) {
        line.push("--path-as-is".to_owned());
    }
    for (name, value) in request.headers.iter().filter(|(name, _)| !name.is_empty() && name.bytes().all(is_token)) {
        // A field without a value is written with a semicolon; `name:` would remove it.
        let field = if value.trim().is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        line.extend(["-H".to_owned(), quote(&field)]);
    }
    if !request.body.is_empty() {
        if request.headers.get("content-type").is_none() {
            // Otherwise curl would add its own.
            line.extend(["-H".to_owned(), quote("Content-Type:")]);
        }
        let parts = parts(&request.body);
        match parts.as_slice() {
            // `--data-raw`, since a leading `@` would name a file to others.
            [Part::Text(text)] => line.extend(["--data-raw".to_owned(), quoted(text)]),
            [part] => {
                line.insert(0, format!("{} |", part.printed()));
                line.extend(["--data-binary".to_owned(), "@-".to_owned()]);
            }
            parts => {
                let commands: Vec<String> = parts.iter().map(Part::printed).collect();
                line.insert(0, format!("{{ {}; }} |", commands.join("; ")));
                line.extend(["--data-binary".to_owned(), "@-".to_owned()]);
            }
        }
    }
    line.push(quote(&format!("{origin}{}", request.target)));
    line.join(" ")
}

/// True for the segments `.` and `..`, however their dots are written (RFC 3986 §6.2.2.3).
fn is_dots(segment: &str) -> bool {
    matches!(segment.replace("%2e", ".").replace("%2E", ".").as_str(), "." | "..")
}

/// A stretch of a body, as a shell can print it.
enum Part {
    /// Characters that a terminal shows as they are.
    Text(String),
    /// Text for `printf %b`: other bytes are `\0` and three octal digits, backslashes are doubled.
    Escaped(String),
    /// The same ASCII character so many times.
    Run(u8, usize),
}

impl Part {
    /// A command that prints it.
    fn printed(&self) -> String {
        match self {
            Self::Text(text) => format!("printf %s {}", quoted(text)),
            Self::Escaped(text) => format!("printf %b {}", quoted(text)),
            Self::Run(b' ', count) => format!("printf '%{count}s' ''"),
            Self::Run(byte, count) => {
                let character = if byte.is_ascii_graphic() && *byte != b'\\' {
                    quoted(&char::from(*byte).to_string())
                } else {
                    format!("'\\{byte:03o}'")
                };
                format!("printf '%{count}s' '' | tr ' ' {character}")
            }
        }
    }
}

fn parts(body: &[u8]) -> Vec<Part> {
    let mut found = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < body.len() {
        let run = body[at..].iter().take_while(|byte| **byte == body[at]).count();
        if run >= LONG_RUN && body[at].is_ascii() {
            if from < at {
                found.push(literal(&body[from..at]));
            }
            found.push(Part::Run(body[at], run));
            from = at + run;
        }
        at += run;
    }
    if from < body.len() {
        found.push(literal(&body[from..]));
    }
    found
}

fn literal(bytes: &[u8]) -> Part {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(is_hidden) => Part::Text(text.to_owned()),
        Ok(_) | Err(_) => Part::Escaped(escaped(bytes)),
    }
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let octal = |text: &mut String, bytes: &[u8]| {
        for byte in bytes {
            let _ = write!(text, "\\0{byte:03o}");
        }
    };
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                hidden if is_hidden(hidden) => octal(&mut text, hidden.encode_utf8(&mut [0; 4]).as_bytes()),
                shown => text.push(shown),
            }
        }
        octal(&mut text, chunk.invalid());
    }
    text
}

/// True for characters that end a line, move a cursor or turn the direction of a text, rather than being shown.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A word as a POSIX shell reads it back: plain where it may be, else within single quotes, variables within double ones.
fn quote(word: &str, variables: &[&str]) -> String {
    let found = variables.iter().map(|name| format!("${name}")).find(|variable| word.contains(variable.as_str()));
    let Some((variable, (before, after))) =
        found.and_then(|variable| Some((variable.clone(), word.split_once(variable.as_str())?)))
    else {
        return quoted(word);
    };
    let part = |text: &str| if text.is_empty() { String::new() } else { quote(text, variables) };
    format!("{}\"{variable}\"{}", part(before), part(after))
}

fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    // Some shells put the path of a program in place of a word that begins with `=`.
    if !word.is_empty() && word.bytes().all(plain) && !word.starts_with('=') {
        word.to_owned()
    } else {
        // Some logs take `##[` for a command wherever it stands; to a shell, two words without a blank are one.
        format!("'{}'", word.replace('\'', r"'\''").replace("##[", "##''["))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::message::Headers;

    fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Request {
        let headers: Headers = headers.iter().copied().collect();
        Request { method: method.into(), target: target.into(), headers, body: body.to_vec() }
    }

    #[test]
    fn a_shell_reads_every_word_back() {
        assert_eq!(quoted("plain-word/1"), "plain-word/1");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("=cmd"), "'=cmd'");
        assert_eq!(quoted("it's $HOME `x` \\ \"q\"!"), r#"'it'\''s $HOME `x` \ "q"!'"#);
    }

    #[test]
    fn long_stretches_of_one_character_are_counted() {
        let body = format!("{}{{\"a\":1}}{}", " ".repeat(1_000), "]".repeat(300));
        let line =
            curl("http://x", &request("POST", "/", &[("Content-Type", "application/json")], body.as_bytes()), &[]);
        let printing = "{ printf '%1000s' ''; printf %s '{\"a\":1}'; printf '%300s' '' | tr ' ' ']'; } | curl ";
        assert!(line.starts_with(printing) && line.contains("--data-binary @-"), "{line}");
        let short = curl("http://x", &request("POST", "/", &[], " é".repeat(200).as_bytes()), &[]);
        assert!(short.contains("--data-raw"), "{short}");
    }

    #[test]
    fn the_line_says_all_that_was_sent() {
        let sent = request(
            "POST",
            "/a?b=c&d=%20",
            &[("Content-Type", "application/json"), ("X-Empty", "")],
            br#"{"name":"O'Hara"}"#,
        );
        assert_eq!(
            curl("http://h:1", &sent, &[]),
            r#"curl -i -X POST -H 'Content-Type: application/json' -H 'X-Empty;' --data-raw '{"name":"O'\''Hara"}' 'http://h:1/a?b=c&d=%20'"#
        );
    }

    #[test]
    fn what_a_terminal_cannot_show_goes_through_a_pipe_on_one_line() {
        let sent = request("PUT", "/a", &[("content-type", "a/b")], b"\0\xff1a\r\n\x1b[2J\\n");
        assert_eq!(
            curl("http://h", &sent, &[]),
            r"printf %b '\0000\03771a\r\n\0033[2J\\n' | curl -i -X PUT -H 'content-type: a/b' --data-binary @- http://h/a"
        );
    }

    #[test]
    fn curl_neither_globs_nor_squashes_nor_invents_a_type() {
        assert!(curl("http://h", &request("GET", "/a[0]/../b", &[], b""), &[]).contains(" -g --path-as-is "));
        assert!(curl("http://h", &request("GET", "/a/%2E%2e", &[], b""), &[]).contains(" --path-as-is "));
        assert!(curl("http://h", &request("POST", "/a", &[], b"@x"), &[]).contains("-H Content-Type: --data-raw @x"));
        assert!(curl("http://h", &request("HEAD", "/a", &[], b"x"), &[]).contains(" -X HEAD --max-time 10 "));
    }

    #[test]
    fn variables_are_put_in_by_the_shell() {
        let sent = request("GET", "/a?k=$KEY", &[("Authorization", "Bearer $KEY"), ("X-Key", "$KEY")], b"");
        assert_eq!(
            curl("http://h", &sent, &["KEY"]),
            r#"curl -i -X GET -H 'Authorization: Bearer '"$KEY" -H 'X-Key: '"$KEY" 'http://h/a?k='"$KEY""#
        );
    }
}
