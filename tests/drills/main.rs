//! What must survive: killed servers, killed databases, cut connections, planted secrets. Slower than the rest.

#[path = "../world/mod.rs"]
mod world;

mod cut_after_commit;
mod home;
mod kill_postgres;
mod kill_server;
mod load;
mod privacy;
mod process;
mod random;
mod slow;
mod start;
