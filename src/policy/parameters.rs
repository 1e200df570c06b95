//! One version of the rules, as its TOML file states it. Every number is data; none is a constant in code.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Deserializer};

use crate::code::Code;
use crate::money::Fen;
use crate::policy::{Cause, Lane, Residence};

/// A policy file that can not be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyInvalid {
    /// It is no TOML, or a key is unknown, missing or of the wrong type.
    #[error("policy is not well formed: {0}")]
    Form(String),
    /// It contradicts itself.
    #[error("policy {id}: {what}")]
    Content {
        /// Which.
        id: String,
        /// What is wrong.
        what: String,
    },
}

/// The rules of one version. Amounts in fen; a cap that is absent does not bind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name, stored with every case decided by it.
    pub id: String,
    /// Where it holds: a division prefix; empty is everywhere.
    pub division: String,
    /// The first day it holds.
    #[serde(deserialize_with = "day")]
    pub effective_from: Date,
    /// L: the local minimum-living standard of one person and month.
    pub dibao_month_fen: Fen,
    /// The county's ceiling of one case, as a multiple of L.
    pub overall_multiple: Multiple,
    /// Small quick aid; absent before 2026.
    pub quick: Option<Quick>,
    /// Aid paid first, papers following.
    pub advance: Advance,
    /// Caps over cases; a fund may set lower ones.
    #[serde(default)]
    pub caps: Caps,
    /// Whom the window may help.
    pub place: Place,
    /// How often one cause is helped.
    pub repeat: RepeatRule,
    /// Papers that follow.
    pub completion: Completion,
    /// Cash over the counter.
    pub cash: Cash,
    /// Temporary identities.
    pub identity: IdentityRule,
    /// Grants that wait to be paid.
    pub approval: Approval,
    /// The fund's own alarm.
    pub fund: FundRule,
    /// Money to be paid back.
    #[serde(default)]
    pub recovery: RecoveryRule,
    /// Deposit waivers of hospitals.
    #[serde(default)]
    pub waiver: WaiverRule,
    /// Lists made public.
    #[serde(default)]
    pub publicity: PublicityRule,
    /// Causes that another scheme covers, and whose.
    #[serde(default)]
    pub other_scheme: BTreeMap<Cause, String>,
    /// Causes that only the county decides.
    #[serde(default)]
    pub county_causes: Vec<Cause>,
    /// Unit that a code passes the household on to.
    #[serde(default)]
    pub refer: BTreeMap<String, String>,
    /// Unit that a cause passes the household on to, whatever the answer.
    #[serde(default)]
    pub refer_cause: BTreeMap<Cause, String>,
    /// Units by name.
    #[serde(default)]
    pub units: BTreeMap<String, Unit>,
    /// Legal bases by id.
    pub bases: BTreeMap<String, Text>,
    /// Legal basis of each code, `default` for the rest.
    pub basis: BTreeMap<String, String>,
    /// The text that it was read from.
    #[serde(skip)]
    pub text: Arc<str>,
}

/// Small quick aid (小额快救).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quick {
    /// Cap as a multiple of L.
    pub cap_multiple: Multiple,
    /// What L is multiplied for.
    pub cap_basis: CapBasis,
    /// Days within which it must be paid.
    pub deadline_days: u16,
    /// Hours within which another officer looks at what one decided alone; 0, nobody must.
    #[serde(default = "a_day_of_hours")]
    pub review_hours: u16,
    /// Papers that follow.
    #[serde(default)]
    pub papers: Vec<String>,
}

const fn a_day_of_hours() -> u16 {
    24
}

/// Whether the quick cap is of the case or of each person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapBasis {
    /// One L a case.
    PerCase,
    /// One L a person of the household.
    PerPerson,
}

/// Aid paid first (先行救助).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// T: the street's delegated power.
    pub case_cap_fen: Fen,
    /// Papers that follow.
    pub papers: Vec<String>,
}

