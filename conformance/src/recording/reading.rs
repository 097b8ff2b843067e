//! Reading a recording, and holding it against its own hashes: what was changed, left out, doubled, moved or taken from elsewhere is
//! found before anything is judged.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use etalon_contract::codec::{Request, Response};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::recording::entry::{End, Entry, FORMAT, Got, Head, Heard, Opening, Sent, digest, line};
use crate::recording::flaw::Flaw;
use crate::recording::frames::unpack;
use crate::recording::pen::TAG;
use crate::recording::tree::{Hash, leaf, root};

/// A recording: the runs of one or several contracts.
#[derive(Debug)]
pub struct Recording {
    /// The name of the run.
    pub name: String,
    /// The runs, in order.
    pub sections: Vec<Section>,
    /// The first thing that is wrong with what it holds, where anything is; no run of it is to be believed then.
    pub flaw: Option<Flaw>,
}

/// The run of one contract.
#[derive(Debug)]
pub struct Section {
    /// The beginning of the run.
    pub(super) opening: Opening,
    /// The things that the run heard, in order.
    pub(super) entries: Vec<Entry>,
    /// The end of the run; none where the recording was cut.
    pub(super) end: Option<End>,
    /// The contents of the whole recording, by their digests.
    pub(super) contents: Rc<HashMap<String, Vec<u8>>>,
}

impl Section {
    /// The title of the contract.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.opening.title
    }

    /// The version of the program that ran.
    #[must_use]
    pub fn etalon(&self) -> &str {
        &self.opening.etalon
    }

    /// The name of the rules by which it planned and judged.
    #[must_use]
    pub fn rules(&self) -> &str {
        &self.opening.rules
    }

    /// The names that the contract's files had, the entry file first.
    #[must_use]
    pub fn files(&self) -> &[String] {
        &self.opening.files
    }

    /// The path that the contract was read to begin at, where that is not the one of its servers.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.opening.base.as_deref()
    }

    /// The digest of the contract's documents.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.opening.digest
    }

    /// The number of exchanges.
    #[must_use]
    pub fn exchanges(&self) -> usize {
        self.entries.iter().filter(|entry| matches!(entry.heard, Heard::Sent(_))).count()
    }

    /// The root hash over the exchanges that the run ended with; none where the recording was cut.
    #[must_use]
    pub fn root(&self) -> Option<&str> {
        self.end.as_ref().map(|end| end.root.as_str())
    }

    /// True where nothing was sent, and the traffic of others was seen.
    #[must_use]
    pub fn is_traffic(&self) -> bool {
        self.opening.traffic
    }

    /// When it began, in milliseconds since 1970; 0 where nobody knows.
    #[must_use]
    pub fn began(&self) -> u64 {
        self.opening.began
    }

    /// The URL of the target.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.opening.origin
    }

    /// The exchanges that came to an answer, in the order of the answers.
    #[must_use]
    pub fn answered(&self) -> Vec<Overheard> {
        let mut sent: HashMap<usize, (&Sent, Duration)> = HashMap::new();
        let mut all = Vec::new();
        for entry in &self.entries {
            let now = Duration::from_micros(entry.clock.last().copied().unwrap_or_default());
            if let Heard::Sent(request) = &entry.heard {
                sent.insert(request.number, (request, now));
            }
            if let Heard::Got(got) = &entry.heard
                && let Some((request, at)) = sent.remove(&got.number)
                && let Ok(response) = got.outcome.answer(self.content(got.outcome.content()))
            {
                all.push(Overheard {
                    request: request.request(self.content(request.content.as_deref())),
                    response,
                    at,
                    took: now.saturating_sub(at),
                    whole: !got.partial,
                });
            }
        }
        all
    }

    /// The content of a message.
    pub(super) fn content(&self, digest: Option<&str>) -> Vec<u8> {
        digest.and_then(|digest| self.contents.get(digest)).cloned().unwrap_or_default()
    }
}

/// An exchange that somebody had with a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Overheard {
    /// The request.
    pub request: Request,
    /// The answer.
    pub response: Response,
    /// When the request was sent, since the beginning.
    pub at: Duration,
    /// The time that the answer took.
    pub took: Duration,
    /// True where the content of the answer is all there.
    pub whole: bool,
}

