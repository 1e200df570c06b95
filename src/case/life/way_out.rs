//! `POST /v1/cases/{case}/options/{option}`: a way out of a short fund is carried out.
//!
//! - `partial_now`: what is left is granted now, the rest waits in the queue of the fund for its next top-up.
//! - `pool_loan`: the reserve of the county lends the whole grant; the next top-up repays it first.
//! - `urgent_topup`: the county is asked, by an alarm; nothing else changes.
//! - `goods`: goods of a store are handed out instead of money.
//!
//! The case is decided again, by its own rules and with the facts of the moment: a way out never goes round a cap. What was refused
//! to a window is carried out by a window; what was refused to an approver needs one, and keeps the amount offered and the reason given.

use crate::actor::{Role, Subject};
use crate::book::{
    Account, AlarmKind, AlarmRow, CaseRow, CaseState, Facts, FundRow, Keys, Move, Posting, Ruling, Source, Transfer,
};
use crate::case::answer::{DecisionAnswer, WayOut, WayOutKind};
use crate::case::life::approve::{claims, count, question, settle};
use crate::case::life::change::{Change, not_in, too_much};
use crate::case::life::in_kind::Wanted;
use crate::case::life::pay::{Payments, cash_refused};
use crate::case::life::target::{Standing, Target};
use crate::case::opened;
use crate::case::payment::{PaymentState, state_of};
use crate::code::Code;
use crate::division::Division;
use crate::http::Problem;
use crate::id::{HoldId, OptionId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{Decision, FundKind, FundStatus, Method, Policy, Question, Share, decide, share};

pub const VERB: &str = "way_out";

/// A way out, chosen.
pub struct TakeWayOut {
    pub target: Target,
    pub option: OptionId,
    pub hold: HoldId,
    /// Whose reserve is the pool.
    pub county: Division,
    /// Payments of what is granted at once.
    pub payments: Payments,
    /// Goods handed out instead.
    pub goods: Vec<Wanted>,
}

impl Move for TakeWayOut {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys_to_grant(keys);
        keys.reserve(self.county);
        for wanted in &self.goods {
            keys.goods(self.target.actor.city(), wanted.goods);
        }
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.target.find(facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        if !matches!(standing.case.state, CaseState::Refused | CaseState::Accepted) {
            return not_in(standing.case.state);
        }
        let options: Vec<WayOut> = serde_json::from_str(&standing.case.options).unwrap_or_default();
        let Some(way) = options.iter().find(|way| way.id == self.option) else {
            return Ruling::rejected(Problem::not_found());
        };
        if let Some(problem) = self.misfit(way.kind) {
            return Ruling::rejected(problem);
        }
        if let Some(problem) = self.unsigned(&standing).filter(|_| way.kind != WayOutKind::UrgentTopup) {
            return Change::refuse(&self.target, facts, VERB, problem);
        }
        match way.kind {
            WayOutKind::UrgentTopup => self.ask_for_topup(facts, &standing, way),
            WayOutKind::PartialNow => self.bridge(facts, &standing, None),
            WayOutKind::PoolLoan => match facts.reserve(self.county) {
                Some(pool) if pool.status == FundStatus::Active && self.lends_to(standing.fund) => {
                    self.bridge(facts, &standing, Some((pool, way.amount_fen)))
                }
                Some(_) | None => self.no_pool(facts, "the county has no pool that lends"),
            },
            WayOutKind::Goods => self.hand_out(facts, &standing),
        }
    }
}

impl TakeWayOut {
    /// What the request says that its way out can not use.
    fn misfit(&self, kind: WayOutKind) -> Option<Problem> {
        match kind {
            WayOutKind::Goods if self.goods.is_empty() => Some(Problem::fault("/goods", "what is handed out must be said")),
            WayOutKind::Goods if !self.payments.wishes.is_empty() => Some(Problem::fault("/payments", "goods are no money")),
            WayOutKind::Goods => None,
            _ if !self.goods.is_empty() => Some(Problem::fault("/goods", "this way out pays money")),
            _ => None,
        }
    }

    /// Why the caller may not grant an accepted case: that takes an approver who did not take it in.
    /// Whoever grants does not hold the cash box; alone and without cash it does not matter.
    fn unsigned(&self, standing: &Standing) -> Option<Problem> {
        let (actor, case) = (&self.target.actor, standing.case);
        let cash = self.payments.wishes.iter().any(|wish| wish.method == Method::Cash);
        if standing.fund.is_held_by(&actor.subject) && (case.state == CaseState::Accepted || cash) {
            Some(Problem::new(Code::SamePersonSigned, "who grants does not hold the cash box"))
        } else if case.state != CaseState::Accepted {
            None
        } else if case.handler == actor.subject {
            Some(Problem::new(Code::SamePersonSigned, "another person than the handler approves"))
        } else {
            let detail = "the case is not approved yet: an approver carries this out";
            (!actor.roles.has(Role::Approver)).then(|| Problem::new(Code::SecondSignatureRequired, detail))
        }
    }

    /// The pool of a county lends to the reserves of its streets: not to itself, and not to money of another purpose.
    fn lends_to(&self, fund: &FundRow) -> bool {
        fund.kind == FundKind::StreetReserve && fund.division != self.county && self.county.covers(&fund.division)
    }

    /// The second officer of what is granted now.
    fn approver(&self, case: &CaseRow) -> Option<Subject> {
        if case.state == CaseState::Accepted { Some(self.target.actor.subject.clone()) } else { case.approver.clone() }
    }

    /// Decides again with what the loan or the queue adds to the fund, and grants.
    fn bridge(&self, facts: &Facts, standing: &Standing, loan: Option<(&FundRow, Fen)>) -> Ruling {
        let Some((policy, mut question)) = question(&self.target, standing, facts) else {
            return Ruling::rejected(Problem::internal("a case does not hold its question"));
        };
        let left = standing.fund.available().max(Fen::ZERO);
        question.fund.bridged = match loan {
            Some((_, lent)) => lent,
            None => question.requested.left_after(left),
        };
        let decision = decide(&policy, &question);
        if !decision.grants() {
            let problem = Problem::new(decision.code, "decided again, it is refused by another rule");
            return Change::refuse(&self.target, facts, VERB, problem);
        }
        if loan.is_none() && !left.is_some() {
            return self.no_pool(facts, "nothing is left in the fund");
        }
        // Not more than is granted now: a cap may have come down since.
        let loan = loan.map(|(pool, lent)| (pool, lent.min(decision.granted_fen)));
        if loan.is_some_and(|(pool, lent)| pool.available() < lent) {
            return self.no_pool(facts, "the pool of the county has not enough left");
        }
        if let Err(problem) = self.payments.fit(standing.case) {
            return Ruling::rejected(problem);
        }
        let shares = share(decision.granted_fen.min(if loan.is_some() { Fen::MOST } else { left }), &self.payments.wishes);
        let signed = CaseRow { approver: self.approver(standing.case), ..standing.case.clone() };
        if let Some(problem) = cash_refused(&self.target, facts, &signed, &shares, false) {
            return Change::refuse(&self.target, facts, VERB, problem);
        }
        let granted = Granted { shares, decision, question, now: if loan.is_some() { Fen::MOST } else { left }, loan };
        self.grant(facts, standing, &policy, granted).unwrap_or_else(too_much)
    }

    fn grant(&self, facts: &Facts, standing: &Standing, policy: &Policy, granted: Granted) -> Option<Ruling> {
        let Granted { shares, decision, question, now, loan } = granted;
        let mut change = Change::begin(&self.target, facts, standing, VERB);
        let mut posting = Posting::begin(standing.fund)?;
        if let Some((pool, lent)) = loan {
            let mut lender = Posting::begin(pool)?;
            let of = || Transfer { source: Some(Source::Loan), case: None, ..Transfer::default() };
            lender.transfer(Account::Available, Account::Treasury, lent, of())?;
            posting.transfer(Account::Treasury, Account::Available, lent, of())?;
            posting.fund.loaned = posting.fund.loaned.plus(lent)?;
            change.lender = Some(lender);
        }
        let (amount, granted) = (decision.granted_fen.min(now), decision.granted_fen);
        let free = self.pay(&mut change, &mut posting, &shares, amount)?;
        if free.is_some() {
            posting.hold(posting.hold_of(self.target.case, self.hold, None, free, policy.approval.expiry(facts.now())))?;
        }
        change.case.queued = granted.left_after(amount);
        change.case.queue_place = change.case.queued.is_some().then_some(posting.fund.version);
        self.conclude(change, posting, facts, standing, &Decided { policy, question, decision, free })
    }

    /// Counts what was granted, puts the decision into the case, and answers.
    pub fn conclude(
        &self,
        mut change: Change,
        mut posting: Posting,
        facts: &Facts,
        standing: &Standing,
        decided: &Decided,
    ) -> Option<Ruling> {
        let Decided { policy, question, decision, free } = decided;
        count(&mut change, facts, &mut posting, question, decision.granted_fen)?;
        settle(&mut change, facts, policy, question, decision);
        change.case.approver = self.approver(standing.case);
        change.case.review_due = match change.case.approver {
            Some(_) => None,
            None => opened::review_by(policy, change.case.lane, facts.now()),
        };
        change.case.state = state_of(&change.case, &change.payments, *free, CaseState::Approved);
        change.rows.claims = claims(&self.target, standing, facts, question.day);
        change.posting = Some(posting);
        change.decision = Some(DecisionAnswer::new(decision.clone(), Vec::new()));
        Some(change.done(200, standing))
    }

    /// Pays at once what was asked to be; returns what is left of the amount.
    fn pay(&self, change: &mut Change, posting: &mut Posting, shares: &[Share], amount: Fen) -> Option<Fen> {
        let (case, mut left) = (self.target.case, amount);
        let number = CaseNumber { street: change.case.street, day: change.case.day, ordinal: change.case.ordinal };
        for share in shares {
            let plan = self.payments.plans.get(share.wish)?;
            let payment = plan.payment(share, number.receipt(change.payments.len() + 1));
            if payment.state == PaymentState::Paid {
                posting.pay(case, plan.id, share.amount)?;
            } else {
                posting.hold(posting.hold_of(case, plan.hold, Some(plan.id), share.amount, None))?;
            }
            left = left.minus(share.amount)?;
            change.payments.push(payment);
        }
        if let Some(parties) = &self.payments.parties {
            change.case.parties = parties.clone();
            change.commitments.clone_from(&self.payments.commitments);
        }
        Some(left)
    }

    fn ask_for_topup(&self, facts: &Facts, standing: &Standing, way: &WayOut) -> Ruling {
        let mut change = Change::begin(&self.target, facts, standing, VERB);
        change.rows.alarms.push(AlarmRow {
            city: change.case.city,
            about: standing.fund.id.uuid(),
            kind: AlarmKind::TopupUrgent,
            mark: standing.fund.version,
            division: standing.fund.division,
            amount: Some(way.amount_fen),
        });
        change.done(200, standing)
    }

    fn no_pool(&self, facts: &Facts, detail: &str) -> Ruling {
        Change::refuse(&self.target, facts, VERB, Problem::new(Code::FundInsufficient, detail))
    }
}

/// What was decided, and how much of it no payment has yet.
pub struct Decided<'a> {
    pub policy: &'a Policy,
    pub question: Question,
    pub decision: Decision,
    pub free: Fen,
}

struct Granted<'a> {
    shares: Vec<Share>,
    decision: Decision,
    question: Question,
    now: Fen,
    loan: Option<(&'a FundRow, Fen)>,
}
