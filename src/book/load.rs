//! Locks and loads what a batch needs, in one flight of pipelined statements.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::{join, join3, join4, join5};
use jiff::Timestamp;
use jiff::civil::Date;
use postgres_types::{FromSql, ToSql};
use tokio_postgres::{Error, Row};
use uuid::Uuid;

use crate::actor::Subject;
use crate::book::session::Session;
use crate::book::{Answer, ClaimRow, CounterRow, Facts, FundRow, IncidentRow, Keys, OfficerRow, PersonRow, Presence, Rules};
use crate::book::{
    custody, goods_rows, load_cases, load_hooks, load_merges, load_recoveries, settlements, statement_rows, waiver_rows,
};
use crate::division::{City, Division};
use crate::id::{CaseId, FundId, IncidentId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{Cause, FundKind, FundStatus, Limits};
use crate::vault::BlindIndex;

/// How long locks are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// As the session says: two seconds.
    Usual,
    /// Long enough for a batch of another server, no longer.
    Short,
}

impl Patience {
    const fn begin(self) -> &'static str {
        match self {
            Self::Usual => "begin",
            Self::Short => "begin; set local lock_timeout = '100ms'",
        }
    }
}

/// Begins the transaction, takes the locks in the one order, then reads the rest and the clock.
pub async fn load(session: &Session, keys: &Keys, rules: Arc<Rules>, patience: Patience) -> Result<Facts, Error> {
    let (persons, officers, funds) = (split(&keys.persons), split(&keys.officers), split(&keys.funds));
    let (reserves, incidents, counters) = (split(&keys.reserves), split(&keys.incidents), split(&keys.counters));
    let (answers, claims, tokens) = (digests(&keys.answers), split(&keys.claims), digests(&keys.countersigns));
    let locks: [&(dyn ToSql + Sync); 12] = [
        &persons.0,
        &persons.1,
        &officers.0,
        &officers.1,
        &funds.0,
        &funds.1,
        &reserves.0,
        &reserves.1,
        &incidents.0,
        &incidents.1,
        &counters.0,
        &counters.1,
    ];
    let finds: [&(dyn ToSql + Sync); 6] = [&answers.0, &answers.1, &claims.0, &claims.1, &tokens.0, &tokens.1];
    let (client, sql) = (&session.client, &session.statements);
    let locking = join5(
        client.batch_execute(patience.begin()),
        client.query_one(&sql.lock, &locks),
        load_cases::lock(session, keys),
        // Whoever asks a settlement back must see what was asked back before: it is locked first.
        join(settlements::lock(session, keys), load_recoveries::lock(session, keys)),
        join(goods_rows::lock(session, keys), waiver_rows::lock(session, keys)),
    );
    let finding = join5(
        client.query_one(&sql.find, &finds),
        load_cases::find(session, keys),
        load_recoveries::find(session, keys),
        custody::find(session, keys),
        join4(
            load_merges::find(session, keys),
            settlements::find(session, keys),
            waiver_rows::find(session, keys),
            statement_rows::find(session, keys),
        ),
    );
    let hooking = join(load_hooks::lock(session, keys), load_hooks::find(session, keys));
    let (locks, (hooks, replays), finds) = join3(locking, hooking, finding).await;
    let (begun, locked, cases, (settled, recoveries), (goods, waivers)) = locks;
    let (found, more, recovered, boxes, (merges, messages, standing, matches)) = finds;
    begun?;
    let (locked, cases, recoveries, goods, settled, waivers) = (locked?, cases?, recoveries?, goods?, settled?, waivers?);
    let (found, more, recovered, boxes, merges) = (found?, more?, recovered?, boxes?, merges?);
    let (messages, standing) = (messages?, standing?);

    let mut facts = Facts::empty(found.get("now"), rules);
    take(&mut facts, &locked, &found);
    load_cases::take(&mut facts, cases, more);
    goods_rows::take(&mut facts, goods);
    waiver_rows::take(&mut facts, waivers, standing);
    facts.custody = custody::take(boxes);
    load_recoveries::take(&mut facts, recoveries, recovered);
    load_merges::take(&mut facts, merges);
    load_hooks::take(&mut facts, hooks?, replays?);
    facts.settlements = settlements::take(settled, messages);
    facts.statements = statement_rows::take(matches?);
    Ok(facts)
}

