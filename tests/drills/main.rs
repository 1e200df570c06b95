//! What must survive: killed servers, killed databases, cut connections, planted secrets. Slower than the rest.

#[path = "../world/mod.rs"]
mod world;
