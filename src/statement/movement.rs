//! A movement of a fund's account by our book.

use jiff::civil::Date;
use tokio_postgres::Row;

use crate::id::{CaseId, PaymentId};
use crate::money::Fen;
use crate::statement::words::key;
use crate::stored::terms;
use crate::vault::{BlindIndex, Vault};

terms! {
    /// What moved.
    MovementKind "bank_movement_kind" {
        /// Money from the treasury or a donor.
        TopUp "top_up",
        /// A loan between two funds, given or repaid.
        Loan "loan",
        /// Money back to the treasury.
        Withdrawal "withdrawal",
        /// A payment of a case.
        Payment "payment",
        /// A payment that came back.
        Return "return",
        /// A hospital was paid.
        Clearing "clearing",
        /// A debtor paid back.
        Recovery "recovery",
        /// Cash for a box.
        CashDrawn "cash_drawn",
        /// Cash out of a box.
        CashPaidIn "cash_paid_in",
        /// Interest.
        Interest "interest",
        /// A fee of the bank.
        Fee "fee",
        /// Money that names nothing of ours.
        UnknownCredit "unknown_credit",
    }
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
