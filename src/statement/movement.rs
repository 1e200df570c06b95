//! A movement of a fund's account by our book.

use jiff::civil::Date;
use postgres_types::FromSql;
use serde::Serialize;
use tokio_postgres::Row;

use crate::id::{CaseId, PaymentId};
use crate::money::Fen;
use crate::statement::words::key;
use crate::vault::{BlindIndex, Vault};

/// What moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromSql, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[postgres(name = "bank_movement_kind", rename_all = "snake_case")]
pub enum MovementKind {
    /// Money from the treasury or a donor.
    TopUp,
    /// A loan between two funds, given or repaid.
    Loan,
    /// Money back to the treasury.
    Withdrawal,
    /// A payment of a case.
    Payment,
    /// A payment that came back.
    Return,
    /// A hospital was paid.
    Clearing,
    /// A debtor paid back.
    Recovery,
    /// Cash for a box.
    CashDrawn,
    /// Cash out of a box.
    CashPaidIn,
    /// Interest.
    Interest,
    /// A fee of the bank.
    Fee,
    /// Money that names nothing of ours.
    UnknownCredit,
}

/// A movement; what comes in is above zero.
#[derive(Clone, Debug)]
pub struct Movement {
    pub version: i64,
    pub ordinal: i16,
    /// The day we booked it.
    pub day: Date,
    /// The day it counts from at the bank, where we know.
    pub value_date: Option<Date>,
    pub kind: MovementKind,
    pub amount: Fen,
    pub of: Option<(CaseId, PaymentId)>,
    pub keys: Vec<BlindIndex>,
    pub is_matched: bool,
    /// Who was paid, where we know: name, account. Filled in where it is compared.
    pub payees: Vec<BlindIndex>,
}

impl Movement {
    /// A movement as it is read.
    pub fn read(row: &Row, vault: &Vault) -> Self {
        let (case, payment): (Option<CaseId>, Option<PaymentId>) = (row.get("case_id"), row.get("payment_id"));
        let names: Vec<&str> = row.get("names");
        Self {
            version: row.get("version"),
            ordinal: row.get("ordinal"),
            day: row.get("day"),
            value_date: row.get("value_date"),
            kind: row.get("kind"),
            amount: row.get("amount"),
            of: case.zip(payment),
            keys: names.iter().map(|name| key(vault, name)).collect(),
            is_matched: row.get("is_matched"),
            payees: Vec::new(),
        }
    }

    /// Whether it goes to an account holder that the case knows.
    pub const fn has_payee(&self) -> bool {
        match self.kind {
            MovementKind::Payment => true,
            MovementKind::TopUp
            | MovementKind::Loan
            | MovementKind::Withdrawal
            | MovementKind::Return
            | MovementKind::Clearing
            | MovementKind::Recovery
            | MovementKind::CashDrawn
            | MovementKind::CashPaidIn
            | MovementKind::Interest
            | MovementKind::Fee
            | MovementKind::UnknownCredit => false,
        }
    }
}
