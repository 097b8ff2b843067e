//! Cases: what a run does against a target, one after another, and which row each decides. A case is data: `plan` makes it,
//! `scenario` knows what it sends.

/// A case: what is done, and the row that it decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// A hash of what it is: the same case has the same id in every run.
    pub id: String,
    /// The index of the row among those of its operation; `None` for valid requests, which show the responses.
    pub row: Option<usize>,
    /// What is done.
    pub act: Act,
}

/// What a case does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Sends a plain valid request: the how-manieth.
    Valid(usize),
    /// Sends a valid request of a kind that servers trip over.
    Probe(Probe),
    /// Sends what lies past a limit, in one of its kinds, and its twin.
    Past(usize),
    /// Sends what lies exactly at a limit, in one of its kinds.
    At(usize),
    /// Sends content of another media type.
    MediaType(usize),
    /// Goes against what the document advises, and its twin, which follows it.
    Advised,
    /// Sends an unusual body, whatever the contract says of it.
    Unusual,
    /// Asks for a media type that there is not.
    Accept,
    /// Uses a method that the path does not have.
    Method,
    /// Asks for a path that there is not.
    Path,
    /// Shows other credentials.
    Security,
    /// Does several things and looks whether they agree.
    Story,
}

/// A kind of valid request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Probe {
    /// Everything that may be there is, with values of its own: the how-manieth.
    Filled(usize),
    /// Texts are long.
    Long,
    /// Texts have characters of two, three and four bytes.
    Wide,
    /// Texts have the characters that mean something to databases, shells, markup and formats.
    Quoted,
    /// Texts have control characters.
    Control,
    /// Texts are empty, or blank at both ends.
    Blank(usize),
    /// Lists are long.
    Many,
    /// Texts are alike, and so are the elements of lists.
    Alike,
    /// Numbers are far above zero.
    High,
    /// Numbers are far below zero, or zero.
    Low,
    /// Numbers have a fraction.
    Fraction,
    /// Whatever may be null is.
    Null,
    /// What may hold its like does, several times.
    Deep,
    /// Members of odd names are added.
    Named,
    /// Many members are added.
    Crowded,
}

/// How many requests have everything filled in: two values of one in four that must meet do so with 99 % in sixteen.
const FILLED: usize = 16;

impl Probe {
    /// All of them, in the order in which they are sent.
    pub fn all() -> impl Iterator<Item = Self> {
        let others = [
            Self::Long,
            Self::Wide,
            Self::Quoted,
            Self::Control,
            Self::Blank(0),
            Self::Blank(1),
            Self::Many,
            Self::Alike,
            Self::High,
            Self::Low,
            Self::Fraction,
            Self::Null,
            Self::Deep,
            Self::Named,
            Self::Crowded,
        ];
        (0..FILLED).map(Self::Filled).chain(others)
    }
}
