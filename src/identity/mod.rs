//! Who is meant: the numbers and names by which people and organisations are known.
//!
//! Everything here is a plain value: parsed once at the edge, well formed from then on, compared and stored without
//! a second check. Nothing here knows where such a value came from or whether the person exists.
//!
//! ```text
//!  raw text ──parse──▶ IdNumber | PersonName | Phone | AccountNumber ──expose──▶ vault (sealed, blind index)
//!     │                        └── Debug, Display, masked() ──▶ screens and logs
//!     └── refused with one reason: length, character, checksum, birth_date, …
//! ```
//!
//! What belongs to a person shows itself masked, cannot be serialised by accident and is wiped from memory when
//! dropped; the whole text is had only by a call named `expose`, which a reviewer can search for. A [`CreditCode`]
//! names an organisation, is published by it, and shows itself whole.

mod account;
mod credit_code;
mod id_type;
mod invisible;
mod mask;
mod name;
mod number;
mod phone;
mod resident;

pub use account::{AccountInvalid, AccountNumber};
pub use credit_code::{CreditCode, CreditCodeInvalid};
pub use id_type::IdType;
pub use invisible::is_invisible;
pub use name::{NameInvalid, PersonName};
pub use number::{IdInvalid, IdNumber};
pub use phone::{Phone, PhoneInvalid};
