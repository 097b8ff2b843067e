//! Which world a request is for: a prefix of its path says it, a header field or a cookie. The path goes before the cookie and so
//! does the field; where path and field name two worlds, nobody can tell which is meant.

use std::borrow::Cow;

use etalon_contract::codec::{Headers, Request, Response};

use crate::server::world::name::{self, DEFAULT};

/// The header field that names a world, in requests and in answers.
pub const WORLD: &str = "Etalon-World";

/// The header field that names the world from which another begins.
pub const WORLD_FROM: &str = "Etalon-World-From";

/// The cookie that names a world.
pub const WORLD_COOKIE: &str = "etalon-world";

/// The beginning of a path that names a world.
const PREFIX: &str = "/@";

/// The place in which a request names a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// Nowhere: it is in the world of all that name none.
    Nothing,
    /// Before its path.
    Path,
    /// In a header field.
    Field,
    /// In a cookie.
    Cookie,
}

/// A request, with the world that it is for.
#[derive(Debug)]
pub struct Asked<'r> {
    /// The request, without what its path says of the world.
    pub request: Cow<'r, Request>,
    /// The name of the world; `None` for that of all requests that name none.
    pub name: Option<&'r str>,
    /// The place in which it is named.
    pub by: NamedBy,
    /// The name of the world from which it begins, where it is new.
    pub from: Option<&'r str>,
    /// The prefix of the path, such as `/@mine`; empty where there is none.
    pub below: &'r str,
}

impl<'r> Asked<'r> {
    /// Reads the world from a request. `is_own` is asked where the path seems to name one: whether the whole of it is
    /// the contract's own, with what stands behind the prefix.
    ///
    /// # Errors
    /// What is named is no world, or there are two.
    pub fn of(request: &'r Request, is_own: impl Fn(&str) -> bool) -> Result<Self, String> {
        let Fields { mut worlds, from, cookie } = Fields::of(request);
        let field = worlds.next();
        if let (Some(one), Some(other)) = (field, worlds.find(|other| Some(*other) != field)) {
            return Err(format!("{WORLD} is given twice, as `{one}` and as `{other}`"));
        }
        let field = field.map(name::read).transpose()?;
        let from = from.map(name::read).transpose()?;
        let path = prefixed(request, is_own)?;
        let (by, said, below, request) = match (path, field, cookie) {
            (Some(path), Some(field), _) if path.name != field => {
                return Err(format!("the path names the world `{}`, but {WORLD} is `{field}`", path.name));
            }
            (Some(path), _, _) => {
                let without = Request { target: path.rest.into_owned(), ..request.clone() };
                (NamedBy::Path, Some(path.name), path.below, Cow::Owned(without))
            }
            (None, Some(field), _) => (NamedBy::Field, Some(field), "", Cow::Borrowed(request)),
            (None, None, Some(cookie)) => (NamedBy::Cookie, Some(name::read(cookie)?), "", Cow::Borrowed(request)),
            (None, None, None) => (NamedBy::Nothing, None, "", Cow::Borrowed(request)),
        };
        let name = said.filter(|name| *name != DEFAULT);
        if let (None, Some(from)) = (name, from) {
            return Err(format!("{WORLD_FROM} is `{from}`, but no world is named that could begin from there"));
        }
        Ok(Self { request, name, by, from, below })
    }
}

impl Asked<'_> {
    /// Says in an answer which world it is from, where the request named one, and what it depends on (RFC 9110 §12.5.5).
    pub(in crate::server) fn mark(&self, answer: &mut Response) {
        match self.by {
            // One that may be kept is kept for requests that name no world alone.
            NamedBy::Nothing if may_be_kept(&answer.headers) => answer.headers.add("Vary", format!("{WORLD}, Cookie")),
            NamedBy::Nothing => {}
            NamedBy::Path => self.keep_cookies_below(answer),
            NamedBy::Field => answer.headers.add("Vary", WORLD),
            NamedBy::Cookie => answer.headers.add("Vary", format!("{WORLD}, Cookie")),
        }
        if self.by != NamedBy::Nothing {
            answer.headers.set(WORLD, self.name.unwrap_or(DEFAULT));
        }
    }

    /// Lets cookies be sent back to the world that they are from (RFC 6265 §4.1.2.4).
    fn keep_cookies_below(&self, answer: &mut Response) {
        const COOKIE: &str = "Set-Cookie";
        if answer.headers.get(COOKIE).is_none() {
            return;
        }
        let below = |attribute: &str| match attribute.trim_start().split_once('=') {
            Some((name, path)) if name.eq_ignore_ascii_case("path") => format!(" {name}={}{path}", self.below),
            Some(_) | None => attribute.to_owned(),
        };
        let set: Vec<String> =
            answer.headers.all(COOKIE).map(|field| field.split(';').map(below).collect::<Vec<_>>().join(";")).collect();
        answer.headers.remove(COOKIE);
        for field in set {
            answer.headers.add(COOKIE, field);
        }
    }
}

