//! What keepers of hooks send, and what can be wrong with it.

use jiff::Timestamp;
use serde::Deserialize;

use crate::book::{DeliveryState, HookEvent};
use crate::division::Division;
use crate::http::{Body, Faults, Text};
use crate::time::strict;

/// `POST /v1/hooks`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://example.com/hooks", "events": ["settlement.settled", "settlement.cancelled"], "division": "340304"}))]
pub struct HookBody {
    /// Where to: https, a public address, no user and no fragment.
    pub url: Text<1000>,
    /// Of what; each once.
    #[schema(min_items = 1, max_items = 12)]
    pub events: Vec<HookEvent>,
    /// Of which division, and of everything below it.
    pub division: Division,
}

/// `POST /v1/hooks/{hook}/rotate`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateBody {}

/// `POST /v1/hooks/{hook}/replay`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "2026-11-24T00:00:00+08:00", "to": "2026-11-25T00:00:00+08:00", "state": "dead"}))]
pub struct ReplayBody {
    /// Made from this moment on.
    #[serde(deserialize_with = "strict::moment")]
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Made before this moment.
    #[serde(deserialize_with = "strict::moment")]
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// Only those that ended so; absent: all that ended.
    #[serde(default)]
    pub state: Option<DeliveryState>,
}

impl Body for HookBody {
    fn check(&self, faults: &mut Faults) {
        if self.events.is_empty() {
            faults.add("/events", "at least one event is needed");
        }
        // A list with a name twice is pointed at where it repeats: no list that passes is longer than there are events.
        for (index, event) in self.events.iter().enumerate().take(HookEvent::ALL.len() + 1) {
            if self.events.iter().take(index).any(|earlier| earlier == event) {
                faults.add(format!("/events/{index}"), "named twice");
            }
        }
    }
}

impl Body for RotateBody {
    fn check(&self, _: &mut Faults) {}
}

impl Body for ReplayBody {
    fn check(&self, faults: &mut Faults) {
        if self.from >= self.to {
            faults.add("/to", "must be later than from");
        }
        if self.state == Some(DeliveryState::Pending) {
            faults.add("/state", "what is pending is sent anyway: delivered or dead is needed");
        }
    }
}
