//! `POST /v1/funds/{fund}/withdrawals`: money goes back to the treasury, as far as it is available.

use serde::Serialize;

use crate::audit::{self, Leaf};
use crate::book::{Account, Answer, Facts, FundRow, Keys, Move, Posting, Rows, Ruling, Source};
use crate::code::Code;
use crate::fund::serve::Followed;
use crate::fund::top_up::{Movement, too_much};
use crate::http::{Context, Problem};
use crate::id::FundId;
use crate::money::Fen;
use crate::policy::FundStatus;

/// A withdrawal.
pub struct Withdraw {
    /// What moves.
    pub movement: Movement,
    /// What belongs to the request and ends up in a refusal.
    pub context: Context,
}

impl Move for Withdraw {
    fn keys(&self, keys: &mut Keys) {
        keys.fund(self.movement.actor.city(), self.movement.fund);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let fund = match self.movement.find(facts) {
            Ok(fund) => fund,
            Err(ruling) => return ruling,
        };
        let code = match fund.status {
            FundStatus::Active if self.movement.amount <= fund.available() => {
                return self.give_back(facts, fund).unwrap_or_else(too_much);
            }
            FundStatus::Active => Code::FundInsufficient,
            FundStatus::Frozen | FundStatus::Closed => Code::FundFrozen,
        };
        let said = Refused { asked_fen: self.movement.amount, code, fund_id: fund.id, version: fund.version };
        let actor = &self.movement.actor;
        let leaf = Leaf::new(fund.city, self.movement.leaf, facts.now(), actor.subject.as_str(), &said);
        let detail = format!("asked for {} yuan, available are {}", self.movement.amount, fund.available());
        let fund = serde_json::json!({"id": fund.id, "available_fen": fund.available(), "version": fund.version});
        let problem = Problem::new(code, detail).with("fund", fund);
        Ruling::Refused(Box::new(Rows { leaves: vec![leaf], ..Rows::default() }), Answer::refusal(&problem, &self.context))
    }
}

impl Withdraw {
    /// What goes back as `loan` repays the pool.
    fn give_back(&self, facts: &Facts, fund: &FundRow) -> Option<Ruling> {
        let movement = &self.movement;
        let mut posting = Posting::begin(fund)?;
        posting.transfer(Account::Available, Account::Treasury, movement.amount, movement.of(movement.source))?;
        if movement.source == Source::Loan {
            posting.fund.loaned = posting.fund.loaned.left_after(movement.amount);
        }
        Some(movement.done(facts, posting, Followed::default()))
    }
}

#[derive(Serialize)]
struct Refused {
    asked_fen: Fen,
    code: Code,
    fund_id: FundId,
    version: i64,
}

impl audit::Body for Refused {
    const KIND: &'static str = "fund.withdrawal_refused";
}
