//! What happened, for ever: audit leaves.
//!
//! Every change, refusal, denied access and read of a person's file leaves one leaf, written in the transaction of what it
//! tells. A leaf holds identifiers, amounts, hashes and commitments; no name, no number of a person, no ciphertext. The
//! transparency log over the leaves is made afterwards, never inside that transaction.

mod denied;
mod leaf;

pub use denied::Denied;
pub use leaf::{Body, Leaf, sha256_hex};
