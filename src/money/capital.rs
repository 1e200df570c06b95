//! Amounts as a voucher bears them: in digits (¥3,000.00), and in Chinese capital numerals (人民币叁仟元整), which nobody can alter by
//! adding a stroke.
//!
//! The rules are those of the People's Bank for filling in vouchers (正确填写票据和结算凭证的基本规定, annex 1 of 支付结算办法, 1997).
//! Where they leave a zero open, theirs is the first of the two ways they print: 壹拾万柒仟元零伍角叁分.

use crate::money::Fen;

/// Numerals that carry a unit, the largest first. What is above 亿 is counted in 亿.
const UNITS: [(u64, &str); 5] = [(100_000_000, "亿"), (10_000, "万"), (1_000, "仟"), (100, "佰"), (10, "拾")];

impl Fen {
    /// In capital numerals, `人民币壹仟零壹元零伍分`. An amount below zero, which no voucher has, begins with 负.
    pub fn in_capitals(self) -> String {
        let sign = if self.get() < 0 { "负" } else { "" };
        let fen = self.get().unsigned_abs();
        let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
        let mut text = format!("人民币{sign}");
        if yuan > 0 || (jiao, fen) == (0, 0) {
            text.push_str(&whole(yuan));
            text.push('元');
        }
        let gap = if jiao == 0 { fen > 0 } else { yuan.is_multiple_of(10) };
        if yuan > 0 && gap {
            text.push('零');
        }
        if jiao > 0 {
            text.push_str(digit(jiao));
            text.push('角');
        }
        if fen > 0 {
            text.push_str(digit(fen));
            text.push('分');
        } else {
            text.push('整');
        }
        text
    }

    /// In digits, `¥3,000.00`.
    pub fn in_digits(self) -> String {
        let sign = if self.get() < 0 { "-" } else { "" };
        let (yuan, fen) = (self.get().unsigned_abs() / 100, self.get().unsigned_abs() % 100);
        let digits = yuan.to_string();
        let mut grouped = String::with_capacity(digits.len() * 4 / 3);
        for (place, character) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(character);
        }
        format!("{sign}¥{grouped}.{fen:02}")
    }
}

/// A whole number above zero; zero alone is 零. A place that is left out below the unit is marked by one 零.
fn whole(number: u64) -> String {
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| number >= *unit) else { return digit(number).to_owned() };
    let (high, low) = (number / unit, number % unit);
    match low {
        0 => format!("{}{name}", whole(high)),
        low if low < unit / 10 => format!("{}{name}零{}", whole(high), whole(low)),
        low => format!("{}{name}{}", whole(high), whole(low)),
    }
}

