//! Days as XLSX keeps them: numbers of days, which only the format of a cell tells from other numbers.

use jiff::Span;
use jiff::civil::Date;

/// Which cell formats show days (ECMA-376 part 1, 18.8.30).
#[derive(Default)]
pub struct Formats {
    /// By the number of the cell's style.
    shows_day: Vec<bool>,
}

impl Formats {
    /// The formats of cells, in their order, by the number of each; `own` are the workbook's own formats by number.
    pub fn new(styles: &[u32], own: &[(u32, String)]) -> Self {
        let shows = |id: &u32| match own.iter().find(|(number, _)| number == id) {
            Some((_, code)) => is_day(code),
            // 27 to 36 and 50 to 58 are days in Chinese, Japanese and Korean workbooks.
            None => matches!(id, 14..=17 | 22 | 27..=36 | 50..=58),
        };
        Self { shows_day: styles.iter().map(shows).collect() }
    }

    /// True when a style shows a day.
    pub fn is_day(&self, style: usize) -> bool {
        self.shows_day.get(style).copied().unwrap_or(false)
    }
}

/// True when a format code shows a year or a day: what stands in quotes, in brackets or behind a backslash is shown as it is.
fn is_day(code: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for character in code.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' | '_' | '*' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => bracketed = true,
            ']' if !quoted => bracketed = false,
            'y' | 'Y' | 'd' | 'D' if !quoted && !bracketed => return true,
            _ => {}
        }
    }
    false
}

/// The day of a number of days, `46351` or `46351.75`; days before March 1900 are not told apart by XLSX and not read.
pub fn day(number: &str, since_1904: bool) -> Option<Date> {
    let days: i64 = number.split_once('.').map_or(number, |(days, _)| days).parse().ok()?;
    let origin = if since_1904 { Date::constant(1904, 1, 1) } else { Date::constant(1899, 12, 30) };
    let least = if since_1904 { 0 } else { 61 };
    if !(least..=400_000).contains(&days) {
        return None;
    }
    origin.checked_add(Span::new().try_days(days).ok()?).ok().filter(|day| day.year() < 3000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_by_its_format() {
        for code in ["yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\"", "[$-804]d/m/yy;@", "DD/MM"] {
            assert!(is_day(code), "{code}");
        }
        for code in ["#,##0.00", "0", "@", "\"day\"0", "[Red]0.00", "h:mm:ss", "0\\d", "General", "0.00E+00"] {
            assert!(!is_day(code), "{code}");
        }
    }

    #[test]
    fn a_number_of_days_is_a_day() {
        assert_eq!(day("46349", false), Some(Date::constant(2026, 11, 23)));
        assert_eq!(day("46349.99", false), Some(Date::constant(2026, 11, 23)));
        assert_eq!(day("44887", true), Some(Date::constant(2026, 11, 23)));
        for wrong in ["0", "60", "-1", "999999999999999999999", "1e5", ""] {
            assert_eq!(day(wrong, false), None, "{wrong}");
        }
    }
}
