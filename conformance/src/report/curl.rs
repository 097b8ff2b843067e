//! A request as a `curl` command line that a POSIX shell takes as it stands.

use etalon_contract::codec::Request;

use crate::report::Mask;
use crate::session::USER_AGENT;

/// The command line, on one line. `origin` is what stands before the target: scheme, host, and any prefix of the path. A
/// shell puts in what is masked, from its environment.
#[must_use]
pub fn curl(origin: &str, request: &Request, mask: &Mask) -> String {
    let request = &mask.request(request);
    let quote = |word: &str| quote(word, mask);
    let mut line = vec!["curl".to_owned(), "-i".to_owned()];
    match request.method.as_str() {
        "HEAD" => line.push("--head".to_owned()),
        method => line.extend(["-X".to_owned(), quote(method)]),
    }
    // Curl takes brackets and braces in a URL as patterns, and removes `..` segments, unless told not to.
    if request.target.contains(['[', ']', '{', '}']) {
        line.push("-g".to_owned());
    }
    if request.path().split('/').any(|segment| matches!(segment, "." | "..")) {
        line.push("--path-as-is".to_owned());
    }
    // Curl signs with its own name.
    for (name, value) in request.headers.iter().filter(|(_, value)| *value != USER_AGENT) {
        // A field without a value is written with a semicolon; `name:` would remove it.
        let field = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        line.extend(["-H".to_owned(), quote(&field)]);
    }
    if !request.body.is_empty() {
        if request.headers.get("content-type").is_none() {
            // Otherwise curl would add its own.
            line.extend(["-H".to_owned(), quote("Content-Type:")]);
        }
        match std::str::from_utf8(&request.body) {
            Ok(text) if has_long_run(text) && !text.contains('\0') => {
                line.insert(0, format!("{{ {}; }} |", printed(text).join("; ")));
                line.extend(["--data-binary".to_owned(), "@-".to_owned()]);
            }
            // `--data-raw`, since a leading `@` would name a file to others.
            Ok(text) if !text.contains('\0') => line.extend(["--data-raw".to_owned(), quote(text)]),
            _ => {
                let escaped: String = request.body.iter().map(|byte| format!("\\0{byte:03o}")).collect();
                line.insert(0, format!("printf %b '{escaped}' |"));
                line.extend(["--data-binary".to_owned(), "@-".to_owned()]);
            }
        }
    }
    line.push(quote(&format!("{origin}{}", request.target)));
    line.join(" ")
}

/// How often a character comes in a row before it is counted rather than written: nobody reads thousands of brackets, and
/// no shell takes a word of a mebibyte.
const LONG_RUN: usize = 256;

/// The stretches of the same ASCII character, and what lies between them: the character and how often, or the text.
fn stretches(text: &str) -> Vec<(Option<(char, usize)>, &str)> {
    let mut found: Vec<(Option<(char, usize)>, &str)> = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(first) = text[at..].chars().next() {
        let run = text[at..].chars().take_while(|next| *next == first && next.is_ascii()).count();
        if run >= LONG_RUN {
            if from < at {
                found.push((None, &text[from..at]));
            }
            found.push((Some((first, run)), &text[at..at + run]));
            from = at + run;
        }
        at += run.max(first.len_utf8());
    }
    if from < text.len() {
        found.push((None, &text[from..]));
    }
    found
}

fn has_long_run(text: &str) -> bool {
    text.len() >= LONG_RUN && stretches(text).iter().any(|(run, _)| run.is_some())
}

/// Shell commands that print a text, with long stretches of one character counted.
fn printed(text: &str) -> Vec<String> {
    let command = |(run, text): (Option<(char, usize)>, &str)| match run {
        Some((' ', count)) => format!("printf '%{count}s' ''"),
        Some((character, count)) => {
            format!("printf '%{count}s' '' | tr ' ' {}", quoted(&character.to_string()))
        }
        None => format!("printf %s {}", quoted(text)),
    };
    stretches(text).into_iter().map(command).collect()
}

/// A word as a POSIX shell reads it back (XCU §2.2): plain where it may be, else within single quotes, variables of the mask
/// within double ones.
fn quote(word: &str, mask: &Mask) -> String {
    let variable = mask.variables().map(|name| format!("${name}")).find(|variable| word.contains(variable.as_str()));
    let Some((before, after)) = variable.as_ref().and_then(|variable| word.split_once(variable.as_str())) else {
        return quoted(word);
    };
    let part = |text: &str| if text.is_empty() { String::new() } else { quote(text, mask) };
    format!("{}\"{}\"{}", part(before), variable.unwrap_or_default(), part(after))
}

fn quoted(word: &str) -> String {
    let plain =
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use etalon_contract::codec::Headers;

    use super::*;

    fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Request {
        let headers: Headers = headers.iter().copied().collect();
        Request { method: method.into(), target: target.into(), headers, body: body.to_vec() }
    }

    #[test]
    fn a_shell_reads_every_word_back() {
        assert_eq!(quoted("plain-word/1"), "plain-word/1");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("it's $HOME `x` \\ \"q\"!"), r#"'it'\''s $HOME `x` \ "q"!'"#);
    }

    #[test]
    fn long_stretches_of_one_character_are_counted() {
        let body = format!("{}{{\"a\":1}}{}", " ".repeat(1_000), "]".repeat(300));
        let line = curl(
            "http://x",
            &request("POST", "/", &[("Content-Type", "application/json")], body.as_bytes()),
            &Mask::default(),
        );
        let printing = "{ printf '%1000s' ''; printf %s '{\"a\":1}'; printf '%300s' '' | tr ' ' ']'; } | curl ";
        assert!(line.starts_with(printing) && line.contains("--data-binary @-"), "{line}");
        let short = curl("http://x", &request("POST", "/", &[], " é".repeat(200).as_bytes()), &Mask::default());
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
            curl("http://h:1", &sent, &Mask::default()),
            r#"curl -i -X POST -H 'Content-Type: application/json' -H 'X-Empty;' --data-raw '{"name":"O'\''Hara"}' 'http://h:1/a?b=c&d=%20'"#
        );
    }

    #[test]
    fn bytes_that_are_no_text_go_through_a_pipe() {
        let sent = request("PUT", "/a", &[("content-type", "a/b")], &[0, 0xff, b'a']);
        assert_eq!(
            curl("http://h", &sent, &Mask::default()),
            r"printf %b '\0000\0377\0141' | curl -i -X PUT -H 'content-type: a/b' --data-binary @- http://h/a"
        );
    }

    #[test]
    fn curl_neither_globs_nor_squashes_nor_invents_a_type() {
        assert!(
            curl("http://h", &request("GET", "/a[0]/../b", &[], b""), &Mask::default()).contains(" -g --path-as-is ")
        );
        assert!(
            curl("http://h", &request("POST", "/a", &[], b"@x"), &Mask::default())
                .contains("-H Content-Type: --data-raw @x")
        );
    }

    #[test]
    fn what_is_masked_is_put_in_by_the_shell() {
        let mask = Mask::new(vec![("ETALON_KEY".into(), "a'b".into())]);
        let sent = request("GET", "/a?k=a'b", &[("Authorization", "Bearer a'b"), ("X-Key", "a'b")], b"");
        assert_eq!(
            curl("http://h", &sent, &mask),
            r#"curl -i -X GET -H 'Authorization: Bearer '"$ETALON_KEY" -H 'X-Key: '"$ETALON_KEY" 'http://h/a?k='"$ETALON_KEY""#
        );
    }
}