/// Caps over several cases.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// Of one person in a calendar year.
    pub person_year_fen: Option<Fen>,
    /// Of one officer on a day.
    pub officer_day_fen: Option<Fen>,
    /// Of one fund on a day.
    pub fund_day_fen: Option<Fen>,
}

/// Whom the window may help.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Kinds of residence within its power.
    pub residence: Vec<Residence>,
}

/// How often one cause is helped.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepeatRule {
    /// Days for which a cause is spent.
    pub same_cause_window_days: u16,
    /// Times a year for a lasting epidemic.
    pub epidemic_max_per_year: u16,
}

/// Papers that follow a payment made first.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    /// Working days after the incident's end or the day of acceptance; that day is not counted.
    pub working_days: u16,
    /// Overdue cases of one officer beyond which the next advance is refused.
    pub block_after: u16,
}

/// Cash over the counter, a payment.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cash {
    /// The most.
    pub max_fen: Fen,
    /// Above it a second officer signs.
    pub second_signature_above_fen: Fen,
}

/// Temporary identities.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityRule {
    /// Lanes open to them.
    pub temporary: Vec<Lane>,
}

/// Grants that wait to be paid.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Days after which they are released.
    pub valid_days: u16,
}

/// The fund's own alarm.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FundRule {
    /// Per cent of the target below which it sounds.
    pub alert_percent: u8,
}

/// Money to be paid back. What a version does not say is as the law has it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecoveryRule {
    /// The least and the most of a fine, as multiples of the principal.
    pub fine_range: (Multiple, Multiple),
    /// Days after its imposition by which all of it is due, where no instalments are agreed.
    pub instalment_days: u16,
}

impl Default for RecoveryRule {
    fn default() -> Self {
        Self { fine_range: (Multiple(1000), Multiple(3000)), instalment_days: 30 }
    }
}

impl RecoveryRule {
    /// The least and the most that a fine on a principal may be; both lie in the range, whole fen.
    pub fn fines(&self, principal: Fen) -> (Fen, Fen) {
        let (least, most) = self.fine_range;
        (least.up(principal), most.of(principal))
    }
}

/// Deposit waivers. What a version does not say is as the practice has it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WaiverRule {
    /// Days of the longest stay that one promise covers.
    pub max_stay_days: u16,
    /// Hours after which a roster that could not be renewed is stale.
    pub snapshot_max_age_hours: u16,
    /// Hours after which a hospital asks again, when it was answered without the newest roster.
    pub recheck_hours: u16,
}

impl Default for WaiverRule {
    fn default() -> Self {
        Self { max_stay_days: 90, snapshot_max_age_hours: 24, recheck_hours: 4 }
    }
}

/// Lists made public. What a version does not say is as the practice has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PublicityRule {
    /// Rule sets whose cases are published; small quick aid never is.
    pub lanes: Vec<Lane>,
    /// Days for which a list is shown, when nobody says until when.
    pub days: u16,
}

impl Default for PublicityRule {
    fn default() -> Self {
        Self { lanes: vec![Lane::Advance, Lane::County], days: 30 }
    }
}

/// A text in both languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// 中文.
    pub chinese: String,
    /// English.
    pub english: String,
}

/// An office that people are sent to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// 名称.
    pub chinese: String,
    /// Its name in English.
    pub english: String,
    /// Its telephone, when known.
    pub phone: Option<String>,
}

/// A decimal multiple with up to three places, kept in thousandths: no money meets a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Multiple(i64);

impl Multiple {
    /// So many times an amount, rounded down to the fen; saturates far above any real amount.
    pub fn of(self, amount: Fen) -> Fen {
        Fen::new(amount.get().saturating_mul(self.0) / 1000)
    }

    /// The same rounded up.
    pub fn up(self, amount: Fen) -> Fen {
        Fen::new(amount.get().saturating_mul(self.0).saturating_add(999) / 1000)
    }
}

