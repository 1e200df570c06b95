//! Our end of the rail against a bank that answers, misbehaves, dies and lies: no fault is ever taken for a yes or a no.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do, and clippy only knows functions that are tests themselves"
)]

mod bank;
mod breaker;
mod callbacks;
mod faults;
mod impostor;
mod killed;
mod results;
