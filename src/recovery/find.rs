//! One recovery, for those in whose scope its case lies.

use std::sync::Arc;

use jiff::civil::Date;
use tokio_postgres::Row;

use crate::actor::{Actor, Role, Subject};
use crate::book::{Book, RecoveryRow, read_recovery};
use crate::division::Division;
use crate::http::Problem;
use crate::id::RecoveryId;
use crate::number::CaseNumber;
use crate::reads::Readers;
use crate::recovery::answer::{CancellationAnswer, CountedAnswer, RecoveryAnswer, RecoveryDetail, RefundAnswer, WriteOffAnswer};
use crate::recovery::debtor::{Debtor, DebtorAnswer};
use crate::recovery::seen::{Look, record};
use crate::vault::Vault;

/// Receipts, write-offs and refunds in one answer, each.
const ROWS_MAX: i64 = 1_000;

/// A recovery as it was read, with what is told of its case.
pub struct Found {
    pub row: RecoveryRow,
    /// Of its case.
    pub number: Option<CaseNumber>,
    pub debtor: DebtorAnswer,
    pub today: Date,
    pub sealed: bool,
    deciders: Vec<Subject>,
}

impl Found {
    /// Reads a row of `sql/recovery/find.sql` and `list.sql`, and opens its debtor.
    pub fn read(row: &Row, vault: &Vault) -> Result<Self, Problem> {
        let (found, today) = (read_recovery(row), row.get("today"));
        let debtor = Debtor::open(vault, found.id, &found.party)?.masked(today);
        let street: Option<Division> = row.get("street");
        let number = street.map(|street| CaseNumber { street, day: row.get("day"), ordinal: row.get("ordinal") });
        Ok(Self { row: found, number, debtor, today, sealed: row.get("sealed"), deciders: row.get("deciders") })
    }

    /// True for the officers of its case, and for whoever imposed it.
    pub fn is_of(&self, officer: &Subject) -> bool {
        self.was_decided_by(officer) || self.row.imposed_by == *officer
    }

    /// True for the officers who took the case in and approved it, and for those who reviewed or cleared a part of the settlement.
    pub fn was_decided_by(&self, officer: &Subject) -> bool {
        self.deciders.contains(officer)
    }

    /// As it is answered.
    pub fn answer(self) -> RecoveryAnswer {
        RecoveryAnswer::of(&self.row, self.number, Some(self.debtor), self.today)
    }
}

/// Reads a recovery. Row security hides what lies outside the scope: that is denied whether anything is there or not.
pub async fn open(readers: &Readers, vault: &Vault, actor: &Actor, id: RecoveryId) -> Result<Found, Problem> {
    let row = readers.optional(actor, include_str!("../../sql/recovery/find.sql"), &[&actor.city(), &id]).await?;
    Found::read(&row.ok_or_else(|| Problem::outside_scope(actor.scope))?, vault)
}

/// Finds a recovery, and records that it was looked at before it is shown. One of a sealed case exists only for its own officers
/// and for auditors.
pub async fn find(
    readers: &Readers,
    vault: &Vault,
    book: &Book,
    actor: &Arc<Actor>,
    id: RecoveryId,
) -> Result<RecoveryDetail, Problem> {
    let found = open(readers, vault, actor, id).await?;
    let sealed = found.row.of.case().filter(|_| found.sealed);
    if let Some(case) = sealed
        && !found.is_of(&actor.subject)
        && !actor.roles.has(Role::Auditor)
    {
        record(book, actor, Look::SealedDenied { case, recovery: id }).await?;
        return Err(Problem::outside_scope(found.row.division));
    }
    let rows = async |sql| readers.all(actor, sql, &[&actor.city(), &id, &ROWS_MAX]).await;
    let receipts = rows(include_str!("../../sql/recovery/receipts.sql")).await?;
    let write_offs = rows(include_str!("../../sql/recovery/write_offs.sql")).await?;
    let refunds = rows(include_str!("../../sql/recovery/refunds.sql")).await?;
    let sql = include_str!("../../sql/recovery/cancellation.sql");
    let cancellation = readers.optional(actor, sql, &[&actor.city(), &id]).await?;
    record(book, actor, sealed.map_or(Look::Recovery(id), |case| Look::Sealed { case, recovery: id })).await?;
    Ok(RecoveryDetail {
        recovery: found.answer(),
        receipts: receipts.iter().map(CountedAnswer::read).collect(),
        write_offs: write_offs.iter().map(WriteOffAnswer::read).collect(),
        refunds: refunds.iter().map(RefundAnswer::read).collect(),
        cancellation: cancellation.as_ref().map(CancellationAnswer::read),
    })
}