const fn digit(number: u64) -> &'static str {
    match number {
        1 => "壹",
        2 => "贰",
        3 => "叁",
        4 => "肆",
        5 => "伍",
        6 => "陆",
        7 => "柒",
        8 => "捌",
        9 => "玖",
        _ => "零",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Fen and how a voucher bears them; those marked with the paragraph are printed in the rules themselves.
    const EXAMPLES: [(i64, &str); 40] = [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (11, "壹角壹分"),
        (99, "玖角玖分"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (350, "叁元伍角整"),
        (1_000, "壹拾元整"),
        (1_001, "壹拾元零壹分"),
        (1_050, "壹拾元零伍角整"),
        (1_100, "壹拾壹元整"),
        (2_000, "贰拾元整"),
        (10_000, "壹佰元整"),
        (10_100, "壹佰零壹元整"),
        (11_000, "壹佰壹拾元整"),
        (32_504, "叁佰贰拾伍元零肆分"), // (四)
        (100_105, "壹仟零壹元零伍分"),
        (100_100, "壹仟零壹元整"),
        (101_000, "壹仟零壹拾元整"),
        (140_950, "壹仟肆佰零玖元伍角整"),     // (一), with the 整 that it leaves open
        (168_032, "壹仟陆佰捌拾元零叁角贰分"), // (三)
        (300_000, "叁仟元整"),
        (480_000, "肆仟捌佰元整"),
        (600_714, "陆仟零柒元壹角肆分"), // (二)
        (780_000, "柒仟捌佰元整"),
        (1_000_000, "壹万元整"),
        (1_000_001, "壹万元零壹分"),
        (1_001_000, "壹万零壹拾元整"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"), // (四)
        (2_840_000, "贰万捌仟肆佰元整"),
        (10_050_000, "壹拾万零伍佰元整"),
        (10_700_053, "壹拾万柒仟元零伍角叁分"), // (三)
        (12_003_005, "壹拾贰万零叁拾元零伍分"),
        (100_000_000, "壹佰万元整"),
        (1_000_000_010, "壹仟万元零壹角整"),
        (10_000_000_000, "壹亿元整"),
        (10_000_500_000, "壹亿零伍仟元整"),
        (20_300_405_067, "贰亿零叁佰万肆仟零伍拾元零陆角柒分"),
        (1_000_000_000_000, "壹佰亿元整"),
    ];

    #[test]
    fn amounts_are_written_as_the_rules_for_vouchers_ask() {
        for (fen, text) in EXAMPLES {
            assert_eq!(Fen::new(fen).in_capitals(), format!("人民币{text}"), "{fen}");
        }
        assert_eq!(Fen::new(-30_000).in_capitals(), "人民币负叁佰元整");
    }

    #[test]
    fn digits_are_grouped_by_threes() {
        let examples = [
            (0, "¥0.00"),
            (5, "¥0.05"),
            (99_900, "¥999.00"),
            (300_000, "¥3,000.00"),
            (-10_050, "-¥100.50"),
            (12_345_678, "¥123,456.78"),
            (1_000_000_000_000, "¥10,000,000,000.00"),
        ];
        for (fen, text) in examples {
            assert_eq!(Fen::new(fen).in_digits(), text);
        }
        assert_eq!(Fen::new(i64::MIN).in_digits(), "-¥92,233,720,368,547,758.08");
    }

    /// Reads capitals the way a person does: a unit counts what stands before it, 万 and 亿 all that stands before them.
    fn read(text: &str) -> Option<i64> {
        let rest = text.strip_prefix("人民币")?.strip_suffix('整').unwrap_or(text.strip_prefix("人民币")?).chars();
        let (mut fen, mut total, mut section, mut numeral) = (0, 0, 0, 0);
        for character in rest {
            match character {
                '零' => numeral = 0,
                '拾' => section += std::mem::take(&mut numeral) * 10,
                '佰' => section += std::mem::take(&mut numeral) * 100,
                '仟' => section += std::mem::take(&mut numeral) * 1_000,
                '万' => total += (std::mem::take(&mut section) + std::mem::take(&mut numeral)) * 10_000,
                '亿' => {
                    total = (total + std::mem::take(&mut section) + std::mem::take(&mut numeral)) * 100_000_000;
                }
                '元' => fen = (total + std::mem::take(&mut section) + std::mem::take(&mut numeral)) * 100,
                '角' => fen += std::mem::take(&mut numeral) * 10,
                '分' => fen += std::mem::take(&mut numeral),
                other => numeral = 1 + i64::try_from("壹贰叁肆伍陆柒捌玖".chars().position(|one| one == other)?).ok()?,
            }
        }
        Some(fen)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(fen in prop_oneof![0..=Fen::MOST.get(), 0..=1_000_000i64, sparse()]) {
            let text = Fen::new(fen).in_capitals();
            prop_assert_eq!(read(&text), Some(fen), "{}", text);
        }

        #[test]
        fn a_zero_is_never_doubled_and_never_stands_before_a_unit(fen in prop_oneof![1..=Fen::MOST.get(), sparse()]) {
            let text = Fen::new(fen).in_capitals();
            for wrong in ["零零", "零拾", "零佰", "零仟", "零万", "零亿", "零元", "零角", "零分", "零整", "亿万"] {
                prop_assert!(!text.contains(wrong), "{text}");
            }
            let ends_rightly = text.ends_with('分') || text.ends_with("元整") || text.ends_with("角整");
            prop_assert!(ends_rightly, "{text}");
        }
    }

    /// Amounts of few digits that are not zero, where the rules of zeros bite.
    fn sparse() -> impl Strategy<Value = i64> {
        proptest::collection::vec((0u32..12, 1i64..10), 1..4).prop_map(|digits| {
            digits.into_iter().map(|(place, digit)| digit * 10i64.pow(place)).sum::<i64>().clamp(1, Fen::MOST.get())
        })
    }
}
