//! `POST /v1/recoveries/{recovery}/receipts`: money came in.

use jiff::civil::Date;
use serde::Serialize;

use crate::audit;
use crate::book::{
    Account, Facts, FundRow, Keys, Move, Posting, ReceiptRow, RecoveredOf, RecoveryRow, RecoveryState, Rows, Ruling, Transfer,
    serve,
};
use crate::code::Code;
use crate::http::Problem;
use crate::id::{CaseId, FundId, HoldId, ReceiptId, RecoveryId};
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
    /// Holds for the cases of the fund's queue.
    pub holds: Vec<HoldId>,
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
    /// Cases of the fund's queue whose waiting part is held now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    served: Vec<(CaseId, Fen)>,
    state: RecoveryState,
    to_fund_fen: Fen,
    to_treasury_fen: Fen,
}

impl audit::Body for Received {
    const KIND: &'static str = "recovery.received";
}

impl Move for Receive {
    fn keys(&self, keys: &mut Keys) {
        let city = self.target.actor.city();
        self.target.keys(keys);
        match self.target.of() {
            RecoveredOf::Case(case) => keys.recoveries_of(city, case),
            RecoveredOf::Settlement(settlement) => keys.recoveries_for(city, settlement),
        }
        keys.queue(city, self.target.fund());
        keys.reference(city, self.target.id(), &self.reference);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let recovery = match self.target.find(facts) {
            Ok(recovery) => recovery,
            Err(ruling) => return ruling,
        };
        if self.received_on > day(facts.now()) {
            return Ruling::rejected(Problem::fault("/received_on", "money comes in today or before"));
        }
        let Some(stands) = stands(facts, recovery) else {
            return Ruling::rejected(Problem::outside_scope(recovery.division));
        };
        let paid = facts.paid_from_to(recovery.city, recovery.id);
        if paid.is_some_and(|(first, _)| self.received_on < day(first)) {
            return Ruling::rejected(Problem::fault("/received_on", "nothing is paid back before it was paid"));
        }
        if facts.is_counted(recovery.city, recovery.id, &self.reference) {
            return Ruling::rejected(Problem::new(Code::Conflict, "this bank reference was counted before"));
        }
        self.receive(facts, recovery, stands).unwrap_or_else(too_much)
    }
}

impl Receive {
    fn receive(&self, facts: &Facts, recovery: &RecoveryRow, stands: Fen) -> Option<Ruling> {
        let split = Owed::of(recovery).receive(self.amount, stands);
        let (posting, served) = match self.returning(facts, recovery) {
            Some(fund) if split.principal.is_some() => {
                let mut posting = self.give_back(facts, fund, recovery, split.principal)?;
                let served = if fund.status == FundStatus::Active { serve(facts, &mut posting, &self.holds)? } else { vec![] };
                (Some(posting), served)
            }
            Some(_) | None => (None, vec![]),
        };
        let to_fund = if posting.is_some() { split.principal } else { Fen::ZERO };
        let mut row = next(recovery);
        row.repaid_principal = row.repaid_principal.plus(split.principal)?;
        row.repaid_fine = row.repaid_fine.plus(split.fine)?;
        row.to_fund = row.to_fund.plus(to_fund)?;
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
            served: served.iter().zip(posting.iter().flat_map(|of| &of.holds)).map(|(of, hold)| (of.id, hold.amount)).collect(),
            state: row.state,
            to_fund_fen: receipt.to_fund,
            to_treasury_fen: receipt.to_treasury,
        };
        let mut rows = Rows { receipts: vec![receipt], cases: served, ..Rows::default() };
        if let Some(posting) = posting {
            rows.funds.push(posting.fund);
            rows.entries = posting.entries;
            rows.holds = posting.holds;
        }
        Some(self.target.done(facts, 201, row, rows, &said))
    }

    /// What the bank calls it may tell whose case it is: of a sealed one it stands in the receipt only.
    fn give_back(&self, facts: &Facts, fund: &FundRow, recovery: &RecoveryRow, principal: Fen) -> Option<Posting> {
        let case = recovery.of.case().and_then(|case| facts.case(recovery.city, case));
        let mut posting = Posting::begin(fund)?;
        let of = Transfer {
            case: recovery.of.case(),
            settlement: recovery.of.settlement(),
            recovery: Some(recovery.id),
            reference: (!case.is_some_and(|case| case.sealed)).then(|| self.reference.clone()),
            value_date: Some(self.received_on),
            ..Transfer::default()
        };
        posting.transfer(Account::Paid, Account::Available, principal, of)?;
        Some(posting)
    }

    /// The fund that principal goes back to: the one that paid, while the year lasts in which it paid last, the money came in
    /// and it is booked, and the fund is not closed. A frozen fund receives. Without one it goes to the treasury: what came in last
    /// year belongs to accounts that are closed, whenever it is booked.
    fn returning<'a>(&self, facts: &'a Facts, recovery: &RecoveryRow) -> Option<&'a FundRow> {
        let (_, paid) = facts.paid_from_to(recovery.city, recovery.id)?;
        let fund = facts.fund(recovery.city, recovery.fund)?;
        let booked = year(facts.now());
        (year(paid) == booked && self.received_on.year() == booked && fund.status != FundStatus::Closed).then_some(fund)
    }
}

/// What was paid and has come back neither by a bank (then it is held again) nor by any of its recoveries, to whomever.
fn stands(facts: &Facts, recovery: &RecoveryRow) -> Option<Fen> {
    let city = recovery.city;
    let (paid, counted) = match recovery.of {
        RecoveredOf::Case(id) => {
            let counted = Fen::sum(facts.recoveries_of(city, id).map(|recovery| recovery.repaid_principal));
            (facts.paid(facts.case(city, id)?), counted)
        }
        RecoveredOf::Settlement(id) => {
            let share = facts.settlements().settlement(city, id)?.share_of(recovery.fund);
            let counted = Fen::sum(facts.recoveries_for(city, id, recovery.fund).map(|recovery| recovery.repaid_principal));
            (share.map_or(Fen::ZERO, |share| share.cleared), counted)
        }
    };
    Some(paid.left_after(counted.unwrap_or(Fen::new(i64::MAX))))
}
