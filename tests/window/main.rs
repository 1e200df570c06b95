//! What a street window and finance do, through the interface: every test has a database, a server and people of its own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do, and clippy only knows functions that are tests themselves"
)]

#[path = "../world/mod.rs"]
mod world;

mod bad_identity;
mod bad_input;
mod bad_times;
mod bad_tokens;
mod bank;
mod bank_faults;
mod barred;
mod cases;
mod cash_bounds;
mod cash_custodians;
mod cash_differences;
mod clearings;
mod countersigns;
mod custody;
mod denials;
mod entries;
mod fast_track;
mod forms;
mod fund_settings;
mod funds;
mod goods;
mod hook_keeping;
mod hook_retention;
mod hooks;
mod hooks_unwilling;
mod hospital_stories;
mod hospitals;
mod identity;
mod identity_edges;
mod incident_changes;
mod incidents;
mod integrators;
mod keys;
mod life_model;
mod limits;
mod odd_values;
mod publicity;
mod races;
mod recovery;
mod recovery_edges;
mod recovery_errors;
mod recovery_returns;
mod refusals;
mod report_forms;
mod report_oracle;
mod reports;
mod roster;
mod scope;
mod sealed;
mod search;
mod settlement_edges;
mod settlement_races;
mod settlement_recoveries;
mod settlement_years;
mod settlements;
mod statement_edges;
mod statement_month;
mod statement_refusals;
mod statements;
mod stories;
mod street_stories;
mod two_steps;
mod waivers;
mod ways_out;