/// Reads the bytes of a file.
///
/// # Errors
/// Where nothing can be read of it: it is something else, or was written by a later version.
pub fn read(file: &[u8]) -> Result<Recording, Flaw> {
    let no = || Flaw::NoRecording("it does not begin as a file of zstd does".to_owned());
    let unpacked = unpack(file).ok_or_else(no)?;
    read_lines(&unpacked.text, unpacked.is_cut)
}

/// Reads the lines of a file, which may have been cut off behind them.
///
/// # Errors
/// As for [`read`].
pub fn read_lines(text: &[u8], is_cut: bool) -> Result<Recording, Flaw> {
    let no = |why: &str| Flaw::NoRecording(why.to_owned());
    let mut lines = text.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
    let (_, first) = lines.next().ok_or_else(|| no("it holds no line"))?;
    let head = head(first)?;
    let (mut pages, mut contents, mut flaw) = (Vec::<Page>::new(), HashMap::new(), None);
    for (number, text) in lines {
        match serde_json::from_slice::<Entry>(text) {
            Ok(entry) => {
                if let Err(wrong) = take(entry, &head, &mut pages, &mut contents) {
                    flaw.get_or_insert(wrong);
                }
            }
            Err(error) => {
                flaw.get_or_insert(Flaw::Unreadable { line: number + 1, why: error.to_string() });
            }
        }
    }
    let contents = Rc::new(contents);
    let mut sections = Vec::new();
    for page in pages {
        flaw = flaw.or_else(|| page.flaw(&head, &contents).err());
        let Page { opening, entries, end } = page;
        sections.push(Section { opening, entries, end, contents: Rc::clone(&contents) });
    }
    if flaw.is_none() && (sections.is_empty() || is_cut) {
        flaw = Some(Flaw::Cut { after: sections.last().map_or(0, Section::exchanges) });
    }
    Ok(Recording { name: head.name, sections, flaw })
}

/// The first line.
fn head(first: &[u8]) -> Result<Head, Flaw> {
    let no = |why: &str| Flaw::NoRecording(why.to_owned());
    let value: Value = serde_json::from_slice(first).map_err(|_| no("its first line is no JSON"))?;
    let format = value["recording"]["format"].as_u64().ok_or_else(|| no("its first line tells no format"))?;
    if format > u64::from(FORMAT) {
        return Err(Flaw::Newer { format: u32::try_from(format).unwrap_or(u32::MAX), most: FORMAT });
    }
    match serde_json::from_slice::<Entry>(first) {
        Ok(Entry { heard: Heard::Recording(head), .. }) if head.name.len() >= TAG => Ok(head),
        Ok(_) | Err(_) => Err(no("its first line is not as it should be")),
    }
}

/// The lines of one run, not yet held against their hashes.
struct Page {
    opening: Opening,
    entries: Vec<Entry>,
    end: Option<End>,
}

/// Takes a line in where it belongs.
fn take(entry: Entry, head: &Head, pages: &mut Vec<Page>, contents: &mut HashMap<String, Vec<u8>>) -> Result<(), Flaw> {
    let is_other = entry.run != head.name[..TAG];
    let other = |what: String, found: String| Flaw::OtherRun { what, found, wanted: head.name[..TAG].to_owned() };
    let (what, found) = (called(&entry.heard), entry.run.clone());
    match (entry.heard, pages.last_mut()) {
        (Heard::Content(content), _) => {
            let digest = content.digest.clone();
            let bytes = content.bytes().ok_or(Flaw::ChangedContent(digest.clone()))?;
            contents.insert(digest, bytes);
        }
        (Heard::Contract(opening), _) => pages.push(Page { opening: *opening, entries: Vec::new(), end: None }),
        (Heard::Recording(_), _) => return Err(Flaw::NoRecording("it has two beginnings".to_owned())),
        (heard, Some(page)) => {
            if let Heard::End(end) = &heard {
                page.end = Some((**end).clone());
            }
            page.entries.push(Entry { heard, run: entry.run, clock: entry.clock });
        }
        (_, None) => {
            return Err(Flaw::NoRecording("an exchange stands before the beginning of its run".to_owned()));
        }
    }
    if is_other { Err(other(what, found)) } else { Ok(()) }
}

