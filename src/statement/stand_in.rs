//! STAND-IN, to be replaced by the readers of banks' files (`File::read` by profile, XLSX, camt.053): a private CSV, so that what
//! follows the reading can be tried. Its first line is `account,sequence,from,to,opening,closing`, in yuan, with the values in the second;
//! each line after those is `booked,value,amount,balance,bank_reference,reference,counterparty,counterparty_account`.

use jiff::civil::Date;

use crate::http::FileKind;
use crate::money::Fen;
use crate::statement::{File, Line};

/// What is wrong with a file: the line, where it is of one, and the figure; nothing of anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub line: Option<u64>,
    /// What.
    pub detail: String,
}

fn fault(line: u64, detail: impl Into<String>) -> Vec<Fault> {
    vec![Fault { line: Some(line), detail: detail.into() }]
}

/// Reads a file whole.
pub fn read(bytes: &[u8], kind: FileKind, profile: Option<&str>) -> Result<File, Vec<Fault>> {
    if !matches!(kind, FileKind::Csv(_)) || profile.is_some_and(|profile| profile != "plain") {
        return Err(vec![Fault { line: None, detail: "no reader for this kind of file and profile".into() }]);
    }
    let mut records = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes).into_records();
    let mut next = |at: u64| records.next().map(|record| record.map_err(|_| fault(at, "not a record of CSV")));
    next(1).transpose()?;
    let head = next(2).transpose()?.ok_or_else(|| fault(2, "the file ends before its head"))?;
    let text = |record: &csv::StringRecord, at: usize| record.get(at).unwrap_or_default().to_owned();
    let day = |record: &csv::StringRecord, at: usize, line: u64| {
        text(record, at).parse::<Date>().map_err(|_| fault(line, "a day is needed"))
    };
    let yuan = |text: &str, line: u64| fen(text).ok_or_else(|| fault(line, "an amount is needed"));
    let mut file = File {
        account: text(&head, 0),
        sequence: text(&head, 1).parse().map_err(|_| fault(2, "a sequence is needed"))?,
        from: day(&head, 2, 2)?,
        to: day(&head, 3, 2)?,
        opening: yuan(&text(&head, 4), 2)?,
        closing: yuan(&text(&head, 5), 2)?,
        lines: vec![],
    };
    let (mut at, mut sum) = (2, file.opening);
    while let Some(record) = next(at + 1).transpose()? {
        at += 1;
        let amount = yuan(&text(&record, 2), at)?;
        sum = sum.plus(amount).ok_or_else(|| fault(at, "the sum leaves 64 bits"))?;
        let balance = Some(text(&record, 3)).filter(|text| !text.is_empty()).map(|text| yuan(&text, at)).transpose()?;
        if let Some(balance) = balance.filter(|balance| *balance != sum) {
            return Err(fault(at, format!("balance {sum} expected, {balance} found")));
        }
        if !amount.is_some() && amount >= Fen::ZERO {
            return Err(fault(at, "the amount is 0.00"));
        }
        let some = |at: usize| Some(text(&record, at)).filter(|text| !text.is_empty());
        file.lines.push(Line {
            at,
            booked_on: day(&record, 0, at)?,
            value_on: day(&record, 1, at)?,
            amount,
            balance,
            bank_reference: text(&record, 4),
            references: vec![text(&record, 5)],
            counterparty: some(6),
            counterparty_account: some(7),
        });
    }
    if sum != file.closing {
        return Err(fault(2, format!("closing {sum} expected, {} found", file.closing)));
    }
    Ok(file)
}

fn fen(text: &str) -> Option<Fen> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (yuan, cents) = digits.split_once('.')?;
    if cents.len() != 2 || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let fen = yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents.parse().ok()?)?;
    (fen <= Fen::MOST.get()).then(|| Fen::new(sign * fen))
}
