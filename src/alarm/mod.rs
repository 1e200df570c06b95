//! Alarms: what somebody must be told, once.
//!
//! The book raises them with what causes them: a fund that falls to its alarm level, or to nothing; a window that asks for money; a
//! bank that is silent; a look at a sealed case; a count of cash that differs. Here they are read. Alarms of sealed cases are for auditors only: that such a case is
//! there must not be learnt from its alarm.

mod http;
mod list;

pub use http::routes;
