//! Pictures of the mock's own, so that pages show something where data name an image: small, and always the same at one
//! address.

use etalon_contract::codec::{Headers, Response};

/// The path below which pictures are.
pub const PICTURES: &str = "/__etalon/pictures";

/// The longest name of a picture.
const MAX_NAME: usize = 200;

/// Colours that go together: the background, and what is drawn on it.
const COLOURS: [(&str, &str, &str); 8] = [
    ("#dbe7f5", "#2f6fde", "#16365f"),
    ("#f4e3d3", "#e07b28", "#6b3a12"),
    ("#dff0e4", "#2e8b57", "#164a2d"),
    ("#efe0f2", "#7a4fd0", "#3d2370"),
    ("#fbe2e1", "#c93c37", "#63201d"),
    ("#e2f1f1", "#1f8a8a", "#0f4747"),
    ("#f7efd5", "#d9a514", "#6e530a"),
    ("#e8eaee", "#5b6472", "#262b33"),
];

/// The picture of a name (`avatar-otter-x7.svg`, `otter-x7.svg`); `None` where that is no name of one.
pub(super) fn picture(name: &str) -> Option<Response> {
    let name = name.strip_suffix(".svg")?;
    let is_name = !name.is_empty()
        && name.len() <= MAX_NAME
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if !is_name {
        return None;
    }
    let drawn = match name.strip_prefix("avatar-") {
        Some(who) => avatar(who),
        None => landscape(name),
    };
    let mut headers = Headers::new();
    headers.add("Content-Type", "image/svg+xml");
    headers.add("Cache-Control", "public, max-age=86400");
    Some(Response { status: 200, headers, body: drawn.into_bytes() })
}

/// A head and shoulders in the colours of the name.
fn avatar(name: &str) -> String {
    let (back, front, dark) = colours(name);
    let tilt = number(name, 2) % 9;
    let body = format!(
        "<rect width=\"240\" height=\"240\" fill=\"{back}\"/><circle cx=\"120\" cy=\"{}\" r=\"{}\" fill=\"{front}\"/>\
         <path d=\"M30 240 Q36 {} 120 {} Q204 {} 210 240 Z\" fill=\"{dark}\"/>",
        88 + tilt,
        42 + number(name, 3) % 8,
        158 + tilt,
        148 + tilt,
        158 + tilt
    );
    svg(240, 240, name, &body)
}

/// Hills and a sun in the colours of the name.
fn landscape(name: &str) -> String {
    let (back, front, dark) = colours(name);
    let (sun, far, near) = (60 + number(name, 2) % 360, 130 + number(name, 3) % 60, 190 + number(name, 4) % 60);
    let body = format!(
        "<rect width=\"480\" height=\"320\" fill=\"{back}\"/><circle cx=\"{sun}\" cy=\"{}\" r=\"{}\" fill=\"#fff\"/>\
         <path d=\"M0 {far} Q120 {} 240 {far} T480 {} V320 H0 Z\" fill=\"{front}\"/>\
         <path d=\"M0 {near} Q160 {} 300 {near} T480 {near} V320 H0 Z\" fill=\"{dark}\"/>",
        50 + number(name, 5) % 50,
        18 + number(name, 6) % 24,
        far - 70,
        far - 20,
        near - 60
    );
    svg(480, 320, name, &body)
}

fn svg(width: u32, height: u32, name: &str, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-label=\"{name}\">{body}</svg>\n"
    )
}

fn colours(name: &str) -> (&'static str, &'static str, &'static str) {
    COLOURS[usize::try_from(number(name, 1)).unwrap_or(0) % COLOURS.len()]
}

/// A number that follows from a name, another for each salt (FNV-1a).
fn number(name: &str, salt: u8) -> u32 {
    let mixed = name
        .bytes()
        .chain([salt])
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    mixed ^ (mixed >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_picture_and_what_is_no_name_has_none() {
        let drawn = |name: &str| picture(name).map(|response| response.body);
        assert_eq!(drawn("otter-x7.svg"), drawn("otter-x7.svg"));
        assert_ne!(drawn("otter-x7.svg"), drawn("otter-x8.svg"));
        assert_ne!(drawn("otter-x7.svg"), drawn("avatar-otter-x7.svg"));
        assert_eq!(
            [drawn(".svg"), drawn("a.png"), drawn("a<b>.svg"), drawn(&"a".repeat(300))],
            [None, None, None, None]
        );
    }
}
