//! `POST /v1/statements/{statement}/bookings`: two officers book what a line tells, and the line is matched with that.
//!
//! Interest is owed to the treasury, what names nothing of ours to somebody unknown, and a fee is owed to the fund: none of them is
//! credited to it. A payment that came back is held again for its case.

use serde::Serialize;

use crate::audit;
use crate::book::{
    Account, Answer, BookingRow, DifferenceCode, EntryRow, Facts, FundRow, Keys, MatchRow, Move, Posting, Rows, Ruling, Transfer,
};
use crate::case::{Settle, returned};
use crate::code::Code;
use crate::http::{Countersign, Problem};
use crate::id::{FundId, StatementId};
use crate::money::Fen;
use crate::reads::Readers;
use crate::statement::answer::{BookedAnswer, BookedFund, LeafAnswer};
use crate::statement::judged::Judged;
use crate::statement::signed::Signed;

/// A booking.
pub struct Book {
    pub signed: Signed,
    pub code: DifferenceCode,
    pub account: Account,
    pub told: Result<Told, Problem>,
}

/// What the line tells.
pub enum Told {
    /// Money between the bank and an account of ours that is not the fund's.
    Beside(Fen),
    /// A payment that came back.
    Returned(Box<Settle>, Fen),
}

#[derive(Serialize)]
struct Booked<'a> {
    account: Account,
    amount_fen: Fen,
    code: DifferenceCode,
    countersigned_by: &'a str,
    fund_id: FundId,
    line: i32,
    ordinal: i16,
    statement_id: StatementId,
    version: i64,
}

impl audit::Body for Booked<'_> {
    const KIND: &'static str = "statement.booked";
}

impl Told {
    /// What a line tells, as it was read; why it is not that.
    pub async fn read(judged: &Judged, code: DifferenceCode, readers: &Readers, signed: &Signed) -> Result<Self, Problem> {
        let conflict = |detail: String| Err(Problem::new(Code::Conflict, detail));
        let Some((line, judgement)) = judged.lines.first() else {
            return conflict("there is no such line, or it is matched already".into());
        };
        let fits = match code {
            DifferenceCode::Interest | DifferenceCode::UnknownCredit => {
                line.amount > Fen::ZERO && matches!(judgement.code, DifferenceCode::Interest | DifferenceCode::UnknownCredit)
            }
            DifferenceCode::Fee => matches!(judgement.code, DifferenceCode::Fee | DifferenceCode::MissingHere),
            DifferenceCode::ReturnedPayment => judgement.code == DifferenceCode::ReturnedPayment,
            DifferenceCode::MissingAtBank | DifferenceCode::MissingHere | DifferenceCode::DuplicateAtBank => {
                return conflict(format!("{} is not booked by hand", code.as_str()));
            }
        };
        if !fits {
            return conflict(format!("the line is {}, not {}", judgement.code.as_str(), code.as_str()));
        }
        if code != DifferenceCode::ReturnedPayment {
            return Ok(Self::Beside(line.amount));
        }
        let paid = judgement.of.and_then(|at| judged.movements.get(at)).and_then(|movement| movement.of);
        let Some((case, payment)) = paid else { return conflict("the payment that came back is not known".into()) };
        let settle = returned(readers, signed.actor.city(), case, payment).await?;
        Ok(Self::Returned(Box::new(settle), line.amount))
    }
}

impl Move for Book {
    fn keys(&self, keys: &mut Keys) {
        self.signed.keys(keys);
        if let Ok(Told::Returned(settle, _)) = &self.told {
            settle.keys(keys);
        }
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let (fund, second) = match self.signed.find(facts) {
            Ok(found) => found,
            Err(ruling) => return ruling,
        };
        match &self.told {
            Ok(Told::Beside(amount)) => self.beside(facts, fund, second, *amount).unwrap_or_else(too_much),
            Ok(Told::Returned(settle, amount)) => self.came_back(facts, second, settle, *amount),
            Err(problem) => Ruling::rejected(problem.clone()),
        }
    }

