//! What finance and the county send about recoveries.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use crate::book::WriteOffReason;
use crate::code::Code;
use crate::http::{Body, Faults, Text};
use crate::id::{CaseId, FundId};
use crate::identity::{IdNumber, IdType, PersonName};
use crate::money::{Amount, Fen, Limit};
use crate::time::day;

/// Instalments of one recovery: five years of months.
const INSTALMENTS_MAX: usize = 60;

/// `POST /v1/recoveries`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryBody {
    /// The case that was paid.
    #[serde(default)]
    pub case_id: Option<CaseId>,
    /// The settlement that was paid, instead of a case.
    #[serde(default)]
    pub settlement_id: Option<uuid::Uuid>,
    /// The fund that paid, where several paid a part of the settlement.
    #[serde(default)]
    pub fund_id: Option<FundId>,
    /// Who has to pay: the payee, or another.
    pub debtor: DebtorBody,
    /// What is to be paid back, in fen.
    pub principal_fen: Amount,
    /// The fine, in fen; 0 or absent is none.
    #[serde(default)]
    pub fine_fen: Option<Limit>,
    /// 1 to 60 instalments that add up to principal and fine, each later than the one before; by default all is due in one.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 60)]
    pub instalments: Option<Vec<InstalmentBody>>,
    /// The last day on which the debtor is helped by no new case.
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
    #[schema(value_type = Option<String>, format = Date)]
    pub bar_until: Option<Date>,
    /// What the decision in writing is called.
    pub authority_ref: Text<64>,
}

/// Who has to pay.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DebtorBody {
    /// Kind of document.
    pub id_type: IdType,
    /// Its number.
    pub id_no: String,
    /// Name as in the document.
    pub name: String,
}

/// One instalment.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstalmentBody {
    /// By when.
    #[serde(deserialize_with = "crate::time::strict::day")]
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// How much, in fen.
    pub amount_fen: Amount,
}

/// `POST /v1/recoveries/{recovery}/receipts`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptBody {
    /// How much came in, in fen.
    pub amount_fen: Amount,
    /// What the bank calls it: counted once a recovery.
    pub reference: Text<64>,
    /// The day it came in.
    #[serde(deserialize_with = "crate::time::strict::day")]
    #[schema(value_type = String, format = Date)]
    pub received_on: Date,
}

/// `POST /v1/recoveries/{recovery}/write-off`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteOffBody {
    /// How much is given up, in fen; by default all that is owed.
    #[serde(default)]
    pub amount_fen: Option<Amount>,
    /// Why, in a word.
    pub reason: WriteOffReason,
    /// Why, at length.
    pub note: Text<500>,
}

/// `POST /v1/recoveries/{recovery}/refunds`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundBody {
    /// How much is paid back, in fen.
    pub amount_fen: Amount,
    /// What the bank calls it: counted once a recovery.
    pub reference: Text<64>,
}

/// `POST /v1/recoveries/{recovery}/cancellation`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancellationBody {
    /// What the error was.
    pub note: Text<500>,
}

impl RecoveryBody {
    /// The fine, nothing when there is none.
    pub fn fine(&self) -> Fen {
        self.fine_fen.map_or(Fen::ZERO, Limit::fen)
    }

    fn check_instalments(&self, instalments: &[InstalmentBody], faults: &mut Faults) {
        if !(1..=INSTALMENTS_MAX).contains(&instalments.len()) {
            return faults.add("/instalments", format!("1 to {INSTALMENTS_MAX} instalments are needed"));
        }
        let mut before = None;
        for (index, instalment) in instalments.iter().enumerate() {
            check_day(instalment.due, &format!("/instalments/{index}/due"), faults);
            if before.is_some_and(|before| instalment.due <= before) {
                faults.add(format!("/instalments/{index}/due"), "each instalment is due later than the one before");
            }
            before = Some(instalment.due);
        }
        let owed = self.principal_fen.fen().plus(self.fine());
        if Fen::sum(instalments.iter().map(|instalment| instalment.amount_fen.fen())) != owed {
            faults.add("/instalments", "the instalments do not add up to principal_fen and fine_fen");
        }
    }
}

impl Body for RecoveryBody {
    fn check(&self, faults: &mut Faults) {
        match (self.case_id, self.settlement_id) {
            (Some(_), None) | (None, Some(_)) => {}
            (None, None) => faults.add("/case_id", "a case or a settlement is needed"),
            (Some(_), Some(_)) => faults.add("/settlement_id", "a recovery is for a case or for a settlement, not for both"),
        }
        if self.case_id.is_some() && self.fund_id.is_some() {
            faults.add("/fund_id", "a case was paid from one fund");
        }
        if let Err(wrong) = IdNumber::parse(self.debtor.id_type, &self.debtor.id_no, day(Timestamp::now())) {
            faults.add_code("/debtor/id_no", Code::IdInvalid, wrong.reason());
        }
        if PersonName::parse(&self.debtor.name).is_err() {
            faults.add("/debtor/name", "1 to 64 characters of a name are needed");
        }
        if let Some(instalments) = &self.instalments {
            self.check_instalments(instalments, faults);
        }
        if let Some(until) = self.bar_until {
            check_day(until, "/bar_until", faults);
        }
    }
}

impl Body for ReceiptBody {
    fn check(&self, faults: &mut Faults) {
        check_day(self.received_on, "/received_on", faults);
    }
}

impl Body for WriteOffBody {}
impl Body for RefundBody {}
impl Body for CancellationBody {}

fn check_day(day: Date, pointer: &str, faults: &mut Faults) {
    if !(1949..=2999).contains(&day.year()) {
        faults.add(pointer, "a day of the years 1949 to 2999 is needed");
    }
}
