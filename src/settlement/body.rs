//! What hospitals and finance send about bills. Amounts in fen; what is absent is 0.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use crate::book::PayerStatus;
use crate::code::Code;
use crate::http::{Body, Faults, Text};
use crate::id::{FundId, SettlementId};
use crate::identity::{IdNumber, IdType, PersonName};
use crate::money::{Amount, Fen, Limit};
use crate::settlement::bill::{Bill, Discounts, Emergency, Fees, Insured, Shares};
use crate::time::day;

/// Settlements of one clearing.
const CLEARED_MAX: usize = 200;

/// `POST /v1/settlements` and `/v1/settlements/quote`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "message_id": "5f0c9e0e-3f7e-4f1c-9a53-0d9d3f1d2a11", "visit_no": "ZY-20261124-001",
    "patient": {"id_type": "resident_id", "id_no": "34030318840503186X", "name": "测试甲"},
    "fees": {
        "registration_fen": 1000, "consultation_fen": 35000, "examination_fen": 150000, "drugs_fen": 1200000, "bed_fen": 200000,
        "other_fen": 20254000
    },
    "medfee_sumamt_fen": 21840000,
    "insurance": {"setl_id": "S-1", "mdtrt_id": "M-1", "hifp_pay_fen": 13875000, "hifmi_pay_fen": 2583750, "maf_pay_fen": 1498875}
}))]
pub struct SettlementBody {
    /// The hospital's name of this message: it is settled once, whatever the key. A new settlement needs a new one.
    pub message_id: Text<64>,
    /// The promise that it follows, of the same visit and patient: its discounts hold. Without one, those of today.
    #[serde(default)]
    pub waiver_id: Option<uuid::Uuid>,
    /// The hospital's number of the stay.
    pub visit_no: Text<64>,
    /// Whose bill it is.
    pub patient: PatientBody,
    /// What for.
    #[serde(default)]
    pub diagnosis: Option<Text<200>>,
    /// Gross fees by kind; they add up to `medfee_sumamt_fen`.
    pub fees: FeesBody,
    /// The bill.
    pub medfee_sumamt_fen: Amount,
    /// What the insurance platform computed.
    #[serde(default)]
    pub insurance: InsuranceBody,
    /// What a liable third party or the road-accident fund pays. All amounts are fen: 100 yuan are 10000.
    #[serde(default)]
    pub third_party_fen: Option<Limit>,
    /// The part that saved a life.
    #[serde(default)]
    pub emergency: Option<EmergencyBody>,
}

/// A patient.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatientBody {
    /// Kind of document.
    pub id_type: IdType,
    /// Its number.
    pub id_no: String,
    /// Name as in the document; optional for a temporary number.
    #[serde(default)]
    pub name: Option<String>,
}

/// Gross fees by kind.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeesBody {
    /// 挂号.
    #[serde(default)]
    pub registration_fen: Option<Limit>,
    /// 诊查.
    #[serde(default)]
    pub consultation_fen: Option<Limit>,
    /// 检查.
    #[serde(default)]
    pub examination_fen: Option<Limit>,
    /// 药费.
    #[serde(default)]
    pub drugs_fen: Option<Limit>,
    /// 床位.
    #[serde(default)]
    pub bed_fen: Option<Limit>,
    /// Everything else.
    #[serde(default)]
    pub other_fen: Option<Limit>,
}

/// What the insurance platform computed, by the names of its interface.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InsuranceBody {
    /// Its settlement.
    #[serde(default)]
    pub setl_id: Option<Text<64>>,
    /// Its visit.
    #[serde(default)]
    pub mdtrt_id: Option<Text<64>>,
    /// Basic insurance.
    #[serde(default)]
    pub hifp_pay_fen: Option<Limit>,
    /// Critical illness.
    #[serde(default)]
    pub hifmi_pay_fen: Option<Limit>,
    /// Large sums of employees.
    #[serde(default)]
    pub hifob_pay_fen: Option<Limit>,
    /// Supplement of an enterprise.
    #[serde(default)]
    pub hifes_pay_fen: Option<Limit>,
    /// Supplement for civil servants.
    #[serde(default)]
    pub cvlserv_pay_fen: Option<Limit>,
    /// Medical aid.
    #[serde(default)]
    pub maf_pay_fen: Option<Limit>,
    /// Others.
    #[serde(default)]
    pub oth_pay_fen: Option<Limit>,
    /// The patient's own account: a part of what the patient pays.
    #[serde(default)]
    pub acct_pay_fen: Option<Limit>,
}

/// The part of a bill that saved a life.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmergencyBody {
    /// How much of the bill it is. Claimed only of somebody unidentified, or unable to pay.
    pub amount_fen: Amount,
    /// Nobody knows who the patient is.
    #[serde(default)]
    pub unidentified: bool,
    /// What the finding is called that the patient is unable to pay.
    #[serde(default)]
    pub unable_to_pay_ref: Option<Text<64>>,
}

/// `POST /v1/settlements/{settlement}/payers/{payer}/result`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"status": "refused", "amount_fen": 88875, "reference": "MAF-7"}))]
pub struct ResultBody {
    /// What the payer says: `final`, `approved` or `paid` of what it bears, `refused` of what it does not.
    pub status: PayerStatus,
    /// Of how much of its part.
    pub amount_fen: Amount,
    /// What the payer calls it.
    pub reference: Text<64>,
}

