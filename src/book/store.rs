//! Writes the rows of a batch and commits, in one flight of pipelined statements.
//!
//! Nearly every batch is one statement and the commit: each statement costs a round of planning, sending and waking, whatever it
//! writes. What is rare (a street's first case, holds, settings) has a statement of its own.

use std::pin::Pin;

use futures_util::future::join_all;
use jiff::Timestamp;
use postgres_types::ToSql;
use tokio_postgres::{Error, Statement};

use crate::book::case_records::{
    AlarmRecord, CaseRecord, ClaimRecord, HoldRecord, InstructionRecord, MergeRecord, NoteRecord, PaperRecord, ReferralRecord,
};
use crate::book::goods_rows::{GoodsMoveRecord, GoodsRecord};
use crate::book::played::Batch;
use crate::book::records::{
    AnswerRecord, CounterRecord, CountersignRecord, EntryRecord, FundTotals, IncidentRecord, LeafRecord, OfficerRecord,
    PersonRecord,
};
use crate::book::recovery_records::{CancellationRecord, ReceiptRecord, RecoveryRecord, RefundRecord, WriteOffRecord};
use crate::book::session::Session;
use crate::book::store_custody::custody;
use crate::book::store_hooks::hooks;
use crate::book::waiver_rows::WaiverRecord;
use crate::book::{FundRow, Presence, settlements, statement_rows};

type Flight<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;
type Params<'a> = Vec<Box<dyn ToSql + Sync + Send + 'a>>;
pub(super) type Writes<'a> = Vec<(&'a Statement, Params<'a>)>;

macro_rules! params {
    ($($value:expr),+ $(,)?) => { vec![$(Box::new($value) as Box<dyn ToSql + Sync + Send + '_>),+] };
}

/// Records of the rows that are there or not there yet.
macro_rules! records {
    ($record:ident, $rows:expr, $presence:ident, $now:ident) => {
        $rows.filter(|row| row.presence == Presence::$presence).map(|row| $record::of(row, $now)).collect::<Vec<_>>()
    };
}

/// Writes and commits. With an `Ok` every row is durable; with an error of the server none is.
pub async fn store(session: &Session, batch: &Batch, now: Timestamp) -> Result<(), Error> {
    let mut writes = Writes::new();
    first_rows(&mut writes, session, batch, now);
    funds(&mut writes, session, batch);
    most(&mut writes, session, batch, now);
    rare(&mut writes, session, batch, now);
    lives(&mut writes, session, batch, now);
    stores(&mut writes, session, batch, now);
    promises(&mut writes, session, batch, now);
    custody(&mut writes, session, batch, now);
    recoveries(&mut writes, session, batch, now);
    hooks(&mut writes, session, batch, now);
    settlements::store(&mut writes, session, batch, now);
    statement_rows::store(&mut writes, session, batch, now);
    let mut flight: Vec<Flight> = writes.iter().map(|(statement, params)| write(session, statement, params)).collect();
    flight.push(Box::pin(session.client.batch_execute("commit")));
    join_all(flight).await.into_iter().collect()
}

fn write<'a>(session: &'a Session, statement: &'a Statement, params: &'a Params<'a>) -> Flight<'a> {
    let sent =
        session.client.execute_raw(statement, params.iter().map(|param| &**param as &(dyn ToSql + Sync)).collect::<Vec<_>>());
    Box::pin(async move { sent.await.map(|_| ()) })
}

/// What nearly every batch writes. Reads leave nothing but leaves.
fn most<'a>(writes: &mut Writes<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    let leaves: Vec<LeafRecord> = batch.leaves.iter().map(|row| LeafRecord::of(row, now)).collect();
    if batch.answers.is_empty() {
        writes.push((&session.statements.insert_leaves, params![leaves]));
        return;
    }
    let moved = batch.funds.values().filter(|row| row.presence == Presence::Stored || row.version > 0);
    let params = params![
        batch.answers.iter().map(|row| AnswerRecord::of(row, now)).collect::<Vec<_>>(),
        records!(PersonRecord, batch.persons.values(), New, now),
        records!(OfficerRecord, batch.officers.values(), Stored, now),
        records!(CounterRecord, batch.counters.values(), Stored, now),
        moved.map(|row| FundTotals::of(row, now)).collect::<Vec<_>>(),
        records!(IncidentRecord, batch.incidents.values(), New, now),
        batch.claims.iter().map(|row| ClaimRecord::of(row, now)).collect::<Vec<_>>(),
        batch.entries.iter().map(|row| EntryRecord::of(row, now)).collect::<Vec<_>>(),
        records!(CaseRecord, batch.cases.values(), New, now),
        leaves,
    ];
    writes.push((&session.statements.write, params));
}

/// Rows of officers and streets that are seen for the first time.
fn first_rows<'a>(writes: &mut Writes<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    let officers = records!(OfficerRecord, batch.officers.values(), New, now);
    if !officers.is_empty() {
        writes.push((&session.statements.insert_officers, params![officers]));
    }
    let counters = records!(CounterRecord, batch.counters.values(), New, now);
    if !counters.is_empty() {
        writes.push((&session.statements.insert_counters, params![counters]));
    }
}

/// What few batches write.
fn rare<'a>(writes: &mut Writes<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    let persons = records!(PersonRecord, batch.persons.values(), Stored, now);
    if !persons.is_empty() {
        writes.push((&session.statements.update_persons, params![persons]));
    }
    if !batch.countersigns.is_empty() {
        let tokens: Vec<_> = batch.countersigns.iter().map(|row| CountersignRecord::of(row, now)).collect();
        writes.push((&session.statements.insert_countersigns, params![tokens]));
    }
    let changed = records!(IncidentRecord, batch.incidents.values(), Stored, now);
    if !changed.is_empty() {
        writes.push((&session.statements.update_incidents, params![changed]));
    }
}

