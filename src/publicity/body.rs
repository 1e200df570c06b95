//! What publishers send, and what can be wrong with it.

use jiff::civil::Date;
use serde::Deserialize;

use crate::division::Division;
use crate::http::{Body, Faults, Text};
use crate::time::span::Month;
use crate::time::{start_of, strict};

/// Days that one list covers at most.
const DAYS_MAX: i32 = 366;

/// `POST /v1/publicity`: `month`, or `from` and `to`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicationBody {
    /// Of which division, and of everything below it.
    pub division: Division,
    /// Granted in this month.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$")]
    pub month: Option<Month>,
    /// Granted on this day or later.
    #[serde(default, deserialize_with = "strict::day_if_any")]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// Granted on this day or before, 366 days at most.
    #[serde(default, deserialize_with = "strict::day_if_any")]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// The first day on which it is not shown any more, at most a year ahead; by default as many days ahead as the rules say.
    #[serde(default, deserialize_with = "strict::day_if_any")]
    #[schema(value_type = Option<String>, format = Date)]
    pub take_down_on: Option<Date>,
}

/// `POST /v1/publicity/{publication}/take-down`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeDownBody {
    /// Why it is taken down before its day.
    pub reason: Text<500>,
}

impl PublicationBody {
    /// The first and the last day; none when it names none, half of them, or both ways.
    pub fn span(&self) -> Option<(Date, Date)> {
        match (self.month, self.from, self.to) {
            (Some(month), None, None) => month.span().map(|span| (span.first, span.last)),
            (None, Some(from), Some(to)) => Some((from, to)),
            _ => None,
        }
    }
}

impl Body for PublicationBody {
    fn check(&self, faults: &mut Faults) {
        let Some((from, to)) = self.span() else {
            let place = match (self.month, self.from, self.to) {
                (Some(_), ..) | (None, None, None) => "/month",
                (None, None, Some(_)) => "/from",
                (None, Some(_), _) => "/to",
            };
            faults.add(place, "a list is of a month, or of days from and to");
            return;
        };
        if start_of(from).is_none() {
            faults.add("/from", "a day of the years 1900 to 2999 is needed");
        }
        if start_of(to).is_none() {
            faults.add("/to", "a day of the years 1900 to 2999 is needed");
        }
        if from > to {
            faults.add("/to", "the last day lies before the first");
        } else if (to - from).get_days() >= DAYS_MAX {
            faults.add("/to", format!("a list covers {DAYS_MAX} days at most"));
        }
    }
}

impl Body for TakeDownBody {
    fn check(&self, _: &mut Faults) {}
}
