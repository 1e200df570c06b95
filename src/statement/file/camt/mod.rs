//! camt.053 (ISO 20022 bank-to-customer statement), versions 2 and 8.
//!
//! One message holds one statement of one account; what comes in pages or holds several is refused, because only a whole statement can
//! be checked. An entry of several transactions becomes as many lines, which add up to it.

mod entry;
mod message;
mod places;

pub use message::read;
