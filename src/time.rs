//! Days, months and years are those of Asia/Shanghai (UTC+08:00, no summer time since 1991).
//!
//! The clock of a decision is the database's; nothing here reads a clock.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

pub mod span;

const SHANGHAI: Offset = Offset::constant(8);

/// The day a moment belongs to.
pub fn day(at: Timestamp) -> Date {
    SHANGHAI.to_datetime(at).date()
}

/// The second of its day at which a moment is, 0 to 86 399.
pub fn second_of_day(at: Timestamp) -> u32 {
    let time = SHANGHAI.to_datetime(at).time();
    let part = |part: i8| u32::from(part.unsigned_abs());
    part(time.hour()) * 3600 + part(time.minute()) * 60 + part(time.second())
}

/// The year a moment belongs to.
pub fn year(at: Timestamp) -> i16 {
    day(at).year()
}

/// RFC 3339 with the offset of Shanghai, to the microsecond that the database keeps.
pub fn rfc3339(at: Timestamp) -> String {
    // A clock of this machine counts nanoseconds, which many a client's reader of times refuses.
    let at = Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at);
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

/// Moments and days as clients write them: RFC 3339 and ISO 8601 in the extended form, and no other of their many forms. For
/// `#[serde(deserialize_with = …)]`.
pub mod strict {
    use jiff::Timestamp;
    use jiff::civil::Date;
    use serde::de::{Deserialize, Deserializer, Error};

    /// A moment, `2026-11-21T21:40:00+08:00`.
    pub fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        read_moment(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom(MOMENT))
    }

    /// A moment or null.
    pub fn moment_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| read_moment(&text).ok_or_else(|| D::Error::custom(MOMENT))).transpose()
    }

    /// A day, `2026-11-21`.
    pub fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        read_day(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom(DAY))
    }

    /// A day, `2026-11-21`, or null.
    pub fn day_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| read_day(&text).ok_or_else(|| D::Error::custom(DAY))).transpose()
    }

    const MOMENT: &str = "a moment with its offset is needed, as 2026-11-21T21:40:00+08:00";
    const DAY: &str = "a day is needed, as YYYY-MM-DD";

    /// A day as clients write it, `2026-11-21`.
    pub fn read_day(text: &str) -> Option<Date> {
        fits(text, "9999-99-99").then(|| text.parse().ok()).flatten()
    }

    fn read_moment(text: &str) -> Option<Timestamp> {
        let (main, rest) = text.split_at_checked(19)?;
        let (fraction, offset) = rest.split_at_checked(rest.find(['Z', 'z', '+', '-'])?)?;
        let fraction = fraction.is_empty()
            || fraction.strip_prefix('.').is_some_and(|digits| (1..=9).contains(&digits.len()) && fits(digits, "999999999"));
        let offset = offset.eq_ignore_ascii_case("z") || fits(offset, "+99:99") || fits(offset, "-99:99");
        let main = fits(&main.to_ascii_uppercase(), "9999-99-99T99:99:99");
        (main && fraction && offset).then(|| text.to_ascii_uppercase().parse().ok()).flatten()
    }

    /// True when a text has the shape of a pattern as far as it goes: 9 stands for any digit.
    fn fits(text: &str, pattern: &str) -> bool {
        let same = |(byte, wanted): (u8, u8)| if wanted == b'9' { byte.is_ascii_digit() } else { byte == wanted };
        (text.len() == pattern.len() || pattern.bytes().all(|byte| byte == b'9')) && text.bytes().zip(pattern.bytes()).all(same)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn one_form_of_a_moment_is_read_and_no_other() {
            for moment in
                ["2026-11-21T21:40:00+08:00", "2026-11-21T13:40:00Z", "2026-11-21t13:40:00.123456z", "2026-11-21T23:40:00-05:30"]
            {
                assert!(read_moment(moment).is_some(), "{moment}");
            }
            for other in [
                "2026-11-21T21:40:00+08:00[America/New_York]",
                "20261121T214000Z",
                "2026-11-21 21:40:00+08",
                "2026-11-21T21:40:00",
                "2026-11-21T21:40:00+8",
                "2026-11-21T21:40:00.+08:00",
                "2026-11-21T21:40:00.1234567890Z",
                "2026-02-30T00:00:00Z",
                "2026-11-21T25:00:00Z",
                "+2026-11-21T21:40:00Z",
                "",
            ] {
                assert_eq!(read_moment(other), None, "{other}");
            }
        }

        #[test]
        fn one_form_of_a_day_is_read_and_no_other() {
            assert_eq!(read_day("2026-11-21"), Some(Date::constant(2026, 11, 21)));
            for other in ["2026-11-21[u-ca=hebrew]", "20261121", "2026-11-31", "2026-W47-6", "2026-11-21T00:00:00Z", ""] {
                assert_eq!(read_day(other), None, "{other}");
            }
        }
    }
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
        assert_eq!(rfc3339("2026-11-21T13:40:00.123456789Z".parse().unwrap()), "2026-11-21T21:40:00.123456+08:00");
    }
}
