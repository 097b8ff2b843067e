//! The media types that a client accepts: the `Accept` header field (RFC 9110 §12.5.1). It knows no operation.

use etalon_contract::codec::Headers;
use etalon_contract::model::MediaType;

/// The largest quality: `q=1`.
const FULL: u16 = 1000;

/// The quality of what was not asked for and can be read all the same: less than that of anything that was.
const NEAR: u16 = 1;

/// The most media ranges that are read of one request: no client means more, and each is compared with every media type.
const MAX_RANGES: usize = 64;

/// The media ranges of a request with their qualities in thousandths.
#[derive(Clone, Debug)]
pub struct Accept {
    ranges: Vec<(MediaType, u16)>,
}

impl Accept {
    /// Reads the field; where there is none, anything is acceptable. What cannot be read is passed over.
    #[must_use]
    pub fn of(headers: &Headers) -> Self {
        let ranges = headers.all("accept").flat_map(MediaType::list).take(MAX_RANGES).map(|range| {
            let quality = range.parameter("q").map_or(FULL, thousandths);
            (range, quality)
        });
        Self { ranges: ranges.collect() }
    }

    /// The quality of a media type, in thousandths; the most specific range that covers it decides.
    #[must_use]
    pub fn quality(&self, media_type: &MediaType) -> u16 {
        if self.ranges.is_empty() {
            return FULL;
        }
        let covering = self.ranges.iter().filter(|(range, _)| range.covers(media_type));
        if let Some((_, quality)) = covering.max_by_key(|(range, _)| range.specificity()) {
            return *quality;
        }
        // Who asks for one kind of JSON reads the others (RFC 6839 §3.1), and a server may disregard the field (RFC 9110 §12.5.1).
        let is_another = |range: &MediaType| range.is_json() && range.essence() != media_type.essence();
        let near = self.ranges.iter().filter(|(range, _)| media_type.is_json() && is_another(range));
        near.map(|(_, quality)| (*quality).min(NEAR)).max().unwrap_or(0)
    }
}

/// `0.5` in thousandths; what is no number counts as full, as if it were not there.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if whole != "0" {
        return FULL;
    }
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    digits.parse().unwrap_or(FULL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quality(accept: &str, media_type: &str) -> u16 {
        let headers: Headers = [("Accept", accept)].into_iter().collect();
        Accept::of(&headers).quality(&MediaType::parse(media_type).expect("a media type"))
    }

    #[test]
    fn the_most_specific_range_decides() {
        let accept = "text/*;q=0.3, text/html;q=0.7, */*;q=0.05, text/plain;q=0";
        assert_eq!(quality(accept, "text/html"), 700);
        assert_eq!(quality(accept, "text/css"), 300);
        assert_eq!(quality(accept, "text/plain"), 0);
        assert_eq!(quality(accept, "image/png"), 50);
        assert_eq!(quality("application/json", "application/hal+json"), NEAR);
        assert_eq!(quality("application/hal+json;q=0.2, application/json;q=0", "application/json"), 0);
        assert_eq!(quality("text/html", "application/hal+json"), 0);
    }

    #[test]
    fn commas_and_semicolons_within_quotes_part_nothing() {
        let accept = "application/json;profile=\"a,b;q=0.1\", text/html;q=0.5";
        assert_eq!(quality(accept, "application/json;profile=\"a,b;q=0.1\""), FULL);
        assert_eq!(quality(accept, "application/json"), 0);
        assert_eq!(quality(accept, "text/html"), 500);
        assert_eq!(quality("*/*;Q=0.25", "text/html"), 250);
        assert_eq!(quality("*", "text/html"), FULL);
    }

    #[test]
    fn no_accept_accepts_anything() {
        let anything = Accept::of(&Headers::new());
        assert_eq!(anything.quality(&MediaType::parse("a/b").expect("a media type")), FULL);
    }
}
