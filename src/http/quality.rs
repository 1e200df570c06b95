//! Weighted lists of RFC 9110 §12.4.2 (`a, b;q=0.5`), as `Accept` and `Accept-Language` use them.

/// The items of a list with their weights in thousandths; items with a malformed weight are left out.
pub(crate) fn weighted(header: &str) -> impl Iterator<Item = (&str, u16)> {
    header.split(',').filter_map(|item| {
        let mut parts = item.split(';');
        let name = parts.next()?.trim();
        let mut weight = 1000;
        for parameter in parts {
            if let Some((key, value)) = parameter.split_once('=')
                && key.trim().eq_ignore_ascii_case("q")
            {
                weight = thousandths(value.trim())?;
            }
        }
        (!name.is_empty()).then_some((name, weight))
    })
}

/// `0`, `1`, `0.25`, `1.000`: at most three decimals, at most one.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let parts = decimals.bytes().chain(std::iter::repeat(b'0')).take(3).fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    match (whole, parts) {
        ("0", parts) => Some(parts),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_has_at_most_three_decimals_and_is_at_most_one() {
        for (text, weight) in [("0", 0), ("1", 1000), ("0.5", 500), ("0.25", 250), ("0.001", 1), ("1.000", 1000), ("0.", 0)] {
            assert_eq!(thousandths(text), Some(weight), "{text}");
        }
        for wrong in ["", "2", "1.1", "0.1234", ".5", "-1", "0,5", "nan", "0.x"] {
            assert_eq!(thousandths(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn items_keep_their_order_and_lose_what_is_malformed() {
        let items: Vec<_> = weighted("text/csv;charset=utf-8;q=0.5, , */* ; Q=0.1, bad;q=7").collect();
        assert_eq!(items, [("text/csv", 500), ("*/*", 100)]);
    }
}
