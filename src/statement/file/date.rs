//! Days as banks write them.

use jiff::civil::Date;
use serde::Deserialize;

/// How a bank writes the third of November 2026; in a profile, by that very example. A time of day behind it is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum DateFormat {
    /// Year, month, day with hyphens.
    #[serde(rename = "2026-11-03")]
    Hyphens,
    /// Eight digits.
    #[serde(rename = "20261103")]
    Digits,
    /// Year, month, day with slashes; zeros may be left out.
    #[serde(rename = "2026/11/3")]
    Slashes,
    /// Day, month, year with points; zeros may be left out.
    #[serde(rename = "3.11.2026")]
    Points,
    /// Year, month, day with their Chinese words; zeros may be left out.
    #[serde(rename = "2026年11月3日")]
    Chinese,
}

impl DateFormat {
    /// The day; none where the text is none.
    pub fn read(self, text: &str) -> Option<Date> {
        let text = text.trim();
        let text = text.split([' ', 'T']).next().unwrap_or_default();
        let (year, month, day) = match self {
            Self::Digits => {
                let (year, rest) = text.split_at_checked(4)?;
                let (month, day) = rest.split_at_checked(2)?;
                (year, month, day)
            }
            Self::Hyphens => parts(text, '-')?,
            Self::Slashes => parts(text, '/')?,
            Self::Points => parts(text, '.').map(|(day, month, year)| (year, month, day))?,
            Self::Chinese => {
                let (year, rest) = text.split_once('年')?;
                let (month, day) = rest.strip_suffix('日')?.split_once('月')?;
                (year, month, day)
            }
        };
        let exact = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        let short = |part: &str| exact(part, 2) || exact(part, 1);
        let zeros = matches!(self, Self::Hyphens | Self::Digits);
        let fits = if zeros { exact(month, 2) && exact(day, 2) } else { short(month) && short(day) };
        if !exact(year, 4) || !fits {
            return None;
        }
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    }
}

fn parts(text: &str, between: char) -> Option<(&str, &str, &str)> {
    let (first, rest) = text.split_once(between)?;
    let (second, third) = rest.split_once(between)?;
    Some((first, second, third))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_reads_its_own_and_not_those_of_others() {
        let all = [DateFormat::Hyphens, DateFormat::Digits, DateFormat::Slashes, DateFormat::Points, DateFormat::Chinese];
        let texts = ["2026-11-03", "20261103", "2026/11/3", "3.11.2026", "2026年11月3日"];
        for (at, format) in all.iter().enumerate() {
            for (other, text) in texts.iter().enumerate() {
                let expected = (at == other).then(|| Date::constant(2026, 11, 3));
                assert_eq!(format.read(text), expected, "{format:?} {text}");
            }
        }
        assert_eq!(DateFormat::Hyphens.read(" 2026-11-03 23:59:01"), Some(Date::constant(2026, 11, 3)));
        for text in ["2026-11-31", "2026-1-03", "", "2026-11", "２026-11-03", "2026-11-03-04"] {
            assert_eq!(DateFormat::Hyphens.read(text), None, "{text}");
        }
    }
}
