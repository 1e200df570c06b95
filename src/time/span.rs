//! Months and quarters of Shanghai.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Deserializer};

use crate::time::start_of;

/// A month, written `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    first: Date,
}

/// Three months, written `2026-Q4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quarter {
    first: Date,
}

/// Days that a report is of, as moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// How it is written.
    pub name: String,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// When the first day begins.
    pub begins: Timestamp,
    /// When the day after the last begins.
    pub ends: Timestamp,
    /// A year before that.
    pub year_begins: Timestamp,
}

impl Month {
    fn read(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        first(year, digits::<2>(month)?).map(|first| Self { first })
    }

    /// The month as a span.
    pub fn span(self) -> Option<Span> {
        Span::of(format!("{:04}-{:02}", self.first.year(), self.first.month()), self.first, 1)
    }
}

impl Quarter {
    fn read(text: &str) -> Option<Self> {
        let (year, quarter) = text.split_once("-Q")?;
        let quarter = digits::<1>(quarter).filter(|quarter| (1..=4).contains(quarter))?;
        first(year, quarter * 3 - 2).map(|first| Self { first })
    }

    /// The quarter as a span, and its months.
    pub fn spans(self) -> Option<(Span, Vec<Span>)> {
        let name = format!("{:04}-Q{}", self.first.year(), (self.first.month() + 2) / 3);
        let month = |months: i64| self.first.checked_add(months.months()).ok().and_then(|first| Month { first }.span());
        Some((Span::of(name, self.first, 3)?, (0..3).map(month).collect::<Option<_>>()?))
    }
}

impl Span {
    fn of(name: String, first: Date, months: i64) -> Option<Self> {
        let next = first.checked_add(months.months()).ok()?;
        Some(Self {
            name,
            first,
            last: next.yesterday().ok()?,
            begins: start_of(first)?,
            ends: start_of(next)?,
            year_begins: start_of(next.checked_sub(1.year()).ok()?)?,
        })
    }
}

/// The first day of a month of the years 1901 to 2998: the year before and the day after have a beginning, too.
fn first(year: &str, month: i16) -> Option<Date> {
    let year = digits::<4>(year).filter(|year| (1901..=2998).contains(year))?;
    Date::new(year, i8::try_from(month).ok()?, 1).ok()
}

/// So many digits, and nothing besides.
fn digits<const N: usize>(text: &str) -> Option<i16> {
    (text.len() == N && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| serde::de::Error::custom("a month of the years 1901 to 2998 is needed, as 2026-11"))
    }
}

impl<'de> Deserialize<'de> for Quarter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| serde::de::Error::custom("a quarter of the years 1901 to 2998 is needed, as 2026-Q4"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_lasts_from_midnight_to_midnight_in_shanghai() {
        let month = Month::read("2026-02").unwrap().span().unwrap();
        assert_eq!((month.first.to_string(), month.last.to_string()), ("2026-02-01".into(), "2026-02-28".into()));
        assert_eq!(
            (month.begins.to_string(), month.ends.to_string()),
            ("2026-01-31T16:00:00Z".into(), "2026-02-28T16:00:00Z".into())
        );
        assert_eq!(month.year_begins.to_string(), "2025-02-28T16:00:00Z");
        let leap = Month::read("2025-02").unwrap().span().unwrap();
        assert_eq!(leap.year_begins.to_string(), "2024-02-29T16:00:00Z", "1 March, not 29 February");
    }

    #[test]
    fn a_quarter_is_its_three_months() {
        let (quarter, months) = Quarter::read("2026-Q4").unwrap().spans().unwrap();
        assert_eq!((&*quarter.name, quarter.last.to_string()), ("2026-Q4", "2026-12-31".into()));
        let names: Vec<&str> = months.iter().map(|month| &*month.name).collect();
        assert_eq!(names, ["2026-10", "2026-11", "2026-12"]);
        assert_eq!((months[0].begins, months[2].ends), (quarter.begins, quarter.ends));
        assert!(months.windows(2).all(|two| two[0].ends == two[1].begins));
    }

    #[test]
    fn nothing_else_is_a_month_or_a_quarter() {
        for text in [
            "2026-13", "2026-00", "2026-1", "2026-011", "26-01", "2026", "2026-Q4", "+026-01", "1900-12", "2999-01", "2026-11 ",
            "",
        ] {
            assert_eq!(Month::read(text), None, "{text}");
        }
        for text in ["2026-Q0", "2026-Q5", "2026-q1", "2026-11", "2026-Q", "2026-Q11", "1900-Q4", ""] {
            assert_eq!(Quarter::read(text), None, "{text}");
        }
        for (month, quarter) in [("1901-01", "1901-Q1"), ("2998-12", "2998-Q4")] {
            assert!(Month::read(month).unwrap().span().is_some() && Quarter::read(quarter).unwrap().spans().is_some());
        }
    }
}
