//! One entry of a statement: one line, or one for each of its transactions.

use jiff::civil::Date;

use crate::money::Fen;
use crate::statement::file::Line;
use crate::statement::file::camt::places::{Money, read_date};
use crate::statement::file::fault::Faults;

/// Transactions of one entry.
const DETAILS_MAX: usize = 100_000;

/// An entry as it is read.
#[derive(Default)]
pub struct Entry {
    money: Money,
    booked: bool,
    status: bool,
    booked_on: Option<Option<Date>>,
    value_on: Option<Option<Date>>,
    /// `NtryRef`, which is unique in its statement.
    pub reference: String,
    bank_reference: String,
    texts: Vec<String>,
    details: Vec<Detail>,
    batch_count: Option<String>,
    batch_sum: Option<Money>,
}

/// A transaction of an entry.
#[derive(Default)]
struct Detail {
    money: Money,
    /// Under `AmtDtls`, where version 2 keeps it.
    other_money: Money,
    bank_reference: String,
    texts: Vec<String>,
    payer: Party,
    payee: Party,
}

#[derive(Default)]
struct Party {
    name: Option<String>,
    account: Option<String>,
}

impl Entry {
    /// An element ended below `Ntry`; the path begins there.
    pub fn close(&mut self, path: &[&str], text: String, currency: Option<&str>) {
        match path {
            ["NtryRef"] => {
                self.reference.clone_from(&text);
                keep(&mut self.texts, text);
            }
            ["Amt"] => self.money.amount(&text, currency),
            ["CdtDbtInd"] => self.money.indicator(&text),
            // Version 2 has the code in the element itself.
            ["Sts"] | ["Sts", "Cd"] if !text.trim().is_empty() => {
                (self.status, self.booked) = (true, text.trim() == "BOOK");
            }
            ["BookgDt", "Dt" | "DtTm"] => self.booked_on = Some(read_date(&text)),
            ["ValDt", "Dt" | "DtTm"] => self.value_on = Some(read_date(&text)),
            ["AcctSvcrRef"] => {
                self.bank_reference.clone_from(&text);
                keep(&mut self.texts, text);
            }
            ["AddtlNtryInf"] => keep(&mut self.texts, text),
            ["NtryDtls", "Btch", "NbOfTxs"] => self.batch_count = Some(text),
            ["NtryDtls", "Btch", "TtlAmt"] => self.batch_sum.get_or_insert_default().amount(&text, currency),
            ["NtryDtls", "Btch", "CdtDbtInd"] => self.batch_sum.get_or_insert_default().indicator(&text),
            ["NtryDtls", "Btch", "PmtInfId" | "MsgId"] => keep(&mut self.texts, text),
            ["NtryDtls", "TxDtls", rest @ ..] => {
                if let Some(detail) = self.details.last_mut() {
                    detail.close(rest, text, currency);
                }
            }
            _ => {}
        }
    }

    /// A `TxDtls` begins.
    pub fn begin_detail(&mut self) {
        if self.details.len() <= DETAILS_MAX {
            self.details.push(Detail::default());
        }
    }

    /// The lines of the entry, which is the so many-th; and its own amount.
    pub fn lines(self, at: u64, faults: &mut Faults) -> Option<(Fen, Vec<Line>)> {
        if !self.booked {
            faults.line(at, "status", if self.status { "not BOOK" } else { "none found" });
        }
        let booked_on = self.booked_on.flatten();
        if booked_on.is_none() {
            faults.line(at, "date", "no booking date, or one that is none");
        }
        let value_on = self.value_on.unwrap_or(booked_on);
        if value_on.is_none() && booked_on.is_some() {
            faults.line(at, "value date", "not a day");
        }
        let amount = self.money.signed(None).map_err(|why| faults.line(at, "amount", why)).ok();
        let details = amount.and_then(|amount| self.amounts(at, amount, faults));
        let (amount, details, booked_on, value_on) = (amount?, details?, booked_on?, value_on?);
        let line = |amount, detail: Option<Detail>| {
            let detail = detail.unwrap_or_default();
            let party = if amount > Fen::ZERO { detail.payer } else { detail.payee };
            let own = |text: &String| !text.trim().is_empty() && text != "NOTPROVIDED";
            let texts = detail.texts.into_iter().chain(self.texts.iter().cloned()).filter(own);
            let bank_reference = Some(detail.bank_reference).filter(|reference| !reference.is_empty());
            Line {
                at,
                booked_on,
                value_on,
                amount,
                balance: None,
                bank_reference: bank_reference.unwrap_or_else(|| self.bank_reference.clone()),
                references: once_each(texts),
                counterparty: party.name,
                counterparty_account: party.account,
            }
        };
        let lines = match details.len() {
            0 => vec![line(amount, None)],
            _ => details.into_iter().zip(self.details).map(|(amount, detail)| line(amount, Some(detail))).collect(),
        };
        Some((amount, lines))
    }

