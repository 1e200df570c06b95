//! What is told of an incident, and what can be wrong with it.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Deserializer};

use crate::http::{Body, Faults, Patch, Text};
use crate::id::IncidentId;
use crate::policy::Cause;
use crate::time::day;

/// An incident: a new one by cause, place and time, or `{"id": …}` of one reported before.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentBody {
    /// One reported before; then nothing else is named.
    #[serde(default)]
    pub id: Option<IncidentId>,
    /// What happened.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// Where; kept sealed.
    #[serde(default)]
    pub place: Option<Text<200>>,
    /// When.
    #[serde(default, deserialize_with = "crate::time::strict::moment_if_any")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub occurred_at: Option<Timestamp>,
    /// The day it ended, when known.
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
    #[schema(value_type = Option<String>, format = Date)]
    pub ended_on: Option<Date>,
}

/// `POST /v1/incidents`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportBody {
    /// What happened.
    pub cause: Cause,
    /// Where; kept sealed.
    pub place: Text<200>,
    /// When.
    #[serde(deserialize_with = "crate::time::strict::moment")]
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// The day it ended, when known.
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
    #[schema(value_type = Option<String>, format = Date)]
    pub ended_on: Option<Date>,
}

/// `PATCH /v1/incidents/{incident}`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    /// What happened.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// Where; kept sealed.
    #[serde(default)]
    pub place: Option<Text<200>>,
    /// When.
    #[serde(default, deserialize_with = "crate::time::strict::moment_if_any")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub occurred_at: Option<Timestamp>,
    /// The day it ended; null takes it away.
    #[serde(default, deserialize_with = "patched_day")]
    #[schema(value_type = Option<String>, format = Date)]
    pub ended_on: Patch<Date>,
}

fn patched_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Patch<Date>, D::Error> {
    Ok(crate::time::strict::day_if_any(deserializer)?.map_or(Patch::Null, Patch::Value))
}

impl IncidentBody {
    /// Checks it as a part of another body.
    pub fn check(&self, pointer: &str, faults: &mut Faults) {
        let named = self.cause.is_some() || self.place.is_some() || self.occurred_at.is_some() || self.ended_on.is_some();
        match self.id {
            Some(_) if named => faults.add(pointer, "an incident is named by its id or described, not both"),
            Some(_) => {}
            None => {
                for (missing, name) in [
                    (self.cause.is_none(), "cause"),
                    (self.place.is_none(), "place"),
                    (self.occurred_at.is_none(), "occurred_at"),
                ] {
                    if missing {
                        faults.add(format!("{pointer}/{name}"), "a new incident needs cause, place and occurred_at");
                    }
                }
            }
        }
        check_times(pointer, self.occurred_at, self.ended_on, faults);
    }
}

/// Clocks of windows go wrong by some minutes; an incident lies in this century or the last.
fn check_times(pointer: &str, occurred_at: Option<Timestamp>, ended_on: Option<Date>, faults: &mut Faults) {
    let limit = Timestamp::now().checked_add(10.minutes()).unwrap_or(Timestamp::MAX);
    if occurred_at.is_some_and(|at| at > limit || day(at).year() < 1900) {
        faults.add(format!("{pointer}/occurred_at"), "a moment since 1900 that is not in the future is needed");
    }
    if ended_on.is_some_and(|ended| ended > day(limit) || ended.year() < 1900 || occurred_at.is_some_and(|at| ended < day(at))) {
        faults.add(format!("{pointer}/ended_on"), "a day from the incident to today is needed");
    }
}

impl Body for ReportBody {
    fn check(&self, faults: &mut Faults) {
        check_times("", Some(self.occurred_at), self.ended_on, faults);
    }
}

impl Body for ChangeBody {
    fn check(&self, faults: &mut Faults) {
        let ended = if let Patch::Value(day) = self.ended_on { Some(day) } else { None };
        check_times("", self.occurred_at, ended, faults);
    }
}
