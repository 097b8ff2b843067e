//! How texts of a format are made, of numbers: zero is always the simplest decision.

/// The source of decisions: a number below the bound that it is given (at least 1), 0 being the simplest.
pub(crate) type Numbers<'n> = &'n mut dyn FnMut(u64) -> u64;

/// The bounds of a text's length, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Length {
    /// So many at least.
    pub(crate) min: u64,
    /// So many at most; `None` for any number.
    pub(crate) max: Option<u64>,
}

impl Length {
    /// The text, where it has such a length: for formats that leave no choice of it.
    pub(super) fn of(self, text: String) -> Option<String> {
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        (self.min <= length && self.max.is_none_or(|max| length <= max)).then_some(text)
    }
}

/// A lower-case letter, as the numbers decide.
pub(super) fn letter(numbers: Numbers<'_>) -> char {
    char::from(b'a' + u8::try_from(numbers(26)).expect("below 26"))
}

/// That many lower-case letters.
pub(super) fn letters(count: u64, numbers: Numbers<'_>) -> String {
    (0..count).map(|_| letter(numbers)).collect()
}

fn hex(count: usize, numbers: Numbers<'_>) -> String {
    (0..count).map(|_| char::from(b"0123456789abcdef"[index(numbers(16))])).collect()
}

fn index(small: u64) -> usize {
    usize::try_from(small).expect("a small number")
}

/// RFC 9562 §5.4: a random UUID.
pub(super) fn uuid(numbers: Numbers<'_>) -> String {
    let variant = ['8', '9', 'a', 'b'][index(numbers(4))];
    format!(
        "{}-{}-4{}-{variant}{}-{}",
        hex(8, numbers),
        hex(4, numbers),
        hex(3, numbers),
        hex(3, numbers),
        hex(12, numbers)
    )
}

/// RFC 3339 §5.6 `full-date`: a day that every month has.
pub(super) fn date(numbers: Numbers<'_>) -> String {
    format!("{}-{:02}-{:02}", 2024 + numbers(3), 1 + numbers(12), 1 + numbers(28))
}

/// RFC 3339 §5.6 `full-time` in UTC.
pub(super) fn time(numbers: Numbers<'_>) -> String {
    format!("{:02}:{:02}:{:02}Z", numbers(24), numbers(60), numbers(60))
}

/// RFC 3339 §5.6: 20 characters with `Z`, 22 and more with a fraction of a second.
pub(super) fn date_time(Length { min, max }: Length, numbers: Numbers<'_>) -> Option<String> {
    let text = format!("{}T{}", date(numbers), time(numbers));
    match min {
        0..=20 => max.is_none_or(|max| max >= 20).then_some(text),
        // A fraction has a point and a digit at least.
        21 => max.is_none_or(|max| max >= 22).then(|| text.replace('Z', ".0Z")),
        _ => {
            let digits: String =
                (0..min.min(40) - 21).map(|_| char::from(b'0' + u8::try_from(numbers(10)).expect("a digit"))).collect();
            (min <= 40).then(|| text.replace('Z', &format!(".{digits}Z")))
        }
    }
}

/// RFC 5321 §4.5.3.1: a local part has at most 64 octets, a domain 255.
pub(super) fn email(Length { min, max }: Length, numbers: Numbers<'_>) -> Option<String> {
    const DOMAIN: &str = "@example.com";
    let domain = 12;
    let most = max.unwrap_or(u64::MAX);
    if most < 6 {
        return None;
    }
    if most < domain + 1 {
        return Some(format!("{}@{}.io", letter(numbers), letters(most.saturating_sub(5).max(1), numbers)));
    }
    if min <= domain + 64 {
        let low = min.saturating_sub(domain).max(1);
        let high = most.min(domain + 64) - domain;
        let spread = (high - low).min(10);
        let length = if spread < 10 { high } else { low + spread };
        return Some(letters(length.max(low), numbers) + DOMAIN);
    }
    let host = hostname(Length { min: min - 65, max: Some(most - 65) }, numbers)?;
    Some(format!("{}@{host}", letters(64, numbers)))
}

/// RFC 1123 §2.1: labels of at most 63 octets, 253 in all.
pub(super) fn hostname(Length { min, max }: Length, numbers: Numbers<'_>) -> Option<String> {
    const DOMAIN: &str = "example.com";
    let most = max.unwrap_or(253).min(253);
    if min > most || most < 1 {
        return None;
    }
    if most < 13 {
        return Some(letters(most, numbers));
    }
    let wanted = min.max(13 + numbers((most - 13).min(6) + 1));
    let mut left = wanted - 11;
    let mut text = String::new();
    while left > 0 {
        // A label and its dot; never leave a single dot for the end.
        let take = if left <= 64 {
            left
        } else if left == 65 {
            63
        } else {
            64
        };
        text.push_str(&letters(take - 1, numbers));
        text.push('.');
        left -= take;
    }
    Some(text + DOMAIN)
}

/// A text that starts so and goes on in letters.
pub(super) fn grown(start: &str, Length { min, max }: Length, numbers: Numbers<'_>) -> Option<String> {
    let start_length = u64::try_from(start.chars().count()).ok()?;
    let low = min.max(start_length);
    let high = max.unwrap_or(low.saturating_add(12));
    (low <= high).then(|| {
        let length = low + numbers((high - low).min(12) + 1);
        format!("{start}{}", letters(length - start_length, numbers))
    })
}

/// RFC 4648 §4, in whole groups of four characters.
pub(super) fn base64(Length { min, max }: Length, numbers: Numbers<'_>) -> Option<String> {
    let groups = min.div_ceil(4);
    let most = max.map_or(groups + 3, |max| max / 4);
    (groups <= most).then(|| {
        let count = groups + numbers((most - groups).min(3) + 1);
        let bytes: Vec<u8> = (0..count * 3).map(|_| u8::try_from(numbers(256)).expect("below 256")).collect();
        data_encoding::BASE64.encode(&bytes)
    })
}
