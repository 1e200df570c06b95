//! What the program says about itself: one JSON line per event on stderr, and metrics. Neither holds personal data:
//! nobody logs any, and what looks like a number of a person is taken out of every line on its way.

mod log;
mod metrics;
mod redact;

pub use log::{LogError, install};
pub use metrics::Metrics;
pub use redact::redact;