/// A line by what it is about.
fn called(heard: &Heard) -> String {
    match heard {
        Heard::Sent(sent) => format!("exchange {}", sent.number),
        Heard::Got(got) => format!("the answer of exchange {}", got.number),
        Heard::Contract(_) => "the beginning of the run".to_owned(),
        Heard::End(_) => "the end of the run".to_owned(),
        Heard::Content(content) => format!("the content {}", content.digest),
        Heard::Recording(_)
        | Heard::Unwritten(_)
        | Heard::Pauses { .. }
        | Heard::Resumes { .. }
        | Heard::Stopped {} => "a line".to_owned(),
    }
}

impl Page {
    /// Holds the run against its hashes.
    fn flaw(&self, head: &Head, contents: &HashMap<String, Vec<u8>>) -> Result<(), Flaw> {
        self.numbers()?;
        let tag = head.name[..TAG].to_owned();
        let opening = Heard::Contract(Box::new(self.opening.clone()));
        let opening = line(&Entry { clock: Vec::new(), run: tag, heard: opening });
        let bound = digest(format!("{} {opening}", head.name).as_bytes());
        let leaves = self.leaves(&bound, contents)?;
        let Some(end) = &self.end else {
            return Err(Flaw::Cut { after: self.sent().len() });
        };
        if end.exchanges > self.sent().len() {
            return Err(Flaw::LeftOut(self.sent().len() + 1));
        }
        if end.root != HEXLOWER.encode(&root(&leaves)) || end.exchanges != self.sent().len() {
            return Err(Flaw::Root);
        }
        let mut hash = Sha256::new();
        let lines = self.entries.iter().filter(|entry| !matches!(entry.heard, Heard::End(_))).map(line);
        for text in std::iter::once(opening).chain(lines) {
            hash.update(text);
            hash.update("\n");
        }
        if end.lines == HEXLOWER.encode(&hash.finalize()) { Ok(()) } else { Err(Flaw::Lines) }
    }

    fn sent(&self) -> Vec<usize> {
        let number = |entry: &Entry| if let Heard::Sent(sent) = &entry.heard { Some(sent.number) } else { None };
        self.entries.iter().filter_map(number).collect()
    }

    /// Each exchange once, and in order.
    fn numbers(&self) -> Result<(), Flaw> {
        let numbers = self.sent();
        let all: BTreeSet<usize> = numbers.iter().copied().collect();
        if let Some(missing) = (1..=numbers.len()).find(|number| !all.contains(number)) {
            let mut seen = BTreeSet::new();
            let twice = numbers.iter().find(|number| !seen.insert(**number));
            return Err(twice.map_or(Flaw::LeftOut(missing), |twice| Flaw::Doubled(*twice)));
        }
        let moved = (1..).zip(&numbers).find(|(place, number)| place != *number);
        moved.map_or(Ok(()), |(_, number)| Err(Flaw::Reordered(*number)))
    }

    /// The hashes of the exchanges that came to an end.
    fn leaves(&self, bound: &str, contents: &HashMap<String, Vec<u8>>) -> Result<Vec<Hash>, Flaw> {
        let mut sent: HashMap<usize, String> = HashMap::new();
        let mut leaves: Vec<(usize, Hash)> = Vec::new();
        let has = |exchange: usize, content: Option<&str>| match content {
            Some(content) if !contents.contains_key(content) => {
                Err(Flaw::MissingContent { exchange, content: content.to_owned() })
            }
            Some(_) | None => Ok(()),
        };
        for entry in &self.entries {
            if let Heard::Sent(request) = &entry.heard {
                has(request.number, request.content.as_deref())?;
                sent.insert(request.number, line(entry));
            }
            if let Heard::Got(got) = &entry.heard {
                has(got.number, got.outcome.content())?;
                let request = sent.remove(&got.number).ok_or(Flaw::Doubled(got.number))?;
                let heard = Heard::Got(Got { leaf: String::new(), ..got.clone() });
                let plain = line(&Entry { heard, ..entry.clone() });
                let hash = leaf(&[bound.as_bytes(), request.as_bytes(), plain.as_bytes()]);
                if got.leaf != HEXLOWER.encode(&hash[..8]) {
                    return Err(Flaw::Changed(got.number));
                }
                leaves.push((got.number, hash));
            }
        }
        leaves.sort_unstable_by_key(|(number, _)| *number);
        Ok(leaves.into_iter().map(|(_, hash)| hash).collect())
    }
}