    fn resolves(&self) -> bool {
        true
    }
}

impl Book {
    fn beside(&self, facts: &Facts, fund: &FundRow, second: &Countersign, amount: Fen) -> Option<Ruling> {
        let mut posting = Posting::begin(fund)?;
        let moved = if amount > Fen::ZERO { amount } else { Fen::ZERO.minus(amount)? };
        posting.transfer(Account::Bank, self.account, moved, Transfer::default())?;
        let entry = posting.entries.first().cloned()?;
        let mut rows = Rows { entries: posting.entries, ..Rows::default() };
        rows.funds.push(posting.fund);
        self.done(facts, rows, second, &entry, amount)
    }

    /// The existing move does it; here it is only asked whether it did.
    fn came_back(&self, facts: &Facts, second: &Countersign, settle: &Settle, amount: Fen) -> Ruling {
        let rows = match settle.decide(facts) {
            Ruling::Done(rows, _) => rows,
            Ruling::Rejected(problem, _) if problem.code() == Code::Conflict => {
                return Ruling::rejected(Problem::new(Code::Conflict, "the payment is known to have come back already"));
            }
            other @ (Ruling::Rejected(..) | Ruling::Refused(..)) => return other,
        };
        let is_it = |entry: &&EntryRow| (entry.debit, entry.credit, entry.amount) == (Account::Paid, Account::Held, amount);
        let entry = rows.entries.iter().find(|entry| is_it(entry) && entry.fund == self.signed.fund).cloned();
        let Some(entry) = entry else {
            return self.refuse_return(facts);
        };
        self.done(facts, *rows, second, &entry, amount).unwrap_or_else(too_much)
    }

    fn refuse_return(&self, facts: &Facts) -> Ruling {
        let detail = "the fund has this money back already, by a recovery, or the payment does not stand";
        self.signed.refuse(facts, Problem::new(Code::Conflict, detail))
    }

    fn done(&self, facts: &Facts, mut rows: Rows, second: &Countersign, entry: &EntryRow, amount: Fen) -> Option<Ruling> {
        let (statement_id, line) = self.signed.line;
        let fund = rows.funds.iter().find(|fund| fund.id == entry.fund)?;
        let (movement, city) = ((fund.id, entry.version, entry.ordinal), fund.city);
        let said = Booked {
            account: self.account,
            amount_fen: amount,
            code: self.code,
            countersigned_by: second.officer.as_str(),
            fund_id: fund.id,
            line,
            ordinal: entry.ordinal,
            statement_id,
            version: entry.version,
        };
        let leaf = self.signed.said(facts, &said);
        let answer = BookedAnswer {
            statement_id,
            line,
            code: self.code,
            account: self.account,
            amount_fen: amount,
            version: entry.version,
            ordinal: entry.ordinal,
            fund: BookedFund {
                id: fund.id,
                available_fen: fund.available(),
                held_fen: fund.held,
                paid_fen: fund.paid,
                version: fund.version,
            },
            receipt: LeafAnswer { leaf_hash: leaf.hash() },
        };
        let (officer, countersigned_by) = (self.signed.actor.subject.clone(), second.officer.clone());
        rows.statements.bookings.push(BookingRow {
            city,
            line: self.signed.line,
            code: self.code,
            account: self.account,
            movement,
            officer: officer.clone(),
            countersigned_by: countersigned_by.clone(),
        });
        rows.statements.matches.push(MatchRow {
            city,
            line: self.signed.line,
            movement,
            amount,
            key: None,
            officer,
            countersigned_by,
        });
        rows.countersign = Some((city, second.short_token()));
        rows.leaves.push(leaf);
        Some(Ruling::Done(Box::new(rows), Answer::json(201, &answer)))
    }
}

fn too_much() -> Ruling {
    Ruling::rejected(Problem::new(Code::Conflict, "the sums would leave 64 bits"))
}
