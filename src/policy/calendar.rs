//! Working days by the State Council's calendar, with its shifted workdays (调休).
//!
//! The calendar is announced a year at a time. Beyond the last announced year only weekends count, and a deadline that
//! reaches there is provisional.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use postgres_types::{FromSql, ToSql};
use serde::{Deserialize, Serialize};

/// What the announcement makes of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSql, FromSql)]
#[serde(rename_all = "snake_case")]
#[postgres(name = "day_kind", rename_all = "snake_case")]
pub enum DayKind {
    /// Free, though perhaps a weekday.
    Holiday,
    /// Worked, though a Saturday or Sunday.
    Workday,
}

/// The announced exceptions to the ordinary week.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    exceptions: BTreeMap<Date, DayKind>,
    known: Option<(Date, Date)>,
}

/// The last day for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// That day, inclusive.
    pub day: Date,
    /// True when it lies beyond what is announced.
    pub provisional: bool,
}

impl Calendar {
    /// A calendar of these exceptions, announced from the first day to the last.
    pub fn new(exceptions: BTreeMap<Date, DayKind>, known: Option<(Date, Date)>) -> Self {
        Self { exceptions, known }
    }

    /// Reads `day,kind` lines; the years from the first to the last line are the announced ones.
    pub fn parse(csv: &str) -> Result<Self, String> {
        let mut exceptions = BTreeMap::new();
        for (line, row) in csv::Reader::from_reader(csv.as_bytes()).deserialize::<(String, DayKind)>().enumerate() {
            let line = line + 2;
            let (day, kind) = row.map_err(|error| format!("calendar line {line}: {error}"))?;
            let day: Date = day.parse().map_err(|_| format!("calendar line {line}: {day:?} is no date"))?;
            if exceptions.insert(day, kind).is_some() {
                return Err(format!("calendar line {line}: {day} stands twice"));
            }
        }
        let span = exceptions.keys().next().zip(exceptions.keys().next_back());
        let known = span.map(|(first, last)| (first.first_of_year(), last.last_of_year()));
        Ok(Self { exceptions, known })
    }

    /// The announced exceptions, in order.
    pub fn exceptions(&self) -> impl Iterator<Item = (Date, DayKind)> + '_ {
        self.exceptions.iter().map(|(day, kind)| (*day, *kind))
    }

    /// First and last day of the announced years.
    pub fn known(&self) -> Option<(Date, Date)> {
        self.known
    }

    /// True when offices work on the day.
    pub fn is_working(&self, day: Date) -> bool {
        match self.exceptions.get(&day) {
            Some(DayKind::Holiday) => false,
            Some(DayKind::Workday) => true,
            None => !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
        }
    }

    /// The day that is so many working days after another, which is not counted itself.
    pub fn after(&self, from: Date, working_days: u16) -> Deadline {
        let mut day = from;
        let mut left = working_days;
        while left > 0 {
            let Ok(next) = day.tomorrow() else { break };
            day = next;
            if self.is_working(day) {
                left -= 1;
            }
        }
        let announced = self.known.is_some_and(|(first, last)| first <= from && day <= last);
        Deadline { day, provisional: !announced }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Calendar {
        Calendar::parse(include_str!("../../deploy/calendar/cn-2004-2026.csv")).unwrap()
    }

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_of_acceptance_is_not_counted() {
        let due = shipped().after(date("2026-11-21"), 10);
        assert_eq!(due, Deadline { day: date("2026-12-04"), provisional: false });
    }

    #[test]
    fn holidays_are_skipped_and_shifted_workdays_count() {
        let calendar = shipped();
        assert!(!calendar.is_working(date("2026-10-01")), "national day is a Thursday");
        assert!(calendar.is_working(date("2026-10-10")), "a Saturday worked in exchange");
        assert_eq!(calendar.after(date("2026-09-30"), 1).day, date("2026-10-08"));
    }

    #[test]
    fn beyond_the_announced_years_a_deadline_is_provisional() {
        let calendar = shipped();
        assert_eq!(calendar.known(), Some((date("2004-01-01"), date("2026-12-31"))));
        let due = calendar.after(date("2026-12-28"), 10);
        assert_eq!(due, Deadline { day: date("2027-01-11"), provisional: true });
        assert!(Calendar::default().after(date("2026-06-01"), 1).provisional);
    }

    #[test]
    fn a_broken_line_is_named() {
        assert!(Calendar::parse("day,kind\n2026-02-30,holiday\n").unwrap_err().contains("line 2"));
        assert!(Calendar::parse("day,kind\n2026-01-01,holiday\n2026-01-01,workday\n").unwrap_err().contains("line 3"));
        assert!(Calendar::parse("day,kind\n2026-01-01,feast\n").unwrap_err().contains("line 2"));
    }
}
