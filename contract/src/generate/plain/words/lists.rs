//! The words that texts are made of. All invented, or common words: no real person, company or address.

pub(super) const GIVEN: &[&str] = &[
    "Ada", "Amir", "Anouk", "Bela", "Bruno", "Cora", "Dario", "Edda", "Elif", "Farid", "Freya", "Greta", "Hana",
    "Hugo", "Ines", "Ivo", "Jana", "Jonas", "Kaya", "Kiran", "Leif", "Lina", "Malik", "Mei", "Milo", "Nadia", "Nora",
    "Oskar", "Pia", "Quentin", "Rosa", "Samir", "Selma", "Tomas", "Uma", "Vera", "Wanda", "Yara", "Yusuf", "Zoe",
];

pub(super) const FAMILY: &[&str] = &[
    "Abel",
    "Almeida",
    "Bergström",
    "Brandt",
    "Castell",
    "Dorn",
    "Duarte",
    "Eklund",
    "Fontana",
    "Greer",
    "Haddad",
    "Holm",
    "Ivers",
    "Jarvi",
    "Kessler",
    "Kowal",
    "Lindqvist",
    "Lund",
    "Moreau",
    "Nakata",
    "Novak",
    "Okafor",
    "Petrov",
    "Quist",
    "Rahman",
    "Sandoval",
    "Tanaka",
    "Ueda",
    "Vogel",
    "Weiss",
    "Yilmaz",
    "Zeman",
];

/// Cities with the region, the start of their postal codes, the country and its code; all but the countries are invented.
pub(super) const CITIES: &[(&str, &str, &str, &str, &str)] = &[
    ("Ashford Falls", "OR", "970", "United States", "US"),
    ("Bramley", "VT", "054", "United States", "US"),
    ("Corvale", "WA", "984", "United States", "US"),
    ("Dunmere", "ENG", "TN2", "United Kingdom", "GB"),
    ("Eastholm", "SCT", "EH6", "United Kingdom", "GB"),
    ("Fernbach", "BY", "804", "Germany", "DE"),
    ("Glenrock", "BC", "V5K", "Canada", "CA"),
    ("Harrowbeck", "NI", "304", "Germany", "DE"),
    ("Montclair-sur-Orne", "NOR", "141", "France", "FR"),
    ("Pratonovo", "TOS", "501", "Italy", "IT"),
    ("Vila Serena", "SP", "013", "Brazil", "BR"),
    ("Kitagawa", "13", "150", "Japan", "JP"),
];

pub(super) const STREETS: &[&str] = &[
    "Cedar Lane",
    "Harbour Street",
    "Mill Road",
    "Orchard Avenue",
    "Quarry Hill",
    "River Walk",
    "Station Road",
    "Tanner's Row",
    "Willow Court",
    "Windmill Street",
];

/// Words for what things are like.
pub(super) const QUALITIES: &[&str] = &[
    "amber", "ancient", "azure", "bold", "bright", "calm", "clear", "copper", "crimson", "curious", "early", "gentle",
    "golden", "green", "hidden", "honest", "indigo", "ivory", "late", "light", "little", "lucky", "mellow", "misty",
    "northern", "open", "patient", "plain", "quiet", "rapid", "scarlet", "silent", "silver", "simple", "slow", "solid",
    "southern", "steady", "sunny", "swift", "tidy", "velvet", "warm", "wild",
];

/// Words for things of all kinds.
pub(super) const THINGS: &[&str] = &[
    "acorn", "anchor", "basalt", "beacon", "birch", "bridge", "brook", "canyon", "cedar", "comet", "compass", "coral",
    "delta", "dune", "ember", "falcon", "fern", "fjord", "forest", "garden", "glacier", "granite", "grove", "harbor",
    "hazel", "heron", "island", "juniper", "kestrel", "lagoon", "lantern", "maple", "marble", "meadow", "meteor",
    "mill", "orchard", "otter", "pebble", "pine", "plateau", "prairie", "quarry", "raven", "reef", "ridge", "river",
    "robin", "saddle", "sparrow", "spruce", "stone", "summit", "thicket", "tide", "timber", "valley", "willow",
];

