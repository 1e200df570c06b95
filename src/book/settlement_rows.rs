//! The rows of settlements: hospital bills split over payers, and what becomes of them.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use crate::actor::Subject;
use crate::book::{HoldState, Presence};
use crate::division::{City, Division};
use crate::id::{ClearingId, FundId, HoldId, SettlementId};
use crate::money::Fen;
use crate::stored::terms;
use crate::vault::BlindIndex;

terms! {
    /// State of a settlement.
    SettlementState "settlement_state" {
        /// It stands.
        Settled "settled",
        /// The hospital took it back.
        Cancelled "cancelled",
        /// The hospital took its message back.
        Reversed "reversed",
    }
}

terms! {
    /// Who bears a part of a hospital bill, in payer order.
    Payer "payer" {
        /// A liable third party, or the road-accident fund.
        ThirdParty "third_party",
        /// Basic medical insurance, `hifp_pay`.
        BasicInsurance "basic_insurance",
        /// Critical-illness insurance, `hifmi_pay`.
        CriticalIllness "critical_illness",
        /// Large medical sums of employees, `hifob_pay`.
        LargeSum "large_sum",
        /// Supplement of an enterprise, `hifes_pay`.
        EnterpriseSupplement "enterprise_supplement",
        /// Supplement for civil servants, `cvlserv_pay`.
        CivilServantSupplement "civil_servant_supplement",
        /// Medical aid, `maf_pay`.
        MedicalAid "medical_aid",
        /// Another payer of the insurance platform, `oth_pay`.
        Other "other",
        /// The hospital, by its discount on the five fee kinds.
        HospitalDiscount "hospital_discount",
        /// The emergency-treatment fund.
        EmergencyTreatment "emergency_treatment",
        /// The relief fund.
        ReliefFund "relief_fund",
        /// The patient.
        Patient "patient",
    }
}

terms! {
    /// How far a payer's part is.
    PayerStatus "payer_status" {
        /// Nothing more happens to it.
        Final "final",
        /// Claimed from a fund, its review is to come.
        Claimed "claimed",
        /// Owed, and not paid yet.
        Approved "approved",
        /// Paid to the hospital.
        Paid "paid",
        /// The payer bears nothing of it.
        Refused "refused",
    }
}

terms! {
    /// What was said of a settlement.
    SettlementEventKind "settlement_event_kind" {
        /// It was settled.
        Settled "settled",
        /// A payer said what it bears.
        Result "result",
        /// A fund paid its part.
        Cleared "cleared",
        /// The hospital took it back.
        Cancelled "cancelled",
        /// The hospital took its message back.
        Reversed "reversed",
        /// The bank sent a fund's part back.
        Returned "returned",
    }
}

terms! {
    /// How far a clearing is.
    ClearingState "clearing_state" {
        /// To be made an instruction.
        Instructed "instructed",
        /// Sent to the bank, or about to be.
        Dispatched "dispatched",
        /// The bank has been silent for too long.
        Unknown "unknown",
        /// Paid.
        Paid "paid",
        /// Not paid: what it was to pay is free to be paid by another.
        Refused "refused",
        /// Paid, and came back: what it paid is held again.
        Returned "returned",
    }
}

/// A hospital bill, split.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct SettlementRow {
    pub presence: Presence,
    pub city: City,
    pub id: SettlementId,
    pub division: Division,
    pub hospital: String,
    pub message: String,
    pub waiver: Option<uuid::Uuid>,
    pub visit_no: String,
    pub person: BlindIndex,
    pub patient: Arc<[u8]>,
    pub diagnosis: Option<Arc<[u8]>>,
    pub bill: String,
    pub parts: String,
    pub total: Fen,
    pub state: SettlementState,
    pub version: i64,
    pub settled_at: Timestamp,
    pub settled_on: Date,
    pub settled_by: Subject,
    pub answer: Arc<[u8]>,
}

/// What a fund bears of a settlement, out of its parts.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Share {
    fund: Option<FundId>,
    /// All of it.
    pub amount: Fen,
    /// What clearings paid of it and no bank sent back.
    pub cleared: Fen,
}

impl SettlementRow {
    /// What its funds bear.
    pub fn shares(&self) -> impl Iterator<Item = (FundId, Share)> {
        let parts: Vec<Share> = serde_json::from_str(&self.parts).unwrap_or_default();
        parts.into_iter().filter_map(|share| Some((share.fund?, share)))
    }

    /// What a fund bears.
    pub fn share_of(&self, fund: FundId) -> Option<Share> {
        self.shares().find(|(of, _)| *of == fund).map(|(_, share)| share)
    }
}

/// A message of a hospital: settled, or fenced off.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct MessageRow {
    pub city: City,
    pub hospital: String,
    pub message: String,
    pub settlement: Option<(SettlementId, [u8; 32])>,
    pub reason: Option<Arc<[u8]>>,
}

/// What was said of a settlement, with its parts after it.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct SettlementEventRow {
    pub city: City,
    pub settlement: SettlementId,
    pub version: i64,
    pub kind: SettlementEventKind,
    pub payer: Option<Payer>,
    pub status: Option<PayerStatus>,
    pub amount: Option<Fen>,
    pub reference: Option<String>,
    pub reason: Option<Arc<[u8]>>,
    pub parts: String,
    pub officer: Subject,
}

/// Money that a fund has set aside for a settlement.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct SettlementHoldRow {
    pub city: City,
    pub id: HoldId,
    pub settlement: SettlementId,
    pub fund: FundId,
    pub payer: Payer,
    pub amount: Fen,
    pub held_at: Timestamp,
    pub clearing: Option<ClearingId>,
}

/// Which clearing is to pay a hold; none: it is free again.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct SettlementHoldTie {
    pub city: City,
    pub id: HoldId,
    pub settlement: SettlementId,
    pub clearing: Option<ClearingId>,
}

/// How a hold of a settlement was resolved, once.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct SettlementHoldEnd {
    pub city: City,
    pub id: HoldId,
    pub settlement: SettlementId,
    pub state: HoldState,
}

/// What a fund pays a hospital.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct ClearingRow {
    pub presence: Presence,
    pub city: City,
    pub id: ClearingId,
    pub fund: FundId,
    pub division: Division,
    pub hospital: String,
    pub settlements: Vec<SettlementId>,
    pub amount: Fen,
    pub reference: String,
    pub officer: Subject,
    pub at: Timestamp,
    pub amounts: Vec<Fen>,
    pub state: ClearingState,
    pub version: i64,
}

/// All that a move does to settlements.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "one list a table")]
pub struct SettlementRows {
    pub settlements: Vec<SettlementRow>,
    pub messages: Vec<MessageRow>,
    pub events: Vec<SettlementEventRow>,
    pub holds: Vec<SettlementHoldRow>,
    pub tied: Vec<SettlementHoldTie>,
    pub resolved: Vec<SettlementHoldEnd>,
    pub clearings: Vec<ClearingRow>,
}
