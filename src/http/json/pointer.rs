//! JSON pointers (RFC 6901), and faults that point at what is wrong.

use std::fmt::Write as _;

use serde_path_to_error::{Path, Segment};

use crate::code::Code;
use crate::http::echo::echo;
use crate::http::fault::Fault;
use crate::http::json::tree::Tree;
use crate::http::json::wrong::Wrong;

/// A message of another crate that repeats so much of a value is not passed on.
const ECHO_CHARACTERS_MIN: usize = 3;

/// True when a message holds a piece of a value: it may be a part of a name or a number. A quotation is taken for one, whatever it holds.
fn repeats(message: &str, value: &str) -> bool {
    let characters: Vec<char> = value.chars().collect();
    message.contains(['\'', '"', '`']) && !value.is_empty()
        || characters.len() < ECHO_CHARACTERS_MIN && !value.is_empty() && message.contains(value)
        || characters.windows(ECHO_CHARACTERS_MIN).any(|piece| message.contains(&piece.iter().collect::<String>()))
}

/// The fault of a value that does not fit its type.
pub(crate) fn fault_at(path: &Path, wrong: Wrong, value: Option<&str>) -> Fault {
    let mut pointer = pointer(path);
    if let Some(member) = wrong.member {
        push(&mut pointer, member);
    }
    let echo = wrong.foreign && value.is_some_and(|value| repeats(&wrong.detail, value));
    let detail = if echo { "not of the expected form".to_owned() } else { wrong.detail };
    Fault { pointer, code: Code::Validation, detail }
}

/// The text at a path, when there is text.
pub(crate) fn text_at<'t>(tree: &'t Tree<'_>, path: &Path) -> Option<&'t str> {
    let end = path.iter().try_fold(tree, |tree, segment| match (tree, segment) {
        (Tree::List(items), Segment::Seq { index }) => items.get(*index),
        (Tree::Map(members), Segment::Map { key } | Segment::Enum { variant: key }) => {
            members.iter().find(|(name, _)| name.0 == *key).map(|(_, value)| value)
        }
        _ => None,
    });
    match end {
        Some(Tree::Text(text)) => Some(&text.0),
        _ => None,
    }
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => drop(write!(pointer, "/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => push(&mut pointer, key),
            Segment::Unknown => {}
        }
    }
    pointer
}

/// Appends a member, escaped; one that may be personal is not repeated.
fn push(pointer: &mut String, member: &str) {
    pointer.push('/');
    for character in echo(member).chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}
