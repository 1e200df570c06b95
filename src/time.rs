//! Days, months and years are those of Asia/Shanghai (UTC+08:00, no summer time since 1991).
//!
//! The clock of a decision is the database's; nothing here reads a clock.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

const SHANGHAI: Offset = Offset::constant(8);

/// The day a moment belongs to.
pub fn day(at: Timestamp) -> Date {
    SHANGHAI.to_datetime(at).date()
}

/// The year a moment belongs to.
pub fn year(at: Timestamp) -> i16 {
    day(at).year()
}

/// RFC 3339 with the offset of Shanghai, to the microsecond that the database keeps.
pub fn rfc3339(at: Timestamp) -> String {
    at.display_with_offset(SHANGHAI).to_string()
}

/// A day as forms write it, `2026年11月21日`.
pub fn written(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// The moment at which a day begins; `None` outside the years 1900 to 2999.
pub fn start_of(day: Date) -> Option<Timestamp> {
    if !(1900..3000).contains(&day.year()) {
        return None;
    }
    TimeZone::fixed(SHANGHAI).to_timestamp(day.at(0, 0, 0, 0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_shanghai() {
        let evening: Timestamp = "2026-11-21T15:59:59Z".parse().unwrap();
        let midnight: Timestamp = "2026-11-21T16:00:00Z".parse().unwrap();
        assert_eq!(day(evening).to_string(), "2026-11-21");
        assert_eq!(day(midnight).to_string(), "2026-11-22");
        assert_eq!(start_of(day(midnight)), Some(midnight));
        assert_eq!(year("2026-12-31T16:00:00Z".parse().unwrap()), 2027);
    }

    #[test]
    fn a_form_writes_the_day_without_leading_zeros() {
        assert_eq!(written(jiff::civil::date(2026, 12, 4)), "2026年12月4日");
    }

    #[test]
    fn times_are_written_with_the_offset() {
        assert_eq!(rfc3339("2026-11-21T13:40:00Z".parse().unwrap()), "2026-11-21T21:40:00+08:00");
    }
}
