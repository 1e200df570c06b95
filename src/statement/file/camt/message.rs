//! The message: one statement with its account, its days, its balances and its entries.

use jiff::civil::Date;

use crate::money::Fen;
use crate::statement::file::amount::plain;
use crate::statement::file::camt::entry::Entry;
use crate::statement::file::camt::places::{Money, read_date};
use crate::statement::file::draft::Draft;
use crate::statement::file::fault::Faults;
use crate::statement::file::read::LINES_MAX;
use crate::xml::{Reader, Step, Unreadable};

const SPACES: [&str; 2] = ["urn:iso:std:iso:20022:tech:xsd:camt.053.001.02", "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"];
const STATEMENT: [&str; 3] = ["Document", "BkToCstmrStmt", "Stmt"];

/// A message as it is read.
#[derive(Default)]
struct Message {
    draft: Draft,
    statements: u32,
    /// `ElctrncSeqNb`, and `LglSeqNb` for banks that have no other.
    sequences: (Option<Option<i64>>, Option<Option<i64>>),
    balance: Balance,
    opening: Option<(Fen, Option<Date>)>,
    /// The closing of the statement before.
    previous: Option<(Fen, Option<Date>)>,
    closing: Option<(Fen, Option<Date>)>,
    net: Money,
    entry: Option<Entry>,
    entries: Vec<Fen>,
}

#[derive(Default)]
struct Balance {
    code: String,
    money: Money,
    on: Option<Date>,
}

/// Reads a message.
pub fn read(bytes: &[u8], faults: &mut Faults) -> Draft {
    let mut reader = Reader::new(bytes);
    let mut message = Message::default();
    loop {
        match reader.step() {
            Ok(Step::Open) => message.open(&reader, faults),
            Ok(Step::Close(text)) => message.close(&reader, text, faults),
            Ok(Step::End) => return message.draft(faults),
            Err(why) => {
                message.unreadable(why, faults);
                return Draft::default();
            }
        }
        if faults.is_full() || (faults.is_empty() && message.draft.lines.len() > LINES_MAX) {
            if faults.is_empty() {
                faults.file("lines", format!("at most {LINES_MAX} movements are taken"));
            }
            return Draft::default();
        }
    }
}

impl Message {
    fn unreadable(&self, why: Unreadable, faults: &mut Faults) {
        match u64::try_from(self.entries.len()) {
            Ok(entries) if entries > 0 => faults.line(entries.saturating_add(1), "message", why.to_string()),
            _ => faults.file("message", why.to_string()),
        }
    }

    fn open(&mut self, reader: &Reader<&[u8]>, faults: &mut Faults) {
        if reader.depth() == 1 && (reader.name() != "Document" || !reader.space().is_some_and(|space| SPACES.contains(&space))) {
            faults.file("message", "not a camt.053.001.02 or camt.053.001.08");
        }
        let path: Vec<&str> = reader.path().collect();
        let Some(path) = path.strip_prefix(STATEMENT.as_slice()) else { return };
        match path {
            [] => {
                self.statements = self.statements.saturating_add(1);
                if self.statements == 2 {
                    faults.file("statements", "one statement of one account is taken, several found");
                }
            }
            ["Bal"] => self.balance = Balance::default(),
            ["Ntry"] => self.entry = Some(Entry::default()),
            ["Ntry", "NtryDtls", "TxDtls"] => self.entry.iter_mut().for_each(Entry::begin_detail),
            _ => {}
        }
    }

    fn close(&mut self, reader: &Reader<&[u8]>, text: String, faults: &mut Faults) {
        let path: Vec<&str> = reader.path().collect();
        match path.strip_prefix(STATEMENT.as_slice()) {
            Some(["Ntry"]) => self.end_entry(faults),
            Some(["Ntry", rest @ ..]) => {
                if let Some(entry) = &mut self.entry {
                    entry.close(rest, text, reader.attribute("Ccy"));
                }
            }
            Some(["Bal"]) => self.end_balance(faults),
            Some(["Bal", rest @ ..]) => self.balance.close(rest, &text, reader.attribute("Ccy")),
            Some(["TxsSummry", rest @ ..]) => self.summary(rest, text.trim(), faults),
            Some(rest) => self.head(rest, &text, faults),
            None => match path.as_slice() {
                ["Document", "BkToCstmrStmt", "GrpHdr", "MsgPgntn", "PgNb"] => page(&text, "1", faults),
                ["Document", "BkToCstmrStmt", "GrpHdr", "MsgPgntn", "LastPgInd"] => page(&text, "true", faults),
                _ => {}
            },
        }
    }

    fn head(&mut self, path: &[&str], text: &str, faults: &mut Faults) {
        let draft = &mut self.draft;
        match path {
            ["StmtPgntn", "PgNb"] => page(text, "1", faults),
            ["StmtPgntn", "LastPgInd"] => page(text, "true", faults),
            ["ElctrncSeqNb"] => self.sequences.0 = Some(text.trim().parse().ok()),
            ["LglSeqNb"] => self.sequences.1 = Some(text.trim().parse().ok()),
            ["FrToDt", "FrDtTm"] => draft.from = day(text, "from", faults),
            ["FrToDt", "ToDtTm"] => draft.to = day(text, "to", faults),
            ["Acct", "Id", "IBAN"] | ["Acct", "Id", "Othr", "Id"] => draft.account = Some(text.to_owned()),
            ["Acct", "Ccy"] if text.trim() != "CNY" => faults.file("account", "not in CNY"),
            _ => {}
        }
    }

