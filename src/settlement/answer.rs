//! Settlements as answered. Amounts in fen.

use jiff::civil::Date;
use serde::Serialize;
use tokio_postgres::Row;

use crate::actor::Subject;
use crate::book::{Payer, PayerStatus, Rules, SettlementEventKind, SettlementRow, SettlementState};
use crate::code::Code;
use crate::division::Division;
use crate::id::{FundId, SettlementId};
use crate::money::Fen;
use crate::settlement::patient::PatientAnswer;
use crate::settlement::split::{Rule, Split};
use crate::time::rfc3339;

/// Instalments proposed to a patient for whom the funds had too little: a year of months.
const PROPOSED_MONTHS: i64 = 12;

/// What one payer bears.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct PayerAnswer {
    /// Who.
    pub payer: Payer,
    /// How much.
    pub amount_fen: Fen,
    /// How far it is.
    pub status: PayerStatus,
    /// The fund that bears it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fund_id: Option<FundId>,
    /// What the fund's limit of one case leaves beyond it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap_left_fen: Option<Fen>,
    /// What set the amount.
    pub rule: Rule,
    /// The legal basis it rests on; empty while no rules are in force.
    pub basis: String,
}

/// Monthly instalments of what the patient bears, where the funds had too little: a proposal, no decision.
#[derive(Clone, Copy, Serialize, utoipa::ToSchema)]
pub struct InstalmentProposal {
    /// How many.
    pub months: i64,
    /// How much each; the last is what is left.
    pub monthly_fen: Fen,
}

/// How a bill is split. The parts add up to the total.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct SplitAnswer {
    /// The bill.
    pub total_fen: Fen,
    /// Who bears what, in payer order; who bears nothing and was not limited is left out, but for the patient.
    pub payers: Vec<PayerAnswer>,
    /// How the patient could pay it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instalment_proposal: Option<InstalmentProposal>,
}

/// `200` of `POST /v1/settlements/quote`
#[derive(Serialize, utoipa::ToSchema)]
pub struct QuoteAnswer {
    /// The message that asked.
    pub message_id: String,
    /// How it would be split.
    #[serde(flatten)]
    pub split: SplitAnswer,
}

/// A settlement.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct SettlementAnswer {
    /// Its identifier.
    pub id: SettlementId,
    /// The message that settled it.
    pub message_id: String,
    /// Whether it stands.
    pub state: SettlementState,
    /// How it is split.
    #[serde(flatten)]
    pub split: SplitAnswer,
}

/// Proof that something is in the audit log.
#[derive(Serialize, utoipa::ToSchema)]
pub struct EvidenceAnswer {
    /// Hash of the leaf, lower-case hex.
    pub leaf_hash: String,
}

/// A settlement after a change.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ChangedSettlement {
    /// The settlement.
    #[serde(flatten)]
    pub settlement: SettlementAnswer,
    /// Proof that the change is in the audit log.
    pub receipt: EvidenceAnswer,
}

/// What became of a message that is not known.
#[derive(Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FenceState {
    /// It will be refused when it comes.
    Fenced,
}

/// A message that was reversed before it came.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FencedAnswer {
    /// The message.
    pub message_id: String,
    /// What became of it.
    pub state: FenceState,
    /// Proof that it is in the audit log.
    pub receipt: EvidenceAnswer,
}

/// `200` of `POST /v1/settlements/reverse`
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "describes the answer, which either verb makes itself")]
pub enum ReversedAnswer {
    /// The settlement, unwound.
    Unwound(ChangedSettlement),
    /// No settlement of the message is known.
    Fenced(FencedAnswer),
}

/// What was said of a settlement.
#[derive(Serialize, utoipa::ToSchema)]
pub struct EventAnswer {
    /// The version of the settlement that it made.
    pub version: i64,
    /// What it was.
    pub kind: SettlementEventKind,
    /// About which payer.
    pub payer: Option<Payer>,
    /// What was said of its part.
    pub status: Option<PayerStatus>,
    /// Of how much.
    pub amount_fen: Option<Fen>,
    /// What the payer calls it.
    pub reference: Option<String>,
    /// Who said it.
    pub by: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}

