//! jiujinan (救急难)
#![allow(missing_docs, reason = "scaffold")]

pub mod actor;
pub mod audit;
pub mod book;
pub mod case;
pub mod code;
pub mod db;
pub mod division;
pub mod fund;
pub mod http;
pub mod id;
pub mod identity;
pub mod money;
pub mod number;
pub mod policy;
pub mod reads;
pub mod server;
mod stored;
pub mod telemetry;
pub mod time;
pub mod vault;
