//! Everything that a decision compares, as a value: stored with the case, so that it can be decided again.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::Fen;
use crate::policy::{Cause, FundStatus, Repeat, Residence, Wish};

/// What is asked, and the facts at the moment of the decision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Question {
    /// The day of acceptance, in Shanghai.
    pub day: Date,
    /// What brought the household into need.
    pub cause: Cause,
    /// How the applicant lives at the place.
    pub residence: Residence,
    /// Persons of the household, the applicant included.
    pub persons: u16,
    /// True when the applicant has only a temporary identity.
    pub temporary: bool,
    /// True when a temporary identity is presented that is known to be somebody else by now.
    #[serde(default, skip_serializing_if = "is_false")]
    pub identified: bool,
    /// The amount asked for.
    pub requested: Fen,
    /// The payments asked for, in order.
    pub wishes: Vec<Wish>,
    /// Who signed besides the handler.
    pub signature: Signature,
    /// The day of death, when registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased_on: Option<Date>,
    /// The last day on which the applicant is barred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barred_until: Option<Date>,
    /// What the household was helped with before and stands in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// True when an approver gave a reason to help again for the same cause.
    #[serde(default, skip_serializing_if = "is_false")]
    pub repeat_overridden: bool,
    /// The amount an approver is ready to grant, when it is less than what is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<Fen>,
    /// Cases of the handler whose papers are overdue.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub overdue: u32,
    /// What was granted before within each cap's window.
    pub usage: Usage,
    /// The paying fund.
    pub fund: FundFacts,
}

/// Who signed besides the handler, compared by human subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// Nobody.
    Alone,
    /// The handler again.
    SamePerson,
    /// Another officer.
    Second,
    /// Who decides holds the cash box that it would be paid from.
    Custodian,
}

/// What was granted before, within each cap's window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// To the applicant this year, over the whole city.
    pub person_year: Fen,
    /// True when a part of it is kept from view: then nothing of it is told.
    #[serde(default, skip_serializing_if = "is_false")]
    pub person_year_sealed: bool,
    /// By the officer today, over the whole city.
    pub officer_day: Fen,
    /// From the fund today.
    pub fund_day: Fen,
}

/// The paying fund as the decision sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundFacts {
    /// Whether it pays.
    pub status: FundStatus,
    /// credited − held − paid − floor.
    pub available: Fen,
    /// Its own caps; of these and the policy's the lower binds.
    pub limits: Limits,
    /// What a loan or the queue adds to it for this decision.
    #[serde(default, skip_serializing_if = "nothing")]
    pub bridged: Fen,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn nothing(amount: &Fen) -> bool {
    !amount.is_some()
}

/// Caps that a fund sets; absent ones do not bind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Of one case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Fen>,
    /// Of the fund on a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund_day: Option<Fen>,
    /// Of one person in a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_year: Option<Fen>,
    /// Of one officer on a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer_day: Option<Fen>,
}
