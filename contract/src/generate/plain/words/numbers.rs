//! Numbers by the name of the member that holds them.

/// The range that numbers of such a name have among people.
pub(crate) fn range_by_name(name: &str) -> Option<(i128, i128)> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let ends = |ending: &str| plain.ends_with(ending);
    Some(if plain == "age" || ends("years") {
        (18, 79)
    } else if ends("year") {
        (2019, 2026)
    } else if ends("month") {
        (1, 12)
    } else if ends("latitude") || plain == "lat" {
        (-60, 60)
    } else if ends("longitude") || plain == "lon" || plain == "lng" {
        (-150, 150)
    } else if ends("price") || ends("amount") || ends("total") || ends("cost") || ends("balance") || ends("fee") {
        (5, 500)
    } else if ends("quantity") || ends("count") || plain == "qty" || ends("stock") {
        (1, 40)
    } else if ends("percent") || ends("percentage") || ends("progress") {
        (0, 100)
    } else if ends("rating") || ends("score") {
        (1, 5)
    } else if ends("port") {
        (1024, 49151)
    } else if ends("width") || ends("height") {
        (64, 1920)
    } else if ends("page") {
        (1, 9)
    } else {
        return None;
    })
}
