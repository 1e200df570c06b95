//! A bank to try the rail on: it speaks the gateway's protocol, keeps a ledger, and misbehaves when told. It moves no money.
//!
//! ```text
//!   POST /instructions ──► signed by the client? ──► ledger: one id, one body, one result ──► answer, as the behaviour has it
//!   GET  /instructions/{id} ──────────────────────────────┘        │
//!                                                                  └──► later: paid, returned ──► call-backs, a few tries each
//!   GET  /simulator/ledger          what it has paid
//!   POST /simulator/behaviours      {"behaviour": "delay:500", "instruction_id"?}
//! ```
//! The ledger is written, and flushed when it has a file, before anything is answered: a simulator that was killed and started
//! again still knows what it has paid, and finishes what it had begun.

mod behaviour;
mod client_key;
mod courier;
mod entry;
mod ledger;
mod routes;
mod serve;
mod work;
mod wrong;

pub use behaviour::{Behaviour, BehaviourInvalid};
pub use serve::{Reach, Simulator, SimulatorInvalid, SimulatorSettings};
