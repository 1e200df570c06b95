//! What must survive: killed servers, killed databases, cut connections, planted secrets. Slower than the rest.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do, and a drill tells what it counted"
)]

#[path = "../world/mod.rs"]
mod world;

mod cut_after_commit;
mod dev;
mod home;
mod integrator;
mod kill_postgres;
mod kill_rail;
mod kill_server;
mod kill_settlements;
mod load;
mod needle;
mod privacy;
mod process;
mod promise;
mod random;
mod slow;
mod start;
mod waiver;