    /// The amounts of the transactions: one alone may leave it to its entry, several add up to it.
    fn amounts(&self, at: u64, entry: Fen, faults: &mut Faults) -> Option<Vec<Fen>> {
        if self.details.len() > DETAILS_MAX {
            faults.line(at, "details", format!("at most {DETAILS_MAX} transactions expected"));
            return None;
        }
        let count = self.batch_count.as_ref().map(|count| count.trim());
        // A batch may be told by its count and sum alone.
        if let Some(count) = count.filter(|count| !self.details.is_empty() && *count != self.details.len().to_string()) {
            let declared =
                if count.len() <= 9 && count.bytes().all(|byte| byte.is_ascii_digit()) { count } else { "another count" };
            faults.line(at, "details", format!("{declared} declared, {} found", self.details.len()));
        }
        let batch = self.batch_sum.as_ref().filter(|sum| sum.is_there()).map(|sum| sum.signed(self.money.outgoing()));
        if let Some(sum) = batch.filter(|sum| *sum != Ok(entry)) {
            let found = sum.map_or_else(str::to_owned, |sum| format!("{sum} found"));
            faults.line(at, "sum of the batch", format!("{entry} expected, {found}"));
        }
        let mut amounts = Vec::with_capacity(self.details.len());
        for detail in &self.details {
            match detail.money().map(|money| money.signed(self.money.outgoing())) {
                Some(Ok(amount)) => amounts.push(amount),
                None if self.details.len() == 1 => amounts.push(entry),
                None => return told(faults, at, "a transaction without an amount"),
                Some(Err(why)) => return told(faults, at, why),
            }
        }
        let sum = Fen::sum(amounts.iter().copied());
        if !amounts.is_empty() && sum != Some(entry) {
            let found = sum.map_or("too much".to_owned(), |sum| sum.to_string());
            return told(faults, at, format!("{entry} expected of {} transactions, {found} found", amounts.len()));
        }
        Some(amounts)
    }
}

fn told(faults: &mut Faults, at: u64, detail: impl Into<String>) -> Option<Vec<Fen>> {
    faults.line(at, "details", detail);
    None
}

/// Texts that are looked at, of one entry or transaction; what follows is not.
const TEXTS_MAX: usize = 32;

fn keep(texts: &mut Vec<String>, text: String) {
    if texts.len() < TEXTS_MAX {
        texts.push(text);
    }
}

/// Texts in their order, each once.
fn once_each(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

impl Detail {
    /// Its amount, where it has one.
    fn money(&self) -> Option<&Money> {
        [&self.money, &self.other_money].into_iter().find(|money| money.is_there())
    }

    fn close(&mut self, path: &[&str], text: String, currency: Option<&str>) {
        match path {
            ["Amt"] => self.money.amount(&text, currency),
            ["CdtDbtInd"] => {
                self.money.indicator(&text);
                self.other_money.indicator(&text);
            }
            ["AmtDtls", "TxAmt", "Amt"] => self.other_money.amount(&text, currency),
            ["Refs", "AcctSvcrRef"] => {
                self.bank_reference.clone_from(&text);
                keep(&mut self.texts, text);
            }
            ["Refs", "EndToEndId" | "InstrId" | "TxId" | "UETR" | "PmtInfId" | "MsgId" | "ClrSysRef" | "ChqNb"]
            | ["Refs", "Prtry", "Ref"]
            | ["RmtInf", "Ustrd"]
            | ["RmtInf", "Strd", "CdtrRefInf", "Ref"]
            | ["AddtlTxInf"] => keep(&mut self.texts, text),
            ["RltdPties", "Dbtr", "Nm"] | ["RltdPties", "Dbtr", "Pty", "Nm"] => self.payer.name = named(text),
            ["RltdPties", "Cdtr", "Nm"] | ["RltdPties", "Cdtr", "Pty", "Nm"] => self.payee.name = named(text),
            ["RltdPties", "DbtrAcct", "Id", "IBAN"] | ["RltdPties", "DbtrAcct", "Id", "Othr", "Id"] => {
                self.payer.account = named(text);
            }
            ["RltdPties", "CdtrAcct", "Id", "IBAN"] | ["RltdPties", "CdtrAcct", "Id", "Othr", "Id"] => {
                self.payee.account = named(text);
            }
            _ => {}
        }
    }
}

fn named(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}
