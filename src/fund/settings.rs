//! `PATCH /v1/funds/{fund}`: name, target, limits and account, by finance and a second officer.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, FundRow, Keys, Move, Rows, Ruling};
use crate::code::Code;
use crate::division::Division;
use crate::fund::answer::{AccountAnswer, FundAnswer};
use crate::http::{Context, Countersign, Countersigned, IfMatch, Patch, Problem};
use crate::id::{FundId, LeafId};
use crate::money::Fen;
use crate::policy::Limits;

/// New settings; what is absent stays.
pub struct ChangeSettings {
    /// Who changes them.
    pub actor: Arc<Actor>,
    /// What belongs to the request.
    pub context: Context,
    /// Whether a second officer signed.
    pub countersigned: Countersigned,
    /// The fund.
    pub fund: FundId,
    /// The version that was read.
    pub if_match: IfMatch,
    /// What people call it.
    pub name: Option<Arc<str>>,
    /// Its target size.
    pub target: Option<Fen>,
    /// What must stay in it.
    pub floor: Patch<Fen>,
    /// Cap of one case.
    pub case: Patch<Fen>,
    /// Cap of the fund on a day.
    pub fund_day: Patch<Fen>,
    /// Cap of one person in a year.
    pub person_year: Patch<Fen>,
    /// Cap of one officer on a day.
    pub officer_day: Patch<Fen>,
    /// Sealed, and as the answer shows it.
    pub account: Patch<Arc<[u8]>>,
    /// The account as the answer shows it.
    pub shown: Option<AccountAnswer>,
    /// The leaf.
    pub leaf: LeafId,
}

impl Move for ChangeSettings {
    fn keys(&self, keys: &mut Keys) {
        keys.fund(self.actor.city(), self.fund);
        if let Countersigned::By(countersign) = &self.countersigned {
            keys.countersign(self.actor.city(), countersign.short_token());
        }
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let Some(found) = facts.fund(self.actor.city(), self.fund) else {
            return Ruling::rejected(Problem::outside_scope(self.actor.scope));
        };
        if !self.actor.reaches(&found.division) {
            return Ruling::rejected(Problem::outside_scope(found.division));
        }
        let second = match self.second(facts, &found.division) {
            Ok(second) => second,
            Err(ruling) => return ruling,
        };
        if self.if_match != IfMatch::Version(found.settings_version.unsigned_abs()) {
            let detail = format!("the settings are at version {}", found.settings_version);
            return Ruling::rejected(Problem::new(Code::PreconditionFailed, detail));
        }
        let fund = self.changed(found);
        if fund.floor > found.floor && fund.available() < Fen::ZERO {
            let detail = format!("a floor of {} yuan leaves less than nothing available", fund.floor);
            return Ruling::rejected(Problem::new(Code::FundInsufficient, detail));
        }
        let said = SettingsChanged {
            countersigned_by: second.officer.as_str(),
            floor_fen: fund.floor,
            fund_id: fund.id,
            limits: fund.limits,
            settings_version: fund.settings_version,
            target_fen: fund.target,
        };
        let leaf = Leaf::new(fund.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let answer = Answer::json(200, &FundAnswer::of(&fund, self.shown.clone())).versioned(fund.settings_version);
        let countersign = Some((fund.city, second.short_token()));
        Ruling::Done(Box::new(Rows { fund_settings: Some(fund), countersign, leaves: vec![leaf], ..Rows::default() }), answer)
    }
}

impl ChangeSettings {
    /// The second officer: needed, another person, and never signed this before.
    fn second(&self, facts: &Facts, division: &Division) -> Result<&Countersign, Ruling> {
        let wrong = match &self.countersigned {
            Countersigned::No => {
                let detail = "settings change with a second officer's countersign";
                return Err(self.denied(facts, Problem::new(Code::SecondSignatureRequired, detail)));
            }
            Countersigned::By(second) if second.officer == self.actor.subject => {
                return Err(self.denied(facts, Problem::new(Code::SamePersonSigned, "nobody countersigns their own change")));
            }
            Countersigned::Invalid(reason) => reason,
            Countersigned::By(second) if !second.scope.covers(division) => "the countersign does not cover this division",
            Countersigned::By(second) if facts.is_spent(self.actor.city(), second.short_token()) => {
                "the countersign was used before"
            }
            Countersigned::By(second) => return Ok(second),
        };
        Err(self.denied(facts, Problem::countersign(wrong)))
    }

    fn denied(&self, facts: &Facts, problem: Problem) -> Ruling {
        Ruling::denied(&self.actor, &self.context, self.leaf, facts.now(), problem)
    }

    fn changed(&self, found: &FundRow) -> FundRow {
        let mut fund = found.clone();
        fund.name = self.name.clone().unwrap_or(fund.name);
        fund.target = self.target.unwrap_or(fund.target);
        fund.floor = self.floor.over(Some(fund.floor)).unwrap_or(Fen::ZERO);
        fund.limits = Limits {
            case: self.case.over(fund.limits.case),
            fund_day: self.fund_day.over(fund.limits.fund_day),
            person_year: self.person_year.over(fund.limits.person_year),
            officer_day: self.officer_day.over(fund.limits.officer_day),
        };
        fund.account = self.account.clone().over(fund.account);
        fund.settings_version = fund.settings_version.saturating_add(1);
        fund
    }
}

#[derive(Serialize)]
struct SettingsChanged<'a> {
    countersigned_by: &'a str,
    floor_fen: Fen,
    fund_id: FundId,
    limits: Limits,
    settings_version: i64,
    target_fen: Fen,
}

impl audit::Body for SettingsChanged<'_> {
    const KIND: &'static str = "fund.settings_changed";
}
