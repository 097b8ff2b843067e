//! Where a script is played: the contract, the numbers that its values are made of, and the talk with the target. From
//! drafts it makes requests that are sure to say what they are meant to say.

use std::cell::OnceCell;

use etalon_contract::behaviour::{Behaviour, Effect, PageBy};
use etalon_contract::codec::{self, Draft, Request};
use etalon_contract::generate::{self, Broken, Cannot, Choices, Numbers, Seeded};
use etalon_contract::model::{Contract, In, MediaType, Operation, Route};
use etalon_contract::rule::{Row, Subject};
use etalon_contract::validate::{self, Violation};

use crate::credentials::Show;
use crate::plan::Act;
use crate::scenario::tested_request;
use crate::settings::Settings;
use crate::transcript::{Exchange, Halt, Outgoing, Role, Talk};

/// What all scripts of a run know.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'c> {
    /// The contract.
    pub contract: &'c Contract,
    /// What its operations do to state.
    pub behaviour: &'c Behaviour,
    /// What the run was told.
    pub settings: &'c Settings,
}

impl<'c> Scene<'c> {
    /// The effect of an operation.
    #[must_use]
    pub fn effect(&self, operation: &Operation) -> Option<&'c Effect> {
        self.behaviour.effects.get(operation.index)
    }

    /// Leaves out the cursors, whose values only the target can make up, but for the one that is spoken of.
    pub fn forget(&self, operation: &Operation, draft: &mut Draft, spoken_of: Option<&Subject>) {
        for name in self.cursors(operation) {
            let subject = Subject::Parameter { place: In::Query, name: name.to_owned() };
            let required = operation.parameter(In::Query, name).is_some_and(|parameter| parameter.required);
            if !required && spoken_of != Some(&subject) {
                draft.remove_parameter(In::Query, name);
            }
        }
    }

    /// The names of the query parameters whose values only the target can make up.
    #[must_use]
    pub fn cursors(&self, operation: &Operation) -> Vec<&'c str> {
        match self.effect(operation).and_then(|effect| effect.paging.as_ref()).map(|paging| &paging.by) {
            Some(PageBy::Cursor { after, before }) => {
                [after, before].into_iter().flatten().map(String::as_str).collect()
            }
            Some(PageBy::Offset(_) | PageBy::Page(_) | PageBy::Nothing) | None => Vec::new(),
        }
    }
}

/// Where a script's values come from.
#[derive(Clone, Copy, Debug)]
pub struct Draw<'n> {
    /// What its tested request is made of; shrinking makes it smaller.
    pub material: Material<'n>,
    /// What was made of the numbers: a script is run again after each answer, and its request is the same each time.
    pub made: &'n OnceCell<Result<Broken, Cannot>>,
    /// The case's id: with the turn, it seeds all else.
    pub case: &'n str,
    /// How often the case was played before; every time its surroundings are new, so nothing conflicts with the last time.
    pub turn: u64,
    /// How sure the verdict must be.
    pub care: Care,
}

/// What the tested request of a case is made of.
#[derive(Clone, Copy, Debug)]
pub enum Material<'n> {
    /// Numbers, which the generator makes a request of.
    Numbers(&'n [u64]),
    /// The request itself, with its twin.
    Drafts(&'n Broken),
    /// The request that a story opens with; it is about no single request.
    Opening(&'n Draft),
}

/// How sure a verdict must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// It goes into the report.
    Full,
    /// It was sure before, and only has to be the same again with a smaller request.
    Again,
}

/// A script's stage.
#[derive(Debug)]
pub struct Stage<'c, 'n, 't, 'r> {
    /// What all scripts know.
    pub scene: Scene<'c>,
    /// Where values come from.
    pub draw: Draw<'n>,
    /// The talk with the target.
    pub talk: &'t mut Talk<'r>,
    /// How many values were drawn that are not of the tested request: each is another.
    drawn: u64,
    /// Whether the request that a story opens with was taken.
    opened: Opened,
}

/// Whether a story has opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opened {
    NotYet,
    Already,
}

/// With which credentials a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'s> {
    /// Those of the first alternative that can be satisfied.
    Usual,
    /// None.
    None,
    /// Those of one alternative, in a certain way.
    Of(usize, Show<'s>),
}

impl<'c, 'n, 't, 'r> Stage<'c, 'n, 't, 'r> {
    /// A stage where nothing has been drawn.
    pub fn new(scene: Scene<'c>, draw: Draw<'n>, talk: &'t mut Talk<'r>) -> Self {
        Self { scene, draw, talk, drawn: 0, opened: Opened::NotYet }
    }