/// Words for things that are sold.
pub(super) const GOODS: &[&str] = &[
    "Backpack",
    "Bicycle",
    "Blanket",
    "Bookshelf",
    "Candle",
    "Chair",
    "Clock",
    "Coffee Grinder",
    "Cutting Board",
    "Desk Lamp",
    "Espresso Cup",
    "Field Notebook",
    "Frying Pan",
    "Gloves",
    "Headphones",
    "Jacket",
    "Kettle",
    "Keyboard",
    "Mug",
    "Picture Frame",
    "Pillow",
    "Raincoat",
    "Rug",
    "Scarf",
    "Speaker",
    "Table",
    "Teapot",
    "Tent",
    "Umbrella",
    "Water Bottle",
];

pub(super) const MATERIALS: &[&str] = &[
    "Bamboo", "Canvas", "Ceramic", "Cork", "Cotton", "Enamel", "Glass", "Leather", "Linen", "Oak", "Steel", "Walnut",
    "Wool",
];

pub(super) const TRADES: &[&str] = &[
    "Analytics",
    "Foods",
    "Freight",
    "Furniture",
    "Garden Supply",
    "Labs",
    "Logistics",
    "Paper",
    "Press",
    "Software",
    "Studio",
    "Tools",
];

pub(super) const FORMS: &[&str] = &["AB", "Co.", "GmbH", "Inc.", "Ltd", "S.A."];

pub(super) const JOBS: &[&str] = &[
    "Accountant",
    "Account Manager",
    "Architect",
    "Backend Engineer",
    "Baker",
    "Civil Engineer",
    "Copy Editor",
    "Data Analyst",
    "Designer",
    "Electrician",
    "Frontend Engineer",
    "Head of Operations",
    "Librarian",
    "Nurse",
    "Office Manager",
    "Product Manager",
    "Project Manager",
    "Teacher",
];

pub(super) const DEPARTMENTS: &[&str] = &[
    "Customer Care",
    "Design",
    "Engineering",
    "Finance",
    "Legal",
    "Marketing",
    "Operations",
    "People",
    "Research",
    "Sales",
];

/// Colours by name, with their code in sRGB.
pub(super) const COLOURS: &[(&str, &str)] = &[
    ("black", "#1f2328"),
    ("blue", "#2f6fde"),
    ("brown", "#8a5a36"),
    ("green", "#2e8b57"),
    ("grey", "#7d8590"),
    ("orange", "#e07b28"),
    ("pink", "#d6679c"),
    ("purple", "#7a4fd0"),
    ("red", "#c93c37"),
    ("teal", "#1f8a8a"),
    ("white", "#f6f8fa"),
    ("yellow", "#d9a514"),
];

pub(super) const MEDIA_TYPES: &[(&str, &str)] = &[
    ("application/pdf", "pdf"),
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("text/csv", "csv"),
    ("text/plain", "txt"),
    ("application/zip", "zip"),
];

pub(super) const ZONES: &[&str] =
    &["America/New_York", "America/Sao_Paulo", "Asia/Tokyo", "Europe/Berlin", "Europe/London", "Pacific/Auckland"];

pub(super) const LANGUAGES: &[&str] = &["en", "de", "fr", "pt-BR", "es", "ja"];

pub(super) const CURRENCIES: &[&str] = &["EUR", "USD", "JPY", "CHF", "GBP", "SEK"];

/// Sentences with a place for a quality and a thing each.
pub(super) const SENTENCES: &[&str] = &[
    "The {q} {t} is ready for review.",
    "Please have a look at the {q} {t} before Friday.",
    "It comes with a {q} {t} and needs no tools.",
    "Nobody expected the {t} to be so {q}.",
    "We moved everything to the {q} {t} last week.",
    "Works well with any {t}, {q} or not.",
    "A {q} {t} for everyday use.",
    "This replaces the old {t}, which was not {q} enough.",
    "Ask for the {q} one if the {t} is missing.",
    "Delivered in a {q} box, {t} included.",
];

pub(super) const AGENTS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    "curl/8.14.1",
];
