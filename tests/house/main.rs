//! What holds for the whole house: floors, files, statements, schema, routes and who may use them, and the pure core.

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
mod tokens;
