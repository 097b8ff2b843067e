//! An answer that somebody asks for, whoever it is: a client by `Prefer`, or a rule that stands for all clients. Names and
//! values are those of `Prefer` (RFC 7240), as Prism has them, with `delay` (`wait`) and `fault` (`fault`) beside them.

mod fault;
mod wait;
mod words;

use etalon_contract::behaviour::{Examples, Wish};

pub use fault::{Delivery, Fault};
pub(crate) use wait::Wait;
pub(crate) use words::preferences;

/// An answer that somebody asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Demand {
    /// The status of the answer.
    pub(crate) code: Option<u16>,
    /// The name of an example.
    pub(crate) example: Option<String>,
    /// The making of data anew (`true`), or the showing of examples (`false`).
    pub(crate) dynamic: Option<bool>,
    /// The word that data are made from: the same word gives the same data.
    pub(crate) seed: Option<String>,
    /// The time that the answer waits.
    pub(crate) delay: Option<Wait>,
    /// The way in which the answer breaks the contract.
    pub(crate) fault: Option<Fault>,
}

/// The names that a demand can have.
pub(crate) const NAMES: [&str; 6] = ["code", "example", "dynamic", "seed", "delay", "fault"];

/// The longest word that data are made from, in bytes.
const MAX_SEED: usize = 200;

impl Demand {
    /// Takes a value by its name; the first of several with one name counts (RFC 7240 §2). True where it was taken, false where the
    /// name is somebody else's, or was there already.
    ///
    /// # Errors
    /// One sentence saying which value cannot be understood.
    pub(crate) fn take(&mut self, name: &str, value: &str) -> Result<bool, String> {
        match name {
            "code" if self.code.is_none() => {
                let code = value.parse().ok().filter(|code| (200..=599).contains(code));
                self.code = Some(code.ok_or_else(|| format!("`code` is a status from 200 to 599, not `{value}`"))?);
            }
            "example" if self.example.is_none() => {
                if value.is_empty() {
                    return Err("`example` is the name of an example, not empty".to_owned());
                }
                self.example = Some(value.to_owned());
            }
            "dynamic" if self.dynamic.is_none() => {
                self.dynamic = Some(match value {
                    "true" | "" => true,
                    "false" => false,
                    other => return Err(format!("`dynamic` is `true` or `false`, not `{other}`")),
                });
            }
            "seed" if self.seed.is_none() => {
                if value.is_empty() || value.len() > MAX_SEED {
                    return Err(format!("`seed` is a word of 1 to {MAX_SEED} bytes"));
                }
                self.seed = Some(value.to_owned());
            }
            "delay" if self.delay.is_none() => self.delay = Some(Wait::parse(value)?),
            "fault" if self.fault.is_none() => self.fault = Some(Fault::parse(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Checks that the parts go together.
    ///
    /// # Errors
    /// One sentence saying what is missing.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.fault == Some(Fault::Undocumented) && self.code.is_none() {
            return Err("`fault=undocumented` needs the status that is not documented: `code=503, fault=undocumented`"
                .to_owned());
        }
        Ok(())
    }

    /// The answer that is asked for; `None` where nothing but time or a fault of the usual answer is. `standing` says whether
    /// examples are shown where nobody says.
    #[must_use]
    pub(crate) fn wish(&self, standing: Examples) -> Option<Wish> {
        let says_nothing = self.example.is_none() && self.dynamic.is_none() && self.seed.is_none();
        if self.code.is_none() && says_nothing {
            return None;
        }
        let examples = match (self.dynamic, &self.seed) {
            (Some(true), _) | (None, Some(_)) => Examples::Ignored,
            (Some(false), _) => Examples::Shown,
            (None, None) => standing,
        };
        Some(Wish {
            status: self.code,
            example: self.example.clone(),
            examples,
            seed: self.seed.clone(),
            is_undocumented: self.fault == Some(Fault::Undocumented),
        })
    }
}
