//! The program: commands, settings, routes, workers, health, graceful stop.

mod app;
pub mod command;
pub mod config;
mod health;
mod import;
pub mod issuer;
mod meters;
mod openapi;
mod opening;
mod registers;
mod routes;
mod rules;
pub mod run;
pub mod seed;
mod witness;

pub use openapi::{document, offered};
