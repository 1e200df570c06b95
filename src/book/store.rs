//! Writes the rows of a batch and commits, in one flight of pipelined statements.
//!
//! The answers go first: a twin in another process waits there, before it has touched anything else.

use std::pin::Pin;

use futures_util::future::join_all;
use jiff::Timestamp;
use postgres_types::ToSql;
use tokio_postgres::{Error, Statement};
use uuid::Uuid;

use crate::book::column::column;
use crate::book::played::Batch;
use crate::book::session::Session;
use crate::book::{CaseRow, FundRow, Presence};

type Flight<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;
type Params<'a> = Vec<Box<dyn ToSql + Sync + Send + 'a>>;

/// What went wrong while writing, and whether it was the answers, where twins meet.
#[derive(Debug)]
pub struct Unwritten {
    pub error: Error,
    pub at_answers: bool,
}

/// Writes and commits. With an `Ok` every row is durable; with an error of the server none is.
pub async fn store(session: &Session, batch: &Batch, now: Timestamp) -> Result<(), Unwritten> {
    let mut writes: Vec<(&Statement, Params)> = Vec::with_capacity(16);
    for (statement, params) in statements(session, batch, now) {
        writes.push((statement, params));
    }
    let mut flight: Vec<Flight> = writes.iter().map(|(statement, params)| write(session, statement, params)).collect();
    flight.push(Box::pin(session.client.batch_execute("commit")));
    let answers_first = !batch.answers.is_empty();
    for (index, landed) in join_all(flight).await.into_iter().enumerate() {
        landed.map_err(|error| Unwritten { error, at_answers: answers_first && index == 0 })?;
    }
    Ok(())
}

fn write<'a>(session: &'a Session, statement: &'a Statement, params: &'a Params<'a>) -> Flight<'a> {
    let sent =
        session.client.execute_raw(statement, params.iter().map(|param| &**param as &(dyn ToSql + Sync)).collect::<Vec<_>>());
    Box::pin(async move { sent.await.map(|_| ()) })
}

macro_rules! params {
    ($($value:expr),+ $(,)?) => { vec![$(Box::new($value) as Box<dyn ToSql + Sync + Send + '_>),+] };
}

fn statements<'a>(session: &'a Session, batch: &'a Batch, now: Timestamp) -> Vec<(&'a Statement, Params<'a>)> {
    let mut list = Vec::with_capacity(16);
    answers(&mut list, session, batch, now);
    people(&mut list, session, batch);
    funds(&mut list, session, batch);
    incidents(&mut list, session, batch);
    money(&mut list, session, batch, now);
    if !batch.cases.is_empty() {
        list.push((&session.statements.insert_cases, cases(&batch.cases)));
    }
    let rows = &batch.leaves;
    if !rows.is_empty() {
        let bytes = column(rows, |row| row.bytes.as_slice());
        list.push((
            &session.statements.insert_leaves,
            params![column(rows, |row| row.city), column(rows, |row| row.id), bytes, now],
        ));
    }
    list
}

type List<'a> = Vec<(&'a Statement, Params<'a>)>;

fn answers<'a>(list: &mut List<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    let rows = &batch.answers;
    if !rows.is_empty() {
        let status = column(rows, |row| i16::try_from(row.answer.status).unwrap_or(i16::MAX));
        let params = params![
            column(rows, |row| row.city),
            column(rows, |row| Uuid::from_bytes(row.key)),
            column(rows, |row| row.fingerprint.as_slice()),
            status,
            column(rows, |row| row.answer.body.as_slice()),
            now,
        ];
        list.push((&session.statements.insert_answers, params));
    }
    let rows = &batch.countersigns;
    if !rows.is_empty() {
        let params = params![column(rows, |(city, _)| *city), column(rows, |(_, token)| Uuid::from_bytes(*token)), now];
        list.push((&session.statements.insert_countersigns, params));
    }
}

fn people<'a>(list: &mut List<'a>, session: &'a Session, batch: &'a Batch) {
    for (presence, statement) in
        [(Presence::New, &session.statements.insert_persons), (Presence::Stored, &session.statements.update_persons)]
    {
        let rows: Vec<_> = batch.persons.values().filter(|row| row.presence == presence).collect();
        if !rows.is_empty() {
            let rows = rows.iter().copied();
            let params = params![
                column(rows.clone(), |row| row.city),
                column(rows.clone(), |row| row.person),
                column(rows.clone(), |row| row.year),
                column(rows, |row| row.year_granted),
            ];
            list.push((statement, params));
        }
    }
    for (presence, statement) in
        [(Presence::New, &session.statements.insert_officers), (Presence::Stored, &session.statements.update_officers)]
    {
        let rows: Vec<_> = batch.officers.values().filter(|row| row.presence == presence).collect();
        if !rows.is_empty() {
            let rows = rows.iter().copied();
            let params = params![
                column(rows.clone(), |row| row.city),
                column(rows.clone(), |row| row.officer.as_str()),
                column(rows.clone(), |row| row.day),
                column(rows, |row| row.day_granted),
            ];
            list.push((statement, params));
        }
    }
    for (presence, statement) in
        [(Presence::New, &session.statements.insert_counters), (Presence::Stored, &session.statements.update_counters)]
    {
        let rows: Vec<_> = batch.counters.values().filter(|row| row.presence == presence).collect();
        if !rows.is_empty() {
            let rows = rows.iter().copied();
            let params = params![
                column(rows.clone(), |row| row.city),
                column(rows.clone(), |row| row.street),
                column(rows.clone(), |row| row.day),
                column(rows, |row| row.last),
            ];
            list.push((statement, params));
        }
    }
}

