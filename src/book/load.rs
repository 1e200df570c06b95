//! Locks and loads what a batch needs, in one flight of pipelined statements.

use std::collections::BTreeSet;
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::future::join_all;
use postgres_types::ToSql;
use tokio_postgres::{Error, Row, Statement};
use uuid::Uuid;

use crate::book::session::Session;
use crate::book::{Answer, ClaimRow, CounterRow, Facts, FundRow, IncidentRow, Keys, OfficerRow, PersonRow, Presence, Rules};
use crate::division::City;
use crate::number::CaseNumber;
use crate::policy::Limits;

type Flight<'a> = Pin<Box<dyn Future<Output = Result<Vec<Row>, Error>> + Send + 'a>>;
type Params<'a> = [&'a (dyn ToSql + Sync)];

/// Begins the transaction, takes the locks in the one order, reads the rest, and the clock last.
pub async fn load(session: &Session, keys: &Keys, rules: Arc<Rules>) -> Result<Facts, Error> {
    let sql = &session.statements;
    let persons = split(&keys.persons);
    let officers = split(&keys.officers);
    let funds = split(&keys.funds);
    let reserves = split(&keys.reserves);
    let incidents = split(&keys.incidents);
    let counters = split(&keys.counters);
    let answers = digests(&keys.answers);
    let claims = split(&keys.claims);
    let tokens = digests(&keys.countersigns);

    let persons: &Params = &[&persons.0, &persons.1];
    let officers: &Params = &[&officers.0, &officers.1];
    let funds: &Params = &[&funds.0, &funds.1, &reserves.0, &reserves.1];
    let incidents: &Params = &[&incidents.0, &incidents.1];
    let counters: &Params = &[&counters.0, &counters.1];
    let answers: &Params = &[&answers.0, &answers.1];
    let claims: &Params = &[&claims.0, &claims.1];
    let tokens: &Params = &[&tokens.0, &tokens.1];

    let flight: Vec<Flight> = vec![
        Box::pin(async { session.client.batch_execute("begin").await.map(|()| Vec::new()) }),
        ask(session, &sql.lock_persons, persons, !keys.persons.is_empty()),
        ask(session, &sql.lock_officers, officers, !keys.officers.is_empty()),
        ask(session, &sql.lock_funds, funds, !keys.funds.is_empty() || !keys.reserves.is_empty()),
        ask(session, &sql.lock_incidents, incidents, !keys.incidents.is_empty()),
        ask(session, &sql.lock_counters, counters, !keys.counters.is_empty()),
        ask(session, &sql.find_answers, answers, !keys.answers.is_empty()),
        ask(session, &sql.find_claims, claims, !keys.claims.is_empty()),
        ask(session, &sql.find_countersigns, tokens, !keys.countersigns.is_empty()),
        ask(session, &sql.now, &[], true),
    ];
    let mut landed = join_all(flight).await.into_iter().skip(1);
    let mut next = || landed.next().unwrap_or_else(|| Ok(Vec::new()));
    let (persons, officers, funds, incidents, counters) = (next()?, next()?, next()?, next()?, next()?);
    let (answers, claims, tokens, now) = (next()?, next()?, next()?, next()?);

    let now = now.first().map(|row| row.get("now")).unwrap_or_default();
    let mut facts = Facts::empty(now, rules);
    facts.persons = persons.iter().map(person).map(|row| ((row.city, row.person), row)).collect();
    facts.officers = officers.iter().map(officer).map(|row| ((row.city, row.officer.clone()), row)).collect();
    facts.funds = funds.iter().map(fund).map(|row| ((row.city, row.id), row)).collect();
    facts.incidents = incidents.iter().map(incident).map(|row| ((row.city, row.id), row)).collect();
    facts.counters = counters.iter().map(counter).map(|row| ((row.city, row.street), row)).collect();
    facts.answers = answers.iter().filter_map(answer).collect();
    for row in claims.iter().map(claim) {
        facts.claims.entry((row.city, row.person)).or_default().push(row);
    }
    facts.countersigns = tokens.iter().map(|row| (row.get("city"), *row.get::<_, Uuid>("token").as_bytes())).collect();
    Ok(facts)
}

