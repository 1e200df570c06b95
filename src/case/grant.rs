//! What a grant does: money moves, usage counts, claims are made.

use jiff::ToSpan;

use crate::book::{Account, ClaimRow, EntryRow, FundRow, HoldRow, OfficerRow, PersonRow, Transfer};
use crate::case::matter::Matter;
use crate::case::payment::{Payment, first_step};
use crate::id::HoldId;
use crate::money::Fen;
use crate::number::CaseNumber;

/// The money side of a grant.
pub struct Grant {
    pub fund: FundRow,
    pub entries: Vec<EntryRow>,
    pub holds: Vec<HoldRow>,
    pub payments: Vec<Payment>,
    /// Granted, and not yet given to any payment.
    pub unpaid: Fen,
}

/// Moves the money of a grant: what is handed over is paid, what goes through a bank and what is left of it is held.
/// `None` when a total would leave 64 bits.
pub fn pay(matter: &Matter, number: &CaseNumber) -> Option<Grant> {
    let granted = matter.decision.granted_fen;
    let mut fund = matter.fund.clone();
    fund.version = fund.version.checked_add(1)?;
    fund.day_granted = fund.granted_on(matter.day).plus(granted)?;
    fund.day = matter.day;
    let mut grant = Grant { fund, entries: Vec::new(), holds: Vec::new(), payments: Vec::new(), unpaid: granted };
    for (index, share) in matter.decision.shares.iter().enumerate() {
        let plan = matter.request.payments.get(share.wish)?;
        let (account, state) = first_step(share.method);
        grant.unpaid = grant.unpaid.minus(share.amount)?;
        grant.transfer(matter, account, share.amount, Some(plan.id), plan.hold)?;
        grant.payments.push(Payment {
            id: plan.id,
            method: share.method,
            amount_fen: share.amount,
            state,
            receipt_number: number.receipt(index + 1),
            received_by: plan.received_by,
            signature_ref: plan.signature_ref.clone(),
            hospital: plan.hospital.clone(),
        });
    }
    if grant.unpaid.is_some() {
        grant.transfer(matter, Account::Held, grant.unpaid, None, matter.request.hold)?;
    }
    Some(grant)
}

impl Grant {
    fn transfer(
        &mut self,
        matter: &Matter,
        to: Account,
        amount: Fen,
        payment: Option<crate::id::PaymentId>,
        hold: HoldId,
    ) -> Option<()> {
        let ordinal = i16::try_from(self.entries.len()).ok()?;
        let of = Transfer { case: Some(matter.request.case), payment, ..Transfer::default() };
        self.entries.push(self.fund.transfer(ordinal, Account::Available, to, amount, of)?);
        if to == Account::Held {
            let days = i64::from(matter.policy.approval.valid_days);
            // What is under way through a bank never expires.
            let expires_at = match payment {
                Some(_) => None,
                None => matter.facts.now().checked_add((days * 24).hours()).ok(),
            };
            let case = matter.request.case;
            self.holds.push(HoldRow { city: self.fund.city, id: hold, fund: self.fund.id, case, payment, amount, expires_at });
        }
        Some(())
    }
}

/// One claim a person of the household, in the next free slot.
pub fn claims(matter: &Matter, number: &CaseNumber) -> Vec<ClaimRow> {
    let city = matter.request.division.city();
    let claim = |person| ClaimRow {
        city,
        person,
        cause: matter.cause,
        slot: matter.facts.next_slot(city, person, matter.cause),
        day: matter.day,
        incident: matter.incident,
        case: matter.request.case,
        number: *number,
        division: matter.request.division,
        sealed: matter.request.sealed,
    };
    matter.request.persons().map(claim).collect()
}

/// The applicant's usage of the year, with this grant.
pub fn person(matter: &Matter) -> Option<PersonRow> {
    let mut row = matter.facts.person(matter.request.division.city(), matter.request.person);
    row.year = matter.day.year();
    row.year_granted = matter.question.usage.person_year.plus(matter.decision.granted_fen)?;
    Some(row)
}

/// The officer's usage of the day, with this grant.
pub fn officer(matter: &Matter) -> Option<OfficerRow> {
    let mut row = matter.facts.officer(matter.request.division.city(), &matter.request.actor.subject);
    row.day = matter.day;
    row.day_granted = matter.question.usage.officer_day.plus(matter.decision.granted_fen)?;
    Some(row)
}