fn funds<'a>(list: &mut List<'a>, session: &'a Session, batch: &'a Batch) {
    let changed = batch.funds.values().chain(batch.fund_settings.values());
    let new: Vec<&FundRow> = changed.filter(|row| row.presence == Presence::New).collect();
    if !new.is_empty() {
        let rows = new.iter().copied();
        let params = params![
            column(rows.clone(), |row| row.city),
            column(rows.clone(), |row| row.id),
            column(rows.clone(), |row| row.division),
            column(rows.clone(), |row| row.kind),
            column(rows.clone(), |row| &*row.name),
            column(rows.clone(), |row| row.target),
            column(rows.clone(), |row| row.floor),
            column(rows.clone(), |row| row.limits.case),
            column(rows.clone(), |row| row.limits.fund_day),
            column(rows.clone(), |row| row.limits.person_year),
            column(rows.clone(), |row| row.limits.officer_day),
            column(rows.clone(), |row| row.account.as_deref()),
            column(rows.clone(), |row| row.subject_codes.join(",")),
            column(rows, |row| row.opened_at),
        ];
        list.push((&session.statements.insert_funds, params));
    }
    let moved: Vec<&FundRow> = batch.funds.values().filter(|row| row.presence == Presence::Stored || row.version > 0).collect();
    if !moved.is_empty() {
        let rows = moved.iter().copied();
        let params = params![
            column(rows.clone(), |row| row.city),
            column(rows.clone(), |row| row.id),
            column(rows.clone(), |row| row.credited),
            column(rows.clone(), |row| row.held),
            column(rows.clone(), |row| row.paid),
            column(rows.clone(), |row| row.day),
            column(rows.clone(), |row| row.day_granted),
            column(rows, |row| row.version),
        ];
        list.push((&session.statements.update_funds, params));
    }
    for fund in batch.fund_settings.values() {
        list.push((&session.statements.update_fund_settings, settings(fund)));
    }
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
    ]
}