    fn end_entry(&mut self, faults: &mut Faults) {
        let Some(entry) = self.entry.take() else { return };
        let at = u64::try_from(self.entries.len()).unwrap_or(u64::MAX).saturating_add(1);
        if !entry.reference.is_empty() {
            self.draft.numbers.push((at, entry.reference.clone()));
        }
        let read = entry.lines(at, faults);
        let (amount, lines) = read.unwrap_or_default();
        self.entries.push(amount);
        self.draft.lines.extend(lines);
    }

    fn end_balance(&mut self, faults: &mut Faults) {
        let balance = std::mem::take(&mut self.balance);
        let (place, field) = match balance.code.as_str() {
            "OPBD" => (&mut self.opening, "opening balance"),
            "PRCD" => (&mut self.previous, "previous closing balance"),
            "CLBD" => (&mut self.closing, "closing balance"),
            // Available, expected and interim ones.
            _ => return,
        };
        match balance.money.signed(None) {
            Ok(_) if place.is_some() => faults.file(field, "said twice"),
            Ok(fen) => *place = Some((fen, balance.on)),
            Err(why) => faults.file(field, why),
        }
    }

    fn summary(&mut self, path: &[&str], text: &str, faults: &mut Faults) {
        let declared = &mut self.draft.declared;
        let count = || text.parse::<i64>().ok().filter(|count| *count >= 0);
        let sum = || plain(text);
        let known = match path {
            ["TtlNtries", "NbOfNtries"] => set(&mut declared.count, count()),
            ["TtlNtries", "Sum"] => set(&mut declared.sum, sum()),
            ["TtlCdtNtries", "NbOfNtries"] => set(&mut declared.credit_count, count()),
            ["TtlCdtNtries", "Sum"] => set(&mut declared.credits, sum()),
            ["TtlDbtNtries", "NbOfNtries"] => set(&mut declared.debit_count, count()),
            ["TtlDbtNtries", "Sum"] => set(&mut declared.debits, sum()),
            // Version 2 has the amount and its direction beside each other.
            ["TtlNtries", "TtlNetNtryAmt"] | ["TtlNtries", "TtlNetNtry", "Amt"] => {
                self.net.amount(text, None);
                true
            }
            ["TtlNtries", "CdtDbtInd"] | ["TtlNtries", "TtlNetNtry", "CdtDbtInd"] => {
                self.net.indicator(text);
                true
            }
            _ => true,
        };
        if !known {
            faults.file("summary", "not a count or a sum");
        }
    }

    fn draft(mut self, faults: &mut Faults) -> Draft {
        if self.statements == 0 && faults.is_empty() {
            faults.file("statements", "none found");
        }
        let (electronic, legal) = self.sequences;
        self.draft.sequence = electronic.or(legal).flatten();
        // The closing of yesterday is the opening of today.
        let tomorrow = |(fen, on): (Fen, Option<Date>)| (fen, on.and_then(|on| on.tomorrow().ok()));
        if let (Some((opening, _)), Some((previous, _))) = (self.opening, self.previous)
            && opening != previous
        {
            faults.file("opening balance", format!("{previous} of the closing before expected, {opening} found"));
        }
        let opening = self.opening.or(self.previous.map(tomorrow));
        self.draft.opening = opening.map(|(fen, _)| fen);
        self.draft.closing = self.closing.map(|(fen, _)| fen);
        self.draft.from = self.draft.from.or(opening.and_then(|(_, on)| on));
        self.draft.to = self.draft.to.or(self.closing.and_then(|(_, on)| on));
        if self.net.is_there() {
            match self.net.signed(None) {
                Ok(net) => self.draft.declared.net = Some(net),
                Err(why) => faults.file("net sum", why),
            }
        }
        self.draft.declared.entries = Some(self.entries);
        self.draft
    }
}

impl Balance {
    fn close(&mut self, path: &[&str], text: &str, currency: Option<&str>) {
        match path {
            ["Tp", "CdOrPrtry", "Cd"] => text.trim().clone_into(&mut self.code),
            ["Amt"] => self.money.amount(text, currency),
            ["CdtDbtInd"] => self.money.indicator(text),
            ["Dt", "Dt" | "DtTm"] => self.on = read_date(text),
            _ => {}
        }
    }
}

/// Keeps what was read; false where nothing could be.
fn set<T>(place: &mut Option<T>, read: Option<T>) -> bool {
    let known = read.is_some();
    *place = read;
    known
}

fn day(text: &str, field: &'static str, faults: &mut Faults) -> Option<Date> {
    let day = read_date(text);
    if day.is_none() {
        faults.file(field, "not a day");
    }
    day
}

fn page(text: &str, whole: &str, faults: &mut Faults) {
    if text.trim() != whole && !(whole == "true" && text.trim() == "1") {
        faults.file("pages", "a whole statement is taken, a page of several found");
    }
}
