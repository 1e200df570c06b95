//! Whether the figures of a file agree with each other.

use std::collections::BTreeMap;

use crate::money::Fen;
use crate::statement::file::draft::{Declared, Draft};
use crate::statement::file::fault::{Fault, Faults};
use crate::statement::file::{File, Line};

/// The longest text of a line; what banks send is shorter by far.
const TEXT_MAX: usize = 500;
/// Texts that may hold an id of ours, of one line.
const REFERENCES_MAX: usize = 20;
/// ISO 20022 `Max34Text`, and no Chinese bank has longer ones.
const ACCOUNT_MAX: usize = 34;
/// What an account may hold: sums of lines stay far below 64 bits.
const BALANCE_MAX: i64 = 1_000_000_000_000_000;

/// The file, if nothing is wrong with it.
pub fn checked(draft: Draft, mut faults: Faults) -> Result<File, Vec<Fault>> {
    let account = account(draft.account.as_deref(), &mut faults);
    let (Some(account), Some(sequence), Some(from), Some(to), Some(opening), Some(closing)) =
        (account, draft.sequence, draft.from, draft.to, draft.opening, draft.closing)
    else {
        // What is not there was not looked for where the file could not be read at all.
        if faults.is_empty() {
            let given = [
                ("account", draft.account.is_some()),
                ("sequence", draft.sequence.is_some()),
                ("from", draft.from.is_some()),
                ("to", draft.to.is_some()),
                ("opening balance", draft.opening.is_some()),
                ("closing balance", draft.closing.is_some()),
            ];
            for (field, _) in given.into_iter().filter(|(_, given)| !given) {
                faults.file(field, "not found");
            }
        }
        return Err(faults.into_vec());
    };
    let file = File { account, sequence, from, to, opening, closing, lines: draft.lines };
    head(&file, &mut faults);
    file.lines.iter().for_each(|line| checked_line(&file, line, &mut faults));
    balances(&file, &mut faults);
    declared(&file, &draft.declared, &mut faults);
    numbers(&draft.numbers, &mut faults);
    if faults.is_empty() { Ok(file) } else { Err(faults.into_vec()) }
}

/// A number of an account without the spaces that people write into it.
fn account(text: Option<&str>, faults: &mut Faults) -> Option<String> {
    let account: String = text?.chars().filter(|character| !character.is_whitespace()).collect();
    let plain = account.chars().all(|character| character.is_ascii_alphanumeric() || character == '-');
    if account.is_empty() || account.len() > ACCOUNT_MAX || !plain {
        faults.file("account", format!("1 to {ACCOUNT_MAX} letters and digits are needed"));
        return None;
    }
    Some(account)
}

fn head(file: &File, faults: &mut Faults) {
    if file.sequence < 0 {
        faults.file("sequence", "a number from 0 on is needed");
    }
    if file.to < file.from {
        faults.file("to", format!("{} lies before the first day {}", file.to, file.from));
    }
    for (field, day) in [("from", file.from), ("to", file.to)] {
        if !(1990..2200).contains(&day.year()) {
            faults.file(field, format!("{day} is a day of no statement"));
        }
    }
    for (field, fen) in [("opening balance", file.opening), ("closing balance", file.closing)] {
        if fen.get().unsigned_abs() > BALANCE_MAX.unsigned_abs() {
            faults.file(field, format!("{fen} is more than an account may hold"));
        }
    }
}

