//! Slips of those who know other tools: what was typed is no command or means something else here, and what was meant is plain.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::Path;

use crate::cli::Failure;

/// The slip in a command line, with what to write instead.
#[must_use]
pub(super) fn slip(arguments: &[OsString]) -> Option<Failure> {
    let words: Vec<&str> = arguments.iter().skip(1).map(|word| word.to_str().unwrap_or_default()).collect();
    no_command(&words).or_else(|| host_as_help(&words))
}

/// `etalon api.yaml`: a document where a command should be.
fn no_command(words: &[&str]) -> Option<Failure> {
    let first = words.first().filter(|first| is_document(first))?;
    let hint = format!(
        "etalon mock {first} serves it, etalon test {first} --url URL tests a server by it, etalon check {first} says what is wrong with it"
    );
    Some(Failure::usage(format!("`{first}` is no command, but looks like a document"), Some(&hint)))
}

fn is_document(word: &str) -> bool {
    let has_extension = Path::new(word)
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known)));
    !word.starts_with("--") && (word == "-" || has_extension || word.contains("://") || Path::new(word).is_file())
}

/// `etalon mock -h 0.0.0.0`: Prism has `-h` for the host.
fn host_as_help(words: &[&str]) -> Option<Failure> {
    if words.first() != Some(&"mock") {
        return None;
    }
    let host = words.windows(2).find(|pair| pair[0] == "-h" && is_host(pair[1])).map(|pair| pair[1])?;
    let hint = format!("write etalon mock --host {host}");
    Some(Failure::usage("`-h` shows the help and takes no value", Some(&hint)))
}

fn is_host(word: &str) -> bool {
    word.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok() || word == "localhost"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Option<String> {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        slip(&words).map(|failure| failure.to_string())
    }

    #[test]
    fn what_was_meant_is_said() {
        assert!(told("etalon api.yaml").is_some_and(|text| text.contains("etalon mock api.yaml")));
        assert!(
            told("etalon https://example.com/openapi -p 1").is_some_and(|text| text.contains("etalon mock https://"))
        );
        assert!(told("etalon mock api.yaml -h 0.0.0.0").is_some_and(|text| text.contains("--host 0.0.0.0")));
        for fine in ["etalon mock -h", "etalon mock api.yaml", "etalon --help", "etalon mock -h --quiet", "etalon"] {
            assert_eq!(told(fine), None, "{fine}");
        }
    }
}
