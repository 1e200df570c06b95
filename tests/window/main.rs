//! What a street window and finance do, through the interface: every test has a database, a server and people of its own.

#[path = "../world/mod.rs"]
mod world;

mod bad_input;
mod cases;
mod countersigns;
mod fast_track;
mod funds;
mod incidents;
mod races;
mod refusals;
mod stories;