fn checked_line(file: &File, line: &Line, faults: &mut Faults) {
    if line.amount == Fen::ZERO || line.amount.get().unsigned_abs() > Fen::MOST.get().unsigned_abs() {
        faults.line(line.at, "amount", format!("0.01 to {} expected, {} found", Fen::MOST, line.amount));
    }
    if line.booked_on < file.from || line.booked_on > file.to {
        faults.line(line.at, "date", format!("{} to {} expected, {} found", file.from, file.to, line.booked_on));
    }
    if !(1990..2200).contains(&line.value_on.year()) {
        faults.line(line.at, "value date", format!("{} is a day of no statement", line.value_on));
    }
    if line.references.len() > REFERENCES_MAX {
        faults.line(line.at, "references", format!("at most {REFERENCES_MAX} expected, {} found", line.references.len()));
    }
    let references = line.references.iter().map(|text| ("reference", text.as_str()));
    let others = [
        ("bank reference", Some(line.bank_reference.as_str())),
        ("counterparty", line.counterparty.as_deref()),
        ("counterparty account", line.counterparty_account.as_deref()),
    ];
    for (field, text) in references.chain(others.into_iter().filter_map(|(field, text)| Some((field, text?)))) {
        let length = text.chars().count();
        if length > TEXT_MAX {
            faults.line(line.at, field, format!("at most {TEXT_MAX} characters expected, {length} found"));
        }
        if text.chars().any(char::is_control) {
            faults.line(line.at, field, "a control character in it");
        }
    }
}

/// Every balance that is given, and the closing one. A balance that is wrong is told once: the line after it may follow from the line
/// before it, or from the opening and all lines.
fn balances(file: &File, faults: &mut Faults) {
    let (mut summed, mut running) = (Some(file.opening), Some(file.opening));
    for line in &file.lines {
        let next = |balance: Option<Fen>| balance.and_then(|balance| balance.plus(line.amount));
        (summed, running) = (next(summed), next(running));
        let (Some(expected), Some(found)) = (running, line.balance) else { continue };
        if expected != found && summed != Some(found) {
            faults.line(line.at, "balance", format!("{expected} expected, {found} found"));
        }
        running = Some(found);
    }
    match Fen::sum(file.lines.iter().map(|line| line.amount)).and_then(|sum| file.opening.plus(sum)) {
        Some(expected) if expected == file.closing => {}
        Some(expected) => {
            let detail =
                format!("opening {} and {} lines make {expected}, {} found", file.opening, file.lines.len(), file.closing);
            faults.file("closing balance", detail);
        }
        None => faults.file("closing balance", "the lines add up to more than an account may hold"),
    }
}

fn declared(file: &File, declared: &Declared, faults: &mut Faults) {
    let lines: Vec<Fen> = file.lines.iter().map(|line| line.amount).collect();
    let amounts = declared.entries.as_ref().unwrap_or(&lines);
    let came = amounts.iter().copied().filter(|amount| *amount > Fen::ZERO);
    let went = amounts.iter().copied().filter(|amount| *amount < Fen::ZERO).map(|amount| Fen::new(amount.get().saturating_neg()));
    let (credits, debits) = (Fen::sum(came.clone()).unwrap_or(Fen::ZERO), Fen::sum(went.clone()).unwrap_or(Fen::ZERO));
    let mut count = |field, declared: Option<i64>, found: usize| {
        if let Some(declared) = declared.filter(|declared| i64::try_from(found) != Ok(*declared)) {
            faults.file(field, format!("{declared} declared, {found} found"));
        }
    };
    count("count", declared.count, amounts.len());
    count("count of credits", declared.credit_count, came.count());
    count("count of debits", declared.debit_count, went.count());
    let mut sum = |field, declared: Option<Fen>, found: Option<Fen>| {
        if let Some(declared) = declared.filter(|declared| found != Some(*declared)) {
            faults.file(field, format!("{declared} declared, {} found", found.unwrap_or_default()));
        }
    };
    sum("sum", declared.sum, credits.plus(debits));
    sum("net sum", declared.net, credits.minus(debits));
    sum("sum of credits", declared.credits, Some(credits));
    sum("sum of debits", declared.debits, Some(debits));
}

fn numbers(numbers: &[(u64, String)], faults: &mut Faults) {
    let mut seen = BTreeMap::new();
    for (at, number) in numbers {
        if let Some(first) = seen.insert(number.as_str(), *at) {
            faults.line(*at, "number", format!("the same as of line {first}"));
        }
    }
}
