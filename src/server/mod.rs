//! The program: commands, settings, routes, workers, health, graceful stop.

mod app;
pub mod command;
pub mod config;
mod health;
mod import;
mod issuer;
mod meters;
mod openapi;
mod rules;
mod run;
mod seed;
mod witness;

pub use app::{Services, offered};
pub use openapi::document;
