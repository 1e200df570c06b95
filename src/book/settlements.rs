//! Settlements: locked and loaded for the few batches that name any, and written.

use std::collections::{BTreeMap, HashMap};

use futures_util::future::join;
use jiff::Timestamp;
use postgres_types::ToSql;
use tokio_postgres::{Error, Row};

use crate::book::load::{list, split};
use crate::book::played::Batch;
use crate::book::session::Session;
use crate::book::settlement_records::{
    ClearingRecord, FoundClearing, FoundHold, FoundMessage, FoundSettlement, MessageRecord, SettlementEventRecord,
    SettlementHoldRecord, SettlementRecord,
};
use crate::book::store::Writes;
use crate::book::{ClearingRow, Keys, MessageRow, Presence, Rows, SettlementHoldRow, SettlementRow, SettlementState};
use crate::division::City;
use crate::id::{ClearingId, FundId, SettlementId};
use crate::money::Fen;
use crate::vault::BlindIndex;

/// What is known of settlements.
#[derive(Debug, Default)]
pub struct SettlementFacts {
    settlements: BTreeMap<(City, SettlementId), SettlementRow>,
    messages: HashMap<(City, String, String), MessageRow>,
    holds: HashMap<(City, SettlementId), Vec<SettlementHoldRow>>,
    clearings: BTreeMap<(City, ClearingId), ClearingRow>,
}

impl SettlementFacts {
    /// A settlement: under lock when it was named, as it was read when only its message or its person was.
    pub fn settlement(&self, city: City, id: SettlementId) -> Option<&SettlementRow> {
        self.settlements.get(&(city, id))
    }

    /// What became of a message.
    pub fn message(&self, city: City, hospital: &str, message: &str) -> Option<&MessageRow> {
        self.messages.get(&(city, hospital.to_owned(), message.to_owned()))
    }

    /// The open holds of a settlement that is locked.
    pub fn holds(&self, city: City, id: SettlementId) -> &[SettlementHoldRow] {
        self.holds.get(&(city, id)).map_or(&[], Vec::as_slice)
    }

    /// What a fund bears of the bills of a person that were settled in a year and stand. The person must be among the keys.
    pub fn borne_in(&self, city: City, fund: FundId, person: BlindIndex, year: i16) -> Option<Fen> {
        let of = |row: &&SettlementRow| {
            row.city == city && row.person == person && row.settled_on.year() == year && row.state == SettlementState::Settled
        };
        let shares = self.settlements.values().filter(of).filter_map(|row| row.share_of(fund));
        Fen::sum(shares.map(|share| share.amount))
    }

    /// A clearing.
    pub fn clearing(&self, city: City, id: ClearingId) -> Option<&ClearingRow> {
        self.clearings.get(&(city, id))
    }

    /// Takes in what a move did, so that the next one sees it.
    pub(super) fn apply(&mut self, rows: &Rows) {
        let rows = &rows.settlements;
        self.settlements.extend(rows.settlements.iter().map(|row| ((row.city, row.id), row.clone())));
        let key = |row: &MessageRow| (row.city, row.hospital.clone(), row.message.clone());
        self.messages.extend(rows.messages.iter().map(|row| (key(row), row.clone())));
        for tie in &rows.tied {
            let holds = self.holds.entry((tie.city, tie.settlement)).or_default().iter_mut();
            holds.filter(|hold| hold.id == tie.id).for_each(|hold| hold.clearing = tie.clearing);
        }
        self.clearings.extend(rows.clearings.iter().map(|row| ((row.city, row.id), row.clone())));
        for end in &rows.resolved {
            self.holds.entry((end.city, end.settlement)).or_default().retain(|hold| hold.id != end.id);
        }
        for hold in &rows.holds {
            self.holds.entry((hold.city, hold.settlement)).or_default().push(hold.clone());
        }
    }
}

/// What was locked: settlements, and clearings of them.
pub type Locked = (Option<Row>, Option<Row>);

/// Locks settlements, then clearings. Nothing is sent when the batch names none.
pub async fn lock(session: &Session, keys: &Keys) -> Result<Locked, Error> {
    let settlements = async {
        if keys.settlements.is_empty() {
            return Ok(None);
        }
        let named = split(&keys.settlements);
        session.client.query_one(&session.statements.lock_settlements, &[&named.0, &named.1]).await.map(Some)
    };
    let clearings = async {
        if keys.clearings.is_empty() {
            return Ok(None);
        }
        let named = split(&keys.clearings);
        session.client.query_one(&session.statements.lock_clearings, &[&named.0, &named.1]).await.map(Some)
    };
    let (settlements, clearings) = join(settlements, clearings).await;
    Ok((settlements?, clearings?))
}

