//! `POST /v1/custody/transfers`: cash is drawn from the bank into a box, or paid in.
//!
//! A draw that was forgotten is recorded late, with the day on which it was: up to [`LATE_DAYS_MAX`] days back.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::audit;
use crate::book::{
    Account, Answer, CashTransferRow, CustodyRows, Direction, Facts, Keys, Move, Posting, Presence, Rows, Ruling, Transfer,
};
use crate::code::Code;
use crate::custody::answer::{BoxFundAnswer, LeafAnswer, MovedCash};
use crate::custody::held::{Held, Standing};
use crate::custody::open::has;
use crate::custody::refusal::{Asker, conflict, too_much};
use crate::http::Problem;
use crate::id::{CashTransferId, FundId, ShiftId};
use crate::money::Fen;
use crate::policy::FundStatus;
use crate::time::day;

/// A transfer is recorded so many days after its value date at the latest: it falls into this month or the last one, whose bank
/// statement is still being compared.
const LATE_DAYS_MAX: i32 = 31;

/// Cash between the bank and a box: the fund keeps its totals, only the place of its money changes. A box never holds more than all that
/// the fund has; whether the bank has so much to give is for the bank to say.
pub struct TransferCash {
    pub asker: Asker,
    pub held: Held,
    pub id: CashTransferId,
    pub direction: Direction,
    pub amount: Fen,
    pub reference: String,
    pub value_date: Date,
}

impl Move for TransferCash {
    fn keys(&self, keys: &mut Keys) {
        self.held.keys(keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.held.find(&self.asker, facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        if standing.shift.custodian != self.asker.actor.subject {
            return self.asker.denied(facts, Problem::new(Code::Forbidden, "only the custodian moves the cash of a shift"));
        }
        if standing.shift.closed.is_some() {
            return conflict("the shift is closed");
        }
        if let Some(fault) = self.misdated(day(facts.now())) {
            return Ruling::rejected(Problem::fault("/value_date", fault));
        }
        let Some(expected) = standing.expected() else { return too_much() };
        match self.direction {
            Direction::Drawn if standing.fund.status != FundStatus::Active => {
                let problem = Problem::new(Code::FundFrozen, "no cash is drawn for a fund that does not pay");
                self.asker.refuse(facts, "transfer", self.held.id.uuid(), problem)
            }
            Direction::Drawn if expected.plus(self.amount).is_none_or(|after| after > has(standing.fund)) => {
                let problem = self.beyond(&standing, expected);
                self.asker.refuse(facts, "transfer", self.held.id.uuid(), problem)
            }
            Direction::PaidIn if self.amount > expected => {
                let problem = Problem::new(Code::Conflict, format!("the box should hold {expected} yuan"));
                Ruling::rejected(problem.with("expected_fen", expected.get().into()))
            }
            Direction::Drawn | Direction::PaidIn => self.transfer(facts, &standing, expected).unwrap_or_else(too_much),
        }
    }
}

impl TransferCash {
    /// What is wrong with the value date, seen from today.
    fn misdated(&self, today: Date) -> Option<String> {
        let first = today.saturating_sub(LATE_DAYS_MAX.days());
        (!(first..=today).contains(&self.value_date)).then(|| format!("a day from {first} to today, {today}, is needed"))
    }

    /// Why so much is not drawn.
    fn beyond(&self, standing: &Standing, expected: Fen) -> Problem {
        let all = has(standing.fund);
        let detail =
            format!("the box should hold {expected} yuan, and with {} more it would hold above the fund's {all}", self.amount);
        Problem::new(Code::FundInsufficient, detail)
            .with("expected_fen", expected.get().into())
            .with("has_fen", all.get().into())
            .with("fund", serde_json::to_value(BoxFundAnswer::from(standing.fund)).unwrap_or_default())
    }

    fn transfer(&self, facts: &Facts, standing: &Standing, expected: Fen) -> Option<Ruling> {
        let (mut shift, mut posting) = (standing.shift.clone(), Posting::begin(standing.fund)?);
        let (debit, credit) = match self.direction {
            Direction::Drawn => (Account::Bank, Account::CashBox),
            Direction::PaidIn => (Account::CashBox, Account::Bank),
        };
        let (reference, value_date) = (Some(self.reference.clone()), Some(self.value_date));
        posting.transfer(debit, credit, self.amount, Transfer { reference, value_date, ..Transfer::default() })?;
        shift.presence = Presence::Stored;
        let expected = match self.direction {
            Direction::Drawn => {
                shift.drawn = shift.drawn.plus(self.amount)?;
                expected.plus(self.amount)?
            }
            Direction::PaidIn => {
                shift.paid_in = shift.paid_in.plus(self.amount)?;
                expected.minus(self.amount)?
            }
        };
        let fund = posting.fund;
        let row = CashTransferRow {
            city: fund.city,
            id: self.id,
            shift: shift.id,
            fund: fund.id,
            fund_version: fund.version,
            direction: self.direction,
            amount: self.amount,
            reference: self.reference.clone(),
            value_date: self.value_date,
        };
        let said = Moved {
            amount_fen: self.amount,
            direction: self.direction,
            expected_fen: expected,
            fund_id: fund.id,
            fund_version: fund.version,
            shift_id: shift.id,
            transfer_id: self.id,
        };
        let leaf = self.asker.leaf(facts, &said);
        let answer = MovedCash {
            id: self.id,
            shift_id: shift.id,
            direction: self.direction,
            amount_fen: self.amount,
            expected_fen: expected,
            fund: (&fund).into(),
            receipt: LeafAnswer { leaf_hash: leaf.hash() },
        };
        let custody = CustodyRows { shifts: vec![shift], transfers: vec![row], ..CustodyRows::default() };
        let rows = Rows { funds: vec![fund], entries: posting.entries, custody, leaves: vec![leaf], ..Rows::default() };
        Some(Ruling::Done(Box::new(rows), Answer::json(201, &answer)))
    }
}

#[derive(Serialize)]
struct Moved {
    amount_fen: Fen,
    direction: Direction,
    expected_fen: Fen,
    fund_id: FundId,
    fund_version: i64,
    shift_id: ShiftId,
    transfer_id: CashTransferId,
}

impl audit::Body for Moved {
    const KIND: &'static str = "custody.cash_moved";
}
