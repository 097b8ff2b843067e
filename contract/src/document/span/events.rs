//! The nodes of a text by the events of YAML, of which JSON is a subset.

use std::ops::Range;

use granit_parser::{Event, Parser, Span};

use crate::document::span::tree::{Kind, Tree};
use crate::document::span::{NONE, Node, unquoted, widen};

/// The most levels that collections may nest in this pass; deeper than the readers of values go, so that it never stops first.
const MAX_DEPTH: usize = 512;

/// The most characters that a key may have in this pass: YAML says 1024, JSON says nothing. The parser keeps as much as
/// this in mind, since all of it may turn out to be a key.
const MAX_KEY: usize = 1 << 12;

/// The nodes of a text; where it stops being readable, those before that.
pub(super) fn nodes(text: &str) -> Vec<Node> {
    let options = granit_parser::options! {
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
        simple_key_max_lookahead: MAX_KEY,
    };
    let mut tree = Tree::default();
    let mut anchors: Vec<(usize, u32)> = Vec::new();
    for event in Parser::new_from_str_with_options(text, options) {
        let Ok((event, span)) = event else { break };
        let range = byte_range(&span);
        let anchor = event.anchor_id();
        let met = match event {
            Event::Scalar(value, ..) if tree.awaits_key() => {
                let same = text.get(widen(&range)).map(unquoted) == Some(value.as_ref());
                tree.key(range, (!same).then(|| value.into_owned().into_boxed_str()));
                None
            }
            Event::Scalar(..) => Some(tree.node(range)),
            Event::Alias(_) if tree.awaits_key() => {
                tree.key(range, None);
                None
            }
            Event::Alias(id) => {
                let target = anchors.iter().rev().find(|(known, _)| *known == id).map(|(_, node)| *node);
                let node = tree.node(range);
                tree.aim(node, target.unwrap_or(NONE));
                None
            }
            Event::SequenceStart(..) => Some(start(&mut tree, range, Kind::Sequence)),
            Event::MappingStart(..) => Some(start(&mut tree, range, Kind::Mapping)),
            Event::SequenceEnd | Event::MappingEnd => {
                tree.end(range.end);
                None
            }
            Event::DocumentEnd => break,
            // The enum is open; nothing else brings a node.
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | _ => None,
        };
        anchors.extend(anchor.zip(met));
    }
    tree.into_nodes()
}

fn start(tree: &mut Tree, range: Range<u32>, kind: Kind) -> u32 {
    if tree.awaits_key() {
        // A collection as a key has no pointer; its text stands for its name.
        tree.key(range.clone(), None);
    }
    tree.start(range, kind)
}

fn byte_range(span: &Span) -> Range<u32> {
    let offset = |marker: &granit_parser::Marker| {
        u32::try_from(marker.byte_offset().unwrap_or_else(|| marker.index())).unwrap_or(u32::MAX)
    };
    offset(&span.start)..offset(&span.end)
}
