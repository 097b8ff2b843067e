//! Targets that ask for time: `429 Too Many Requests` and `503 Service Unavailable` (RFC 6585 §4, RFC 9110 §15.6.4). The
//! request is repeated after the time that `Retry-After` names, where that is bearable.

use std::time::Duration;

use etalon_contract::codec::Response;
use httpdate::parse_http_date;

/// The most times that a request is repeated.
pub(super) const REPEATS: usize = 4;

/// The longest that is waited before a request is repeated: who asks for more is not waited for.
const LONGEST: Duration = Duration::from_secs(10);

/// The most time that a run waits in all: a target that never has time would else hold it up at every request.
pub(super) const ALTOGETHER: Duration = Duration::from_secs(60);

/// The wait after a 429 without `Retry-After`.
const UNSAID: Duration = Duration::from_secs(1);

/// The wait before a request is repeated, by the `Retry-After` of a 429 or 503; `None` where it is not to be repeated.
#[must_use]
pub(super) fn wait(response: &Response) -> Option<Duration> {
    let asked = response.headers.get("retry-after").map(str::trim);
    let time = match (response.status, asked) {
        (429 | 503, Some(asked)) => match asked.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            // A moment, seen from the target's own clock (RFC 9110 §10.2.3).
            Err(_) => {
                let now = parse_http_date(response.headers.get("date")?).ok()?;
                parse_http_date(asked).ok()?.duration_since(now).unwrap_or_default()
            }
        },
        (429, None) => UNSAID,
        _ => return None,
    };
    (time <= LONGEST).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, fields: &[(&str, &str)]) -> Response {
        Response { status, headers: fields.iter().copied().collect(), ..Response::default() }
    }

    #[test]
    fn who_asks_for_a_bearable_time_gets_it() {
        let seconds = |status, fields: &[(&str, &str)]| wait(&answer(status, fields)).map(|time| time.as_secs());
        let date = ("Date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(seconds(429, &[("Retry-After", "3")]), Some(3));
        assert_eq!(seconds(503, &[("Retry-After", "0")]), Some(0));
        assert_eq!(seconds(429, &[]), Some(1));
        assert_eq!(seconds(503, &[date, ("Retry-After", "Sun, 06 Nov 1994 08:49:42 GMT")]), Some(5));
        assert_eq!(seconds(503, &[date, ("Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT")]), Some(0));
    }

    #[test]
    fn who_asks_for_more_or_for_nothing_that_can_be_read_is_not_waited_for() {
        for (status, fields) in [
            (503, &[][..]),
            (429, &[("Retry-After", "3600")]),
            (429, &[("Retry-After", "soon")]),
            (429, &[("Retry-After", "99999999999999999999")]),
            (503, &[("Retry-After", "Sun, 06 Nov 1994 08:49:42 GMT")]),
            (500, &[("Retry-After", "1")]),
            (200, &[("Retry-After", "1")]),
        ] {
            assert_eq!(wait(&answer(status, fields)), None, "{status} {fields:?}");
        }
    }
}
