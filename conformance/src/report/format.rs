//! The formats of report files: the name of each on the command line, what it is for, and the function that writes it.

use crate::report::{Report, github, json, junit, markdown, sarif};

/// Makes the formats from one line each: the documentation says what the format is for, in the help as well.
macro_rules! formats {
    ($(#[doc = $about:literal] $format:ident = $name:literal, $text:path;)+) => {
        /// A format of reports that are written to files.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Format {
            $(#[doc = $about] $format,)+
        }

        impl Format {
            /// All formats, in the order of the help.
            pub const ALL: &[Self] = &[$(Self::$format),+];

            /// The format's name on the command line.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$format => $name,)+
                }
            }

            /// The use of the format, as a sentence fragment.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$format => $about.trim_ascii(),)+
                }
            }

            /// The text of a file of this format: the reports of one or several contracts, in the order of their runs.
            #[must_use]
            pub fn text(self, reports: &[Report]) -> String {
                match self {
                    $(Self::$format => $text(reports),)+
                }
            }
        }
    };
}

formats! {
    /// every row with its verdict and evidence, for programs
    Json = "json", json::text;
    /// JUnit XML, as CI servers read it
    JUnit = "junit", junit::text;
    /// a summary of a CI step or a comment
    Markdown = "markdown", markdown::text;
    /// annotations of GitHub Actions, the worst nine
    GitHub = "github", github::text;
    /// SARIF 2.1.0, as code scanning reads it
    Sarif = "sarif", sarif::text;
}

impl Format {
    /// The format of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }
}
