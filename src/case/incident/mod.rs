//! Incidents: place, time and cause of an emergency. Several families of one fire are several cases of one incident.

mod access;
mod answer;
mod body;
mod change;
mod find;
mod http;
mod report;
mod view;

pub use access::near;
pub use body::IncidentBody;
pub use find::unseal_place;
pub use http::routes;
pub use report::Report;
