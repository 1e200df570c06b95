//! `POST /v1/funds/{fund}/topups`: money comes in from the treasury.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Account, Answer, Facts, FundRow, Keys, Move, Rows, Ruling, Source, Transfer};
use crate::code::Code;
use crate::fund::answer::{AccountAnswer, FundAnswer};
use crate::http::Problem;
use crate::id::{FundId, LeafId};
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

/// A top-up. A frozen fund receives, a closed one does not.
pub struct TopUp(pub Movement);

impl Move for TopUp {
    fn keys(&self, keys: &mut Keys) {
        keys.fund(self.0.actor.city(), self.0.fund);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        match self.0.find(facts) {
            Ok(fund) if fund.status == FundStatus::Closed => Ruling::rejected(Problem::new(Code::Conflict, "the fund is closed")),
            Ok(fund) => self.0.transfer(facts, fund, Account::Treasury, Account::Available),
            Err(ruling) => ruling,
        }
    }
}

impl Movement {
    /// The fund, if it lies in the caller's scope.
    pub fn find<'a>(&self, facts: &'a Facts) -> Result<&'a FundRow, Ruling> {
        // Recorded as denied whether anything is there or not: another city's fund is not even looked for.
        let denied = |division| Ruling::rejected(Problem::outside_scope(division));
        let fund = facts.fund(self.actor.city(), self.fund).ok_or_else(|| denied(self.actor.scope))?;
        if self.actor.reaches(&fund.division) { Ok(fund) } else { Err(denied(fund.division)) }
    }

    /// Moves the amount and answers with the fund.
    pub fn transfer(&self, facts: &Facts, fund: &FundRow, debit: Account, credit: Account) -> Ruling {
        let mut fund = fund.clone();
        let of = Transfer {
            source: Some(self.source),
            reference: self.reference.clone(),
            value_date: self.value_date,
            ..Transfer::default()
        };
        fund.version = fund.version.saturating_add(1);
        let Some(entry) = fund.transfer(0, debit, credit, self.amount, of) else {
            return Ruling::rejected(Problem::new(Code::Conflict, "the fund's totals would leave 64 bits"));
        };
        let said = Moved {
            amount_fen: self.amount,
            credit,
            credited: fund.credited,
            debit,
            fund_id: fund.id,
            source: self.source,
            version: fund.version,
        };
        let leaf = Leaf::new(fund.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let answer = Answer::json(201, &FundAnswer::of(&fund, self.account.clone())).versioned(fund.settings_version);
        Ruling::Done(Box::new(Rows { fund: Some(fund), entries: vec![entry], leaves: vec![leaf], ..Rows::default() }), answer)
    }
}

#[derive(Serialize)]
struct Moved {
    amount_fen: Fen,
    credit: Account,
    credited: Fen,
    debit: Account,
    fund_id: FundId,
    source: Source,
    version: i64,
}

impl audit::Body for Moved {
    const KIND: &'static str = "fund.moved";
}
