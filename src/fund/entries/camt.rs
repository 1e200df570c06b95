//! Entries as a bank would tell them: camt.053.001.08 (ISO 20022), with our book in the place of the bank.
//!
//! The account is what lies in the fund by the book: credited − paid, held money included, as a bank would see it. An entry that only
//! holds or releases moves nothing there and is left out.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::fund::entries::{EntriesAnswer, Movement, Totals};
use crate::money::Fen;
use crate::time::{day, rfc3339};
use crate::xml::Writer;

const SPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
/// ISO 20022 `Max140Text`.
const LONG: usize = 140;
/// ISO 20022 `Max35Text`.
const SHORT: usize = 35;

/// A movement of the account.
struct Step<'a> {
    movement: &'a Movement,
    /// What came in is above zero.
    change: Fen,
}

impl EntriesAnswer {
    /// A message of one statement. The same entries make the same bytes: its moment is that of the last entry.
    pub fn camt(&self, name: &str) -> String {
        let steps: Vec<Step<'_>> = self.steps().filter_map(|(before, movement)| Step::of(before, movement)).collect();
        let (first, last) = (self.movements.first(), self.movements.last());
        let made = last.map_or(Timestamp::UNIX_EPOCH, |movement| movement.at);
        let from = self.from.or(first.map(|movement| day(movement.at))).or(self.to).unwrap_or(day(made));
        let to = self.to.or(last.map(|movement| day(movement.at))).unwrap_or(from).max(from);
        let sequence = last.map_or(0, |movement| movement.version);
        let mut writer = Writer::new("Document", SPACE);
        writer.within("BkToCstmrStmt", |writer| {
            writer.within("GrpHdr", |writer| {
                writer.text("MsgId", &simple(self.fund_id.uuid()));
                writer.text("CreDtTm", &rfc3339(made));
            });
            writer.within("Stmt", |writer| {
                writer.text("Id", &format!("{from}/{to}"));
                writer.text("ElctrncSeqNb", &sequence.to_string());
                writer.text("CreDtTm", &rfc3339(made));
                writer.within("FrToDt", |writer| {
                    writer.text("FrDtTm", &format!("{from}T00:00:00+08:00"));
                    writer.text("ToDtTm", &format!("{to}T23:59:59+08:00"));
                });
                writer.within("Acct", |writer| {
                    writer.within("Id", |writer| writer.within("Othr", |writer| writer.text("Id", &simple(self.fund_id.uuid()))));
                    writer.text("Ccy", "CNY");
                    writer.text("Nm", &cut(name, 70));
                });
                balance(writer, "OPBD", self.opening.in_account(), from);
                balance(writer, "CLBD", self.closing.in_account(), to);
                summary(writer, &steps);
                steps.iter().for_each(|step| step.write(writer));
            });
        });
        writer.finish()
    }
}

impl<'a> Step<'a> {
    fn of(before: Totals, movement: &'a Movement) -> Option<Self> {
        let change = movement.after.in_account().minus(before.in_account())?;
        (change != Fen::ZERO).then_some(Self { movement, change })
    }

    fn write(&self, writer: &mut Writer) {
        let Movement { version, ordinal, at, debit, credit, case_id, payment_id, reference, value_date, .. } = self.movement;
        let (own, booked) = (format!("{version}-{ordinal}"), day(*at));
        let what = format!("{}>{}", debit.as_str(), credit.as_str());
        writer.within("Ntry", |writer| {
            writer.text("NtryRef", &own);
            amount(writer, self.change);
            writer.within("Sts", |writer| writer.text("Cd", "BOOK"));
            writer.within("BookgDt", |writer| writer.text("Dt", &booked.to_string()));
            writer.within("ValDt", |writer| writer.text("Dt", &value_date.unwrap_or(booked).to_string()));
            writer.text("AcctSvcrRef", &own);
            writer.within("BkTxCd", |writer| writer.within("Prtry", |writer| writer.text("Cd", &cut(&what, SHORT))));
            writer.within("NtryDtls", |writer| {
                writer.within("TxDtls", |writer| {
                    writer.within("Refs", |writer| {
                        writer.text("AcctSvcrRef", &own);
                        if let Some(case) = case_id {
                            writer.text("InstrId", &simple(case.uuid()));
                        }
                        writer.text("EndToEndId", &payment_id.map_or("NOTPROVIDED".into(), |id| simple(id.uuid())));
                    });
                    amount(writer, self.change);
                    if let Some(reference) = reference {
                        writer.within("RmtInf", |writer| writer.text("Ustrd", &cut(reference, LONG)));
                    }
                });
            });
        });
    }
}

fn summary(writer: &mut Writer, steps: &[Step<'_>]) {
    let sum = |of: fn(Fen) -> bool| {
        let changes = steps.iter().map(|step| step.change).filter(|change| of(*change));
        let (count, sum) = changes.fold((0_u64, 0_i64), |(count, sum), change| (count + 1, sum.saturating_add(change.get())));
        (count.to_string(), sum)
    };
    let ((ins, credits), (outs, debits)) = (sum(|change| change > Fen::ZERO), sum(|change| change < Fen::ZERO));
    writer.within("TxsSummry", |writer| {
        writer.within("TtlNtries", |writer| {
            writer.text("NbOfNtries", &steps.len().to_string());
            writer.text("Sum", &Fen::new(credits.saturating_sub(debits)).to_string());
            writer.within("TtlNetNtry", |writer| net(writer, Fen::new(credits.saturating_add(debits)), None));
        });
        for (name, count, sum) in [("TtlCdtNtries", ins, credits), ("TtlDbtNtries", outs, debits.saturating_neg())] {
            writer.within(name, |writer| {
                writer.text("NbOfNtries", &count);
                writer.text("Sum", &Fen::new(sum).to_string());
            });
        }
    });
}

fn balance(writer: &mut Writer, code: &str, fen: Fen, on: Date) {
    writer.within("Bal", |writer| {
        writer.within("Tp", |writer| writer.within("CdOrPrtry", |writer| writer.text("Cd", code)));
        amount(writer, fen);
        writer.within("Dt", |writer| writer.text("Dt", &on.to_string()));
    });
}

fn amount(writer: &mut Writer, fen: Fen) {
    net(writer, fen, Some(("Ccy", "CNY")));
}

fn net(writer: &mut Writer, fen: Fen, currency: Option<(&'static str, &str)>) {
    let (text, indicator) = match fen.to_string().strip_prefix('-') {
        Some(text) => (text.to_owned(), "DBIT"),
        None => (fen.to_string(), "CRDT"),
    };
    match currency {
        Some(currency) => writer.text_with("Amt", currency, &text),
        None => writer.text("Amt", &text),
    }
    writer.text("CdtDbtInd", indicator);
}

/// 32 digits, which fit where ISO 20022 takes 35.
fn simple(id: Uuid) -> String {
    id.simple().to_string()
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
