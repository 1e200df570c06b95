//! Loads what the rarest batches need: who the people of a case were taken for, and which temporary identities are known by now.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use postgres_types::{FromSql, ToSql};
use tokio_postgres::{Error, Row};

use crate::actor::Subject;
use crate::book::load::{list, split};
use crate::book::session::Session;
use crate::book::{Facts, Keys, MergeRow};
use crate::division::City;
use crate::id::{CaseId, NoteId};
use crate::money::Fen;
use crate::vault::BlindIndex;

/// Nothing is sent when the batch asks for none.
pub async fn find(session: &Session, keys: &Keys) -> Result<Option<Row>, Error> {
    if keys.merges.is_empty() && keys.identified.is_empty() {
        return Ok(None);
    }
    let (cases, persons) = (split(&keys.merges), split(&keys.identified));
    let params: [&(dyn ToSql + Sync); 4] = [&cases.0, &cases.1, &persons.0, &persons.1];
    session.client.query_one(&session.statements.find_merges, &params).await.map(Some)
}

/// Puts what was found among the facts.
pub fn take(facts: &mut Facts, found: Option<Row>) {
    let Some(row) = found else { return };
    for merge in list::<FoundMerge>(&row, "merges").map(MergeRow::from) {
        facts.merges.entry((merge.city, merge.case)).or_default().push(merge);
    }
    let (cities, persons): (Vec<City>, Vec<BlindIndex>) = (row.get("identified_cities"), row.get("identified_persons"));
    facts.identified = cities.into_iter().zip(persons).collect();
}

#[derive(FromSql)]
#[postgres(name = "identity_merge")]
struct FoundMerge {
    city: City,
    case_id: CaseId,
    ordinal: i16,
    id: NoteId,
    undoes: Option<i16>,
    place: i16,
    person_from: BlindIndex,
    person_to: BlindIndex,
    officer: Subject,
    #[allow(dead_code, reason = "a record is read with all its columns")]
    at: Timestamp,
    findings: Vec<String>,
    released: Fen,
    party: Vec<u8>,
    note: Option<Vec<u8>>,
    bar_before: Option<Date>,
    bar_carried: Option<Date>,
}

impl From<FoundMerge> for MergeRow {
    fn from(row: FoundMerge) -> Self {
        Self {
            city: row.city,
            case: row.case_id,
            ordinal: row.ordinal,
            id: row.id,
            undoes: row.undoes,
            place: row.place,
            from: row.person_from,
            to: row.person_to,
            officer: row.officer,
            findings: row.findings,
            released: row.released,
            party: row.party.into(),
            note: row.note.map(Arc::from),
            bar_before: row.bar_before,
            bar_carried: row.bar_carried,
        }
    }
}
