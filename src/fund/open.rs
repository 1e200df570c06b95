//! `POST /v1/funds`: opens a fund.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, FundRow, Keys, Move, Presence, Rows, Ruling};
use crate::code::Code;
use crate::division::Division;
use crate::fund::answer::{AccountAnswer, FundAnswer};
use crate::http::{Context, Problem};
use crate::id::{FundId, LeafId};
use crate::money::Fen;
use crate::policy::{FundKind, FundStatus, Limits};

/// A fund to be opened.
pub struct OpenFund {
    /// Who opens it.
    pub actor: Arc<Actor>,
    /// Its identifier.
    pub id: FundId,
    /// Whose it is.
    pub division: Division,
    /// Purpose and owner.
    pub kind: FundKind,
    /// What people call it.
    pub name: Arc<str>,
    /// Its target size.
    pub target: Fen,
    /// What must stay in it.
    pub floor: Fen,
    /// Its caps.
    pub limits: Limits,
    /// Sealed, and as the answer shows it.
    pub account: Option<(Arc<[u8]>, AccountAnswer)>,
    /// Budget subject codes.
    pub subject_codes: Arc<[String]>,
    /// What belongs to the request and ends up in a refusal.
    pub context: Context,
    /// The leaf.
    pub leaf: LeafId,
}

impl Move for OpenFund {
    fn keys(&self, keys: &mut Keys) {
        if self.kind == FundKind::StreetReserve {
            keys.reserve(self.division);
        }
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        if !self.actor.reaches(&self.division) {
            return Ruling::rejected(Problem::outside_scope(self.division));
        }
        if self.kind == FundKind::StreetReserve && facts.reserve(self.division).is_some() {
            let problem = Problem::new(Code::Conflict, "this division has a street reserve already");
            return Ruling::denied(&self.actor, &self.context, self.leaf, facts.now(), problem);
        }
        let fund = FundRow {
            presence: Presence::New,
            city: self.division.city(),
            id: self.id,
            division: self.division,
            kind: self.kind,
            name: self.name.clone(),
            status: FundStatus::Active,
            target: self.target,
            floor: self.floor,
            limits: self.limits,
            account: self.account.as_ref().map(|(sealed, _)| sealed.clone()),
            status_reason: None,
            subject_codes: self.subject_codes.clone(),
            credited: Fen::ZERO,
            held: Fen::ZERO,
            paid: Fen::ZERO,
            day: Date::constant(1970, 1, 1),
            day_granted: Fen::ZERO,
            version: 0,
            settings_version: 1,
            opened_at: facts.now(),
            loaned: Fen::ZERO,
            custodians: Arc::new([]),
        };
        let said = Opened { division: fund.division, fund_id: fund.id, fund_kind: fund.kind };
        let leaf = Leaf::new(fund.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let shown = self.account.as_ref().map(|(_, account)| account.masked());
        let answer = Answer::json(201, &FundAnswer::of(&fund, shown)).versioned(fund.settings_version);
        Ruling::Done(Box::new(Rows { funds: vec![fund], leaves: vec![leaf], ..Rows::default() }), answer)
    }
}

#[derive(Serialize)]
struct Opened {
    division: Division,
    fund_id: FundId,
    fund_kind: FundKind,
}

impl audit::Body for Opened {
    const KIND: &'static str = "fund.opened";
}