/// What happens to cases after their first answer. Holds are made before they are resolved: one batch may do both.
fn lives<'a>(writes: &mut Writes<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    let sql = &session.statements;
    if !batch.holds.is_empty() {
        let holds: Vec<_> = batch.holds.iter().map(|row| HoldRecord::of(row, now)).collect();
        writes.push((&sql.insert_holds, params![holds]));
    }
    if !batch.resolved.is_empty() {
        let cities: Vec<_> = batch.resolved.iter().map(|end| end.city).collect();
        let ids: Vec<_> = batch.resolved.iter().map(|end| end.id).collect();
        let states: Vec<_> = batch.resolved.iter().map(|end| end.state).collect();
        writes.push((&sql.resolve_holds, params![cities, ids, states, now]));
    }
    let changed = records!(CaseRecord, batch.cases.values(), Stored, now);
    if !changed.is_empty() {
        writes.push((&sql.update_cases, params![changed]));
    }
    if !batch.notes.is_empty() {
        writes.push((&sql.insert_notes, params![batch.notes.iter().map(|row| NoteRecord::of(row, now)).collect::<Vec<_>>()]));
    }
    if !batch.papers.is_empty() {
        writes.push((&sql.insert_papers, params![batch.papers.iter().map(|row| PaperRecord::of(row, now)).collect::<Vec<_>>()]));
    }
    if !batch.referrals.is_empty() {
        let referrals: Vec<_> = batch.referrals.iter().map(|row| ReferralRecord::of(row, now)).collect();
        writes.push((&sql.insert_referrals, params![referrals]));
    }
    if !batch.merges.is_empty() {
        writes.push((&sql.insert_merges, params![batch.merges.iter().map(|row| MergeRecord::of(row, now)).collect::<Vec<_>>()]));
    }
    if !batch.instructions.is_empty() {
        let made: Vec<_> = batch.instructions.iter().map(|row| InstructionRecord::of(row, now)).collect();
        writes.push((&sql.insert_instructions, params![made]));
    }
    for end in &batch.instruction_ends {
        let params = params![end.city, end.payment, end.state, end.reference.as_deref(), now];
        writes.push((&sql.end_instruction, params));
    }
    if !batch.alarms.is_empty() {
        writes.push((&sql.insert_alarms, params![batch.alarms.iter().map(|row| AlarmRecord::of(row, now)).collect::<Vec<_>>()]));
    }
}

