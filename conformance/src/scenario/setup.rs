//! The context of one case: its session, where its values come from, and the transcript so far. From drafts it makes
//! requests that are sure to say what they are meant to say.

use std::cell::OnceCell;

use etalon_contract::behaviour::Effect;
use etalon_contract::codec::{self, Draft, Request};
use etalon_contract::generate::{Broken, Cannot, Choices, Numbers, Seeded};
use etalon_contract::model::{In, MediaType, Operation, Route};
use etalon_contract::rule::Subject;
use etalon_contract::validate::{self, Violation};

use crate::case::Task;
use crate::credentials::Show;
use crate::scenario::adopt::adopted;
use crate::scenario::breach;
use crate::scenario::candidates::alone;
use crate::scenario::tested_request;
use crate::session::{Session, USER_AGENT};
use crate::transcript::{Exchange, Outgoing, Pending, Role, Step, Transcript};

/// The inputs of a case: where its values come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inputs<'n> {
    /// The source of its tested request; shrinking makes it smaller.
    pub source: Source<'n>,
    /// The breach that was made of the numbers: a scenario is run again after each answer, and its request is the same each time.
    pub made: &'n OnceCell<Result<Broken, Cannot>>,
    /// The case's id: with the turn, it seeds all else.
    pub case: &'n str,
    /// The number of times that the case was executed before; every time its surroundings are new, so nothing conflicts with
    /// the last time.
    pub turn: u64,
    /// The certainty that the verdict must have.
    pub certainty: Certainty,
}

/// The source of the tested request of a case.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<'n> {
    /// Numbers, which the generator makes a request of.
    Numbers(&'n [u64]),
    /// The request itself, with its twin.
    Drafts(&'n Broken),
    /// The request that a story opens with; it is about no single request.
    FirstRequest(&'n Draft),
}

/// The certainty that a verdict must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// It goes into the report.
    Full,
    /// It was sure before, and only has to be the same again with a smaller request.
    Recheck,
}

/// The context of one case.
#[derive(Debug)]
pub(crate) struct Setup<'a> {
    /// The context of the run.
    pub session: Session<'a>,
    /// The inputs that values come from.
    pub inputs: Inputs<'a>,
    /// The conversation with the target so far.
    pub transcript: Transcript<'a>,
    /// The number of values that were made and are not of the tested request: each is another.
    drawn: u64,
    /// The state of the story: opened once the request that it opens with was taken.
    opened: Opened,
    /// True where the case is about `If-Match` itself, so that it is sent as it is.
    speaks_of_tags: bool,
}

/// The state of a story: before or after its opening request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opened {
    NotYet,
    Already,
}

/// With which credentials a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authorization<'s> {
    /// Those of the first alternative that can be satisfied.
    Usual,
    /// No credentials at all.
    None,
    /// Those of one alternative, in a certain way.
    Alternative(usize, Show<'s>),
}

impl<'a> Setup<'a> {
    /// The context of a case before its first value.
    pub(super) fn new(session: Session<'a>, inputs: Inputs<'a>, task: Task<'_>, record: &'a [Step]) -> Self {
        let speaks_of_tags = task.row().is_some_and(|row| match &row.subject {
            Subject::Parameter { place: In::Header, name } => name.eq_ignore_ascii_case("if-match"),
            Subject::Parameter { .. }
            | Subject::Body
            | Subject::Request
            | Subject::Response
            | Subject::ResponseHeader { .. }
            | Subject::ResponseBody => false,
        });
        let transcript = Transcript::new(record);
        Self { session, inputs, transcript, drawn: 0, opened: Opened::NotYet, speaks_of_tags }
    }

