//! Commands, one a file. Exit codes: 0 done, 1 failed, 2 usage.

pub mod connect;
mod dev;
mod import;
mod migrate;
mod rail_simulator;
mod roster;
mod run;
mod serve;
mod token;

pub use roster::take_in;
pub use run::run;
use run::say;
