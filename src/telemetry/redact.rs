//! Takes out of a line what looks like a number of a person: resident ids (17 digits and a digit or X), mobile numbers
//! (11 digits from 13 to 19), bank cards (15 to 19 digits).
//!
//! A last line of defence: nobody is meant to log such numbers. Runs of digits are bounded by anything but digits;
//! runs that are part of a UUID or of a long hexadecimal hash stay.

use std::borrow::Cow;

const REDACTED: &[u8] = b"[redacted]";
/// Hashes and trace ids have at least so many hexadecimal digits.
const HASH_DIGITS_MIN: usize = 32;

/// The line without such numbers.
pub fn redact(line: &[u8]) -> Cow<'_, [u8]> {
    let mut redacted = Vec::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(offset) = line.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)) {
        let start = at + offset;
        let digits = line.iter().skip(start).take_while(|byte| byte.is_ascii_digit()).count();
        let end = start + digits;
        let next = line.get(end).copied();
        let cut = match digits {
            17 if matches!(next, Some(b'X' | b'x')) => Some(end + 1),
            15..=19 => Some(end),
            11 if is_mobile(line.get(start..end)) => Some(end),
            _ => None,
        };
        at = end;
        if let Some(end) = cut.filter(|end| !is_machine_made(line, start, *end)) {
            redacted.extend_from_slice(line.get(copied..start).unwrap_or_default());
            redacted.extend_from_slice(REDACTED);
            (copied, at) = (end, end);
        }
    }
    if copied == 0 {
        return Cow::Borrowed(line);
    }
    redacted.extend_from_slice(line.get(copied..).unwrap_or_default());
    Cow::Owned(redacted)
}

fn is_mobile(digits: Option<&[u8]>) -> bool {
    matches!(digits, Some([b'1', b'3'..=b'9', ..]))
}

/// True inside a UUID or a long hash.
fn is_machine_made(line: &[u8], start: usize, end: usize) -> bool {
    let word = around(line, start, end, |byte| byte.is_ascii_hexdigit());
    let dashed = around(line, start, end, |byte| byte.is_ascii_hexdigit() || byte == b'-');
    let hash = word.len() >= HASH_DIGITS_MIN && word.iter().any(u8::is_ascii_alphabetic);
    hash || is_uuid(dashed)
}

/// What lies around a place without a byte of another kind.
fn around(line: &[u8], start: usize, end: usize, of_kind: impl Fn(u8) -> bool) -> &[u8] {
    let before = line.iter().take(start).rev().take_while(|byte| of_kind(**byte)).count();
    let after = line.iter().skip(end).take_while(|byte| of_kind(**byte)).count();
    line.get(start - before..end + after).unwrap_or_default()
}

fn is_uuid(text: &[u8]) -> bool {
    let groups = text.split(|byte| *byte == b'-').map(<[u8]>::len);
    groups.eq([8, 4, 4, 4, 12])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: &str) -> String {
        String::from_utf8(redact(line.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn numbers_of_people_go() {
        for (line, wanted) in [
            ("340303188001010018", "[redacted]"),
            ("11010519491231002X", "[redacted]"),
            ("11010519491231002x", "[redacted]"),
            ("id=340303188001010018,", "id=[redacted],"),
            ("身份证340303188001010018号", "身份证[redacted]号"),
            ("no340303188001010018end", "no[redacted]end"),
            ("{\"a\":\"13912345678\",\"b\":\"19912345678\"}", "{\"a\":\"[redacted]\",\"b\":\"[redacted]\"}"),
            ("card 6217001234567890123 and 621700123456789", "card [redacted] and [redacted]"),
            ("340303188001010018 11010519491231002X", "[redacted] [redacted]"),
            ("+8613912345678 tel13912345678", "+8613912345678 tel[redacted]"),
            ("-340303188001010018-", "-[redacted]-"),
        ] {
            assert_eq!(text(line), wanted);
        }
    }

    #[test]
    fn what_machines_made_stays() {
        for line in [
            "",
            "no digits",
            "{\"timestamp\":\"2026-11-21T13:40:00.123456Z\",\"status\":200,\"duration_ms\":0.123456}",
            "0190a5f2-1234-7abc-8def-a13912345678",
            "0190a5f2-1234-7abc-8def-139123456781",
            "\"request_id\":\"01234567-1234-7123-8123-13912345678a\"",
            "4bf92f357712345678901234a3ce929d",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "JJN-340303001-20261121-0001-1",
            "1700000000 1700000000000 12912345678 9999999999999",
            "requested_fen 1000000000000 340303001002",
        ] {
            assert_eq!(text(line), line);
        }
    }
}
