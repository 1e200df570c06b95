//! What a window sends about a case that was taken in.

use jiff::civil::Date;
use serde::Deserialize;

use crate::case::body::{PaymentBody, check_payments};
use crate::case::life::refer::Came;
use crate::case::life::review::Outcome;
use crate::http::{Body, Faults, Text};
use crate::id::GoodsId;
use crate::money::{Amount, Fen};

/// `POST /v1/cases/{case}/approval`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalBody {
    /// Less than what is asked for, in fen.
    #[serde(default)]
    pub granted_fen: Option<Amount>,
    /// Why.
    pub note: Text<500>,
    /// Why the household is helped again for the same cause: it opens `SAME_CAUSE`, never the same incident.
    #[serde(default)]
    pub repeat_reason: Option<Text<500>>,
}

/// `POST /v1/cases/{case}/decline` and `/withdrawal`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CaseReasonBody)]
pub struct ReasonBody {
    /// Why.
    pub reason: Text<500>,
}

/// `POST /v1/cases/{case}/payments`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayBody {
    /// 1 to 8 payments out of what is held.
    #[schema(min_items = 1, max_items = 8)]
    pub payments: Vec<PaymentBody>,
}

/// `POST /v1/cases/{case}/options/{option}`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WayOutBody {
    /// Up to 8 payments of what is granted at once; none leaves it held for the case.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub payments: Vec<PaymentBody>,
    /// Up to 8 kinds of goods that are handed out instead of money; the way out `goods` needs them.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub goods: Vec<WantedBody>,
}

/// Goods to be handed out.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedBody {
    /// Which.
    pub id: GoodsId,
    /// How many.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub quantity: u32,
}

/// `POST /v1/cases/{case}/papers`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaperBody {
    /// Which of the missing papers.
    pub kind: Text<64>,
    /// SHA-256 of the scan, 64 hexadecimal digits.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9a-fA-F]{64}$")]
    pub sha256: Option<String>,
    /// What there is to say of it.
    #[serde(default)]
    pub note: Option<Text<500>>,
}

/// `POST /v1/cases/{case}/review`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewBody {
    /// What came out of it.
    pub outcome: Outcome,
    /// Why.
    pub note: Text<500>,
}

/// `POST /v1/cases/{case}/referrals`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferralBody {
    /// The unit, by the name the policy gives it.
    pub to: Text<64>,
    /// Why.
    pub reason: Text<500>,
    /// By when it should act.
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
}

/// `POST /v1/cases/{case}/referrals/{referral}/outcome`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeBody {
    /// What came of it.
    pub outcome: Came,
    /// What there is to say of it.
    #[serde(default)]
    pub note: Option<Text<500>>,
}

impl Body for ApprovalBody {}
impl Body for ReasonBody {}
impl Body for ReviewBody {}
impl Body for OutcomeBody {}

impl Body for PayBody {
    fn check(&self, faults: &mut Faults) {
        if self.payments.is_empty() {
            faults.add("/payments", "at least one payment is needed");
        }
        check(&self.payments, faults);
    }
}

impl Body for WayOutBody {
    fn check(&self, faults: &mut Faults) {
        check(&self.payments, faults);
        if self.goods.len() > 8 {
            faults.add("/goods", "at most 8 kinds of goods");
        }
        for (index, wanted) in self.goods.iter().enumerate() {
            if !(1..=1_000_000).contains(&wanted.quantity) {
                faults.add(format!("/goods/{index}/quantity"), "1 to 1000000 are needed");
            }
            if self.goods.iter().take(index).any(|other| other.id == wanted.id) {
                faults.add(format!("/goods/{index}/id"), "these goods are named twice");
            }
        }
    }
}

fn check(payments: &[PaymentBody], faults: &mut Faults) {
    check_payments(payments, faults);
    let fixed = Fen::sum(payments.iter().filter_map(|payment| payment.amount_fen).map(Amount::fen));
    if fixed.is_none_or(|fixed| fixed > Fen::MOST) {
        faults.add("/payments", "the fixed amounts add up to more than 10^12 fen");
    }
}

impl Body for PaperBody {
    fn check(&self, faults: &mut Faults) {
        if self.sha256.as_deref().is_some_and(|digest| digest_of(digest).is_none()) {
            faults.add("/sha256", "64 hexadecimal digits are needed");
        }
    }
}

impl Body for ReferralBody {
    fn check(&self, faults: &mut Faults) {
        if self.due.is_some_and(|day| !(1949..=2999).contains(&day.year())) {
            faults.add("/due", "a day of the years 1949 to 2999 is needed");
        }
    }
}

/// The bytes of a digest in hexadecimal.
pub fn digest_of(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).ok().map(|()| digest)
}
