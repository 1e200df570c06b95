//! JSON as it comes in: read once into a tree, from which both the typed body and the canonical form are taken.
//!
//! A tree of our own, because duplicate members must be refused (RFC 7493), because errors must never repeat a value
//! that the client sent (it may be a name or a number of a person), and because members kept sorted make the canonical
//! form (RFC 8785) cheap.
//!
//! ```text
//! bytes ──► Tree ──► T            faults with JSON pointers
//!             └────► canonical    for the fingerprint of a key
//! ```

mod canonical;
mod pairs;
mod pointer;
mod read;
mod tree;
mod wrong;

pub(crate) use canonical::canonical;
pub(crate) use pairs::from_pairs;
pub(crate) use read::from_tree;
pub(crate) use tree::Tree;
