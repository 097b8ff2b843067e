//! From a method and a path to the operation, in a time that does not grow with the number of paths: a tree of
//! segments. Where several templates fit, literal segments go before parameters, from the left.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

use crate::document::{Code, Defect};
use crate::model::{Entry, Piece, Route, Segment};

/// All paths of a contract as a tree, as deep as the longest of them has segments.
#[derive(Debug, Default)]
pub(crate) struct Router {
    root: Branch,
    /// The operations of each template, the first of which stands for it.
    templates: Vec<Vec<usize>>,
    /// The operations that the query alone tells apart, by the first of them, which is among them.
    variants: HashMap<usize, Vec<usize>>,
}

/// The continuations of a path after a number of segments.
#[derive(Debug, Default)]
struct Branch {
    /// By literal segment, percent-decoded.
    literal: HashMap<String, Branch>,
    /// By segments with parameters, the more concrete first.
    templated: Vec<(Segment, Branch)>,
    /// The templates that end here.
    ends: Vec<usize>,
}

impl Router {
    pub(crate) fn new(entries: &[Entry], defects: &mut Vec<Defect>) -> Self {
        let mut router = Self::default();
        let mut known: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let number = *known.entry(entry.path.as_str()).or_insert_with(|| {
                router.templates.push(Vec::new());
                router.templates.len() - 1
            });
            let operations = &mut router.templates[number];
            if operations.is_empty() {
                router.root.plant(entry.path.segments(), number);
            }
            match operations.iter().find(|other| entries[**other].method == entry.method) {
                Some(first) => {
                    let reason = format!(
                        "`{} {}` is described twice; requests reach `{}`, unless the query fits another better",
                        entry.method, entry.path, entries[*first].id
                    );
                    let note = Defect::new(Code::Ambiguous, entry.at.clone(), reason);
                    defects.push(note.hint("a query or fragment in a path is not part of it on the wire"));
                    router.variants.entry(*first).or_insert_with(|| vec![*first]).push(index);
                }
                None => operations.push(index),
            }
        }
        router.root.sort();
        router.root.look_alikes(&router.templates, entries, defects);
        router
    }

    /// The operations of the same method and path as one that was found, where there are several.
    pub(crate) fn variants(&self, found: usize) -> &[usize] {
        self.variants.get(&found).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn route(&self, entries: &[Entry], method: &str, path: &str) -> Route {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let mut allowed: Vec<String> = Vec::new();
        let mut found = None;
        self.root.visit(&segments, &mut |number| {
            for &operation in &self.templates[number] {
                if entries[operation].method.as_str() == method {
                    found = entries[operation].path.capture(path).map(|captures| Route::Found { operation, captures });
                    if found.is_some() {
                        return Visit::Enough;
                    }
                }
                allowed.push(entries[operation].method.as_str().to_owned());
            }
            Visit::More
        });
        if let Some(found) = found {
            return found;
        }
        if allowed.is_empty() {
            return Route::Unknown;
        }
        allowed.sort();
        allowed.dedup();
        Route::OtherMethods(allowed)
    }
}

/// The wish of a visitor to see more templates.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    More,
    Enough,
}

impl Branch {
    fn plant(&mut self, segments: &[Segment], template: usize) {
        let Some((first, rest)) = segments.split_first() else {
            self.ends.push(template);
            return;
        };
        match first.0.as_slice() {
            [Piece::Literal(text)] => self.literal.entry(decoded(text)).or_default().plant(rest, template),
            [] => self.literal.entry(String::new()).or_default().plant(rest, template),
            _ => {
                let position = self.templated.iter().position(|(known, _)| shape(known) == shape(first));
                let position = position.unwrap_or_else(|| {
                    self.templated.push((first.clone(), Self::default()));
                    self.templated.len() - 1
                });
                self.templated[position].1.plant(rest, template);
            }
        }
    }

    /// Puts segments with literal text before bare parameters; among those, the order of the document holds.
    fn sort(&mut self) {
        self.templated.sort_by_key(|(segment, _)| matches!(segment.0.as_slice(), [Piece::Parameter(_)]));
        self.literal.values_mut().for_each(Self::sort);
        self.templated.iter_mut().for_each(|(_, branch)| branch.sort());
    }

