//! The flags about what collections begin with -> the start of a mock: `--seed-data` and `--populate`.

use std::path::PathBuf;

use clap::Args;
use etalon_contract::behaviour::Populated;
use etalon_contract::document::{Code, DataText, Diagnostic, Place, Pointer, Severity, Source};

use crate::cli::Failure;
use crate::cli::diagnostics::near::near;
use crate::server::{Mock, Start, Unstartable, Wanted};

/// The largest file of data, in bytes.
const MAX_DATA: u64 = 256 << 20;

/// The flags about what collections begin with.
#[derive(Clone, Debug, Default, Args)]
pub struct DataArgs {
    /// Begin with the items of this file, JSON or YAML: a member for each collection, with a list of its items
    #[arg(long, value_name = "FILE")]
    pub seed_data: Option<PathBuf>,

    /// Begin with so many items of each collection, or of these, made as the contract's own requests make them
    #[arg(long, value_name = "NUMBER|COLLECTION=NUMBER,...", value_parser = Wanted::parse)]
    pub populate: Option<Wanted>,
}

impl DataArgs {
    /// The mock that begins as the flags say, and what was made of what is wanted.
    ///
    /// # Errors
    /// The file cannot be read, its data do not fit, or a collection is not there.
    pub fn applied(&self, mock: Mock) -> Result<(Mock, Vec<Populated>), Failure> {
        if self.seed_data.is_none() && self.populate.is_none() {
            return Ok((mock, Vec::new()));
        }
        let data = self.seed_data.as_ref().map(read).transpose()?;
        let started = Start::of(mock.ground(), data.as_ref(), self.populate.as_ref());
        let Start { states, populated } = started.map_err(|unstartable| match unstartable {
            Unstartable::Data(diagnostics) => Failure::Document(diagnostics),
            Unstartable::Unknown(word, known) => {
                let near = near(&word, known.iter().map(String::as_str));
                let hint = match near.as_slice() {
                    [] => format!("there is {}", known.join(", ")),
                    near => format!("did you mean {}?", near.join(", ")),
                };
                Failure::usage(format!("there is no collection `{word}` for --populate"), Some(&hint))
            }
        })?;
        Ok((mock.starting_with(states), populated))
    }
}

fn read(path: &PathBuf) -> Result<DataText, Failure> {
    let name = path.display().to_string();
    let unreadable = |reason: String| {
        let place = Place { file: name.clone(), line: 0, column: 0, pointer: Pointer::root() };
        Failure::Document(vec![Diagnostic {
            code: Code::Unreadable,
            severity: Severity::Fatal,
            place,
            reason,
            hint: None,
        }])
    };
    let size = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?.len();
    if size > MAX_DATA {
        return Err(unreadable(format!("it has {size} bytes, at most {MAX_DATA} are read")));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    DataText::read(Source { name: &name, bytes: &bytes }).map_err(Failure::Document)
}
