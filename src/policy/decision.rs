//! The answer to a question, with every limit it compared. A refusal is a decision too.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::division::Division;
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{Lane, Share};

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Decision {
    /// The result.
    pub code: Code,
    /// The rule set it was decided under.
    pub lane: Lane,
    /// What is granted, in fen; 0 for a refusal.
    pub granted_fen: Fen,
    /// What was asked for, in fen.
    pub requested_fen: Fen,
    /// The rule that set the amount or refused; null when all that was asked for is granted.
    pub binding_rule: Option<Code>,
    /// The version of the rules.
    pub policy_version: String,
    /// Every limit compared, in the order of the rules.
    pub checks: Vec<Check>,
    /// To whom the household is passed on.
    pub referrals: Vec<Referral>,
    /// The earlier case that stands in the way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub conflict: Option<Conflict>,
    /// How the grant is shared over the payments asked for.
    #[serde(skip)]
    pub shares: Vec<Share>,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Check {
    /// The rule.
    pub rule: Code,
    /// Its limit in fen, for rules about amounts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit_fen: Option<Fen>,
    /// What was used of it before, in fen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub used_fen: Option<Fen>,
    /// What was asked of it, in fen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub asked_fen: Option<Fen>,
    /// Whether it let the whole amount through.
    pub passed: bool,
    /// The id of the legal basis.
    pub basis: String,
}

/// A unit that the household is passed on to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Referral {
    /// The unit, by the name the policy gives it.
    pub to: String,
    /// The part of the request that is left for it, in fen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub remaining_fen: Option<Fen>,
}

/// The earlier case that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Conflict {
    /// Its number.
    pub number: CaseNumber,
    /// Where it was decided.
    pub division: Division,
}

impl Decision {
    /// True when something is granted.
    pub fn grants(&self) -> bool {
        matches!(self.code, Code::Approved | Code::ApprovedPartial)
    }
}
