//! The rail: signed HTTP between us and a bank's payment gateway. It knows nothing of cases and funds.
//!
//! ```text
//!   Instruction ──bytes, made once──► Gateway ──POST /instructions────────► bank
//!                                        │◄──────── signed BankResult ─────── │
//!                                        ├──GET /instructions/{id}──────────► │
//!                                        │◄──────── signed BankResult ─────── │
//!   verify_callback ◄──POST, signed BankResult─────────────────────────────── │
//!                                        ▼
//!                   Outcome: Said(Verdict), or Unclear, which is neither yes nor no
//! ```
//! Requests, answers and call-backs are signed by RFC 9421 with Ed25519 over a digest of the body (RFC 9530). An answer is
//! signed over the signature of its request too, so that no older answer can stand in for it. Only a signed answer to the very
//! request is a result; whatever else comes back, or does not, is unclear, and the same bytes may be sent again: a bank answers
//! one id with one result.
//!
//! The order in which results arrive means nothing: a `paid` may come twice, and after a `returned`. Who keeps the payment
//! decides what a result may still change.

mod address;
mod backoff;
mod breaker;
mod callback;
mod client;
mod digest;
mod envelope;
mod gateway;
mod instruction;
mod key;
mod key_file;
mod message;
mod outcome;
mod result;
mod signature;
pub mod simulator;
mod word;

pub use address::AddressInvalid;
pub use backoff::{ATTEMPTS_MAX, backoff, jitter};
pub use breaker::{Breaker, BreakerSettings, Passage};
pub use callback::{CallbackRefused, verify_callback};
pub(crate) use client::client_builder;
pub use envelope::Envelope;
pub use gateway::{Gateway, GatewayInvalid, GatewaySettings};
pub use instruction::{Instruction, InstructionInvalid, Payee};
pub use key::{OwnKey, PeerKey};
pub use key_file::KeyFileError;
pub use message::Message;
pub use outcome::{Outcome, Unclear};
pub use result::{BankResult, Verdict};
pub use signature::SignatureInvalid;
pub use word::{Word, WordInvalid};