/// Puts what every batch locks and finds among the facts.
fn take(facts: &mut Facts, locked: &Row, found: &Row) {
    facts.persons =
        list::<LockedPerson>(locked, "persons").map(PersonRow::from).map(|row| ((row.city, row.person), row)).collect();
    facts.officers = list::<LockedOfficer>(locked, "officers")
        .map(OfficerRow::from)
        .map(|row| ((row.city, row.officer.clone()), row))
        .collect();
    facts.funds = list::<LockedFund>(locked, "funds").map(FundRow::from).map(|row| ((row.city, row.id), row)).collect();
    facts.incidents =
        list::<LockedIncident>(locked, "incidents").map(IncidentRow::from).map(|row| ((row.city, row.id), row)).collect();
    facts.counters =
        list::<LockedCounter>(locked, "counters").map(CounterRow::from).map(|row| ((row.city, row.street), row)).collect();
    facts.answers = list::<FoundAnswer>(found, "answers").filter_map(FoundAnswer::keyed).collect();
    facts.countersigns = list::<FoundCountersign>(found, "countersigns").map(|row| (row.city, *row.token.as_bytes())).collect();
    for row in list::<EarlierClaim>(found, "claims").map(ClaimRow::from) {
        facts.claims.entry((row.city, row.person)).or_default().push(row);
    }
}

/// A column that holds a list of records, null when there are none.
pub(super) fn list<'a, T: FromSql<'a>>(row: &'a Row, column: &str) -> std::vec::IntoIter<T> {
    row.get::<_, Option<Vec<T>>>(column).unwrap_or_default().into_iter()
}

pub(super) fn split<T>(keys: &BTreeSet<(City, T)>) -> (Vec<&City>, Vec<&T>) {
    keys.iter().map(|(city, key)| (city, key)).unzip()
}

/// Digests are kept as uuids.
fn digests(keys: &BTreeSet<(City, [u8; 16])>) -> (Vec<&City>, Vec<Uuid>) {
    keys.iter().map(|(city, digest)| (city, Uuid::from_bytes(*digest))).unzip()
}

#[derive(FromSql)]
#[postgres(name = "person")]
struct LockedPerson {
    city: City,
    person: BlindIndex,
    year: i16,
    year_granted: Fen,
    barred_until: Option<Date>,
    deceased_on: Option<Date>,
}

impl From<LockedPerson> for PersonRow {
    fn from(row: LockedPerson) -> Self {
        let LockedPerson { city, person, year, year_granted, barred_until, deceased_on } = row;
        Self { presence: Presence::Stored, city, person, year, year_granted, barred_until, deceased_on }
    }
}

#[derive(FromSql)]
#[postgres(name = "officer")]
struct LockedOfficer {
    city: City,
    officer: Subject,
    day: Date,
    day_granted: Fen,
}

impl From<LockedOfficer> for OfficerRow {
    fn from(LockedOfficer { city, officer, day, day_granted }: LockedOfficer) -> Self {
        Self { presence: Presence::Stored, city, officer, day, day_granted }
    }
}

#[derive(FromSql)]
#[postgres(name = "case_counter")]
struct LockedCounter {
    city: City,
    street: Division,
    day: Date,
    last: i32,
}

impl From<LockedCounter> for CounterRow {
    fn from(LockedCounter { city, street, day, last }: LockedCounter) -> Self {
        Self { presence: Presence::Stored, city, street, day, last }
    }
}

#[derive(FromSql)]
#[postgres(name = "fund")]
struct LockedFund {
    city: City,
    id: FundId,
    division: Division,
    kind: FundKind,
    name: String,
    status: FundStatus,
    target: Fen,
    floor: Fen,
    case_cap: Option<Fen>,
    fund_day_cap: Option<Fen>,
    person_year_cap: Option<Fen>,
    officer_day_cap: Option<Fen>,
    account: Option<Vec<u8>>,
    status_reason: Option<Vec<u8>>,
    subject_codes: Vec<String>,
    credited: Fen,
    held: Fen,
    paid: Fen,
    day: Date,
    day_granted: Fen,
    version: i64,
    settings_version: i64,
    opened_at: Timestamp,
    loaned: Fen,
    custodians: Vec<Subject>,
}