/// `200` of `GET /v1/settlements/{settlement}`
#[derive(Serialize, utoipa::ToSchema)]
pub struct SettlementDetail {
    /// The settlement.
    #[serde(flatten)]
    pub settlement: SettlementAnswer,
    /// Credit code of the hospital.
    pub hospital: String,
    /// Where the hospital is.
    pub division: Division,
    /// The stay.
    pub visit_no: String,
    /// The patient, masked.
    pub patient: PatientAnswer,
    /// When it was settled.
    #[schema(format = DateTime)]
    pub settled_at: String,
    /// +1 with every change.
    pub version: i64,
    /// What was said of it, the oldest first; at most a thousand.
    pub events: Vec<EventAnswer>,
}

/// What stands of one payer.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PayerTotal {
    /// Who.
    pub payer: Payer,
    /// Of how many settlements it bears something.
    pub count: i64,
    /// How much.
    pub sum_fen: Fen,
}

/// `200` of `GET /v1/settlements/totals`
#[derive(Serialize, utoipa::ToSchema)]
pub struct TotalsAnswer {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Credit code of the hospital.
    pub hospital: String,
    /// Settlements of the day that stand.
    pub count: i64,
    /// What they come to.
    pub sum_fen: Fen,
    /// By payer, in payer order.
    pub payers: Vec<PayerTotal>,
}

impl SplitAnswer {
    /// A split as it is told, with the bases of a day.
    pub fn of(split: &Split, total_fen: Fen, rules: &Rules, division: &Division, day: Date) -> Self {
        let policy = rules.policies.at(division, day);
        let basis = |rule: Rule| policy.map_or_else(String::new, |policy| policy.basis(rule.code()).to_owned());
        let told = split.parts().iter().filter(|part| part.is_told()).map(|part| PayerAnswer {
            payer: part.payer,
            amount_fen: part.amount,
            status: part.status,
            fund_id: part.fund,
            cap_left_fen: part.cap_left,
            rule: part.rule,
            basis: basis(part.rule),
        });
        let patient = split.part(Payer::Patient).filter(|_| split.is_short()).map(|part| part.amount);
        let monthly = |amount: Fen| Fen::new((amount.get() - 1).div_euclid(PROPOSED_MONTHS) + 1);
        Self {
            total_fen,
            payers: told.collect(),
            instalment_proposal: patient
                .map(|amount| InstalmentProposal { months: PROPOSED_MONTHS, monthly_fen: monthly(amount) }),
        }
    }
}

impl Rule {
    /// The code whose legal basis it rests on; what no code says more of rests on the general one.
    const fn code(self) -> Code {
        match self {
            Self::LimitCase => Code::LimitCase,
            Self::LimitPersonYear => Code::LimitPersonYear,
            Self::LimitFundDay => Code::LimitFundDay,
            Self::FundInsufficient => Code::FundInsufficient,
            Self::FundFrozen => Code::FundFrozen,
            Self::AsArrived | Self::Discounts | Self::EmergencyPart | Self::Remainder => Code::Approved,
        }
    }
}

impl SettlementAnswer {
    /// A settlement as it stands.
    pub fn of(row: &SettlementRow, split: &Split, rules: &Rules) -> Self {
        Self {
            id: row.id,
            message_id: row.message.clone(),
            state: row.state,
            split: SplitAnswer::of(split, row.total, rules, &row.division, row.settled_on),
        }
    }
}

impl EventAnswer {
    /// Reads a row of `sql/settlement/events.sql`.
    pub fn read(row: &Row) -> Self {
        Self {
            version: row.get("version"),
            kind: row.get("kind"),
            payer: row.get("payer"),
            status: row.get("status"),
            amount_fen: row.get("amount"),
            reference: row.get("reference"),
            by: row.get::<_, Subject>("officer").sub().to_owned(),
            at: rfc3339(row.get("at")),
        }
    }
}
