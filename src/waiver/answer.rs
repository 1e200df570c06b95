//! What a hospital is told. Holds no personal data: promises are stored for ever.

use jiff::Timestamp;
use serde::Serialize;

use crate::book::{WaiverEnd, WaiverRow, WaiverState};
use crate::code::Code;
use crate::hospital::Discounts;
use crate::id::WaiverId;
use crate::money::Fen;
use crate::policy::RosterCategory;
use crate::time::rfc3339;
use crate::waiver::verdict::Verdict;

/// `200` of `POST /v1/waivers/check`
#[derive(Serialize, utoipa::ToSchema)]
pub struct CheckAnswer {
    /// `WAIVED NOT_ON_ROSTER CONFIRM_IDENTITY TREAT_FIRST_NO_DEPOSIT OUT_OF_CITY_HOSPITAL`
    pub answer: Code,
    /// What the patient deposits, in fen; null where the city has agreed on nothing with the hospital.
    pub deposit_fen: Option<Fen>,
    /// Why the patient is on the roster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<RosterCategory>,
    /// Per cent off each fee kind.
    pub discounts: Discounts,
    /// The roster that was asked.
    pub roster_version: i64,
    /// When it was known to be the newest.
    #[schema(format = DateTime)]
    pub roster_as_of: String,
    /// How long ago that was, in seconds: 0 while the database answers.
    pub snapshot_age_s: i64,
    /// True when it is older than the rules allow; the answer holds all the same.
    pub stale: bool,
    /// By when to ask again, where the newest roster could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub recheck_by: Option<String>,
}

/// How sure an answer is of the roster.
#[derive(Clone, Copy, Debug)]
pub struct Freshness {
    pub version: i64,
    pub as_of: Timestamp,
    pub age_s: i64,
    pub stale: bool,
    pub recheck_by: Option<Timestamp>,
}

impl Freshness {
    /// Of a roster that the database says is the newest.
    pub fn current(version: i64, now: Timestamp) -> Self {
        Self { version, as_of: now, age_s: 0, stale: false, recheck_by: None }
    }
}

impl CheckAnswer {
    /// A verdict with the roster it rests on.
    pub fn new(verdict: &Verdict, roster: Freshness) -> Self {
        Self {
            answer: verdict.answer,
            deposit_fen: verdict.deposit,
            category: verdict.category,
            discounts: verdict.discounts,
            roster_version: roster.version,
            roster_as_of: rfc3339(roster.as_of),
            snapshot_age_s: roster.age_s,
            stale: roster.stale,
            recheck_by: roster.recheck_by.map(rfc3339),
        }
    }
}

/// `201` of `POST /v1/waivers`
#[derive(Serialize, utoipa::ToSchema)]
pub struct GrantAnswer {
    /// What was answered.
    #[serde(flatten)]
    pub check: CheckAnswer,
    /// The promise's identifier.
    pub id: WaiverId,
    /// The promise: a compact JWS (EdDSA), to be checked with `/.well-known/jwks.json`.
    pub promise: String,
    /// When the longest stay is over.
    #[schema(format = DateTime)]
    pub expires_at: String,
}

/// A promise as it stands.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WaiverAnswer {
    /// The promise's identifier.
    id: WaiverId,
    /// Whether the stay goes on.
    state: WaiverState,
    /// The credit code of the hospital.
    hospital: String,
    /// What the hospital calls the stay.
    visit_no: String,
    /// Why the patient is on the roster.
    category: RosterCategory,
    /// What the patient deposits, in fen: 0.
    deposit_fen: Fen,
    /// Per cent off each fee kind, for the whole stay.
    discounts: Discounts,
    /// The roster that was asked.
    roster_version: i64,
    /// When it was made.
    #[schema(format = DateTime)]
    granted_at: String,
    /// When the longest stay is over.
    #[schema(format = DateTime)]
    expires_at: String,
    /// What ended it: the hospital, its settlement, or its age.
    closed_as: Option<WaiverEnd>,
    /// When it ended.
    #[schema(format = DateTime)]
    closed_at: Option<String>,
}

impl WaiverAnswer {
    /// None when the discounts were written by a newer program.
    pub fn of(row: &WaiverRow) -> Option<Self> {
        Some(Self {
            id: row.id,
            state: row.state,
            hospital: row.hospital.clone(),
            visit_no: row.visit_no.clone(),
            category: row.category,
            deposit_fen: row.deposit,
            discounts: serde_json::from_str(&row.discounts).ok()?,
            roster_version: row.roster_version,
            granted_at: rfc3339(row.granted_at),
            expires_at: rfc3339(row.expires_at),
            closed_as: row.closed_as,
            closed_at: row.closed_at.map(rfc3339),
        })
    }
}
