//! `POST /v1/funds/{fund}/freeze` and `/unfreeze`: a frozen fund receives and does not pay.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, Keys, Move, Rows, Ruling};
use crate::code::Code;
use crate::fund::answer::{AccountAnswer, FundAnswer};
use crate::http::Problem;
use crate::id::{FundId, LeafId};
use crate::policy::FundStatus;

/// Sets whether a fund pays. Setting what is set already changes nothing.
pub struct SetStatus {
    /// Who sets it.
    pub actor: Arc<Actor>,
    /// The fund.
    pub fund: FundId,
    /// Whether it pays.
    pub status: FundStatus,
    /// Sealed: free text may name people.
    pub reason: Arc<[u8]>,
    /// The account as the answer shows it.
    pub account: Option<AccountAnswer>,
    /// The leaf.
    pub leaf: LeafId,
}

impl Move for SetStatus {
    fn keys(&self, keys: &mut Keys) {
        keys.fund(self.actor.city(), self.fund);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let Some(found) = facts.fund(self.actor.city(), self.fund) else {
            return Ruling::rejected(Problem::outside_scope(self.actor.scope));
        };
        if !self.actor.reaches(&found.division) {
            return Ruling::rejected(Problem::outside_scope(found.division));
        }
        if found.status == FundStatus::Closed {
            return Ruling::rejected(Problem::new(Code::Conflict, "the fund is closed"));
        }
        let mut fund = found.clone();
        if fund.status != self.status {
            fund.status = self.status;
            fund.status_reason = Some(self.reason.clone());
            fund.settings_version = fund.settings_version.saturating_add(1);
        }
        let said = StatusSet { fund_id: fund.id, settings_version: fund.settings_version, status: fund.status };
        let leaf = Leaf::new(fund.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let answer = Answer::json(200, &FundAnswer::of(&fund, self.account.clone())).versioned(fund.settings_version);
        Ruling::Done(Box::new(Rows { fund_settings: Some(fund), leaves: vec![leaf], ..Rows::default() }), answer)
    }
}

#[derive(Serialize)]
struct StatusSet {
    fund_id: FundId,
    settings_version: i64,
    status: FundStatus,
}

impl audit::Body for StatusSet {
    const KIND: &'static str = "fund.status_set";
}
