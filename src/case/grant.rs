//! What a grant does: money moves, usage counts, claims are made.

use crate::book::{ClaimRow, OfficerRow, PersonRow, Posting};
use crate::case::matter::Matter;
use crate::case::payment::{Payment, PaymentState};
use crate::money::Fen;
use crate::number::CaseNumber;

/// The money side of a grant.
pub struct Grant {
    pub posting: Posting,
    pub payments: Vec<Payment>,
    /// Granted, and not yet given to any payment.
    pub unpaid: Fen,
}

/// Moves the money of a grant: what is handed over is paid, what goes through a bank and what is left of it is held.
/// `None` when a total would leave 64 bits.
pub fn pay(matter: &Matter, number: &CaseNumber) -> Option<Grant> {
    let (granted, case) = (matter.decision.granted_fen, matter.request.case);
    let mut posting = Posting::begin(matter.fund)?;
    posting.fund.day_granted = posting.fund.granted_on(matter.day).plus(granted)?;
    posting.fund.day = matter.day;
    let mut grant = Grant { posting, payments: Vec::new(), unpaid: granted };
    for (index, share) in matter.decision.shares.iter().enumerate() {
        let plan = matter.request.payments.get(share.wish)?;
        let payment = plan.payment(share, number.receipt(index + 1));
        grant.unpaid = grant.unpaid.minus(share.amount)?;
        match payment.state {
            PaymentState::Paid => grant.posting.pay(case, plan.id, share.amount)?,
            PaymentState::Instructed
            | PaymentState::Dispatched
            | PaymentState::Unknown
            | PaymentState::Refused
            | PaymentState::Returned => {
                grant.posting.hold(grant.posting.hold_of(case, plan.hold, Some(plan.id), share.amount, None))?
            }
        }
        grant.payments.push(payment);
    }
    if grant.unpaid.is_some() {
        let expires_at = matter.policy.approval.expiry(matter.facts.now());
        grant.posting.hold(grant.posting.hold_of(case, matter.request.hold, None, grant.unpaid, expires_at))?;
    }
    Some(grant)
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
        live: true,
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