/// What is read besides, once they are locked, in a statement whose snapshot is younger than the locks.
pub async fn find(session: &Session, keys: &Keys) -> Result<Option<Row>, Error> {
    if keys.settlements.is_empty() && keys.messages.is_empty() && keys.bills_of.is_empty() {
        return Ok(None);
    }
    let cities: Vec<City> = keys.messages.iter().map(|(city, ..)| *city).collect();
    let (hospitals, messages): (Vec<&str>, Vec<&str>) =
        keys.messages.iter().map(|(_, hospital, message)| (hospital.as_str(), message.as_str())).unzip();
    let named = split(&keys.settlements);
    let persons = split(&keys.bills_of);
    let params: [&(dyn ToSql + Sync); 7] = [&cities, &hospitals, &messages, &named.0, &named.1, &persons.0, &persons.1];
    session.client.query_one(&session.statements.find_settlements, &params).await.map(Some)
}

/// What was found.
pub fn take((locked, clearings): Locked, found: Option<Row>) -> SettlementFacts {
    let mut facts = SettlementFacts::default();
    if let Some(row) = found {
        let messages = list::<FoundMessage>(&row, "messages").map(MessageRow::from);
        facts.messages = messages.map(|row| ((row.city, row.hospital.clone(), row.message.clone()), row)).collect();
        let read = list::<FoundSettlement>(&row, "settlements").chain(list(&row, "of_persons")).map(SettlementRow::from);
        facts.settlements = read.map(|row| ((row.city, row.id), row)).collect();
        for hold in list::<FoundHold>(&row, "holds").map(SettlementHoldRow::from) {
            facts.holds.entry((hold.city, hold.settlement)).or_default().push(hold);
        }
    }
    if let Some(row) = locked {
        let locked = list::<FoundSettlement>(&row, "settlements").map(SettlementRow::from);
        facts.settlements.extend(locked.map(|row| ((row.city, row.id), row)));
    }
    if let Some(row) = clearings {
        let locked = list::<FoundClearing>(&row, "clearings").map(ClearingRow::from);
        facts.clearings = locked.map(|row| ((row.city, row.id), row)).collect();
    }
    facts
}

macro_rules! push {
    ($writes:ident, $statement:expr, $records:expr) => {
        let records: Vec<_> = $records.collect();
        if !records.is_empty() {
            $writes.push(($statement, vec![Box::new(records) as Box<dyn ToSql + Sync + Send + '_>]));
        }
    };
}

/// Writes what a batch did to settlements. Holds are made before they are tied, and tied before they are resolved: one batch may do all.
pub fn store<'a>(writes: &mut Writes<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    let sql = &session.statements;
    let of = |presence: Presence| batch.settlements.values().filter(move |row: &&SettlementRow| row.presence == presence);
    push!(writes, &sql.insert_settlement_messages, batch.messages.iter().map(|row| MessageRecord::of(row, now)));
    push!(writes, &sql.insert_settlements, of(Presence::New).map(|row| SettlementRecord::of(row, now)));
    push!(writes, &sql.update_settlements, of(Presence::Stored).map(|row| SettlementRecord::of(row, now)));
    push!(writes, &sql.insert_settlement_events, batch.settlement_events.iter().map(|row| SettlementEventRecord::of(row, now)));
    push!(writes, &sql.insert_settlement_holds, batch.settlement_holds.iter().map(|row| SettlementHoldRecord::of(row, now)));
    let of = |presence: Presence| batch.clearings.values().filter(move |row: &&ClearingRow| row.presence == presence);
    push!(writes, &sql.insert_clearings, of(Presence::New).map(|row| ClearingRecord::of(row, now)));
    push!(writes, &sql.update_clearings, of(Presence::Stored).map(|row| ClearingRecord::of(row, now)));
    if !batch.settlement_ties.is_empty() {
        let cities: Vec<_> = batch.settlement_ties.keys().map(|(city, _)| *city).collect();
        let ids: Vec<_> = batch.settlement_ties.keys().map(|(_, id)| *id).collect();
        let clearings: Vec<_> = batch.settlement_ties.values().copied().collect();
        let params: Vec<Box<dyn ToSql + Sync + Send + 'a>> = vec![Box::new(cities), Box::new(ids), Box::new(clearings)];
        writes.push((&sql.tie_settlement_holds, params));
    }
    if !batch.settlement_ends.is_empty() {
        let cities: Vec<_> = batch.settlement_ends.iter().map(|end| end.city).collect();
        let ids: Vec<_> = batch.settlement_ends.iter().map(|end| end.id).collect();
        let states: Vec<_> = batch.settlement_ends.iter().map(|end| end.state).collect();
        let params: Vec<Box<dyn ToSql + Sync + Send + 'a>> =
            vec![Box::new(cities), Box::new(ids), Box::new(states), Box::new(now)];
        writes.push((&sql.resolve_settlement_holds, params));
    }
}
