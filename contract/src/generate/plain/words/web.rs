//! Addresses, files, versions: what computers write.

use crate::generate::plain::words::{lists, mark, pick};
use crate::generate::{Choices, Data};

/// A text that computers write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Web {
    Url,
    Picture,
    Avatar,
    Host,
    Address4,
    Address6,
    Hardware,
    Agent,
    Slug,
    MediaType,
    Extension,
    FileName,
    FilePath,
    Version,
    Digest,
    Key,
}

/// A text of a kind that is about computers.
pub(super) fn text(kind: Web, data: &Data, choices: &mut dyn Choices) -> String {
    match kind {
        Web::Url => format!("https://example.com/{}/{}", pick(lists::THINGS, choices), mark(choices)),
        Web::Picture | Web::Avatar => {
            let name = format!("{}-{}", pick(lists::THINGS, choices), mark(choices));
            match (&data.pictures, kind) {
                (Some(at), Web::Avatar) => format!("{at}/avatar-{name}.svg"),
                (Some(at), _) => format!("{at}/{name}.svg"),
                (None, _) => format!("https://example.com/images/{name}.png"),
            }
        }
        Web::Host => format!("{}.example.com", pick(lists::THINGS, choices)),
        Web::Address4 => format!("203.0.113.{}", 1 + choices.below(254)),
        Web::Address6 => format!("2001:db8::{:x}", 1 + choices.below(0xfffe)),
        Web::Hardware => {
            let mut part = || choices.below(256);
            format!("02:00:5e:{:02x}:{:02x}:{:02x}", part(), part(), part())
        }
        Web::Agent => pick(lists::AGENTS, choices).to_owned(),
        Web::Slug => {
            format!("{}-{}-{}", pick(lists::QUALITIES, choices), pick(lists::THINGS, choices), choices.below(100))
        }
        Web::MediaType => pick(lists::MEDIA_TYPES, choices).0.to_owned(),
        Web::Extension => pick(lists::MEDIA_TYPES, choices).1.to_owned(),
        Web::FileName => {
            format!(
                "{}-{}.{}",
                pick(lists::THINGS, choices),
                1 + choices.below(99),
                pick(lists::MEDIA_TYPES, choices).1
            )
        }
        Web::FilePath => {
            format!(
                "{}/{}.{}",
                pick(lists::THINGS, choices),
                pick(lists::THINGS, choices),
                pick(lists::MEDIA_TYPES, choices).1
            )
        }
        Web::Version => format!("{}.{}.{}", 1 + choices.below(4), choices.below(12), choices.below(20)),
        Web::Digest => (0..64)
            .map(|_| char::from_digit(u32::try_from(choices.below(16)).unwrap_or(0), 16).unwrap_or('0'))
            .collect(),
        Web::Key => format!("{}-{}", pick(lists::THINGS, choices), mark(choices)),
    }
}
