//! The members around one member: some names speak of pages only beside others.

use crate::behaviour::call::Relation;
use crate::behaviour::paging::words::{self, Member};
use crate::behaviour::shape;
use crate::document::Location;

/// The members around one member, in the body itself or in an envelope's own object: some names speak of pages only
/// within an envelope, or where no other does.
#[derive(Clone, Copy)]
pub(super) enum Siblings<'m> {
    Body(&'m [(String, Location)]),
    Envelope(&'m [(String, Location)]),
}

impl Siblings<'_> {
    pub(super) fn is_body(self) -> bool {
        match self {
            Self::Body(_) => true,
            Self::Envelope(_) => false,
        }
    }

    /// True where a member of that plain name is a link: in a body, `first` and `last` may be anything else.
    pub(super) fn has_link(self, relation: Relation, plain: &str) -> bool {
        match relation {
            Relation::Next | Relation::Prev => true,
            Relation::First | Relation::Last => !self.is_body() || plain != relation.as_str(),
        }
    }

    /// True where another member tells this.
    pub(super) fn has(self, wanted: Member) -> bool {
        let (Self::Body(members) | Self::Envelope(members)) = self;
        members.iter().any(|(name, _)| words::member(&shape::plain(name)) == Some(wanted))
    }

    /// True where a member of a clear name tells of the page of that relation.
    pub(super) fn tells_clearly(self, relation: Relation) -> bool {
        let (Self::Body(members) | Self::Envelope(members)) = self;
        members.iter().any(|(name, _)| {
            matches!(
                words::member(&shape::plain(name)),
                Some(Member::Cursor(told) | Member::Link(told)) if told == relation
            )
        })
    }
}
