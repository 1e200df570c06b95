//! Cases: one household's request for one incident.
//!
//! ```text
//!              ┌──────────▶ refused                      (a refusal is a decision, with number and reason)
//! fast-track ──┤
//!              └─▶ approved ─▶ paying ─▶ paid            approved: part of the grant is still held
//!                     └───────────────────▲              paying: a payment is under way through a bank
//! ```
//!
//! The main job is [`FastTrack`]: accept, decide, approve, hold and pay in one move. [`Preview`] is the same decision without any
//! effect. What is handed over on paper stands in `forms`. The rules stand in `policy`; what is written stands in `book`.

mod accept;
mod answer;
mod applicant;
mod body;
mod decided;
mod fast_track;
mod find;
mod forms;
mod grant;
mod http;
pub mod incident;
mod life;
mod list;
mod matter;
mod opened;
mod party;
mod payment;
mod preview;
mod refusal;
mod request;
mod search;
mod seen;
mod summary;
mod transfer;

pub use applicant::{Applicant, applicant};
pub use body::{FastTrackBody, PreviewBody};
pub use fast_track::FastTrack;
pub use forms::{cause_in_chinese, lane_in_chinese};
pub use http::routes;
pub use life::follow_expiry;
pub use preview::Preview;
pub use request::{IncidentChoice, PaymentPlan, Request};
pub use transfer::{BankSays, Payee, Settle, bound_to, instruct, payee, returned, take_in};
