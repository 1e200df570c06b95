//! `POST /v1/funds/{fund}/topups`: money comes in from the treasury.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Account, Answer, Facts, FundRow, Keys, Move, Posting, Rows, Ruling, Source, Transfer, serve};
use crate::code::Code;
use crate::division::Division;
use crate::fund::answer::{AccountAnswer, FundAnswer};
use crate::fund::serve::Followed;
use crate::http::Problem;
use crate::id::{CaseId, FundId, HoldId, LeafId};
use crate::money::Fen;
use crate::policy::FundStatus;

/// Money that comes in or goes back, with what the bank calls it.
#[derive(Clone)]
pub struct Movement {
    /// Who moves it.
    pub actor: Arc<Actor>,
    /// The fund.
    pub fund: FundId,
    /// How much.
    pub amount: Fen,
    /// Where it comes from.
    pub source: Source,
    /// What the bank calls it.
    pub reference: Option<String>,
    /// The day it counts from at the bank.
    pub value_date: Option<Date>,
    /// The account as the answer shows it.
    pub account: Option<AccountAnswer>,
    /// The leaf.
    pub leaf: LeafId,
}

/// A top-up. A frozen fund receives, a closed one does not. What it owes to the pool of its county is repaid first (not by another
/// loan), then its queue is served in order.
pub struct TopUp {
    /// What moves.
    pub movement: Movement,
    /// The division whose reserve lends to the fund.
    pub pool: Option<Division>,
    /// Holds for the cases of the queue.
    pub holds: Vec<HoldId>,
}

impl Move for TopUp {
    fn keys(&self, keys: &mut Keys) {
        let (city, fund) = (self.movement.actor.city(), self.movement.fund);
        keys.fund(city, fund);
        keys.queue(city, fund);
        if let Some(pool) = self.pool {
            keys.reserve(pool);
        }
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        match self.movement.find(facts) {
            Ok(fund) if fund.status == FundStatus::Closed => Ruling::rejected(Problem::new(Code::Conflict, "the fund is closed")),
            Ok(fund) => self.receive(facts, fund).unwrap_or_else(too_much),
            Err(ruling) => ruling,
        }
    }
}

impl TopUp {
    fn receive(&self, facts: &Facts, fund: &FundRow) -> Option<Ruling> {
        let movement = &self.movement;
        let mut posting = Posting::begin(fund)?;
        posting.transfer(Account::Treasury, Account::Available, movement.amount, movement.of(movement.source))?;
        let mut followed = Followed::default();
        if movement.source == Source::Loan {
            posting.fund.loaned = posting.fund.loaned.plus(movement.amount)?;
        } else if fund.status == FundStatus::Active {
            let pool = self.pool.and_then(|division| facts.reserve(division)).filter(|pool| pool.id != fund.id);
            followed.repay(&mut posting, pool)?;
        }
        if fund.status == FundStatus::Active {
            followed.cases = serve(facts, &mut posting, &self.holds)?;
        }
        Some(movement.done(facts, posting, followed))
    }
}

/// What is answered when a total would leave 64 bits.
pub fn too_much() -> Ruling {
    Ruling::rejected(Problem::new(Code::Conflict, "the fund's totals would leave 64 bits"))
}

impl Movement {
    /// The fund, if it lies in the caller's scope.
    pub fn find<'a>(&self, facts: &'a Facts) -> Result<&'a FundRow, Ruling> {
        // Recorded as denied whether anything is there or not: another city's fund is not even looked for.
        let denied = |division| Ruling::rejected(Problem::outside_scope(division));
        let fund = facts.fund(self.actor.city(), self.fund).ok_or_else(|| denied(self.actor.scope))?;
        if self.actor.reaches(&fund.division) { Ok(fund) } else { Err(denied(fund.division)) }
    }

    /// What its transfer is for.
    pub fn of(&self, source: Source) -> Transfer {
        Transfer { source: Some(source), reference: self.reference.clone(), value_date: self.value_date, ..Transfer::default() }
    }

    /// Answers with the fund.
    pub fn done(&self, facts: &Facts, posting: Posting, followed: Followed) -> Ruling {
        let (fund, first) = (posting.fund, posting.entries.first());
        let said = Moved {
            amount_fen: self.amount,
            credit: first.map(|entry| entry.credit),
            credited: fund.credited,
            debit: first.map(|entry| entry.debit),
            fund_id: fund.id,
            held: fund.held,
            pool: followed.pool.as_ref().map(|pool| (pool.fund.id, pool.fund.credited, pool.fund.version)),
            repaid_fen: followed.repaid,
            served: followed.cases.iter().zip(&posting.holds).map(|(case, hold)| (case.id, hold.amount)).collect(),
            source: self.source,
            version: fund.version,
        };
        let leaf = Leaf::new(fund.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let answer = Answer::json(201, &FundAnswer::of(&fund, self.account.clone())).versioned(fund.settings_version);
        let mut rows = Rows { entries: posting.entries, holds: posting.holds, leaves: vec![leaf], ..Rows::default() };
        rows.funds.push(fund);
        rows.cases = followed.cases;
        if let Some(pool) = followed.pool {
            rows.funds.push(pool.fund);
            rows.entries.extend(pool.entries);
        }
        Ruling::Done(Box::new(rows), answer)
    }
}

#[derive(Serialize)]
struct Moved {
    amount_fen: Fen,
    credit: Option<Account>,
    credited: Fen,
    debit: Option<Account>,
    fund_id: FundId,
    held: Fen,
    /// The pool that was repaid: what is credited to it, and its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pool: Option<(FundId, Fen, i64)>,
    repaid_fen: Fen,
    served: Vec<(CaseId, Fen)>,
    source: Source,
    version: i64,
}

impl audit::Body for Moved {
    const KIND: &'static str = "fund.moved";
}
