//! Locks and loads recoveries, for the few batches that name any.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use postgres_types::{FromSql, ToSql};
use tokio_postgres::{Error, Row};

use crate::actor::Subject;
use crate::book::load::{list, split};
use crate::book::session::Session;
use crate::book::{Facts, Keys, Presence, RecoveredOf, RecoveryRow, RecoveryState};
use crate::division::{City, Division};
use crate::id::{CaseId, FundId, RecoveryId, SettlementId};
use crate::money::Fen;
use crate::vault::BlindIndex;

/// Locks recoveries after cases. Nothing is sent when the batch names none.
pub async fn lock(session: &Session, keys: &Keys) -> Result<Option<Row>, Error> {
    if keys.recoveries.is_empty()
        && keys.recoveries_of.is_empty()
        && keys.recoveries_by.is_empty()
        && keys.recoveries_for.is_empty()
    {
        return Ok(None);
    }
    let (named, cases, debtors) = (split(&keys.recoveries), split(&keys.recoveries_of), split(&keys.recoveries_by));
    let settlements = split(&keys.recoveries_for);
    let params: [&(dyn ToSql + Sync); 8] =
        [&named.0, &named.1, &cases.0, &cases.1, &debtors.0, &debtors.1, &settlements.0, &settlements.1];
    session.client.query_one(&session.statements.lock_recoveries, &params).await.map(Some)
}

/// What is read besides, once they are locked, in a statement whose snapshot is younger than the locks.
pub async fn find(session: &Session, keys: &Keys) -> Result<Option<Row>, Error> {
    if keys.recoveries.is_empty() {
        return Ok(None);
    }
    let references = keys.references.iter();
    let (cities, rest): (Vec<City>, Vec<(RecoveryId, &str)>) =
        references.map(|(city, recovery, reference)| (*city, (*recovery, reference.as_str()))).unzip();
    let (recoveries, references): (Vec<RecoveryId>, Vec<&str>) = rest.into_iter().unzip();
    let named = split(&keys.recoveries);
    let params: [&(dyn ToSql + Sync); 5] = [&cities, &recoveries, &references, &named.0, &named.1];
    session.client.query_one(&session.statements.find_recoveries, &params).await.map(Some)
}

/// Puts what was found among the facts.
pub fn take(facts: &mut Facts, locked: Option<Row>, found: Option<Row>) {
    if let Some(row) = locked {
        facts.recoveries =
            list::<LockedRecovery>(&row, "recoveries").map(RecoveryRow::from).map(|row| ((row.city, row.id), row)).collect();
    }
    let Some(row) = found else { return };
    let (cities, recoveries, references): (Vec<City>, Vec<RecoveryId>, Vec<String>) =
        (row.get("counted_cities"), row.get("counted_recoveries"), row.get("counted_references"));
    facts.counted =
        cities.into_iter().zip(recoveries).zip(references).map(|((city, recovery), text)| (city, recovery, text)).collect();
    let (cities, recoveries): (Vec<City>, Vec<RecoveryId>) = (row.get("paid_cities"), row.get("paid_recoveries"));
    let (first, last): (Vec<Timestamp>, Vec<Timestamp>) = (row.get("paid_first_at"), row.get("paid_at"));
    facts.paid_from_to = cities.into_iter().zip(recoveries).zip(first.into_iter().zip(last)).collect();
}

#[derive(FromSql)]
#[postgres(name = "recovery")]
struct LockedRecovery {
    city: City,
    id: RecoveryId,
    case_id: Option<CaseId>,
    fund_id: FundId,
    division: Division,
    debtor: BlindIndex,
    party: Vec<u8>,
    state: RecoveryState,
    principal: Fen,
    fine: Fen,
    repaid_principal: Fen,
    repaid_fine: Fen,
    to_fund: Fen,
    overpaid: Fen,
    refunded: Fen,
    written_off_principal: Fen,
    written_off_fine: Fen,
    dues: Vec<Date>,
    amounts: Vec<Fen>,
    bar_until: Option<Date>,
    authority_ref: String,
    imposed_by: Subject,
    imposed_at: Timestamp,
    version: i64,
    settlement_id: Option<SettlementId>,
}

impl From<LockedRecovery> for RecoveryRow {
    fn from(row: LockedRecovery) -> Self {
        Self {
            presence: Presence::Stored,
            city: row.city,
            id: row.id,
            // One of the two is there: `recovery_is_for_a_case_or_a_settlement`.
            of: match row.settlement_id {
                Some(settlement) => RecoveredOf::Settlement(settlement),
                None => RecoveredOf::Case(row.case_id.unwrap_or(CaseId::from(uuid::Uuid::nil()))),
            },
            fund: row.fund_id,
            division: row.division,
            debtor: row.debtor,
            party: Arc::from(row.party),
            state: row.state,
            principal: row.principal,
            fine: row.fine,
            repaid_principal: row.repaid_principal,
            repaid_fine: row.repaid_fine,
            to_fund: row.to_fund,
            overpaid: row.overpaid,
            refunded: row.refunded,
            written_off_principal: row.written_off_principal,
            written_off_fine: row.written_off_fine,
            dues: row.dues,
            amounts: row.amounts,
            bar_until: row.bar_until,
            authority_ref: row.authority_ref,
            imposed_by: row.imposed_by,
            imposed_at: row.imposed_at,
            version: row.version,
        }
    }
}

/// A recovery as a statement reads it that returns `recovery as row`.
pub fn recovery(row: &Row) -> RecoveryRow {
    row.get::<_, LockedRecovery>("row").into()
}
