//! The rows of cases: what is decided, claimed, set aside, said and passed on.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::actor::Subject;
use crate::book::Presence;
use crate::code::Code;
use crate::division::{City, Division};
use crate::id::{CaseId, FundId, HoldId, IncidentId, NoteId, PaymentId, ReferralId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{Cause, Lane};
use crate::stored::terms;
use crate::vault::BlindIndex;

terms! {
    /// State of a case.
    CaseState "case_state" {
        /// Taken in, not decided.
        Accepted "accepted",
        /// Granted, part of it still held for payment.
        Approved "approved",
        /// A payment is under way through a bank.
        Paying "paying",
        /// Every payment is final and the grant exhausted.
        Paid "paid",
        /// Paid, and every paper is there.
        Completed "completed",
        /// Refused by a rule.
        Refused "refused",
        /// Declined by an approver.
        Declined "declined",
        /// Withdrawn by the household.
        Withdrawn "withdrawn",
        /// Granted, and not paid in time.
        Expired "expired",
    }
}

terms! {
    /// State of a hold; it resolves once.
    HoldState "hold_state" {
        /// Set aside.
        Held "held",
        /// Paid.
        Captured "captured",
        /// Given back.
        Released "released",
        /// Given back because nobody came for it.
        Expired "expired",
    }
}

/// A case with its decision.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct CaseRow {
    pub presence: Presence,
    pub city: City,
    pub id: CaseId,
    pub street: Division,
    pub day: Date,
    pub ordinal: i32,
    pub division: Division,
    pub fund: FundId,
    pub incident: IncidentId,
    pub cause: Cause,
    pub state: CaseState,
    pub lane: Lane,
    pub code: Code,
    pub requested: Fen,
    pub granted: Fen,
    pub person: BlindIndex,
    pub handler: Subject,
    pub approver: Option<Subject>,
    pub accepted_at: Timestamp,
    pub completion_due: Option<Date>,
    pub completion_due_provisional: bool,
    pub missing: Vec<String>,
    pub sealed: bool,
    pub policy_version: String,
    pub decision: String,
    pub question: String,
    pub payments: String,
    pub parties: Arc<[u8]>,
    pub fund_version: i64,
    pub members: Vec<BlindIndex>,
    pub version: i64,
    pub granted_on: Option<Date>,
    pub queued: Fen,
    pub queue_place: Option<i64>,
    pub options: String,
    pub review_due: Option<Timestamp>,
}

/// That a person was helped for a cause.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct ClaimRow {
    pub city: City,
    pub person: BlindIndex,
    pub cause: Cause,
    pub slot: i16,
    pub day: Date,
    pub incident: IncidentId,
    pub case: CaseId,
    pub number: CaseNumber,
    pub division: Division,
    pub sealed: bool,
    pub live: bool,
}

/// Money set aside for one payment, or for what is granted and not paid yet.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct HoldRow {
    pub city: City,
    pub id: HoldId,
    pub fund: FundId,
    pub case: CaseId,
    pub payment: Option<PaymentId>,
    pub amount: Fen,
    pub expires_at: Option<Timestamp>,
}

/// How a hold was resolved, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct HoldEnd {
    pub city: City,
    pub id: HoldId,
    pub case: CaseId,
    pub state: HoldState,
}

terms! {
    /// What a note of a case is about.
    NoteKind "note_kind" {
        /// Why it was approved.
        Approval "approval",
        /// Why it was declined.
        Decline "decline",
        /// Why it was withdrawn.
        Withdrawal "withdrawal",
        /// Why the household is helped again for the same cause.
        Repeat "repeat",
        /// What came out of looking at it afterwards.
        Review "review",
        /// What came of passing the household on.
        Referral "referral",
    }
}

/// What an officer said of a case.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct NoteRow {
    pub city: City,
    pub id: NoteId,
    pub case: CaseId,
    pub kind: NoteKind,
    pub officer: Subject,
    pub outcome: Option<String>,
    pub note: Option<Arc<[u8]>>,
}

/// A paper that came after the payment.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct PaperRow {
    pub city: City,
    pub case: CaseId,
    pub kind: String,
    pub sha256: Option<[u8; 32]>,
    pub officer: Subject,
    pub note: Option<Arc<[u8]>>,
}

/// A household passed on to another office.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct ReferralRow {
    pub city: City,
    pub id: ReferralId,
    pub case: CaseId,
    pub unit: String,
    pub reason: Option<Arc<[u8]>>,
    pub due: Option<Date>,
    pub officer: Subject,
}

/// That a person of a case turned out to be another, or not after all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct MergeRow {
    pub city: City,
    pub case: CaseId,
    pub ordinal: i16,
    pub id: NoteId,
    pub undoes: Option<i16>,
    pub place: i16,
    pub from: BlindIndex,
    pub to: BlindIndex,
    pub officer: Subject,
    pub findings: Vec<String>,
    pub released: Fen,
    pub party: Arc<[u8]>,
    pub note: Option<Arc<[u8]>>,
    pub bar_before: Option<Date>,
    pub bar_carried: Option<Date>,
}

terms! {
    /// How far an instruction to a bank is.
    InstructionState "instruction_state" {
        /// To be sent, or sent.
        Dispatched "dispatched",
        /// The bank has been silent for too long.
        Unknown "unknown",
        /// Paid.
        Paid "paid",
        /// Not paid.
        Refused "refused",
        /// Paid, and came back.
        Returned "returned",
    }
}

/// What a bank is told to pay.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct InstructionRow {
    pub city: City,
    pub payment: PaymentId,
    pub case: Option<CaseId>,
    pub bytes: Arc<[u8]>,
}

/// What became of an instruction.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct InstructionEnd {
    pub city: City,
    pub payment: PaymentId,
    pub state: InstructionState,
    pub reference: Option<String>,
}

terms! {
    /// What somebody must be told.
    AlarmKind "alarm_kind" {
        /// A fund fell to the alarm level of its target.
        FundLow "fund_low",
        /// Nothing is left of a fund.
        FundExhausted "fund_exhausted",
        /// A window asks the county to top up at once.
        TopupUrgent "topup_urgent",
        /// A bank has said nothing of a payment for too long.
        PaymentUnknown "payment_unknown",
        /// Somebody looked at a sealed case.
        SealedRead "sealed_read",
        /// Somebody with a promise has left the roster: the stay is honoured.
        WaiverRosterLeft "waiver_roster_left",
        /// What was counted in a cash box is not what it should hold.
        CashDifference "cash_difference",
    }
}

/// What somebody must be told, once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct AlarmRow {
    pub city: City,
    pub about: uuid::Uuid,
    pub kind: AlarmKind,
    pub mark: i64,
    pub division: Division,
    pub amount: Option<Fen>,
}