impl<'de> Deserialize<'de> for Multiple {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (whole, places) = text.split_once('.').unwrap_or((&text, ""));
        let digits = format!("{places:0<3}");
        match (whole.parse::<u16>(), digits.parse::<u16>(), digits.len()) {
            (Ok(whole), Ok(thousandths), 3) => Ok(Self(i64::from(whole) * 1000 + i64::from(thousandths))),
            _ => Err(serde::de::Error::custom(format!("{text:?} is no decimal with up to three places"))),
        }
    }
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    toml::value::Datetime::deserialize(deserializer)?.to_string().parse().map_err(serde::de::Error::custom)
}

impl Approval {
    /// When what is granted now and not paid is given back.
    pub fn expiry(&self, now: Timestamp) -> Option<Timestamp> {
        now.checked_add((i64::from(self.valid_days) * 24).hours()).ok()
    }
}

impl Policy {
    /// Reads one version and checks that it does not contradict itself.
    pub fn parse(text: &str) -> Result<Self, PolicyInvalid> {
        let policy: Self = toml::from_str(text).map_err(|error| PolicyInvalid::Form(error.message().to_owned()))?;
        let policy = Self { text: text.into(), ..policy };
        let wrong = |what: String| Err(PolicyInvalid::Content { id: policy.id.clone(), what });
        if policy.id.is_empty() || policy.id.len() > 64 {
            return wrong("the id must have 1 to 64 characters".into());
        }
        if policy.recovery.fine_range.0.0 > policy.recovery.fine_range.1.0 {
            return wrong("recovery.fine_range names its most before its least".into());
        }
        if policy.publicity.lanes.contains(&Lane::Quick) {
            return wrong("publicity.lanes names quick, which is never published".into());
        }
        if !(1..=366).contains(&policy.publicity.days) {
            return wrong("publicity.days is not 1 to 366".into());
        }
        if policy.division.len() > 12 || !policy.division.bytes().all(|byte| byte.is_ascii_digit()) {
            return wrong(format!("division {:?} is no prefix of a division code", policy.division));
        }
        if !policy.basis.contains_key("default") {
            return wrong("[basis] names no default".into());
        }
        if let Some(id) = policy.basis.values().find(|id| !policy.bases.contains_key(*id)) {
            return wrong(format!("[basis] names {id:?}, which [bases] does not hold"));
        }
        let units = policy.refer.values().chain(policy.refer_cause.values()).chain(policy.other_scheme.values());
        if let Some(unit) = units.into_iter().find(|unit| !policy.units.contains_key(*unit)) {
            return wrong(format!("unit {unit:?} is named, but [units] does not hold it"));
        }
        let known = |code: &&String| Code::ALL.iter().any(|known| known.as_str() == code.as_str());
        if let Some(code) = policy.refer.keys().chain(policy.basis.keys()).find(|code| *code != "default" && !known(code)) {
            return wrong(format!("no code is called {code:?}"));
        }
        let amounts =
            [policy.dibao_month_fen, policy.advance.case_cap_fen, policy.cash.max_fen, policy.cash.second_signature_above_fen];
        let caps = [policy.caps.person_year_fen, policy.caps.officer_day_fen, policy.caps.fund_day_fen];
        if amounts.into_iter().chain(caps.into_iter().flatten()).any(|amount| amount < Fen::ZERO || amount > Fen::MOST) {
            return wrong("an amount is below 0 or above 10^12 fen".into());
        }
        Ok(policy)
    }

    /// The id of the legal basis that a code rests on.
    pub fn basis(&self, code: Code) -> &str {
        self.basis.get(code.as_str()).or_else(|| self.basis.get("default")).map_or("", String::as_str)
    }

    /// The text of the legal basis that everything rests on which no code says more of.
    pub fn general_basis(&self) -> Option<&Text> {
        self.bases.get(self.basis.get("default")?)
    }

    /// The text of the legal basis that a code rests on.
    pub fn basis_text(&self, code: Code) -> Option<&Text> {
        self.bases.get(self.basis(code))
    }
}