    /// Shows the templates that fit, the most concrete first.
    fn visit(&self, segments: &[&str], show: &mut impl FnMut(usize) -> Visit) -> Visit {
        let Some((first, rest)) = segments.split_first() else {
            for end in &self.ends {
                if show(*end) == Visit::Enough {
                    return Visit::Enough;
                }
            }
            return Visit::More;
        };
        let literal = if first.contains('%') { self.literal.get(&decoded(first)) } else { self.literal.get(*first) };
        if let Some(branch) = literal
            && branch.visit(rest, show) == Visit::Enough
        {
            return Visit::Enough;
        }
        for (segment, branch) in &self.templated {
            if segment.fits(first) && branch.visit(rest, show) == Visit::Enough {
                return Visit::Enough;
            }
        }
        Visit::More
    }

    /// Reports templates that differ in the names of parameters alone and share a method (OpenAPI 3.x "Paths Object").
    fn look_alikes(&self, templates: &[Vec<usize>], entries: &[Entry], defects: &mut Vec<Defect>) {
        for (position, end) in self.ends.iter().enumerate().skip(1) {
            for operation in &templates[*end] {
                let method = &entries[*operation].method;
                let mut before = self.ends[..position].iter().flat_map(|earlier| &templates[*earlier]);
                if let Some(first) = before.find(|first| entries[**first].method == *method) {
                    let (entry, first) = (&entries[*operation], &entries[*first]);
                    let reason = format!("`{method} {}` cannot be told from `{method} {}`", entry.path, first.path);
                    let note = Defect::new(Code::Ambiguous, entry.at.clone(), reason);
                    defects.push(note.hint(format!("requests reach `{}`", first.id)));
                }
            }
        }
        let mut names: Vec<&String> = self.literal.keys().collect();
        names.sort();
        names.into_iter().for_each(|name| self.literal[name].look_alikes(templates, entries, defects));
        self.templated.iter().for_each(|(_, branch)| branch.look_alikes(templates, entries, defects));
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A segment without the names of its parameters.
fn shape(segment: &Segment) -> Vec<Option<&str>> {
    let mut pieces = Vec::with_capacity(segment.0.len());
    for piece in &segment.0 {
        pieces.push(match piece {
            Piece::Literal(text) => Some(text.as_str()),
            Piece::Parameter(_) => None,
        });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Location;
    use crate::model::{Method, PathTemplate};

    fn routed(paths: &[(&str, &str)], method: &str, path: &str) -> Route {
        let entry = |(number, (method, path)): (usize, &(&str, &str))| {
            let path = PathTemplate::parse(path);
            Entry::new(number, Method::new(method), path, number.to_string(), Location::default())
        };
        let entries: Vec<Entry> = paths.iter().enumerate().map(entry).collect();
        Router::new(&entries, &mut Vec::new()).route(&entries, method, path)
    }

    #[test]
    fn the_most_concrete_template_with_the_method_answers() {
        let paths = [
            ("get", "/pets/{id}"),
            ("get", "/pets/mine"),
            ("put", "/pets/{id}.json"),
            ("get", "/{a}/b/{c}"),
            ("delete", "/pets/{other}"),
            ("get", "/a b/"),
        ];
        let found = |method: &str, path: &str| match routed(&paths, method, path) {
            Route::Found { operation, captures } => Ok((operation, captures.into_iter().map(|(_, raw)| raw).collect())),
            Route::OtherMethods(methods) => Err(methods),
            Route::Unknown => Err(Vec::new()),
        };
        assert_eq!(found("GET", "/pets/mine"), Ok((1, vec![])));
        assert_eq!(found("GET", "/pets/7"), Ok((0, vec!["7".to_owned()])));
        assert_eq!(found("GET", "/pets/7.json"), Ok((0, vec!["7.json".to_owned()])));
        assert_eq!(found("PUT", "/pets/7.json"), Ok((2, vec!["7".to_owned()])));
        assert_eq!(found("DELETE", "/pets/mine"), Ok((4, vec!["mine".to_owned()])));
        assert_eq!(found("GET", "/pets/b/1"), Ok((3, vec!["pets".to_owned(), "1".to_owned()])));
        assert_eq!(found("GET", "/a%20b/"), Ok((5, vec![])));
        assert_eq!(found("POST", "/pets/7"), Err(vec!["DELETE".to_owned(), "GET".to_owned()]));
        assert_eq!(found("GET", "/pets/"), Err(vec![]));
    }
}
