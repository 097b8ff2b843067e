//! Regular expressions of schemas (`pattern`, names of `patternProperties`), as far as they can be matched. This knows no schema.

use jsonschema::PatternOptions;

/// The way in which a text is matched with a regular expression (ECMA-262, as JSON Schema Core §6.4 asks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// In time linear in the text.
    Linear,
    /// By trying, for a bounded number of steps: it looks around or back.
    Backtracking,
    /// Not at all: it is no regular expression, or larger than any that is compiled.
    None,
}

impl Engine {
    /// The engine of an expression. The validator of record is asked, because it is the one that will have to match it.
    pub(crate) fn of(expression: &str) -> Self {
        let probe = serde_json::json!({ "pattern": expression });
        let options = || jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
        if options().with_pattern_options(PatternOptions::regex()).build(&probe).is_ok() {
            Self::Linear
        } else if options().with_pattern_options(PatternOptions::fancy_regex()).build(&probe).is_ok() {
            Self::Backtracking
        } else {
            Self::None
        }
    }
}

/// True for an expression that can be matched. What a parser takes at sight is not compiled for this.
pub(crate) fn is_matchable(expression: &str) -> bool {
    regex_syntax::parse(expression).is_ok() || Engine::of(expression) != Engine::None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_matchable_where_an_engine_takes_it() {
        for expression in ["^[a-z]{1,2}$", r"^\d+(?=x)", r"(a)\1", r"^[\w\-.]+$", r"\/"] {
            assert!(is_matchable(expression), "{expression}");
        }
        for expression in ["[a-z]{1-2}", "^[0-9A-Za-z_-.]+$", "(", "/^[a-z+$/", "*"] {
            assert_eq!(is_matchable(expression), Engine::of(expression) != Engine::None, "{expression}");
        }
        assert!(!is_matchable("^[0-9A-Za-z_-.]+$") && !is_matchable("("));
    }
}
