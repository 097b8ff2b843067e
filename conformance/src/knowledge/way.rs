//! The way to something: a path up to one of its parameters, by which values of alike paths are known. Pure.

use etalon_contract::model::{PathTemplate, Piece};

/// A path up to one of its parameters, whatever the parameters are called; `None` where it has none of that name.
#[must_use]
pub(crate) fn up_to(path: &PathTemplate, name: &str) -> Option<String> {
    let mut shape = String::new();
    for segment in path.segments() {
        shape.push('/');
        for piece in &segment.0 {
            match piece {
                Piece::Literal(text) => shape.push_str(text),
                Piece::Parameter(known) => {
                    shape.push_str("{}");
                    if known == name {
                        return Some(shape);
                    }
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_known_by_the_path_up_to_it_whatever_it_is_called() {
        let there = |path: &str, name: &str| up_to(&PathTemplate::parse(path), name);
        assert_eq!(there("/api/{plugin}/history", "plugin"), there("/api/{other}", "other"));
        assert_ne!(there("/api/{plugin}/{item}", "item"), there("/api/{plugin}/x/{item}", "item"));
        assert_eq!(there("/api", "plugin"), None);
    }
}
