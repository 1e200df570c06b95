//! What holds for the whole house: floors, files, statements, schema, routes and who may use them, and the pure core.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "helpers of tests fail as tests do, and tables are long"
)]

#[path = "../world/mod.rs"]
mod world;

mod access;
mod floors;
mod model;
mod openapi;
mod records;
mod snapshot;
mod source;
mod sql;
mod things;
mod tokens;