/// True for an answer that a cache may give again without asking (RFC 9111 §4.2).
fn may_be_kept(headers: &Headers) -> bool {
    let is_forbidden = headers.all("cache-control").any(|field| field.contains("no-store"));
    !is_forbidden && ["cache-control", "expires", "last-modified"].iter().any(|name| headers.get(name).is_some())
}

/// What the fields of a request say of worlds.
struct Fields<'r, W> {
    worlds: W,
    from: Option<&'r str>,
    cookie: Option<&'r str>,
}

impl<'r> Fields<'r, Box<dyn Iterator<Item = &'r str> + 'r>> {
    fn of(request: &'r Request) -> Self {
        let (mut any, mut from, mut cookie) = (false, None, None);
        // Nearly no request has any of these, and each is looked through once for all of them.
        for (name, value) in request.headers.iter() {
            if name.len() == WORLD.len() && name.eq_ignore_ascii_case(WORLD) {
                any = true;
            } else if name.len() == WORLD_FROM.len() && name.eq_ignore_ascii_case(WORLD_FROM) {
                from = from.or(Some(value.trim()));
            } else if cookie.is_none() && name.eq_ignore_ascii_case("cookie") {
                let pairs = value.split(';').filter_map(|pair| pair.trim().split_once('='));
                cookie =
                    pairs.filter(|(name, _)| *name == WORLD_COOKIE).map(|(_, value)| value.trim_matches('"')).next();
            }
        }
        let worlds: Box<dyn Iterator<Item = &'r str>> =
            if any { Box::new(request.headers.all(WORLD).map(str::trim)) } else { Box::new(std::iter::empty()) };
        Self { worlds, from, cookie }
    }
}

/// A world that a path names.
struct Prefixed<'r> {
    name: &'r str,
    below: &'r str,
    rest: Cow<'r, str>,
}

fn prefixed<'r>(request: &'r Request, is_own: impl Fn(&str) -> bool) -> Result<Option<Prefixed<'r>>, String> {
    let target = request.target.as_str();
    let Some(behind) = target.strip_prefix(PREFIX) else { return Ok(None) };
    let length = behind.find(['/', '?']).unwrap_or(behind.len());
    let (below, rest) = target.split_at(PREFIX.len() + length);
    let rest = if rest.starts_with('/') { Cow::Borrowed(rest) } else { Cow::Owned(format!("/{rest}")) };
    if is_own(&rest) {
        return Ok(None);
    }
    let name = name::read(&behind[..length])?;
    Ok(Some(Prefixed { name, below, rest }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(target: &str, fields: &[(&str, &str)]) -> Result<(Option<String>, NamedBy, String), String> {
        let request = Request {
            method: "GET".into(),
            target: target.into(),
            headers: fields.iter().copied().collect(),
            ..Request::default()
        };
        Asked::of(&request, |_| target.starts_with("/@own"))
            .map(|asked| (asked.name.map(str::to_owned), asked.by, asked.request.target.clone()))
    }

    #[test]
    fn a_path_a_field_and_a_cookie_name_a_world() {
        let of = |name: &str, by, target: &str| Ok((Some(name.to_owned()), by, target.to_owned()));
        assert_eq!(asked("/a?b", &[]), Ok((None, NamedBy::Nothing, "/a?b".to_owned())));
        assert_eq!(asked("/@w/a?b", &[]), of("w", NamedBy::Path, "/a?b"));
        assert_eq!(asked("/@w", &[]), of("w", NamedBy::Path, "/"));
        assert_eq!(asked("/@w?b", &[]), of("w", NamedBy::Path, "/?b"));
        assert_eq!(asked("/a", &[("etalon-world", " w ")]), of("w", NamedBy::Field, "/a"));
        assert_eq!(asked("/a", &[("Cookie", "x=1; etalon-world=w")]), of("w", NamedBy::Cookie, "/a"));
        assert_eq!(asked("/@own/a", &[]), Ok((None, NamedBy::Nothing, "/@own/a".to_owned())));
        assert_eq!(asked("/a", &[("Etalon-World", "default")]), Ok((None, NamedBy::Field, "/a".to_owned())));
    }

    #[test]
    fn a_cookie_gives_way_and_what_disagrees_is_refused() {
        let (field, cookie) = (("Etalon-World", "w"), ("Cookie", "etalon-world=c"));
        assert_eq!(asked("/a", &[field, cookie]).map(|asked| asked.1), Ok(NamedBy::Field));
        assert_eq!(asked("/@w/a", &[field, cookie]).map(|asked| asked.1), Ok(NamedBy::Path));
        for (target, fields) in [
            ("/@v/a", vec![field]),
            ("/@a%20b/a", vec![]),
            ("/@/a", vec![]),
            ("/a", vec![field, ("Etalon-World", "v")]),
            ("/a", vec![("Etalon-World", "")]),
            ("/a", vec![("Cookie", "etalon-world=a,b")]),
            ("/a", vec![("Etalon-World-From", "w")]),
        ] {
            assert!(asked(target, &fields).is_err(), "{target} {fields:?}");
        }
    }
}
