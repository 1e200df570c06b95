//! A good table, broken in one place: what is told of it.

use super::bank::Form;
use super::{Kind, profile, read_csv, small, told};
use crate::statement::file::{File, LINES_MAX};

/// Replaces a text that must be there once.
fn broken(form: Form, from: &str, to: &str) -> Vec<String> {
    let good = small().csv(form);
    assert_eq!(good.matches(from).count(), 1, "{from} in {good}");
    told(read_csv(form, &good.replace(from, to)))
}

/// The first of the two payments, line 8.
fn first_line() -> String {
    let first = "2,2026-11-03,2026-11-03,B202611000002,,\"780.00\",\"11,220.00\"";
    format!("{first},张三,6217000000000001,救急难,0198a0000000700080000000000000b1,\r\n")
}

/// What is replaced, by what, and what is told then. What cannot be read leaves other figures wrong, too: one alone is the first of all.
fn told_of(cases: &[(&str, &str, &[&str])]) {
    for (from, to, expected) in cases {
        let found = broken(Form::Enterprise, from, to);
        match expected {
            [only] => assert_eq!(&found[0], only, "{from} as {to}: {found:?}"),
            all => assert_eq!(&found, all, "{from} as {to}"),
        }
    }
}

#[test]
fn each_balance_is_told_with_its_line_and_figure() {
    let first_line = first_line();
    let with = |to: &str| first_line.replace("\"780.00\",\"11,220.00\"", to);
    let closing = "closing balance: opening 10000.00 and 5 lines make 9217.79, 9271.79 found";
    told_of(&[
        // A balance, an amount, the opening, the closing.
        ("\"11,220.00\"", "\"11,202.00\"", &["line 8: balance: 11220.00 expected, 11202.00 found"]),
        (
            &first_line,
            &with("\"870.00\",\"11,220.00\""),
            &[
                "line 8: balance: 11130.00 expected, 11220.00 found",
                "closing balance: opening 10000.00 and 5 lines make 9127.79, 9217.79 found",
                "sum of debits: 2794.56 declared, 2884.56 found",
            ],
        ),
        (
            "期初余额,\"10,000.00\"",
            "期初余额,\"10,000.01\"",
            &[
                "line 7: balance: 12000.01 expected, 12000.00 found",
                "closing balance: opening 10000.01 and 5 lines make 9217.80, 9217.79 found",
            ],
        ),
        ("期末余额,\"9,217.79\"", "期末余额,\"9,271.79\"", &[closing]),
    ]);
}

#[test]
fn each_line_too_many_or_too_few_is_told() {
    let first_line = first_line();
    told_of(&[
        // A line that is missing, one that came twice, one behind the end, one of another kind.
        (
            &first_line,
            "",
            &[
                "line 8: balance: 11220.00 expected, 10440.00 found",
                "closing balance: opening 10000.00 and 4 lines make 9997.79, 9217.79 found",
                "count of debits: 3 declared, 2 found",
                "sum of debits: 2794.56 declared, 2014.56 found",
            ],
        ),
        (
            &first_line,
            &format!("{first_line}{first_line}"),
            &[
                "line 9: balance: 10440.00 expected, 11220.00 found",
                "closing balance: opening 10000.00 and 6 lines make 8437.79, 9217.79 found",
                "count of debits: 3 declared, 4 found",
                "sum of debits: 2794.56 declared, 3574.56 found",
                "line 9: number: the same as of line 8",
            ],
        ),
        ("期末余额,", &format!("{first_line}期末余额,"), &["line 13: line: a movement behind the end of the table"]),
    ]);
}

#[test]
fn each_count_sum_and_day_is_told_with_its_line_and_figure() {
    told_of(&[
        // Counts and sums.
        ("收入笔数,2", "收入笔数,3", &["count of credits: 3 declared, 2 found"]),
        ("支出合计,\"2,794.56\"", "支出合计,\"2,974.56\"", &["sum of debits: 2974.56 declared, 2794.56 found"]),
        ("支出笔数,3", "支出笔数,三", &["line 12: count of debits: not written as the profile says"]),
        // Days.
        ("2026-11-28", "2026-12-28", &["line 11: date: 2026-11-01 to 2026-11-30 expected, 2026-12-28 found"]),
        ("2026-11-28", "2026-11-31", &["line 11: date: not a day as the profile says"]),
        ("2026-11-29", "3.11.2026", &["line 11: value date: not a day as the profile says"]),
        (
            "截止日期,2026-11-30",
            "截止日期,2026-11-03",
            &[
                "line 10: date: 2026-11-01 to 2026-11-03 expected, 2026-11-20 found",
                "line 11: date: 2026-11-01 to 2026-11-03 expected, 2026-11-28 found",
            ],
        ),
    ]);
}

