//! The change feed: what the database knows and this server does not yet.

use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use postgres_types::ToSql;
use tokio_postgres::{Client, Error, IsolationLevel, Row};

use crate::division::City;
use crate::roster::current::{Changed, Roster, Town};
use crate::roster::member::{Member, Slot};
use crate::vault::BlindIndex;

impl Roster {
    /// Takes in what was imported since the last time. The connection is one of the book's role: readers see nobody.
    pub async fn poll(&self, client: &mut Client) -> Result<(), Error> {
        // Taken before: what was seen is at least as old.
        let here = Instant::now();
        let newest = client.query_one(include_str!("../../sql/roster/newest.sql"), &[]).await?;
        let (cities, versions): (Vec<City>, Vec<i64>) = (newest.get("cities"), newest.get("versions"));
        // What a snapshot told is a stand-in: the database may have been restored to something else since.
        let first = self.lag().is_none();
        for (city, version) in cities.iter().zip(versions) {
            if first || self.version(*city) != version {
                self.catch_up(client, *city, if first { None } else { self.town(*city) }).await?;
            }
        }
        self.keep(&cities);
        let now: Timestamp = newest.get("now");
        self.saw(now, Some(here));
        Ok(())
    }

    /// One snapshot tells version and rows, whatever is imported meanwhile. Without an earlier version everybody is read.
    async fn catch_up(&self, client: &mut Client, city: City, known: Option<Arc<Town>>) -> Result<(), Error> {
        let transaction =
            client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start().await?;
        let version: i64 = transaction.query_one(include_str!("../../sql/roster/version.sql"), &[&city]).await?.get("version");
        let town = match known.filter(|known| known.version <= version) {
            Some(known) => {
                let (mut changes, sql) = (Vec::new(), include_str!("../../sql/roster/changes.sql"));
                let params: [&(dyn ToSql + Sync); 2] = [&city, &known.version];
                let mut rows = pin!(transaction.query_raw(sql, params).await?);
                while let Some(row) = rows.try_next().await? {
                    changes.push(changed(&row));
                }
                known.changed(version, changes)
            }
            None => {
                let (mut slots, sql) = (Vec::new(), include_str!("../../sql/roster/everybody.sql"));
                let mut rows = pin!(transaction.query_raw(sql, [&city as &(dyn ToSql + Sync)]).await?);
                while let Some(row) = rows.try_next().await? {
                    slots.push(slot(&row));
                }
                Town::of(version, slots)
            }
        };
        transaction.commit().await?;
        self.put(city, town);
        Ok(())
    }
}

fn slot(row: &Row) -> Slot {
    let member = Member {
        category: row.get("category"),
        name_digest: row.get("name_digest"),
        valid_from: row.get("valid_from"),
        valid_to: row.get("valid_to"),
    };
    Slot::of(&row.get("person"), &member)
}

fn changed(row: &Row) -> Changed {
    let person: BlindIndex = row.get("person");
    Changed { person: *person.as_bytes(), slot: row.get::<_, bool>("stands").then(|| slot(row)) }
}
