//! An incident as answered.

use jiff::civil::Date;
use serde::Serialize;

use crate::book::IncidentRow;
use crate::division::Division;
use crate::id::IncidentId;
use crate::policy::Cause;
use crate::time::rfc3339;

/// An incident as answered.
#[derive(Serialize, utoipa::ToSchema)]
pub struct IncidentAnswer {
    id: IncidentId,
    division: Division,
    cause: Cause,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[schema(format = DateTime)]
    occurred_at: String,
    #[schema(value_type = Option<String>, format = Date)]
    ended_on: Option<Date>,
    sealed: bool,
    version: i64,
    #[schema(format = DateTime)]
    reported_at: String,
}

impl IncidentAnswer {
    /// An incident, with its place for those who may see it.
    pub fn of(row: &IncidentRow, place: Option<String>) -> Self {
        Self {
            id: row.id,
            division: row.division,
            cause: row.cause,
            place,
            occurred_at: rfc3339(row.occurred_at),
            ended_on: row.ended_on,
            sealed: row.sealed,
            version: row.version,
            reported_at: rfc3339(row.reported_at),
        }
    }
}
