//! `POST /v1/cases/{case}/payments`: what is held for a case is paid, wholly or in part.

use std::sync::Arc;

use jiff::Timestamp;

use crate::book::{Account, CaseRow, CaseState, Facts, HoldState, Keys, Move, Posting, Ruling, Transfer};
use crate::case::life::change::{Change, not_in, too_much};
use crate::case::life::target::{Standing, Target};
use crate::case::matter::signed;
use crate::case::payment::{Payment, PaymentState, state_of};
use crate::case::request::PaymentPlan;
use crate::code::Code;
use crate::http::{Countersigned, Problem};
use crate::id::{HoldId, LeafId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{FundStatus, Method, Share, Wish, share};
use crate::time::day;

const VERB: &str = "payment";

/// Payments asked for.
pub struct Payments {
    pub wishes: Vec<Wish>,
    pub plans: Vec<PaymentPlan>,
    /// The people of the case with the holders of new accounts, when there are any.
    pub parties: Option<Arc<[u8]>>,
    /// Commitments to those holders.
    pub commitments: Vec<String>,
    /// Payments of the case that were there already.
    pub before: usize,
}

/// Payments out of what is held.
pub struct Pay {
    pub target: Target,
    pub countersigned: Countersigned,
    pub payments: Payments,
    /// The hold of what is left.
    pub successor: HoldId,
    pub denial: LeafId,
}

impl Move for Pay {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys(keys);
        if let Countersigned::By(countersign) = &self.countersigned {
            keys.countersign(self.target.actor.city(), countersign.short_token());
        }
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.target.find(facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        let (actor, context) = (&self.target.actor, &self.target.context);
        let second = match signed(&self.countersigned, &standing.case.division, facts) {
            Ok(second) => second.is_some_and(|second| second.officer != actor.subject),
            Err(problem) => return Ruling::denied(actor, context, self.denial, facts.now(), problem),
        };
        if !matches!(standing.case.state, CaseState::Approved | CaseState::Paying) {
            return not_in(standing.case.state);
        }
        if let Err(problem) = self.payments.fit(standing.case) {
            return Ruling::rejected(problem);
        }
        if let Some(problem) = stopped(facts, &standing) {
            return Change::refuse(&self.target, facts, VERB, problem);
        }
        let held = Fen::sum(standing.live(facts.now()).map(|hold| hold.amount)).unwrap_or_default();
        let fixed = Fen::sum(self.payments.wishes.iter().filter_map(|wish| wish.amount)).unwrap_or(Fen::MOST);
        if !held.is_some() || fixed > held {
            return Ruling::rejected(Problem::new(
                Code::Conflict,
                format!("{held} yuan are held for this case and not paid yet"),
            ));
        }
        let shares = share(held, &self.payments.wishes);
        if let Some(problem) = cash_refused(&self.target, facts, standing.case, &shares, second) {
            return Change::refuse(&self.target, facts, VERB, problem);
        }
        self.pay(facts, &standing, &shares).unwrap_or_else(too_much)
    }

    fn resolves(&self) -> bool {
        true
    }
}

/// Why nothing more is paid of a grant: its fund is stopped, or the applicant was barred meanwhile. What is held stays held.
fn stopped(facts: &Facts, standing: &Standing) -> Option<Problem> {
    if standing.fund.status != FundStatus::Active {
        return Some(Problem::new(Code::FundFrozen, "the fund does not pay"));
    }
    let barred = facts.person(standing.case.city, standing.case.person).barred_until;
    barred.filter(|until| day(facts.now()) <= *until).map(|until| Problem::new(Code::Barred, format!("barred until {until}")))
}

/// Why cash is not paid. Whoever approved does not hold the cash box; much cash needs two, and more than so much is never paid.
pub fn cash_refused(target: &Target, facts: &Facts, case: &CaseRow, shares: &[Share], countersigned: bool) -> Option<Problem> {
    let most = shares.iter().filter(|share| share.method == Method::Cash).map(|share| share.amount).max()?;
    let cash = facts.rules().policies.named(&case.policy_version)?.cash;
    if case.approver.as_ref() == Some(&target.actor.subject) {
        return Some(Problem::new(Code::SamePersonSigned, "who approved does not pay the cash"));
    }
    let fund = facts.fund(case.city, case.fund);
    if fund.zip(case.approver.as_ref()).is_some_and(|(fund, approver)| fund.is_held_by(approver)) {
        return Some(Problem::new(Code::SamePersonSigned, "who approved holds the cash box"));
    }
    if most > cash.max_fen {
        return Some(Problem::new(Code::LimitCash, format!("{most} yuan in cash, {} at most", cash.max_fen)));
    }
    let two = countersigned || case.approver.is_some();
    (most > cash.second_signature_above_fen && !two).then(|| {
        let above = cash.second_signature_above_fen;
        Problem::new(Code::SecondSignatureRequired, format!("{most} yuan in cash, a second officer signs above {above}"))
    })
}

impl Payments {
    /// The holders of accounts were sealed after these people of the case, for the payments that follow these. Whatever else has
    /// changed meanwhile does not matter.
    pub fn fit(&self, case: &CaseRow) -> Result<(), Problem> {
        let Some(parties) = &self.parties else { return Ok(()) };
        let payments: Vec<Payment> = serde_json::from_str(&case.payments).unwrap_or_default();
        if parties.starts_with(&case.parties) && payments.len() == self.before {
            return Ok(());
        }
        Err(Problem::new(Code::Overloaded, "the case has changed meanwhile").retry_after(1))
    }
}

impl Pay {
    fn pay(&self, facts: &Facts, standing: &Standing, shares: &[Share]) -> Option<Ruling> {
        let (mut change, mut posting) = (Change::begin(&self.target, facts, standing, VERB), Posting::begin(standing.fund)?);
        let amount = Fen::sum(shares.iter().map(|share| share.amount))?;
        let left = self.capture(&mut posting, standing, amount, facts.now())?;
        let number = CaseNumber { street: standing.case.street, day: standing.case.day, ordinal: standing.case.ordinal };
        for share in shares {
            let plan = self.payments.plans.get(share.wish)?;
            let payment = plan.payment(share, number.receipt(change.payments.len() + 1));
            if payment.state == PaymentState::Paid {
                let of = Transfer { case: Some(self.target.case), payment: Some(plan.id), ..Transfer::default() };
                posting.transfer(Account::Held, Account::Paid, share.amount, of)?;
            } else {
                // It stays held, now for this payment.
                posting.holds.push(posting.hold_of(self.target.case, plan.hold, Some(plan.id), share.amount, None));
            }
            change.payments.push(payment);
        }
        change.posting = Some(posting);
        if let Some(parties) = &self.payments.parties {
            change.case.parties = parties.clone();
            change.commitments.clone_from(&self.payments.commitments);
        }
        if let Countersigned::By(countersign) = &self.countersigned {
            change.rows.countersign = Some((self.target.actor.city(), countersign.short_token()));
        }
        change.case.state = state_of(&change.case, &change.payments, left, CaseState::Expired);
        Some(change.done(201, standing))
    }

    /// Captures holds, the first to run out first, until they cover an amount; what the last one holds beyond it gets a successor with
    /// the same expiry. Returns what is still free, what has run out and is not given back yet included.
    fn capture(&self, posting: &mut Posting, standing: &Standing, amount: Fen, now: Timestamp) -> Option<Fen> {
        let mut holds: Vec<_> = standing.live(now).collect();
        holds.sort_by_key(|hold| (hold.expires_at, hold.id));
        let live = Fen::sum(holds.iter().map(|hold| hold.amount))?;
        let (mut covered, mut free) = (Fen::ZERO, Fen::sum(standing.free().map(|hold| hold.amount))?.left_after(live));
        for hold in holds {
            if covered >= amount {
                free = free.plus(hold.amount)?;
                continue;
            }
            posting.resolve(hold, HoldState::Captured);
            covered = covered.plus(hold.amount)?;
            let over = covered.left_after(amount);
            if over.is_some() {
                posting.holds.push(posting.hold_of(self.target.case, self.successor, None, over, hold.expires_at));
                free = free.plus(over)?;
            }
        }
        Some(free)
    }
}