    /// The choices that the tested request is made of: the simplest, where the request itself is given.
    #[must_use]
    pub fn choices(&self) -> Numbers<'n> {
        Numbers::new(match self.draw.material {
            Material::Numbers(numbers) => numbers,
            Material::Drafts(_) | Material::Opening(_) => &[],
        })
    }

    /// The tested request of a case and its twin, before their place is known.
    ///
    /// # Errors
    /// Where none can be made.
    pub fn tested(&self, operation: &Operation, row: Option<&Row>, act: Act) -> Result<Broken, Halt> {
        match self.draw.material {
            Material::Numbers(numbers) => {
                let make = || tested_request::make(self.scene, operation, row, act, &mut Numbers::new(numbers));
                self.draw.made.get_or_init(make).clone().map_err(|cannot| cannot_make(&cannot))
            }
            Material::Drafts(given) => Ok(given.clone()),
            Material::Opening(_) => tested_request::make(self.scene, operation, row, act, &mut Numbers::new(&[]))
                .map_err(|cannot| cannot_make(&cannot)),
        }
    }

    /// The request that a story opens with, where it is given and for this operation: once.
    pub fn opening(&mut self, operation: &Operation) -> Option<Draft> {
        match self.draw.material {
            Material::Opening(given) if given.operation == operation.index && self.opened == Opened::NotYet => {
                self.opened = Opened::Already;
                Some(given.clone())
            }
            Material::Numbers(_) | Material::Drafts(_) | Material::Opening(_) => None,
        }
    }

    /// Choices that were never made before, for all that surrounds the tested request.
    pub fn fresh(&mut self) -> Seeded {
        self.drawn += 1;
        let (turn, drawn) = (self.draw.turn.to_string(), self.drawn.to_string());
        Seeded::new(self.scene.settings.seed, [self.draw.case, turn.as_str(), drawn.as_str()])
    }

    /// A valid draft. Parameters whose values only the target knows are left out, but for those that are spoken of.
    ///
    /// # Errors
    /// Where none can be made.
    pub fn valid(&self, operation: &Operation, choices: &mut dyn Choices) -> Result<Draft, Halt> {
        let mut draft =
            generate::valid(self.scene.contract, operation, choices).map_err(|cannot| cannot_make(&cannot))?;
        self.forget(operation, &mut draft, None);
        Ok(draft)
    }

    /// The effect of an operation.
    #[must_use]
    pub fn effect(&self, operation: &Operation) -> Option<&'c Effect> {
        self.scene.effect(operation)
    }

    /// Leaves out the cursors, whose values only the target can make up, but for the one that is spoken of.
    pub fn forget(&self, operation: &Operation, draft: &mut Draft, spoken_of: Option<&Subject>) {
        self.scene.forget(operation, draft, spoken_of);
    }

    /// The names of the query parameters whose values only the target can make up.
    #[must_use]
    pub fn cursors(&self, operation: &Operation) -> Vec<&'c str> {
        self.scene.cursors(operation)
    }

    /// The request of a draft, with what it accepts and with credentials.
    ///
    /// # Errors
    /// Where it has no form on the wire.
    pub fn request(&self, operation: &Operation, draft: &Draft, key: Key<'_>) -> Result<Request, Halt> {
        let mut request = codec::encode(self.scene.contract, operation, draft)
            .map_err(|no_form| Halt::unreachable(no_form.to_string()))?;
        if request.headers.get("accept").is_none() {
            request.headers.add("Accept", accept(operation));
        }
        let signs = operation.parameters.iter().all(|parameter| !is_user_agent(&parameter.name));
        if signs && request.headers.get("user-agent").is_none() {
            request.headers.add("User-Agent", USER_AGENT);
        }
        let credentials = &self.scene.settings.credentials;
        let alternative = match key {
            Key::Usual => credentials.usual(operation).map(|index| (index, Show::All)),
            Key::None => None,
            Key::Of(index, show) => Some((index, show)),
        };
        credentials.apply(operation, alternative, &mut request);
        Ok(request)
    }

    /// What a request violates when it is read as the target reads it.
    ///
    /// # Errors
    /// Where it leads to another operation, or the contract cannot tell.
    pub fn violations(&self, operation: &Operation, request: &Request) -> Result<Vec<Violation>, Halt> {
        let contract = self.scene.contract;
        match contract.route(&request.method, &request.target) {
            Route::Found { operation: found, captures } if found == operation.index => {
                let decoded = codec::decode(contract, operation, &captures, request);
                validate::request(contract, operation, &decoded)
                    .map_err(|defect| Halt::inconclusive(format!("the contract cannot be asked: {}", defect.reason)))
            }
            Route::Found { .. } | Route::OtherMethods(_) | Route::Unknown => {
                Err(Halt::unreachable("a request with such a path belongs to another operation"))
            }
        }
    }

    /// The request of a draft that must be valid.
    ///
    /// # Errors
    /// Where it is not.
    pub fn valid_request(&self, operation: &Operation, draft: &Draft, key: Key<'_>) -> Result<Request, Halt> {
        let request = self.request(operation, draft, key)?;
        match self.violations(operation, &request)?.first() {
            None => Ok(request),
            Some(violation) => {
                Err(Halt::inconclusive(format!("no valid request could be made: {}", violation.message)))
            }
        }
    }

    /// Sends a request.
    ///
    /// # Errors
    /// Where it has not been answered yet.
    pub fn send(&mut self, role: Role, operation: &Operation, request: Request) -> Result<&'r Exchange, Halt> {
        self.talk.send(Outgoing { role, operation: Some(operation.index), request })
    }

    /// Sends a request that is for no operation of the contract.
    ///
    /// # Errors
    /// Where it has not been answered yet.
    pub fn send_stray(&mut self, role: Role, request: Request) -> Result<&'r Exchange, Halt> {
        self.talk.send(Outgoing { role, operation: None, request })
    }
}

/// What requests are signed with, unless the contract has something to say about that field.
pub const USER_AGENT: &str = concat!("etalon/", env!("CARGO_PKG_VERSION"));

fn is_user_agent(name: &str) -> bool {
    name.eq_ignore_ascii_case("user-agent")
}

/// Ends a script whose request cannot be made.
#[must_use]
pub fn cannot_make(cannot: &Cannot) -> Halt {
    Halt::unreachable(cannot.reason.clone())
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
