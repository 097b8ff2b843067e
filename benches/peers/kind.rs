//! The kinds of requests that are compared, each as the bytes of a request.

/// A kind of request, with what an item of the set has to be there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One item by its key.
    Item,
    /// A page of 50 items.
    Page,
    /// The last page of 50 items, by its offset.
    LastPage,
    /// A page of the items of one status.
    Filter,
    /// A page of the items in the order of a member.
    Sort,
    /// A body that the contract refuses.
    Refused,
    /// A new item.
    Created,
    /// An item in the place of one that is there.
    Replaced,
}

/// The body of an item, of 200 bytes.
const BODY: &str = r#"{"name":"A thing of the usual kind","status":"open","weight":1200,"note":"It stands where it was put, and nobody has asked for it since; that is all there is to say of it.","tags":["blue","wood","old"]}"#;

impl Kind {
    /// All kinds, in the order of the table.
    pub(crate) const ALL: [Self; 8] = [
        Self::Item,
        Self::Page,
        Self::LastPage,
        Self::Filter,
        Self::Sort,
        Self::Refused,
        Self::Created,
        Self::Replaced,
    ];

    /// The word in the table and on the command line.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Page => "page",
            Self::LastPage => "last-page",
            Self::Filter => "filter",
            Self::Sort => "sort",
            Self::Refused => "refused",
            Self::Created => "created",
            Self::Replaced => "replaced",
        }
    }

    /// True where a server of the same bytes has to read and write a value as well.
    pub(crate) fn has_body(self) -> bool {
        match self {
            Self::Refused | Self::Created | Self::Replaced => true,
            Self::Item | Self::Page | Self::LastPage | Self::Filter | Self::Sort => false,
        }
    }

    /// The bytes of a request, for a set of so many items.
    pub(crate) fn request(self, items: usize) -> Vec<u8> {
        match self {
            Self::Item => get("/things/17"),
            Self::Page => get("/things?limit=50"),
            Self::LastPage => get(&format!("/things?limit=50&offset={}", items.saturating_sub(50))),
            Self::Filter => get("/things?status=waiting&limit=50"),
            Self::Sort => get("/things?sort=-weight&limit=50"),
            Self::Refused => send("POST", "/things", &BODY.replace("1200", "\"x\"")),
            Self::Created => send("POST", "/things", BODY),
            Self::Replaced => send("PUT", "/things/17", BODY),
        }
    }
}

/// The request that makes the item of a number: a twentieth of them is waiting, and weights differ.
pub(crate) fn filling(number: usize) -> Vec<u8> {
    let status = if number.is_multiple_of(20) { "waiting" } else { "open" };
    let body = BODY.replace("open", status).replace("1200", &(1000 + number * 7919 % 9000).to_string());
    send("POST", "/things", &body)
}

fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n").into_bytes()
}

fn send(method: &str, target: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body.as_bytes()].concat()
}
