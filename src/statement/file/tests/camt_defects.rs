//! A good message, broken in one place: what is told of it.

use super::bank::Version;
use super::{read_camt, small, told};

fn broken(version: Version, from: &str, to: &str) -> Vec<String> {
    let good = small().camt(version);
    assert!(good.contains(from), "{from} is not in {good}");
    told(read_camt(&good.replacen(from, to, 1)))
}

/// What is replaced, by what, and what is told then. What cannot be read leaves other figures wrong, too: one alone is the first of all.
fn told_of(cases: &[(&str, &str, &[&str])]) {
    for (from, to, expected) in cases {
        let found = broken(Version::Eight, from, to);
        match expected {
            [only] => assert_eq!(&found[0], only, "{from} as {to}: {found:?}"),
            all => assert_eq!(&found, all, "{from} as {to}"),
        }
    }
}

#[test]
fn each_sum_is_told_with_its_entry_and_figure() {
    told_of(&[
        (">9217.79<", ">9271.79<", &["closing balance: opening 10000.00 and 5 lines make 9217.79, 9271.79 found"]),
        (">10000.00<", ">10000.01<", &["closing balance: opening 10000.01 and 5 lines make 9217.80, 9217.79 found"]),
        // The two payments of one entry.
        (">1560.00<", ">1570.00<", &["line 2: details: -1570.00 expected of 2 transactions, -1560.00 found"]),
        (">780.00<", ">870.00<", &["line 2: details: -1560.00 expected of 2 transactions, -1650.00 found"]),
        ("<NbOfTxs>2<", "<NbOfTxs>3<", &["line 2: details: 3 declared, 2 found"]),
        ("<NbOfNtries>4<", "<NbOfNtries>5<", &["count: 5 declared, 4 found"]),
        ("<Sum>4806.91<", "<Sum>4806.19<", &["sum: 4806.19 declared, 4806.91 found"]),
        ("<Sum>2012.35<", "<Sum>2012.53<", &["sum of credits: 2012.53 declared, 2012.35 found"]),
        (
            "<NbOfNtries>2</NbOfNtries><Sum>2794.56",
            "<NbOfNtries>3</NbOfNtries><Sum>2794.56",
            &["count of debits: 3 declared, 2 found"],
        ),
        (">782.21<", ">728.21<", &["net sum: -728.21 declared, -782.21 found"]),
    ]);
}

#[test]
fn each_day_and_amount_is_told_with_its_entry() {
    told_of(&[
        ("2026-11-28", "2026-12-28", &["line 4: date: 2026-11-01 to 2026-11-30 expected, 2026-12-28 found"]),
        ("2026-11-28", "2026-11-31", &["line 4: date: no booking date, or one that is none"]),
        ("<ValDt><Dt>2026-11-29", "<ValDt><Dt>29.11.2026", &["line 4: value date: not a day"]),
        (">12.35<", ">12.350001<", &["line 3: amount: not an amount of yuan with two decimals"]),
        ("Ccy=\"CNY\">12.35<", "Ccy=\"HKD\">12.35<", &["line 3: amount: not in CNY"]),
        (">12.35</Amt><CdtDbtInd>CRDT", ">12.35</Amt><CdtDbtInd>CRED", &["line 3: amount: neither CRDT nor DBIT"]),
        ("<Ccy>CNY</Ccy>", "<Ccy>USD</Ccy>", &["account: not in CNY"]),
    ]);
}

#[test]
fn each_message_that_is_no_whole_statement_is_refused() {
    told_of(&[
        ("BOOK", "PDNG", &["line 1: status: not BOOK"]),
        ("<NtryRef>NB202611000004<", "<NtryRef>NB202611000001<", &["line 3: number: the same as of line 1"]),
        ("<ElctrncSeqNb>202611</ElctrncSeqNb>", "", &["sequence: not found"]),
        ("OPBD", "ITBD", &["opening balance: not found"]),
        ("CLBD", "OPBD", &["opening balance: said twice"]),
        ("<Stmt>", "<Stmt></Stmt><Stmt>", &["statements: one statement of one account is taken, several found"]),
        (
            "<ElctrncSeqNb>",
            "<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><ElctrncSeqNb>",
            &["pages: a whole statement is taken, a page of several found"],
        ),
        (
            "</GrpHdr>",
            "<MsgPgntn><PgNb>2</PgNb></MsgPgntn></GrpHdr>",
            &["pages: a whole statement is taken, a page of several found"],
        ),
        ("camt.053.001.08", "camt.052.001.08", &["message: not a camt.053.001.02 or camt.053.001.08"]),
        ("<Document", "<!DOCTYPE Document [<!ENTITY x \"1\">]><Document", &["message: a document type is not taken"]),
        ("慰问", "&x;", &["message: an entity that XML does not define"]),
        ("</Document>", "", &["line 5: message: not well-formed XML in UTF-8"]),
    ]);
}

#[test]
fn version_two_is_held_to_the_same() {
    assert_eq!(broken(Version::Two, ">782.21<", ">728.21<"), ["net sum: -728.21 declared, -782.21 found"]);
    assert_eq!(broken(Version::Two, "<Sts>BOOK<", "<Sts>INFO<")[0], "line 1: status: not BOOK");
    assert_eq!(
        broken(Version::Two, "<TxAmt><Amt Ccy=\"CNY\">780.00", "<TxAmt><Amt Ccy=\"CNY\">870.00")[0],
        "line 2: details: -1560.00 expected of 2 transactions, -1650.00 found"
    );
}

#[test]
fn both_openings_must_agree() {
    let good = small().camt(Version::Eight);
    let (before, after) = good.split_once("<Bal>").unwrap();
    let previous =
        "<Bal><Tp><CdOrPrtry><Cd>PRCD</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">9999.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>";
    let faults = told(read_camt(&format!("{before}{previous}<Bal>{after}")));
    assert_eq!(faults, ["opening balance: 9999.00 of the closing before expected, 10000.00 found"]);
}

#[test]
fn nothing_of_the_message_is_told_but_its_figures() {
    let text = small()
        .camt(Version::Eight)
        .replace("2026-11-03", "张三")
        .replace("780.00", "张三")
        .replace("<NbOfTxs>2", "<NbOfTxs>张三");
    let faults = told(read_camt(&text)).join("\n");
    assert!(!faults.contains("张三") && !faults.contains("6217") && !faults.contains("0198a"), "{faults}");
}
