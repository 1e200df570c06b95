//! Amounts as banks write them.

use serde::Deserialize;

use crate::money::Fen;

/// How a bank writes 1 234.56 yuan; in a profile, by that very example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum AmountFormat {
    /// Commas between groups of three, which may be left out; a point before the decimals.
    #[serde(rename = "1,234.56")]
    Grouped,
    /// A point before the decimals, and nothing else.
    #[serde(rename = "1234.56")]
    Plain,
    /// Points between groups of three, which may be left out; a comma before the decimals.
    #[serde(rename = "1.234,56")]
    Continental,
    /// In fen, without decimals: 123456.
    #[serde(rename = "123456")]
    Fen,
}

impl AmountFormat {
    /// The amount; none where the text is none. A sign may stand before it, and a sign of the currency before that.
    pub fn read(self, text: &str) -> Option<Fen> {
        let text = text.trim().trim_start_matches(['¥', '￥']).trim_start();
        let (negative, digits) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let fen = match self {
            Self::Plain => decimal(digits, None, '.'),
            Self::Grouped => decimal(digits, Some(','), '.'),
            Self::Continental => decimal(digits, Some('.'), ','),
            Self::Fen => whole(digits),
        }?;
        Some(Fen::new(if negative { fen.checked_neg()? } else { fen }))
    }
}

/// A number of a workbook's cell or of a message: `-1234.5`, with zeros after the second decimal at most.
pub fn plain(text: &str) -> Option<Fen> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (yuan, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let kept = decimals.trim_end_matches('0');
    if digits.ends_with('.') || !decimals.bytes().all(|byte| byte.is_ascii_digit()) || kept.len() > 2 {
        return None;
    }
    let fen = whole(yuan)?.checked_mul(100)?.checked_add(whole(&format!("{kept:0<2}"))?)?;
    Some(Fen::new(if negative { fen.checked_neg()? } else { fen }))
}

/// Two decimals or none; groups of three where they are written at all.
fn decimal(text: &str, group: Option<char>, point: char) -> Option<i64> {
    let (yuan, decimals) = text.split_once(point).unwrap_or((text, "00"));
    let decimals = match decimals.len() {
        1 => format!("{decimals}0"),
        2 => decimals.to_owned(),
        _ => return None,
    };
    let yuan = match group {
        Some(group) if yuan.contains(group) => {
            let mut parts = yuan.split(group);
            let first = parts.next().unwrap_or_default();
            if !(1..=3).contains(&first.len()) || parts.any(|part| part.len() != 3) {
                return None;
            }
            yuan.replace(group, "")
        }
        Some(_) | None => yuan.to_owned(),
    };
    whole(&yuan)?.checked_mul(100)?.checked_add(whole(&decimals)?)
}

fn whole(digits: &str) -> Option<i64> {
    let plain = (1..=18).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_format_reads_its_own_and_not_those_of_others() {
        let read = |format: AmountFormat, text: &str| format.read(text).map(Fen::get);
        for (format, text, fen) in [
            (AmountFormat::Grouped, "1,234.56", Some(123_456)),
            (AmountFormat::Grouped, "-1,234,567.8", Some(-123_456_780)),
            (AmountFormat::Grouped, "¥ 1234.56", Some(123_456)),
            (AmountFormat::Grouped, "1,23.56", None),
            (AmountFormat::Grouped, "1,234,56", None),
            (AmountFormat::Grouped, "1.234,56", None),
            (AmountFormat::Plain, "1234.56", Some(123_456)),
            (AmountFormat::Plain, "+5", Some(500)),
            (AmountFormat::Plain, "1,234.56", None),
            (AmountFormat::Plain, "1.234", None),
            (AmountFormat::Plain, "", None),
            (AmountFormat::Plain, "--1", None),
            (AmountFormat::Plain, "１", None),
            (AmountFormat::Continental, "1.234,56", Some(123_456)),
            (AmountFormat::Continental, "1,234.56", None),
            (AmountFormat::Continental, "1.234", Some(123_400)),
            (AmountFormat::Fen, "123456", Some(123_456)),
            (AmountFormat::Fen, "1234.56", None),
            (AmountFormat::Plain, "99999999999999999999", None),
        ] {
            assert_eq!(read(format, text), fen, "{format:?} {text}");
        }
    }

    #[test]
    fn a_plain_number_may_have_zeros_behind_and_no_more() {
        for (text, fen) in [("1", Some(100)), ("-0.5", Some(-50)), ("1.23000", Some(123)), ("0", Some(0))] {
            assert_eq!(plain(text).map(Fen::get), fen, "{text}");
        }
        for text in ["", "-", ".", "1.", "1.234", "1e3", "+1", " 1", "1 ", ".5.", "1.-5"] {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read(fen in -1_000_000_000_000_000_i64..1_000_000_000_000_000) {
            prop_assert_eq!(plain(&Fen::new(fen).to_string()), Some(Fen::new(fen)));
            prop_assert_eq!(AmountFormat::Plain.read(&Fen::new(fen).to_string()), Some(Fen::new(fen)));
        }
    }
}
