//! The rows of promises to hospitals, and what a promise is decided upon: the roster as it stands in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use postgres_types::{FromSql, ToSql};
use tokio_postgres::{Error, Row};

use crate::actor::Subject;
use crate::book::load::{list, split};
use crate::book::records::record;
use crate::book::session::Session;
use crate::book::{Facts, Keys, Presence};
use crate::division::{City, Division};
use crate::id::WaiverId;
use crate::money::Fen;
use crate::policy::RosterCategory;
use crate::stored::terms;
use crate::vault::{BlindIndex, NameDigest};

terms! {
    /// How far a promise is.
    WaiverState "waiver_state" {
        /// The stay goes on.
        Open "open",
        /// It is over.
        Closed "closed",
    }
}

terms! {
    /// What ended a promise.
    WaiverEnd "waiver_end" {
        /// The hospital said so.
        Hospital "hospital",
        /// The bill was settled.
        Settlement "settlement",
        /// It was the longest stay there is.
        Age "age",
    }
}

/// A promise to a hospital.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct WaiverRow {
    pub presence: Presence,
    pub city: City,
    pub id: WaiverId,
    pub hospital: String,
    pub division: Division,
    pub visit_no: String,
    pub person: BlindIndex,
    pub state: WaiverState,
    pub category: RosterCategory,
    pub deposit: Fen,
    pub discounts: String,
    pub roster_version: i64,
    pub granted_by: Subject,
    pub granted_at: Timestamp,
    pub expires_at: Timestamp,
    pub closed_as: Option<WaiverEnd>,
    pub closed_at: Option<Timestamp>,
    pub left_at: Option<Timestamp>,
    pub version: i64,
}

impl WaiverRow {
    /// The promise, ended.
    pub fn closed(&self, as_what: WaiverEnd, now: Timestamp) -> Self {
        Self {
            state: WaiverState::Closed,
            closed_as: Some(as_what),
            closed_at: Some(now),
            version: self.version.saturating_add(1),
            ..self.clone()
        }
    }
}

/// Who stands on the roster under an index, as the database has it.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct Standing {
    pub category: RosterCategory,
    pub name_digest: NameDigest,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
}

record! { WaiverRecord<'a> "waiver" (row: &'a WaiverRow, _now) {
    city: City = row.city,
    id: WaiverId = row.id,
    hospital: &'a str = &row.hospital,
    division: Division = row.division,
    visit_no: &'a str = &row.visit_no,
    person: BlindIndex = row.person,
    state: WaiverState = row.state,
    category: RosterCategory = row.category,
    deposit: Fen = row.deposit,
    discounts: &'a str = &row.discounts,
    roster_version: i64 = row.roster_version,
    granted_by: &'a str = row.granted_by.as_str(),
    granted_at: Timestamp = row.granted_at,
    expires_at: Timestamp = row.expires_at,
    closed_as: Option<WaiverEnd> = row.closed_as,
    closed_at: Option<Timestamp> = row.closed_at,
    left_at: Option<Timestamp> = row.left_at,
    version: i64 = row.version,
} }

/// Locks promises after everything else. Nothing is sent when the batch names none.
pub async fn lock(session: &Session, keys: &Keys) -> Result<Option<Row>, Error> {
    if keys.waivers.is_empty() && keys.admissions.is_empty() {
        return Ok(None);
    }
    let (waivers, admitted) = (split(&keys.waivers), split(&keys.admissions));
    let persons: Vec<&BlindIndex> = admitted.1.iter().map(|(person, ..)| person).collect();
    let hospitals: Vec<&str> = admitted.1.iter().map(|(_, hospital, _)| hospital.as_str()).collect();
    let visits: Vec<&str> = admitted.1.iter().map(|(.., visit)| visit.as_str()).collect();
    let params: [&(dyn ToSql + Sync); 6] = [&waivers.0, &waivers.1, &admitted.0, &persons, &hospitals, &visits];
    session.client.query_one(&session.statements.lock_waivers, &params).await.map(Some)
}

/// What is read besides: who stands on the roster, and its newest version.
pub async fn find(session: &Session, keys: &Keys) -> Result<Option<Row>, Error> {
    if keys.admissions.is_empty() {
        return Ok(None);
    }
    let admitted = split(&keys.admissions);
    let persons: Vec<&BlindIndex> = admitted.1.iter().map(|(person, ..)| person).collect();
    session.client.query_one(&session.statements.find_standing, &[&admitted.0, &persons]).await.map(Some)
}

/// Puts what was found among the facts.
pub fn take(facts: &mut Facts, locked: Option<Row>, found: Option<Row>) {
    if let Some(row) = locked {
        facts.waivers = list::<LockedWaiver>(&row, "waivers").map(WaiverRow::from).map(|row| ((row.city, row.id), row)).collect();
    }
    let Some(row) = found else { return };
    let (cities, versions): (Vec<City>, Vec<i64>) = (row.get("cities"), row.get("versions"));
    facts.roster_versions = cities.into_iter().zip(versions).collect();
    for member in list::<StandingMember>(&row, "members") {
        let StandingMember { city, person, name_digest, category, valid_from, valid_to, .. } = member;
        facts.standing.insert((city, person), Standing { category, name_digest, valid_from, valid_to });
    }
}

/// A promise as a statement reads it that returns `waiver as row`.
pub fn waiver(row: &Row) -> WaiverRow {
    row.get::<_, LockedWaiver>("row").into()
}

#[derive(FromSql)]
#[postgres(name = "waiver")]
struct LockedWaiver {
    city: City,
    id: WaiverId,
    hospital: String,
    division: Division,
    visit_no: String,
    person: BlindIndex,
    state: WaiverState,
    category: RosterCategory,
    deposit: Fen,
    discounts: String,
    roster_version: i64,
    granted_by: Subject,
    granted_at: Timestamp,
    expires_at: Timestamp,
    closed_as: Option<WaiverEnd>,
    closed_at: Option<Timestamp>,
    left_at: Option<Timestamp>,
    version: i64,
}

impl From<LockedWaiver> for WaiverRow {
    fn from(row: LockedWaiver) -> Self {
        Self {
            presence: Presence::Stored,
            city: row.city,
            id: row.id,
            hospital: row.hospital,
            division: row.division,
            visit_no: row.visit_no,
            person: row.person,
            state: row.state,
            category: row.category,
            deposit: row.deposit,
            discounts: row.discounts,
            roster_version: row.roster_version,
            granted_by: row.granted_by,
            granted_at: row.granted_at,
            expires_at: row.expires_at,
            closed_as: row.closed_as,
            closed_at: row.closed_at,
            left_at: row.left_at,
            version: row.version,
        }
    }
}

#[derive(FromSql)]
#[postgres(name = "roster_member")]
struct StandingMember {
    city: City,
    person: BlindIndex,
    name_digest: NameDigest,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    household: Option<uuid::Uuid>,
    category: RosterCategory,
    valid_from: Date,
    valid_to: Option<Date>,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    from_version: i64,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    until_version: Option<i64>,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    left_on: Option<Date>,
}