impl From<LockedFund> for FundRow {
    fn from(row: LockedFund) -> Self {
        Self {
            presence: Presence::Stored,
            city: row.city,
            id: row.id,
            division: row.division,
            kind: row.kind,
            name: row.name.into(),
            status: row.status,
            target: row.target,
            floor: row.floor,
            limits: Limits {
                case: row.case_cap,
                fund_day: row.fund_day_cap,
                person_year: row.person_year_cap,
                officer_day: row.officer_day_cap,
            },
            account: row.account.map(Arc::from),
            status_reason: row.status_reason.map(Arc::from),
            subject_codes: row.subject_codes.into(),
            credited: row.credited,
            held: row.held,
            paid: row.paid,
            day: row.day,
            day_granted: row.day_granted,
            version: row.version,
            settings_version: row.settings_version,
            opened_at: row.opened_at,
            loaned: row.loaned,
            custodians: row.custodians.into(),
        }
    }
}

/// A fund as a statement reads it that returns `fund as row`.
pub fn fund(row: &Row) -> FundRow {
    row.get::<_, LockedFund>("row").into()
}

#[derive(FromSql)]
#[postgres(name = "incident")]
struct LockedIncident {
    city: City,
    id: IncidentId,
    division: Division,
    cause: Cause,
    place: Vec<u8>,
    occurred_at: Timestamp,
    ended_on: Option<Date>,
    sealed: bool,
    version: i64,
    reported_by: Subject,
    reported_at: Timestamp,
}

impl From<LockedIncident> for IncidentRow {
    fn from(row: LockedIncident) -> Self {
        Self {
            presence: Presence::Stored,
            city: row.city,
            id: row.id,
            division: row.division,
            cause: row.cause,
            place: row.place.into(),
            occurred_at: row.occurred_at,
            ended_on: row.ended_on,
            sealed: row.sealed,
            version: row.version,
            reported_by: row.reported_by,
            reported_at: row.reported_at,
        }
    }
}

/// An incident as a statement reads it that returns `incident as row`.
pub fn incident(row: &Row) -> IncidentRow {
    row.get::<_, LockedIncident>("row").into()
}

#[derive(FromSql)]
#[postgres(name = "earlier_claim")]
struct EarlierClaim {
    city: City,
    person: BlindIndex,
    cause: Cause,
    slot: i16,
    day: Date,
    incident_id: IncidentId,
    case_id: CaseId,
    street: Division,
    case_day: Date,
    ordinal: i32,
    division: Division,
    sealed: bool,
    live: bool,
}

impl From<EarlierClaim> for ClaimRow {
    fn from(row: EarlierClaim) -> Self {
        Self {
            city: row.city,
            person: row.person,
            cause: row.cause,
            slot: row.slot,
            day: row.day,
            incident: row.incident_id,
            case: row.case_id,
            number: CaseNumber { street: row.street, day: row.case_day, ordinal: row.ordinal },
            division: row.division,
            sealed: row.sealed,
            live: row.live,
        }
    }
}

#[derive(FromSql)]
#[postgres(name = "answer")]
struct FoundAnswer {
    city: City,
    key: Uuid,
    fingerprint: Vec<u8>,
    status: i16,
    body: Vec<u8>,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    at: Timestamp,
}

/// An answer under its key, with the fingerprint of its request.
type Answered = ((City, [u8; 16]), ([u8; 32], Answer));

impl FoundAnswer {
    fn keyed(self) -> Option<Answered> {
        let answer = Answer { status: u16::try_from(self.status).ok()?, body: self.body, etag: None, code: None };
        Some(((self.city, *self.key.as_bytes()), (self.fingerprint.try_into().ok()?, answer)))
    }
}

#[derive(FromSql)]
#[postgres(name = "countersign_use")]
struct FoundCountersign {
    city: City,
    token: Uuid,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    used_at: Timestamp,
}