fn ask<'a>(session: &'a Session, statement: &'a Statement, params: &'a Params<'a>, wanted: bool) -> Flight<'a> {
    if wanted { Box::pin(session.client.query(statement, params)) } else { Box::pin(ready(Ok(Vec::new()))) }
}

fn split<T>(keys: &BTreeSet<(City, T)>) -> (Vec<&City>, Vec<&T>) {
    keys.iter().map(|(city, key)| (city, key)).unzip()
}

/// Digests are kept as uuids.
fn digests(keys: &BTreeSet<(City, [u8; 16])>) -> (Vec<&City>, Vec<Uuid>) {
    keys.iter().map(|(city, digest)| (city, Uuid::from_bytes(*digest))).unzip()
}

fn person(row: &Row) -> PersonRow {
    PersonRow {
        presence: Presence::Stored,
        city: row.get("city"),
        person: row.get("person"),
        year: row.get("year"),
        year_granted: row.get("year_granted"),
        barred_until: row.get("barred_until"),
        deceased_on: row.get("deceased_on"),
    }
}

fn officer(row: &Row) -> OfficerRow {
    OfficerRow {
        presence: Presence::Stored,
        city: row.get("city"),
        officer: row.get("officer"),
        day: row.get("day"),
        day_granted: row.get("day_granted"),
    }
}

/// A fund as every statement that reads one names its columns.
pub fn fund(row: &Row) -> FundRow {
    FundRow {
        presence: Presence::Stored,
        city: row.get("city"),
        id: row.get("id"),
        division: row.get("division"),
        kind: row.get("kind"),
        name: row.get::<_, &str>("name").into(),
        status: row.get("status"),
        target: row.get("target"),
        floor: row.get("floor"),
        limits: Limits {
            case: row.get("case_cap"),
            fund_day: row.get("fund_day_cap"),
            person_year: row.get("person_year_cap"),
            officer_day: row.get("officer_day_cap"),
        },
        account: row.get::<_, Option<&[u8]>>("account").map(Arc::from),
        status_reason: row.get::<_, Option<&[u8]>>("status_reason").map(Arc::from),
        subject_codes: row.get::<_, Vec<String>>("subject_codes").into(),
        credited: row.get("credited"),
        held: row.get("held"),
        paid: row.get("paid"),
        day: row.get("day"),
        day_granted: row.get("day_granted"),
        version: row.get("version"),
        settings_version: row.get("settings_version"),
        opened_at: row.get("opened_at"),
    }
}

/// An incident as every statement that reads one names its columns.
pub fn incident(row: &Row) -> IncidentRow {
    IncidentRow {
        presence: Presence::Stored,
        city: row.get("city"),
        id: row.get("id"),
        division: row.get("division"),
        cause: row.get("cause"),
        place: row.get::<_, &[u8]>("place").into(),
        occurred_at: row.get("occurred_at"),
        ended_on: row.get("ended_on"),
        sealed: row.get("sealed"),
        version: row.get("version"),
        reported_by: row.get("reported_by"),
        reported_at: row.get("reported_at"),
    }
}

fn counter(row: &Row) -> CounterRow {
    CounterRow {
        presence: Presence::Stored,
        city: row.get("city"),
        street: row.get("street"),
        day: row.get("day"),
        last: row.get("last"),
    }
}

fn claim(row: &Row) -> ClaimRow {
    ClaimRow {
        city: row.get("city"),
        person: row.get("person"),
        cause: row.get("cause"),
        slot: row.get("slot"),
        day: row.get("day"),
        incident: row.get("incident_id"),
        case: row.get("case_id"),
        number: CaseNumber { street: row.get("street"), day: row.get("case_day"), ordinal: row.get("ordinal") },
        division: row.get("division"),
        sealed: row.get("sealed"),
    }
}

type Answered = ((City, [u8; 16]), ([u8; 32], Answer));

fn answer(row: &Row) -> Option<Answered> {
    let key = *row.get::<_, Uuid>("key").as_bytes();
    let fingerprint = row.get::<_, &[u8]>("fingerprint").try_into().ok()?;
    let status = u16::try_from(row.get::<_, i16>("status")).ok()?;
    Some(((row.get("city"), key), (fingerprint, Answer { status, body: row.get("body"), etag: None, code: None })))
}