fn incidents<'a>(list: &mut List<'a>, session: &'a Session, batch: &'a Batch) {
    let rows: Vec<_> = batch.incidents.values().filter(|row| row.presence == Presence::New).collect();
    if !rows.is_empty() {
        let rows = rows.iter().copied();
        let params = params![
            column(rows.clone(), |row| row.city),
            column(rows.clone(), |row| row.id),
            column(rows.clone(), |row| row.division),
            column(rows.clone(), |row| row.cause),
            column(rows.clone(), |row| &*row.place),
            column(rows.clone(), |row| row.occurred_at),
            column(rows.clone(), |row| row.ended_on),
            column(rows.clone(), |row| row.sealed),
            column(rows.clone(), |row| row.reported_by.as_str()),
            column(rows, |row| row.reported_at),
        ];
        list.push((&session.statements.insert_incidents, params));
    }
    let rows: Vec<_> = batch.incidents.values().filter(|row| row.presence == Presence::Stored).collect();
    if !rows.is_empty() {
        let rows = rows.iter().copied();
        let params = params![
            column(rows.clone(), |row| row.city),
            column(rows.clone(), |row| row.id),
            column(rows.clone(), |row| row.cause),
            column(rows.clone(), |row| &*row.place),
            column(rows.clone(), |row| row.occurred_at),
            column(rows.clone(), |row| row.ended_on),
            column(rows, |row| row.version),
        ];
        list.push((&session.statements.update_incidents, params));
    }
}

fn money<'a>(list: &mut List<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    let rows = &batch.claims;
    if !rows.is_empty() {
        let params = params![
            column(rows, |row| row.city),
            column(rows, |row| row.person),
            column(rows, |row| row.cause),
            column(rows, |row| row.slot),
            column(rows, |row| row.day),
            column(rows, |row| row.incident),
            column(rows, |row| row.case),
        ];
        list.push((&session.statements.insert_claims, params));
    }
    let rows = &batch.entries;
    if !rows.is_empty() {
        let params = params![
            column(rows, |row| row.city),
            column(rows, |row| row.fund),
            column(rows, |row| row.version),
            column(rows, |row| row.ordinal),
            column(rows, |row| row.debit),
            column(rows, |row| row.credit),
            column(rows, |row| row.amount),
            column(rows, |row| row.credited),
            column(rows, |row| row.held),
            column(rows, |row| row.paid),
            column(rows, |row| row.of.case),
            column(rows, |row| row.of.payment),
            column(rows, |row| row.of.source),
            column(rows, |row| row.of.reference.as_deref()),
            column(rows, |row| row.of.value_date),
            now,
        ];
        list.push((&session.statements.insert_entries, params));
    }
    let rows = &batch.holds;
    if !rows.is_empty() {
        let params = params![
            column(rows, |row| row.city),
            column(rows, |row| row.id),
            column(rows, |row| row.fund),
            column(rows, |row| row.case),
            column(rows, |row| row.payment),
            column(rows, |row| row.amount),
            column(rows, |row| row.expires_at),
            now,
        ];
        list.push((&session.statements.insert_holds, params));
    }
}

fn cases(rows: &[CaseRow]) -> Params<'_> {
    params![
        column(rows, |row| row.city),
        column(rows, |row| row.id),
        column(rows, |row| row.street),
        column(rows, |row| row.day),
        column(rows, |row| row.ordinal),
        column(rows, |row| row.division),
        column(rows, |row| row.fund),
        column(rows, |row| row.incident),
        column(rows, |row| row.cause),
        column(rows, |row| row.state),
        column(rows, |row| row.lane),
        column(rows, |row| row.code.as_str()),
        column(rows, |row| row.requested),
        column(rows, |row| row.granted),
        column(rows, |row| row.person),
        column(rows, |row| row.handler.as_str()),
        column(rows, |row| row.approver.as_ref().map(crate::actor::Subject::as_str)),
        column(rows, |row| row.accepted_at),
        column(rows, |row| row.completion_due),
        column(rows, |row| row.completion_due_provisional),
        column(rows, |row| row.missing.as_str()),
        column(rows, |row| row.sealed),
        column(rows, |row| row.policy_version.as_str()),
        column(rows, |row| row.decision.as_str()),
        column(rows, |row| row.question.as_str()),
        column(rows, |row| row.payments.as_str()),
        column(rows, |row| &*row.parties),
        column(rows, |row| row.fund_version),
    ]
}