/// `POST /v1/settlements/{settlement}/cancel`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "床位天数有误"}))]
pub struct CancelBody {
    /// Why.
    pub reason: Text<500>,
}

/// `POST /v1/settlements/reverse`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"message_id": "5f0c9e0e-3f7e-4f1c-9a53-0d9d3f1d2a11", "reason": "超时未收到回执"}))]
pub struct ReverseBody {
    /// The message that is taken back.
    pub message_id: Text<64>,
    /// Why.
    pub reason: Text<500>,
}

/// `POST /v1/clearings`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClearingBody {
    /// 1 to 200 settlements of one hospital.
    #[schema(min_items = 1, max_items = 200)]
    pub settlement_ids: Vec<SettlementId>,
    /// The fund that pays what it owes for them.
    pub fund_id: FundId,
    /// What the payment is called at the bank; by default the clearing's identifier.
    #[serde(default)]
    pub reference: Option<Text<64>>,
}

/// `GET /v1/settlements/totals`
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TotalsQuery {
    /// A day of Asia/Shanghai that has begun.
    #[serde(deserialize_with = "crate::time::strict::day")]
    #[param(value_type = String, format = Date)]
    pub date: Date,
}

fn fen(limit: Option<Limit>) -> Fen {
    limit.map_or(Fen::ZERO, Limit::fen)
}

impl SettlementBody {
    fn fees(&self) -> Fees {
        let body = &self.fees;
        Fees {
            registration: fen(body.registration_fen),
            consultation: fen(body.consultation_fen),
            examination: fen(body.examination_fen),
            drugs: fen(body.drugs_fen),
            bed: fen(body.bed_fen),
            other: fen(body.other_fen),
        }
    }

    fn shares(&self) -> Shares {
        let body = &self.insurance;
        Shares {
            third_party: fen(self.third_party_fen),
            basic_insurance: fen(body.hifp_pay_fen),
            critical_illness: fen(body.hifmi_pay_fen),
            large_sum: fen(body.hifob_pay_fen),
            enterprise_supplement: fen(body.hifes_pay_fen),
            civil_servant_supplement: fen(body.cvlserv_pay_fen),
            medical_aid: fen(body.maf_pay_fen),
            other: fen(body.oth_pay_fen),
            account: fen(body.acct_pay_fen),
        }
    }

    /// The bill, on a hospital's terms. `None` when a sum leaves 64 bits.
    pub fn bill(&self, discounts: &Discounts) -> Option<Bill> {
        let fees = self.fees();
        let emergency = self.emergency.as_ref().map(|part| Emergency {
            amount: part.amount_fen.fen(),
            unidentified: part.unidentified,
            unable_to_pay: part.unable_to_pay_ref.as_ref().map(|text| text.as_str().to_owned()),
        });
        let (total, shares) = (self.medfee_sumamt_fen.fen(), self.shares());
        let known = |text: &Option<Text<64>>| text.as_ref().map(|text| text.as_str().to_owned());
        let insured = Insured { setl_id: known(&self.insurance.setl_id), mdtrt_id: known(&self.insurance.mdtrt_id) };
        Some(Bill { total, fees, shares, insured, emergency, discount: fees.discount(discounts)? })
    }
}

impl Body for SettlementBody {
    fn check(&self, faults: &mut Faults) {
        let total = self.medfee_sumamt_fen.fen();
        if self.fees().sum() != Some(total) {
            faults.add("/fees", "the fees do not add up to medfee_sumamt_fen");
        }
        if self.shares().sum().is_none_or(|arrived| arrived > total) {
            faults.add("/insurance", "what third party and insurance pay is more than medfee_sumamt_fen");
        }
        if self.emergency.as_ref().is_some_and(|part| part.amount_fen.fen() > total) {
            faults.add("/emergency/amount_fen", "the emergency part is more than medfee_sumamt_fen");
        }
        if let Err(wrong) = IdNumber::parse(self.patient.id_type, &self.patient.id_no, day(Timestamp::now())) {
            faults.add_code("/patient/id_no", Code::IdInvalid, wrong.reason());
        }
        match &self.patient.name {
            None if self.patient.id_type != IdType::Temporary => {
                faults.add("/patient/name", "a name is needed: number and name must agree");
            }
            Some(name) => {
                if let Err(wrong) = PersonName::parse(name) {
                    faults.add("/patient/name", wrong.to_string());
                }
            }
            None => {}
        }
    }
}

impl Body for ResultBody {
    fn check(&self, faults: &mut Faults) {
        if self.status == PayerStatus::Claimed {
            faults.add("/status", "a result is final, approved, paid or refused");
        }
    }
}

impl Body for CancelBody {}
impl Body for ReverseBody {}

impl Body for ClearingBody {
    fn check(&self, faults: &mut Faults) {
        let different: BTreeSet<_> = self.settlement_ids.iter().collect();
        if !(1..=CLEARED_MAX).contains(&self.settlement_ids.len()) || different.len() != self.settlement_ids.len() {
            faults.add("/settlement_ids", format!("1 to {CLEARED_MAX} different settlements are needed"));
        }
    }
}