/// Promises to hospitals: what has ended frees its person before the next one is made.
fn promises<'a>(writes: &mut Writes<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    let changed = records!(WaiverRecord, batch.waivers.values(), Stored, now);
    if !changed.is_empty() {
        writes.push((&session.statements.update_waivers, params![changed]));
    }
    let made = records!(WaiverRecord, batch.waivers.values(), New, now);
    if !made.is_empty() {
        writes.push((&session.statements.insert_waivers, params![made]));
    }
}

/// What goes in and out of stores.
fn stores<'a>(writes: &mut Writes<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    if !batch.goods.is_empty() {
        let goods: Vec<_> = batch.goods.values().map(|row| GoodsRecord::of(row, now)).collect();
        let moves: Vec<_> = batch.goods_moves.iter().map(|row| GoodsMoveRecord::of(row, now)).collect();
        writes.push((&session.statements.write_goods, params![goods]));
        writes.push((&session.statements.insert_goods_moves, params![moves]));
    }
}

/// What is paid back.
fn recoveries<'a>(writes: &mut Writes<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    let sql = &session.statements;
    let imposed = records!(RecoveryRecord, batch.recoveries.values(), New, now);
    if !imposed.is_empty() {
        writes.push((&sql.insert_recoveries, params![imposed]));
    }
    let changed = records!(RecoveryRecord, batch.recoveries.values(), Stored, now);
    if !changed.is_empty() {
        writes.push((&sql.update_recoveries, params![changed]));
    }
    if !batch.receipts.is_empty() {
        let receipts: Vec<_> = batch.receipts.iter().map(|row| ReceiptRecord::of(row, now)).collect();
        writes.push((&sql.insert_recovery_receipts, params![receipts]));
    }
    if !batch.write_offs.is_empty() {
        let given_up: Vec<_> = batch.write_offs.iter().map(|row| WriteOffRecord::of(row, now)).collect();
        writes.push((&sql.insert_write_offs, params![given_up]));
    }
    if !batch.refunds.is_empty() {
        writes
            .push((&sql.insert_refunds, params![batch.refunds.iter().map(|row| RefundRecord::of(row, now)).collect::<Vec<_>>()]));
    }
    if !batch.cancellations.is_empty() {
        let taken_back: Vec<_> = batch.cancellations.iter().map(|row| CancellationRecord::of(row, now)).collect();
        writes.push((&sql.insert_cancellations, params![taken_back]));
    }
}

/// Funds opened and settings changed.
fn funds<'a>(writes: &mut Writes<'a>, session: &'a Session, batch: &'a Batch) {
    for fund in batch.funds.values().chain(batch.fund_settings.values()).filter(|row| row.presence == Presence::New) {
        writes.push((&session.statements.insert_fund, opened(fund)));
    }
    for fund in batch.fund_settings.values() {
        writes.push((&session.statements.update_fund_settings, settings(fund)));
    }
}

fn opened(fund: &FundRow) -> Params<'_> {
    params![
        fund.city,
        fund.id,
        fund.division,
        fund.kind,
        &*fund.name,
        fund.target,
        fund.floor,
        fund.limits.case,
        fund.limits.fund_day,
        fund.limits.person_year,
        fund.limits.officer_day,
        fund.account.as_deref(),
        &*fund.subject_codes,
        fund.opened_at,
    ]
}

fn settings(fund: &FundRow) -> Params<'_> {
    params![
        fund.city,
        fund.id,
        &*fund.name,
        fund.status,
        fund.target,
        fund.floor,
        fund.limits.case,
        fund.limits.fund_day,
        fund.limits.person_year,
        fund.limits.officer_day,
        fund.account.as_deref(),
        fund.settings_version,
        fund.credited,
        fund.held,
        fund.paid,
        fund.day,
        fund.day_granted,
        fund.version,
        fund.status_reason.as_deref(),
        fund.loaned,
        &*fund.custodians,
    ]
}
