//! Writes what a batch did to cash boxes.

use jiff::Timestamp;
use postgres_types::ToSql;

use crate::book::custody_records::{CashTransferRecord, DifferenceRecord, ShiftRecord, SignatureRecord};
use crate::book::played::Batch;
use crate::book::session::Session;
use crate::book::store::Writes;
use crate::book::{DifferenceRow, Presence, ShiftRow};

macro_rules! push {
    ($writes:ident, $statement:expr, $records:expr) => {
        let records: Vec<_> = $records.collect();
        if !records.is_empty() {
            $writes.push(($statement, vec![Box::new(records) as Box<dyn ToSql + Sync + Send + '_>]));
        }
    };
}

/// Shifts, transfers, differences and signatures: each has a statement that few batches send.
pub fn custody<'a>(writes: &mut Writes<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    let sql = &session.statements;
    let shifts = |presence: Presence| {
        batch.shifts.values().filter(move |row: &&ShiftRow| row.presence == presence).map(move |row| ShiftRecord::of(row, now))
    };
    // One officer may close one box and open another in a batch: what is closed is closed first.
    push!(writes, &sql.update_shifts, shifts(Presence::Stored));
    push!(writes, &sql.insert_shifts, shifts(Presence::New));
    push!(writes, &sql.insert_cash_transfers, batch.cash_transfers.iter().map(|row| CashTransferRecord::of(row, now)));
    let differences = |presence: Presence| {
        let of = move |row: &&DifferenceRow| row.presence == presence;
        batch.differences.values().filter(of).map(move |row| DifferenceRecord::of(row, now))
    };
    push!(writes, &sql.insert_differences, differences(Presence::New));
    push!(writes, &sql.update_differences, differences(Presence::Stored));
    push!(writes, &sql.insert_cash_signatures, batch.cash_signatures.iter().map(|row| SignatureRecord::of(row, now)));
}
