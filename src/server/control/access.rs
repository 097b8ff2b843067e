//! Who may control a mock: programs on its own machine, and whoever has the token. A page of another site may not, whatever name it
//! calls the mock by: a foreign name that leads here is refused, and so is a foreign origin.

use etalon_contract::behaviour::{Kind, Problem};
use etalon_contract::codec::Request;
use http::Uri;

use crate::server::hosts::{is_loopback, name};

/// Lets a request control the mock.
///
/// # Errors
/// It may not.
pub(super) fn admit(request: &Request, is_local: bool, token: Option<&str>) -> Result<(), Problem> {
    let forbidden = |why: String| Err(Problem::new(Kind::Forbidden, why));
    if let Some(token) = token
        && request.headers.all("authorization").any(|field| is_token(field, token))
    {
        return Ok(());
    }
    if let Some(origin) = request.headers.get("origin")
        && !is_of_this_machine(origin)
    {
        return forbidden("pages of other sites may not control the mock".to_owned());
    }
    match (is_local, token) {
        (true, _) => match request.headers.get("host").map(name) {
            None | Some("") => Ok(()),
            Some(host) if is_loopback(host) => Ok(()),
            Some(_) => forbidden("the mock is controlled by a name of its own machine, such as localhost".to_owned()),
        },
        (false, Some(_)) => {
            let detail = "this needs the token that the mock was started with, as `Authorization: Bearer`";
            Err(Problem::new(Kind::Unauthorized, detail).header("WWW-Authenticate", "Bearer realm=\"etalon\""))
        }
        (false, None) => forbidden(
            "only programs on the mock's own machine may control it; `etalon mock --control-token` lets others"
                .to_owned(),
        ),
    }
}

/// True for a field with this token (RFC 6750 §2.1). It takes as long whichever letter is wrong.
fn is_token(field: &str, token: &str) -> bool {
    let Some((scheme, sent)) = field.split_once(' ') else { return false };
    let (sent, token) = (sent.trim().as_bytes(), token.as_bytes());
    let differing = sent.iter().zip(token).fold(0, |differing, (one, other)| differing | (one ^ other));
    scheme.eq_ignore_ascii_case("bearer") && sent.len() == token.len() && differing == 0
}

/// True for an origin of a page that this machine serves.
fn is_of_this_machine(origin: &str) -> bool {
    origin.parse::<Uri>().is_ok_and(|uri| uri.host().is_some_and(is_loopback))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(fields: &[(&str, &str)], is_local: bool, token: Option<&str>) -> u16 {
        let request = Request { headers: fields.iter().copied().collect(), ..Request::default() };
        admit(&request, is_local, token).map_or_else(|problem| problem.kind.status(), |()| 200)
    }

    #[test]
    fn programs_of_this_machine_and_holders_of_the_token_are_admitted() {
        assert_eq!(status(&[("Host", "localhost:4010")], true, None), 200);
        assert_eq!(status(&[("Host", "127.0.0.1"), ("Origin", "http://localhost:3000")], true, None), 200);
        assert_eq!(status(&[("Host", "mock.example"), ("Authorization", "Bearer s3cret")], false, Some("s3cret")), 200);
        assert_eq!(
            status(&[("Origin", "https://a.example"), ("Authorization", "bearer s3cret")], true, Some("s3cret")),
            200
        );
    }

    #[test]
    fn others_and_pages_of_other_sites_are_not() {
        assert_eq!(status(&[], false, None), 403);
        assert_eq!(status(&[], false, Some("s3cret")), 401);
        for wrong in ["Bearer s3cre", "Bearer s3cretx", "Basic s3cret", "s3cret", "Bearer "] {
            assert_eq!(status(&[("Authorization", wrong)], false, Some("s3cret")), 401, "{wrong}");
        }
        // Another name that leads to this machine, and pages of other sites and of none.
        assert_eq!(status(&[("Host", "evil.example")], true, None), 403);
        for origin in ["https://evil.example", "null", "http://localhost.evil.example"] {
            assert_eq!(status(&[("Host", "localhost"), ("Origin", origin)], true, None), 403, "{origin}");
        }
    }
}
