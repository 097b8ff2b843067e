//! What a verb leaves on the thing that it is done to: `cancel` leaves `cancelled`.

use crate::behaviour::inference::words::verb::ACT;
use crate::behaviour::shape;

/// The state of a thing after a verb: the words that its status may then have, and the flags that are then on or off.
pub(crate) fn after(verb: &str) -> (Vec<String>, Vec<(String, Flag)>) {
    let plain = shape::plain(verb);
    let (known, flags) = (states(&plain), flags(&plain));
    let mut statuses: Vec<String> = known.iter().map(|word| (*word).to_owned()).collect();
    if statuses.is_empty() {
        statuses = participles(&plain);
    }
    let mut flags: Vec<(String, Flag)> = flags.iter().map(|(name, flag)| ((*name).to_owned(), *flag)).collect();
    let mut add = |names: Vec<String>, flag| {
        for name in names {
            if flags.iter().all(|(known, _)| *known != name) {
                flags.push((name, flag));
            }
        }
    };
    add(participles(&plain), Flag::On);
    if let Some(bare) = plain.strip_prefix("un").filter(|bare| ACT.contains(bare)) {
        add(participles(bare), Flag::Off);
    }
    (statuses, flags)
}

/// The words for the state that a verb leaves a thing in, where spelling does not give them.
fn states(verb: &str) -> &'static [&'static str] {
    match verb {
        "cancel" => &["cancelled", "canceled"],
        "publish" => &["published", "live"],
        "unpublish" => &["unpublished", "draft"],
        "unarchive" | "restore" | "reopen" | "unsuspend" | "unblock" | "unlock" => {
            &["active", "open", "opened", "reopened"]
        }
        "activate" | "enable" => &["active", "activated", "enabled"],
        "deactivate" | "disable" => &["inactive", "deactivated", "disabled"],
        "start" | "resume" | "run" => &["running", "started", "active", "inprogress", "resumed", "open"],
        "poweron" | "reboot" | "restart" => &["running", "on", "started", "active"],
        "poweroff" | "shutdown" => &["off", "stopped", "poweredoff", "shutoff"],
        "stop" => &["stopped", "inactive"],
        "pay" => &["paid"],
        "send" => &["sent"],
        "close" => &["closed"],
        "open" => &["open", "opened"],
        "complete" | "finish" => &["completed", "complete", "finished", "done"],
        "submit" => &["submitted", "pending"],
        "capture" => &["captured", "succeeded"],
        "void" => &["void", "voided"],
        "finalize" => &["finalized", "open"],
        "deny" => &["denied"],
        _ => &[],
    }
}

/// The flags that a verb raises and lowers.
fn flags(verb: &str) -> &'static [(&'static str, Flag)] {
    match verb {
        "publish" => &[("published", Flag::On), ("draft", Flag::Off)],
        "unpublish" => &[("published", Flag::Off)],
        "archive" => &[("archived", Flag::On)],
        "unarchive" => &[("archived", Flag::Off)],
        "enable" => &[("enabled", Flag::On), ("disabled", Flag::Off), ("active", Flag::On)],
        "disable" => &[("enabled", Flag::Off), ("disabled", Flag::On), ("active", Flag::Off)],
        "activate" => &[("active", Flag::On), ("enabled", Flag::On), ("activated", Flag::On)],
        "deactivate" => &[("active", Flag::Off), ("enabled", Flag::Off)],
        "lock" => &[("locked", Flag::On)],
        "unlock" => &[("locked", Flag::Off)],
        "suspend" => &[("suspended", Flag::On)],
        "unsuspend" => &[("suspended", Flag::Off)],
        "verify" => &[("verified", Flag::On)],
        "complete" | "finish" => &[("completed", Flag::On), ("done", Flag::On)],
        "close" => &[("closed", Flag::On)],
        "reopen" => &[("closed", Flag::Off)],
        "star" => &[("starred", Flag::On)],
        "unstar" => &[("starred", Flag::Off)],
        "mute" => &[("muted", Flag::On)],
        "unmute" => &[("muted", Flag::Off)],
        _ => &[],
    }
}

/// The past participles that a verb may have, by the rules of spelling and the few that keep none.
fn participles(verb: &str) -> Vec<String> {
    const IRREGULAR: [(&str, &str); 7] = [
        ("hide", "hidden"),
        ("show", "shown"),
        ("freeze", "frozen"),
        ("send", "sent"),
        ("pay", "paid"),
        ("withdraw", "withdrawn"),
        ("shutdown", "shutdown"),
    ];
    if let Some((_, participle)) = IRREGULAR.iter().find(|(known, _)| *known == verb) {
        return vec![(*participle).to_owned()];
    }
    match verb.strip_suffix('e') {
        Some(_) => vec![format!("{verb}d")],
        None => match verb.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o'])) {
            Some(stem) => vec![format!("{stem}ied")],
            None => vec![format!("{verb}ed"), format!("{verb}{}ed", verb.chars().last().unwrap_or('x'))],
        },
    }
}

/// The state of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    /// The flag is true.
    On,
    /// The flag is false.
    Off,
}
