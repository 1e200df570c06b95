//! The rows of recoveries: what is to be paid back, what came in, what was given up.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::actor::Subject;
use crate::book::Presence;
use crate::division::{City, Division};
use crate::id::{CancellationId, CaseId, FundId, ReceiptId, RecoveryId, RefundId, SettlementId, WriteOffId};
use crate::money::Fen;
use crate::stored::terms;
use crate::vault::BlindIndex;

terms! {
    /// State of a recovery.
    RecoveryState "recovery_state" {
        /// Something is owed.
        Open "open",
        /// The last of what was owed was repaid.
        Settled "settled",
        /// The last of what was owed was given up.
        WrittenOff "written_off",
        /// It was imposed in error, and taken back.
        Cancelled "cancelled",
    }
}

terms! {
    /// Why something is given up.
    WriteOffReason "write_off_reason" {
        /// The debtor died.
        Deceased "deceased",
        /// Paying would leave the debtor without the means to live.
        Hardship "hardship",
        /// There is nothing to be had.
        Uncollectable "uncollectable",
    }
}

/// What money is to be paid back for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveredOf {
    /// What a case was paid.
    Case(CaseId),
    /// What a fund bore of a settlement.
    Settlement(SettlementId),
}

impl RecoveredOf {
    /// The case, if it is one.
    pub const fn case(self) -> Option<CaseId> {
        match self {
            Self::Case(case) => Some(case),
            Self::Settlement(_) => None,
        }
    }

    /// The settlement, if it is one.
    pub const fn settlement(self) -> Option<SettlementId> {
        match self {
            Self::Case(_) => None,
            Self::Settlement(settlement) => Some(settlement),
        }
    }
}

/// Money to be paid back for a case or a settlement.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct RecoveryRow {
    pub presence: Presence,
    pub city: City,
    pub id: RecoveryId,
    pub of: RecoveredOf,
    pub fund: FundId,
    pub division: Division,
    pub debtor: BlindIndex,
    pub party: Arc<[u8]>,
    pub state: RecoveryState,
    pub principal: Fen,
    pub fine: Fen,
    pub repaid_principal: Fen,
    pub repaid_fine: Fen,
    pub to_fund: Fen,
    pub overpaid: Fen,
    pub refunded: Fen,
    pub written_off_principal: Fen,
    pub written_off_fine: Fen,
    pub dues: Vec<Date>,
    pub amounts: Vec<Fen>,
    pub bar_until: Option<Date>,
    pub authority_ref: String,
    pub imposed_by: Subject,
    pub imposed_at: Timestamp,
    pub version: i64,
}

/// Money that came in for a recovery.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct ReceiptRow {
    pub city: City,
    pub id: ReceiptId,
    pub recovery: RecoveryId,
    pub amount: Fen,
    pub principal: Fen,
    pub fine: Fen,
    pub overpaid: Fen,
    pub to_fund: Fen,
    pub to_treasury: Fen,
    pub reference: String,
    pub received_on: Date,
    pub officer: Subject,
}

/// What was given up of a recovery, by two.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct WriteOffRow {
    pub city: City,
    pub id: WriteOffId,
    pub recovery: RecoveryId,
    pub principal: Fen,
    pub fine: Fen,
    pub reason: WriteOffReason,
    pub note: Arc<[u8]>,
    pub officer: Subject,
    pub countersigned_by: Subject,
}

/// What was paid back of an over-payment, by two.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct RefundRow {
    pub city: City,
    pub id: RefundId,
    pub recovery: RecoveryId,
    pub amount: Fen,
    pub reference: String,
    pub officer: Subject,
    pub countersigned_by: Subject,
}

/// That a recovery was imposed in error, and taken back by two.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct CancellationRow {
    pub city: City,
    pub id: CancellationId,
    pub recovery: RecoveryId,
    pub note: Arc<[u8]>,
    pub officer: Subject,
    pub countersigned_by: Subject,
}
