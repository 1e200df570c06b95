//! Incidents: place, time and cause of an emergency. Several families of one fire are several cases of one incident.

mod change;
mod find;
mod http;
mod report;

pub use http::{IncidentBody, routes};
pub use report::Report;
