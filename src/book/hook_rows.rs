//! The rows of hooks: who listens, and what each is told.

use std::sync::Arc;

use jiff::Timestamp;
use postgres_types::ToSql;
use uuid::Uuid;

use crate::actor::Subject;
use crate::book::Presence;
use crate::book::records::record;
use crate::division::{City, Division};
use crate::id::{CaseId, DeliveryId, HookId};
use crate::money::Fen;
use crate::stored::terms;

/// How many deliveries are sent again at once, at most.
pub const REPLAYED_MAX: usize = 10_000;

terms! {
    /// What a hook may listen for.
    HookEvent "hook_event" {
        /// A case is paid out.
        CasePaid "case.paid",
        /// A case was refused by a rule.
        CaseRefused "case.refused",
        /// Papers of a case are overdue.
        CaseCompletionOverdue "case.completion_overdue",
        /// A payment was made, and the bank sent it back.
        PaymentReturned "payment.returned",
        /// A fund fell to the alarm level of its target.
        FundLow "fund.low",
        /// Nothing is left of a fund.
        FundExhausted "fund.exhausted",
        /// A hospital was promised that no deposit is needed.
        WaiverGranted "waiver.granted",
        /// A person with an open waiver left the roster.
        WaiverRosterLeft "waiver.roster_left",
        /// A stay was settled.
        SettlementSettled "settlement.settled",
        /// A settlement was cancelled.
        SettlementCancelled "settlement.cancelled",
        /// A hospital was paid what the funds owe it.
        ClearingPaid "clearing.paid",
        /// A month was closed.
        PeriodClosed "period.closed",
    }
}

terms! {
    /// State of a hook.
    HookState "hook_state" {
        /// It is told what it listens for.
        Active "active",
        /// Its receiver said that it is gone.
        Disabled "disabled",
        /// Somebody took it away.
        Deleted "deleted",
    }
}

terms! {
    /// How far a delivery is.
    DeliveryState "delivery_state" {
        /// To be sent.
        Pending "pending",
        /// Taken by the receiver.
        Delivered "delivered",
        /// Not taken within a day, or the hook has ended.
        Dead "dead",
    }
}

/// Who is told of what happens in a division.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct HookRow {
    pub presence: Presence,
    pub city: City,
    pub id: HookId,
    pub division: Division,
    pub url: Arc<str>,
    pub events: Arc<[HookEvent]>,
    pub state: HookState,
    pub rotation: i32,
    pub previous_until: Option<Timestamp>,
    pub version: i64,
    pub made_by: Subject,
    pub made_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// An active hook, as the rules know it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct Listener {
    pub city: City,
    pub id: HookId,
    pub division: Division,
    pub events: Vec<HookEvent>,
}

/// Something that happened. Holds no personal data: what it holds leaves the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The city it happened in.
    pub city: City,
    /// Where.
    pub division: Division,
    /// What.
    pub kind: HookEvent,
    /// What it happened to: `data.id`.
    pub id: Uuid,
    /// What it is about: of one subject a hook hears in order.
    pub subject: Uuid,
    /// The case, where `id` is another thing: `data.case_id`.
    pub case: Option<CaseId>,
    /// The version of the subject that it made.
    pub version: i64,
    /// Amounts by their names, in fen.
    pub amounts: Vec<(&'static str, Fen)>,
}

/// What one hook is told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct DeliveryRow {
    pub city: City,
    pub id: DeliveryId,
    pub hook: HookId,
    pub event: HookEvent,
    pub subject: Uuid,
    pub body: String,
}

/// Which deliveries of a hook are to be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReplayRange {
    /// The city.
    pub city: City,
    /// The hook.
    pub hook: HookId,
    /// Made from this moment on.
    pub from: Timestamp,
    /// Made before this moment.
    pub to: Timestamp,
    /// Only those that ended so.
    pub state: Option<DeliveryState>,
}

/// What there is to be sent again of a range.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayable {
    /// Deliveries, one more than may be.
    pub ids: Vec<DeliveryId>,
    /// Deliveries of the range that were made up to this moment may have been deleted: they had been kept long enough.
    pub gone_until: Option<Timestamp>,
}

/// Deliveries that are sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct Replay {
    pub city: City,
    pub ids: Vec<DeliveryId>,
}

record! { HookRecord<'a> "hook" (row: &'a HookRow, _now) {
    city: City = row.city,
    id: HookId = row.id,
    division: Division = row.division,
    url: &'a str = &row.url,
    events: &'a [HookEvent] = &row.events,
    state: HookState = row.state,
    rotation: i32 = row.rotation,
    previous_until: Option<Timestamp> = row.previous_until,
    version: i64 = row.version,
    made_by: &'a str = row.made_by.as_str(),
    made_at: Timestamp = row.made_at,
    ended_at: Option<Timestamp> = row.ended_at,
} }

record! { NewDeliveryRecord<'a> "new_hook_delivery" (row: &'a DeliveryRow, _now) {
    city: City = row.city,
    id: DeliveryId = row.id,
    hook_id: HookId = row.hook,
    event: HookEvent = row.event,
    subject: Uuid = row.subject,
    body: &'a str = &row.body,
} }
