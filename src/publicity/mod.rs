//! Lists made public (公示): who was helped with how much, so that neighbours can object, and so that nobody is recognised who must not be.
//!
//! ```text
//! publish ─▶ shown ─┬─ its day comes ──▶ taken down      rows stay as evidence: for auditors only
//!                   └─ take-down ──────▶ taken down
//! ```
//!
//! | whom | |
//! |---|---|
//! | published | granted cases of lanes that the policy of the case names; small quick aid never |
//! | never | sealed cases, violence, applicants under 18 on the day of the grant, and those whose document holds no birth date: nobody can say that they are grown up |
//! | once | a case stands in one publication for ever; a later one of the same span leaves it out |
//!
//! A row says a masked name, street, lane, amount and day of the grant. No cause: with a street, an amount and a day it tells neighbours
//! of an illness. No address, no number of a document or case, nobody else of the household.
//!
//! Rows are kept as they were published, because what was said in public is evidence. The masked name is sealed under a data key of its
//! own all the same: with that key destroyed (or the value emptied) the person is cut off from the record, which shows `***` then, while
//! amounts, sums and the digest in the audit leaf stay valid. A case that is sealed later disappears from the list at once; its number
//! stays for auditors.

mod answer;
mod body;
mod csv;
mod find;
mod http;
mod name;
mod page;
mod publish;
mod rule;
mod take_down;

pub use http::routes;
