//! A request as a `curl` command line, with its credentials masked.

use etalon_contract::codec::{self, Request};

use crate::report::Mask;
use crate::session::USER_AGENT;

/// The command line, on one line. `origin` is what stands before the target: scheme, host, and any prefix of the path. A
/// shell puts in what is masked, from its environment; curl signs with its own name.
#[must_use]
pub fn curl(origin: &str, request: &Request, mask: &Mask) -> String {
    let mut request = mask.request(request);
    request.headers = request.headers.iter().filter(|(_, value)| *value != USER_AGENT).collect();
    let variables: Vec<&str> = mask.variables().collect();
    codec::curl(origin, &request, &variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_masked_is_put_in_by_the_shell() {
        let mask = Mask::new(vec![("ETALON_KEY".into(), "a'b".into())]);
        let sent = Request {
            method: "GET".into(),
            target: "/a?k=a'b".into(),
            headers: [("Authorization", "Bearer a'b"), ("User-Agent", USER_AGENT)].into_iter().collect(),
            body: Vec::new(),
        };
        assert_eq!(
            curl("http://h", &sent, &mask),
            r#"curl -i -X GET -H 'Authorization: Bearer '"$ETALON_KEY" 'http://h/a?k='"$ETALON_KEY""#
        );
    }
}
