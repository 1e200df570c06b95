//! The book: the one room for money.
//!
//! A request becomes a [`Move`], a value. The book collects the moves that wait, and plays them as one batch:
//!
//! ```text
//! keys ──▶ lock and load facts ──▶ decide, one after the other ──▶ write rows, commit ──▶ answer every caller
//!            (one flight)               (pure, in order)               (one flight)
//! ```
//!
//! - Rows are the only effect of a move; between two moves of a batch the facts take them in, so the next one sees them.
//! - The answer is written with its idempotency key in the same transaction; the same key gets the same bytes for ever.
//! - Locks are taken sorted, in the order person, officer, fund, incident, counter, case, settlement,
//!   clearing, recovery, goods, waiver, hook; what a
//!   decision reads besides is read after them, in statements of their own. What few batches need (all after the counter) has statements
//!   that few batches send.
//! - A hold resolves once: captured, released or expired. The row counts it, and the count is constrained to one.
//! - Alarms are found here, by comparing each fund with what it was, so that no verb can forget them; so is what hooks are told, whose
//!   deliveries are rows of the same transaction.
//! - Rows that do not exist yet cannot be locked: they are inserted plainly, and a collision plays the batch again.
//! - If the connection dies around the commit, the batch is played again on the primary: only the keys tell what happened.
//! - A client that goes away cancels nothing: the writer owns the move and its connection.

mod alarms;
mod aside;
mod case_records;
mod case_rows;
mod custody;
mod custody_records;
mod custody_rows;
mod denied;
mod events;
mod facts;
mod goods_rows;
mod hook_rows;
mod keys;
mod load;
mod load_cases;
mod load_hooks;
mod load_merges;
mod load_recoveries;
mod played;
mod posting;
mod queue;
mod records;
mod recovery_records;
mod recovery_rows;
mod replay;
mod rows;
mod ruling;
mod seen;
mod serve;
mod session;
mod settlement_records;
mod settlement_rows;
mod settlements;
mod statement_rows;
mod statements;
mod store;
mod store_custody;
mod store_hooks;
#[cfg(test)]
mod tests;
mod waiver_rows;
mod writer;

pub use aside::{Aside, Desk, answered, fallen, record};
pub use case_rows::{
    AlarmKind, AlarmRow, CaseRow, CaseState, ClaimRow, HoldEnd, HoldRow, HoldState, InstructionEnd, InstructionRow,
    InstructionState, MergeRow, NoteKind, NoteRow, PaperRow, ReferralRow,
};
pub use custody::{CustodyFacts, cash_sum};
pub use custody_records::{cash_paid as read_cash_paid, difference as read_difference, shift as read_shift};
pub use custody_rows::{
    CashPaid, CashTransferRow, ClosedShift, CustodyRows, DifferenceRow, Direction, Found, PaidBetween, ReceivedBy, Resolution,
    Resolved, ShiftRow, SignatureRow,
};
pub use facts::{Facts, Rules};
pub use goods_rows::{GoodsMoveKind, GoodsMoveRow, GoodsRow, goods as read_goods};
pub use hook_rows::{
    DeliveryRow, DeliveryState, Event, HookEvent, HookRow, HookState, Listener, REPLAYED_MAX, Replay, ReplayRange, Replayable,
};
pub use keys::Keys;
pub use load::{fund as read_fund, incident as read_incident};
pub use load_cases::case as read_case;
pub use load_hooks::hook as read_hook;
pub use load_recoveries::recovery as read_recovery;
pub use posting::Posting;
pub use queue::{Book, BookSettings, Key};
pub use records::LeafRecord;
pub use recovery_rows::{
    CancellationRow, ReceiptRow, RecoveredOf, RecoveryRow, RecoveryState, RefundRow, WriteOffReason, WriteOffRow,
};
pub use rows::{Account, CounterRow, EntryRow, FundRow, IncidentRow, OfficerRow, PersonRow, Presence, Rows, Source, Transfer};
pub use ruling::{Answer, Move, Ruling};
pub use seen::Look;
pub use serve::{QUEUE_MAX, serve};
pub use settlement_records::{clearing as read_clearing, settlement as read_settlement};
pub use settlement_rows::{
    ClearingRow, ClearingState, MessageRow, Payer, PayerStatus, SettlementEventKind, SettlementEventRow, SettlementHoldEnd,
    SettlementHoldRow, SettlementHoldTie, SettlementRow, SettlementRows, SettlementState,
};
pub use settlements::SettlementFacts;
pub use statement_rows::{BookingRow, DifferenceCode, LineAt, MatchRow, MovementAt, StatementFacts, StatementRows};
pub use waiver_rows::{Standing, WaiverEnd, WaiverRow, WaiverState, waiver as read_waiver};