    /// The choices that the tested request is made of: the simplest, where the request itself is given.
    #[must_use]
    pub(super) fn choices(&self) -> Numbers<'a> {
        Numbers::new(match self.inputs.source {
            Source::Numbers(numbers) => numbers,
            Source::Drafts(_) | Source::FirstRequest(_) => &[],
        })
    }

    /// The tested request of a case and its twin, before their place is known.
    ///
    /// # Errors
    /// Where none can be made.
    pub(super) fn tested(&self, operation: &Operation, task: Task<'_>) -> Result<Broken, Pending> {
        match self.inputs.source {
            Source::Numbers(numbers) => {
                let make = || tested_request::make(self.session, operation, task, &mut Numbers::new(numbers));
                self.inputs.made.get_or_init(make).clone().map_err(|cannot| cannot_make(&cannot))
            }
            Source::Drafts(given) => Ok(given.clone()),
            Source::FirstRequest(_) => tested_request::make(self.session, operation, task, &mut Numbers::new(&[]))
                .map_err(|cannot| cannot_make(&cannot)),
        }
    }

    /// The request that a story opens with, where it is given and for this operation: once.
    pub(super) fn first_request(&mut self, operation: &Operation) -> Option<Draft> {
        match self.inputs.source {
            Source::FirstRequest(given) if given.operation == operation.index && self.opened == Opened::NotYet => {
                self.opened = Opened::Already;
                Some(given.clone())
            }
            Source::Numbers(_) | Source::Drafts(_) | Source::FirstRequest(_) => None,
        }
    }

    /// Choices that were never made before, for all that surrounds the tested request.
    pub(super) fn fresh(&mut self) -> Seeded {
        self.drawn += 1;
        let (turn, drawn) = (self.inputs.turn.to_string(), self.drawn.to_string());
        Seeded::new(self.session.settings.seed, [self.inputs.case, turn.as_str(), drawn.as_str()])
    }

    /// A valid draft. Parameters whose values only the target knows are left out, but for those that are spoken of.
    ///
    /// # Errors
    /// Where none can be made.
    pub(super) fn valid(&self, operation: &Operation, choices: &mut dyn Choices) -> Result<Draft, Pending> {
        let mut draft =
            breach::ordinary(self.session.contract, operation, choices).map_err(|cannot| cannot_make(&cannot))?;
        self.suit(operation, &mut draft, None);
        let number = choices.below(u64::MAX);
        Ok(adopted(self.session, operation, None, alone(draft), number).draft)
    }

    /// The effect of an operation.
    #[must_use]
    pub(super) fn effect(&self, operation: &Operation) -> Option<&'a Effect> {
        self.session.effect(operation)
    }

    /// Leaves out the cursors, whose values only the target can make up, but for the one that is spoken of.
    pub(super) fn suit(&self, operation: &Operation, draft: &mut Draft, spoken_of: Option<&Subject>) {
        self.session.suit(operation, draft, spoken_of);
    }

    /// The names of the query parameters whose values only the target can make up.
    #[must_use]
    pub(super) fn cursors(&self, operation: &Operation) -> Vec<&'a str> {
        self.session.cursors(operation)
    }

    /// The request of a draft, with what it accepts and with credentials.
    ///
    /// # Errors
    /// Where it has no form on the wire.
    pub(super) fn request(
        &self,
        operation: &Operation,
        draft: &Draft,
        key: Authorization<'_>,
    ) -> Result<Request, Pending> {
        write(self.session, operation, draft, key)
    }

    /// The violations of a request when it is read as the target reads it.
    ///
    /// # Errors
    /// Where it leads to another operation, or the contract cannot tell.
    pub(super) fn violations(&self, operation: &Operation, request: &Request) -> Result<Vec<Violation>, Pending> {
        let contract = self.session.contract;
        match contract.route(&request.method, &request.target) {
            Route::Found { operation: found, captures } if found == operation.index => {
                let decoded = codec::decode(contract, operation, &captures, request);
                validate::request(contract, operation, &decoded)
                    .map_err(|defect| Pending::inconclusive(format!("the contract cannot be asked: {}", defect.reason)))
            }
            Route::Found { .. } | Route::OtherMethods(_) | Route::Unknown => {
                Err(Pending::unreachable("a request with such a path belongs to another operation"))
            }
        }
    }

    /// The request of a draft that must be valid.
    ///
    /// # Errors
    /// Where it is not.
    pub(super) fn valid_request(
        &self,
        operation: &Operation,
        draft: &Draft,
        key: Authorization<'_>,
    ) -> Result<Request, Pending> {
        let request = self.request(operation, draft, key)?;
        match self.violations(operation, &request)?.first() {
            None => Ok(request),
            Some(violation) => {
                Err(Pending::inconclusive(format!("no valid request could be made: {}", violation.message)))
            }
        }
    }

    /// Sends a request of an operation, and once more with the ETag where the target asks for a precondition.
    ///
    /// # Errors
    /// Where it has not been answered yet.
    pub(super) fn send(
        &mut self,
        role: Role,
        operation: &Operation,
        request: Request,
    ) -> Result<&'a Exchange, Pending> {
        let outgoing = Outgoing { role, operation: Some(operation.index), request };
        let exchange = self.transcript.send(outgoing.clone())?;
        match self.with_tag(&outgoing, exchange)? {
            Some(tagged) => self.transcript.send(tagged),
            None => Ok(exchange),
        }
    }

    /// The same request with the ETag of what it is for, which is read first: where a precondition is asked for (RFC 6585 §3) or
    /// a made-up one has failed (RFC 9110 §15.5.13). `None` where that is not so, the case is about that field, or nothing shows
    /// a tag.
    fn with_tag(&mut self, outgoing: &Outgoing, exchange: &Exchange) -> Result<Option<Outgoing>, Pending> {
        let sent = outgoing.request.headers.get("if-match").is_some();
        let asks = match exchange.response.status {
            428 => !sent,
            412 => sent,
            _ => false,
        };
        let contract = self.session.contract;
        let Route::Found { operation: reader, .. } = contract.route("GET", outgoing.request.path()) else {
            return Ok(None);
        };
        let reader = contract.operation(reader).ok().filter(|_| asks && !self.speaks_of_tags);
        let Some(reader) = reader else { return Ok(None) };
        let mut read = outgoing.request.clone();
        "GET".clone_into(&mut read.method);
        read.target = outgoing.request.path().to_owned();
        read.body.clear();
        read.headers.remove("content-type");
        read.headers.remove("if-match");
        let shown =
            self.transcript.send(Outgoing { role: Role::Prepare, operation: Some(reader.index), request: read })?;
        let Some(tag) = shown.response.headers.get("etag").filter(|_| shown.accepted()) else { return Ok(None) };
        let mut tagged = outgoing.clone();
        tagged.request.headers.set("If-Match", tag.to_owned());
        Ok(Some(tagged))
    }

    /// Sends a request that is for no operation of the contract.
    ///
    /// # Errors
    /// Where it has not been answered yet.
    pub(super) fn send_stray(&mut self, role: Role, request: Request) -> Result<&'a Exchange, Pending> {
        self.transcript.send(Outgoing { role, operation: None, request })
    }
}

