//! For whom an incident is there.

use crate::actor::Actor;
use crate::book::IncidentRow;

/// An incident serves the windows around it: those of its area, and those whose area it lies in.
pub fn near(actor: &Actor, incident: &IncidentRow) -> bool {
    actor.reaches(&incident.division) || incident.division.covers(&actor.scope)
}