#[test]
fn each_amount_text_and_number_is_told_with_its_line_and_figure() {
    let first_line = first_line();
    let with = |to: &str| first_line.replace("\"780.00\",\"11,220.00\"", to);
    told_of(&[
        // Amounts.
        (&first_line, &with("\"780,00\",\"11,220.00\""), &["line 8: amount: not an amount as the profile says"]),
        (&first_line, &with("\"0.00\",\"11,220.00\""), &["line 8: amount: none found"]),
        (&first_line, &with(",\"11,220.00\""), &["line 8: amount: none found"]),
        (&first_line, &with("\"780.00\","), &["line 8: balance: not an amount as the profile says"]),
        ("\"12.35\",,\"10,452.35\"", "\"12.35\",\"1.00\",\"10,452.35\"", &["line 10: amount: both in and out"]),
        // Texts.
        ("B202611000002", "B\u{1}", &["line 8: bank reference: a control character in it"]),
        ("B202611000002", &"B".repeat(501), &["line 8: bank reference: at most 500 characters expected, 501 found"]),
        // What the whole needs.
        ("3403000000000012345", "3403*", &["account: 1 to 34 letters and digits are needed"]),
        ("对账单编号,202611", "", &["sequence: not found"]),
        ("流水号", "流水", &["head: no row has all the titles of the profile"]),
        ("账户明细对账单", "账号：123", &["line 2: account: said twice and differently"]),
    ]);
}

#[test]
fn words_and_signs_have_one_meaning() {
    // What the bank owes more is money in: with the words exchanged, balances do not follow.
    let good = small().csv(Form::DirectionWords);
    let exchanged = good.replace(",贷,", ",#,").replace(",借,", ",贷,").replace(",#,", ",借,");
    assert!(!told(read_csv(Form::DirectionWords, &exchanged)).is_empty());
    let unknown = told(read_csv(Form::DirectionWords, &good.replace(",贷,", ",收,")));
    assert_eq!(unknown[0], "line 5: amount: its direction is none of the words of the profile");
    let wrong = broken(Form::Continental, "2.000,00", "-2.000,00");
    assert_eq!(wrong, ["closing balance: opening 10000.00 and 5 lines make 5217.79, 9217.79 found"]);
}

#[test]
fn a_sign_convention_belongs_to_the_profile() {
    let mut profile = profile(Form::Continental);
    let good = small().csv(Form::Continental);
    let file = File::read(good.as_bytes(), Kind::Csv(&profile)).unwrap();
    assert_eq!(file.lines[0].amount.get(), 200_000);
    let turned =
        include_str!("../../../../deploy/banks/continental.toml").replace("incoming = \"positive\"", "incoming = \"negative\"");
    profile = crate::statement::file::Profile::parse(&turned).unwrap();
    let text = good.replace("10.000,00", "#").replace(";-", ";+").replace(";2.000,00", ";-2.000,00").replace(";12,35", ";-12,35");
    let file = File::read(text.replace('#', "10.000,00").as_bytes(), Kind::Csv(&profile)).unwrap();
    assert_eq!(file.lines[0].amount.get(), 200_000);
    assert!(File::read(good.as_bytes(), Kind::Csv(&profile)).is_err());
}

#[test]
fn what_is_too_much_is_refused_and_faults_end_at_a_hundred() {
    let many = super::bank::drawn(1, LINES_MAX + 1);
    let faults = told(read_csv(Form::Continental, &many.csv(Form::Continental)));
    assert!(faults[0].ends_with("at most 200000 movements are taken"), "{}", faults[0]);
    let bad = super::bank::drawn(1, 500).csv(Form::Enterprise).replace("2026-11-", "2026-13-");
    assert_eq!(told(read_csv(Form::Enterprise, &bad)).len(), 100);
    let long = format!("{}\n{}", small().csv(Form::Continental), "x".repeat(20_000));
    assert_eq!(told(read_csv(Form::Continental, &long)), ["line 12: line: at most 16384 bytes, 20000 found"]);
}

#[test]
fn nothing_of_the_file_is_told_but_its_figures() {
    let text = small().csv(Form::Enterprise).replace("2026-11-03", "x").replace("780.00", "张三");
    let faults = told(read_csv(Form::Enterprise, &text)).join("\n");
    assert!(!faults.contains("张三") && !faults.contains("6217") && !faults.contains("0198a"), "{faults}");
}