/// The request of a draft, with what it accepts and with credentials.
///
/// # Errors
/// Where it has no form on the wire.
pub(crate) fn write(
    session: Session<'_>,
    operation: &Operation,
    draft: &Draft,
    key: Authorization<'_>,
) -> Result<Request, Pending> {
    let mut request = codec::encode(session.contract, operation, draft)
        .map_err(|no_form| Pending::unreachable(no_form.to_string()))?;
    if request.headers.get("accept").is_none() {
        request.headers.add("Accept", accept(operation));
    }
    let signs = operation.parameters.iter().all(|parameter| !is_user_agent(&parameter.name));
    if signs && request.headers.get("user-agent").is_none() {
        request.headers.add("User-Agent", USER_AGENT);
    }
    let credentials = session.credentials();
    let alternative = match key {
        Authorization::Usual => credentials.usual(operation).map(|index| (index, Show::All)),
        Authorization::None => None,
        Authorization::Alternative(index, show) => Some((index, show)),
    };
    credentials.apply(operation, alternative, &mut request);
    if key == Authorization::Usual && alternative.is_none() {
        // What was given as a field may let in all the same, whatever the document calls it.
        credentials.apply_fields(&mut request);
    }
    Ok(request)
}

fn is_user_agent(name: &str) -> bool {
    name.eq_ignore_ascii_case("user-agent")
}

/// The end of a scenario whose request cannot be made.
#[must_use]
pub(crate) fn cannot_make(cannot: &Cannot) -> Pending {
    Pending::unreachable(cannot.reason.clone())
}

/// All documented media types of an operation's responses, then anything: nothing that is documented may be refused, and
/// nothing undocumented is asked for.
fn accept(operation: &Operation) -> String {
    let mut types: Vec<&MediaType> = Vec::new();
    for content in operation.responses.iter().flat_map(|response| &response.content) {
        if !types.contains(&&content.media_type) {
            types.push(&content.media_type);
        }
    }
    if types.is_empty() {
        return "*/*".to_owned();
    }
    let mut text: Vec<String> = types.into_iter().map(ToString::to_string).collect();
    text.push("*/*;q=0.1".to_owned());
    text.join(", ")
}
