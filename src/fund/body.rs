//! What finance sends, and what can be wrong with it.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use crate::book::Source;
use crate::division::Division;
use crate::fund::answer::AccountAnswer;
use crate::http::{Body, Faults, Patch, Text};
use crate::identity::AccountNumber;
use crate::money::{Amount, Limit};
use crate::policy::FundKind;

/// `POST /v1/funds`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenBody {
    /// Whose it is.
    pub division: Division,
    /// Purpose and owner.
    pub kind: FundKind,
    /// What people call it.
    pub name: Text<100>,
    /// Its target size, in fen.
    pub target_fen: Limit,
    /// Limits; those absent or null do not bind.
    #[serde(default, deserialize_with = "null_is_absent")]
    #[schema(nullable)]
    pub limits: LimitsBody,
    /// The bank account that holds the money.
    #[serde(default)]
    pub account: Option<AccountBody>,
    /// Budget subject codes.
    #[serde(default)]
    #[schema(max_items = 16)]
    pub subject_codes: Option<Vec<Text<32>>>,
}

fn null_is_absent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LimitsBody, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Limits of a fund, in fen.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsBody {
    /// What must stay in it.
    #[serde(default)]
    pub floor_fen: Option<Limit>,
    /// Of one case.
    #[serde(default)]
    pub case_cap_fen: Option<Limit>,
    /// Of the fund on a day.
    #[serde(default)]
    pub fund_day_cap_fen: Option<Limit>,
    /// Of one person in a year.
    #[serde(default)]
    pub person_year_cap_fen: Option<Limit>,
    /// Of one officer on a day.
    #[serde(default)]
    pub officer_day_cap_fen: Option<Limit>,
}

/// A bank account.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountBody {
    /// The bank.
    pub bank: Text<100>,
    /// 6 to 34 letters and digits.
    pub number: String,
    /// The holder.
    pub name: Text<100>,
}

/// `PATCH /v1/funds/{fund}`: what is absent stays, null takes a limit away.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsBody {
    /// What people call it.
    #[serde(default)]
    pub name: Option<Text<100>>,
    /// Its target size, in fen.
    #[serde(default)]
    pub target_fen: Option<Limit>,
    /// Limits.
    #[serde(default)]
    pub limits: LimitsPatch,
    /// The bank account that holds the money.
    #[serde(default)]
    pub account: Patch<AccountBody>,
}

/// Changes of limits, in fen.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsPatch {
    /// What must stay in it.
    #[serde(default)]
    pub floor_fen: Patch<Limit>,
    /// Of one case.
    #[serde(default)]
    pub case_cap_fen: Patch<Limit>,
    /// Of the fund on a day.
    #[serde(default)]
    pub fund_day_cap_fen: Patch<Limit>,
    /// Of one person in a year.
    #[serde(default)]
    pub person_year_cap_fen: Patch<Limit>,
    /// Of one officer on a day.
    #[serde(default)]
    pub officer_day_cap_fen: Patch<Limit>,
}

/// `POST /v1/funds/{fund}/topups` and `/withdrawals`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MovementBody {
    /// How much, in fen.
    pub amount_fen: Amount,
    /// Where it comes from.
    #[serde(default = "district")]
    pub source: Source,
    /// What the bank calls it.
    #[serde(default)]
    pub reference: Option<Text<64>>,
    /// The day it counts from at the bank.
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
    #[schema(value_type = Option<String>, format = Date)]
    pub value_date: Option<Date>,
}

/// `POST /v1/funds/{fund}/freeze` and `/unfreeze`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// Why.
    pub reason: Text<500>,
}

fn district() -> Source {
    Source::District
}

impl AccountBody {
    fn check(&self, pointer: &str, faults: &mut Faults) {
        if AccountNumber::parse(&self.number).is_err() {
            faults.add(format!("{pointer}/number"), "6 to 34 letters and digits are needed");
        }
    }
}

impl From<AccountBody> for AccountAnswer {
    fn from(body: AccountBody) -> Self {
        Self { bank: body.bank.into_string(), number: body.number, name: body.name.into_string() }
    }
}

impl Body for OpenBody {
    fn check(&self, faults: &mut Faults) {
        if let Some(account) = &self.account {
            account.check("/account", faults);
        }
        let codes = self.subject_codes.as_deref().unwrap_or_default();
        if codes.len() > 16 {
            faults.add("/subject_codes", "at most 16 codes can be named");
        }
        for (index, code) in codes.iter().enumerate() {
            if !code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.') {
                faults.add(format!("/subject_codes/{index}"), "letters, digits, - and . are needed");
            }
        }
    }
}

impl Body for SettingsBody {
    fn check(&self, faults: &mut Faults) {
        if let Patch::Value(account) = &self.account {
            account.check("/account", faults);
        }
    }
}

impl Body for MovementBody {
    fn check(&self, faults: &mut Faults) {
        if matches!(self.source, Source::CashShort | Source::CashOver) {
            faults.add("/source", "a difference of cash is resolved, not topped up");
        }
        if self.value_date.is_some_and(|day| !(1949..=2999).contains(&day.year())) {
            faults.add("/value_date", "a day of the years 1949 to 2999 is needed");
        }
    }
}

impl Body for ReasonBody {
    fn check(&self, _: &mut Faults) {}
}
