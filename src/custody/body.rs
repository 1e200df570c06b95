//! What a window and finance send about cash, and what can be wrong with it.

use jiff::civil::Date;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

use crate::book::{Direction, ReceivedBy, Resolution};
use crate::division::Division;
use crate::http::{Body, Cursor, Faults, PageLimit, Text};
use crate::id::{FundId, ShiftId};
use crate::money::{Amount, Limit};
use crate::number::CaseNumber;

/// `POST /v1/custody/shifts`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenShiftBody {
    /// The fund; by default the reserve of the street.
    #[serde(default)]
    pub fund_id: Option<FundId>,
    /// The street of the window, 9 digits.
    pub division: Division,
    /// What was counted in the box, in fen.
    pub count_fen: Limit,
}

/// `POST /v1/custody/shifts/{shift}/close`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseShiftBody {
    /// What was counted in the box, in fen.
    pub count_fen: Limit,
    /// What there is to say of it; kept sealed.
    #[serde(default)]
    pub note: Option<Text<500>>,
}

/// `POST /v1/custody/transfers`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CashTransferBody {
    /// The open shift.
    pub shift_id: ShiftId,
    /// Which way.
    pub direction: Direction,
    /// How much, in fen.
    pub amount_fen: Amount,
    /// What the bank calls it.
    pub reference: Text<64>,
    /// The day it counts from at the bank: today, or up to 31 days back when it is recorded late.
    #[serde(deserialize_with = "day")]
    #[schema(value_type = String, format = Date)]
    pub value_date: Date,
}

/// `POST /v1/custody/signatures`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CashSignatureBody {
    /// The number of the receipt.
    #[schema(pattern = "^JJN-[0-9]{9}-[0-9]{8}-[0-9]{4,}-[0-9]+$")]
    pub receipt_number: String,
    /// Who took the cash.
    pub received_by: ReceivedBy,
    /// Where the signature is kept.
    pub signature_ref: Text<128>,
}

/// `POST /v1/custody/differences/{difference}/resolution`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolutionBody {
    /// What becomes of it.
    pub outcome: Resolution,
    /// Why; kept sealed.
    pub note: Text<500>,
}

/// Whether a shift is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShiftState {
    /// The box is in somebody's hands.
    Open,
    /// It was counted and given up.
    Closed,
}

/// Whether a difference is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceState {
    /// Somebody must look.
    Open,
    /// Two officers have.
    Resolved,
}

/// `GET /v1/custody/shifts`
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShiftQuery {
    /// Only this division and what lies in it.
    pub division: Option<Division>,
    /// Only in this state.
    pub state: Option<ShiftState>,
    /// How many.
    #[serde(default)]
    pub limit: PageLimit,
    /// Where the last page ended.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

/// `GET /v1/custody/differences`
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DifferenceQuery {
    /// Only this division and what lies in it.
    pub division: Option<Division>,
    /// Only in this state.
    pub state: Option<DifferenceState>,
    /// How many.
    #[serde(default)]
    pub limit: PageLimit,
    /// Where the last page ended.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    crate::time::strict::day_if_any(deserializer)?.ok_or_else(|| D::Error::custom("a day is needed, as 2026-11-21"))
}

impl Body for OpenShiftBody {
    fn check(&self, faults: &mut Faults) {
        if self.division.street() != Some(self.division) {
            faults.add("/division", "a box stands at a street, of 9 digits");
        }
    }
}

impl Body for CloseShiftBody {}
impl Body for CashTransferBody {}
impl Body for ResolutionBody {}

impl Body for CashSignatureBody {
    fn check(&self, faults: &mut Faults) {
        if self.case_number().is_none() {
            faults.add("/receipt_number", "the number of a receipt is needed, as JJN-340303001-20261121-0001-1");
        }
    }
}

impl CashSignatureBody {
    /// The case that the receipt is of; `None` when it is no number of a receipt.
    pub fn case_number(&self) -> Option<CaseNumber> {
        let (number, payment) = self.receipt_number.rsplit_once('-')?;
        let (number, payment): (CaseNumber, usize) = (number.parse().ok()?, payment.parse().ok()?);
        (number.receipt(payment) == self.receipt_number).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(receipt: &str) -> CashSignatureBody {
        let body = serde_json::json!({"receipt_number": receipt, "received_by": "payee", "signature_ref": "s-1"});
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn a_receipt_is_a_case_and_one_of_its_payments() {
        let case = "JJN-340303001-20261121-0001";
        assert_eq!(signature(&format!("{case}-2")).case_number(), Some(case.parse().unwrap()));
        for other in
            ["", case, "JJN-340303001-20261121-0001-", "JJN-340303001-20261121-0001-02", "JJN-340303001-20261121-0001--1"]
        {
            assert_eq!(signature(other).case_number(), None, "{other}");
        }
    }
}
