//! `POST /v1/recoveries/{recovery}/receipts`: money came in.

use jiff::civil::Date;
use serde::Serialize;

use crate::audit;
use crate::book::{Account, Facts, FundRow, Keys, Move, Posting, ReceiptRow, RecoveryRow, RecoveryState, Rows, Ruling, Transfer};
use crate::code::Code;
use crate::http::Problem;
use crate::id::{FundId, ReceiptId, RecoveryId};
use crate::money::Fen;
use crate::policy::FundStatus;
use crate::recovery::owed::{Owed, state_after};
use crate::recovery::target::{Target, next, too_much};
use crate::time::{day, year};

/// Money that came in for a recovery.
pub struct Receive {
    pub target: Target,
    pub id: ReceiptId,
    pub amount: Fen,
    pub reference: String,
    pub received_on: Date,
}

#[derive(Serialize)]
struct Received {
    amount_fen: Fen,
    fine_fen: Fen,
    /// The fund that took principal back: what it has paid, and its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    fund: Option<(FundId, Fen, i64)>,
    overpaid_fen: Fen,
    principal_fen: Fen,
    receipt_id: ReceiptId,
    recovery_id: RecoveryId,
    state: RecoveryState,
    to_fund_fen: Fen,
    to_treasury_fen: Fen,
}

impl audit::Body for Received {
    const KIND: &'static str = "recovery.received";
}

impl Move for Receive {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys(keys);
        keys.reference(self.target.actor.city(), self.target.id(), &self.reference);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let recovery = match self.target.find(facts) {
            Ok(recovery) => recovery,
            Err(ruling) => return ruling,
        };
        if self.received_on > day(facts.now()) {
            return Ruling::rejected(Problem::fault("/received_on", "money comes in today or before"));
        }
        if facts.is_counted(recovery.city, recovery.id, &self.reference) {
            return Ruling::rejected(Problem::new(Code::Conflict, "this bank reference was counted before"));
        }
        self.receive(facts, recovery).unwrap_or_else(too_much)
    }
}

impl Receive {
    fn receive(&self, facts: &Facts, recovery: &RecoveryRow) -> Option<Ruling> {
        let split = Owed::of(recovery).receive(self.amount);
        let posting = match returning(facts, recovery) {
            Some(fund) if split.principal.is_some() => Some(self.give_back(fund, recovery, split.principal)?),
            Some(_) | None => None,
        };
        let to_fund = if posting.is_some() { split.principal } else { Fen::ZERO };
        let mut row = next(recovery);
        row.repaid_principal = row.repaid_principal.plus(split.principal)?;
        row.repaid_fine = row.repaid_fine.plus(split.fine)?;
        row.overpaid = row.overpaid.plus(split.overpaid)?;
        row.state = state_after(&row, RecoveryState::Settled);
        let receipt = ReceiptRow {
            city: row.city,
            id: self.id,
            recovery: row.id,
            amount: self.amount,
            principal: split.principal,
            fine: split.fine,
            overpaid: split.overpaid,
            to_fund,
            to_treasury: split.principal.plus(split.fine)?.minus(to_fund)?,
            reference: self.reference.clone(),
            received_on: self.received_on,
            officer: self.target.actor.subject.clone(),
        };
        let said = Received {
            amount_fen: receipt.amount,
            fine_fen: receipt.fine,
            fund: posting.as_ref().map(|posting| (posting.fund.id, posting.fund.paid, posting.fund.version)),
            overpaid_fen: receipt.overpaid,
            principal_fen: receipt.principal,
            receipt_id: receipt.id,
            recovery_id: row.id,
            state: row.state,
            to_fund_fen: receipt.to_fund,
            to_treasury_fen: receipt.to_treasury,
        };
        let mut rows = Rows { receipts: vec![receipt], ..Rows::default() };
        if let Some(posting) = posting {
            rows.funds.push(posting.fund);
            rows.entries = posting.entries;
        }
        Some(self.target.done(facts, 201, row, rows, &said))
    }

    fn give_back(&self, fund: &FundRow, recovery: &RecoveryRow, principal: Fen) -> Option<Posting> {
        let mut posting = Posting::begin(fund)?;
        let of = Transfer {
            case: Some(recovery.case),
            recovery: Some(recovery.id),
            reference: Some(self.reference.clone()),
            value_date: Some(self.received_on),
            ..Transfer::default()
        };
        posting.transfer(Account::Paid, Account::Available, principal, of)?;
        Some(posting)
    }
}

/// The fund that principal goes back to: the one that paid, while the year of the last payment lasts and the fund is not closed. A
/// frozen fund receives. Without one it goes to the treasury.
fn returning<'a>(facts: &'a Facts, recovery: &RecoveryRow) -> Option<&'a FundRow> {
    let paid = facts.last_paid(recovery.city, recovery.id)?;
    let fund = facts.fund(recovery.city, recovery.fund)?;
    (year(paid) == year(facts.now()) && fund.status != FundStatus::Closed).then_some(fund)
}
