//! Keys outside the database, and what is done with them: sealing personal data, finding it again by a keyed index,
//! and fingerprints of requests. Nothing here knows what is sealed.
//!
//! ```text
//!  key directory (0700)                       one sealed value
//!    kek-<id>.key   key-encryption keys  ──▶  data key, fresh, wrapped under the newest kek
//!      the greatest id seals, all open          └─▶ plaintext, encrypted under the data key
//!    index.key      ──▶ BlindIndex              └─▶ commitment, HMAC of the plaintext under the data key
//!    fingerprint.key ─▶ fingerprint
//! ```
//!
//! - A value is bound to its context (which row, which column): moved elsewhere it does not open.
//! - A commitment may stand in a public log. It proves the plaintext to whoever has the sealed value, and tells
//!   nothing once the sealed value, and with it the data key, is destroyed: so a person is forgotten and the log
//!   stays whole.
//! - Rotation: put a `kek-<greater id>.key` beside the others and start again. Old values open as before and are
//!   sealed anew when next written. One kek may wrap 2^32 data keys at most (random nonces, NIST SP 800-38D §8.3).
//! - `index.key` and `fingerprint.key` do not rotate: with another index key nobody would be found again.
//! - The algorithm is named in each sealed value, so that SM4-GCM can stand beside AES-256-GCM.

mod index;
mod key_file;
mod keys;
mod person;
mod seal;
mod sealed;

pub use index::BlindIndex;
pub use key_file::KeyFileError;
pub use keys::Vault;
pub use person::{NameDigest, name_digest, person_index};
pub use seal::{PLAINTEXT_MAX, VaultError};
pub use sealed::{Sealed, Unsealed};
