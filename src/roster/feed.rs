//! The change feed: what the database knows and this server does not yet.

use std::pin::pin;
use std::time::Instant;

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use postgres_types::ToSql;
use tokio_postgres::{Client, Error, IsolationLevel, Row};

use crate::division::City;
use crate::roster::current::{Changed, Roster, Town};
use crate::roster::member::{Member, Slot};

impl Roster {
    /// Takes in what was imported since the last time. The connection is one of the book's role: readers see nobody.
    pub async fn poll(&self, client: &mut Client) -> Result<(), Error> {
        // Taken before: what was seen is at least as old.
        let here = Instant::now();
        let newest = client.query_one(include_str!("../../sql/roster/newest.sql"), &[]).await?;
        let (cities, versions): (Vec<City>, Vec<i64>) = (newest.get("cities"), newest.get("versions"));
        for (city, version) in cities.into_iter().zip(versions) {
            if self.version(city) < version {
                self.catch_up(client, city).await?;
            }
        }
        let now: Timestamp = newest.get("now");
        self.saw(now, Some(here));
        Ok(())
    }

    /// One snapshot tells version and rows, whatever is imported meanwhile.
    async fn catch_up(&self, client: &mut Client, city: City) -> Result<(), Error> {
        let transaction =
            client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start().await?;
        let version: i64 = transaction.query_one(include_str!("../../sql/roster/version.sql"), &[&city]).await?.get("version");
        let town = match self.town(city) {
            Some(known) => {
                let params: [&(dyn ToSql + Sync); 2] = [&city, &known.version];
                let rows = transaction.query(include_str!("../../sql/roster/changes.sql"), &params).await?;
                known.changed(version, rows.iter().map(changed))
            }
            None => {
                let mut rows = pin!(
                    transaction.query_raw(include_str!("../../sql/roster/standing.sql"), [&city as &(dyn ToSql + Sync)]).await?
                );
                let mut slots = Vec::new();
                while let Some(row) = rows.try_next().await? {
                    slots.push(Slot::of(&row.get("person"), &member(&row)));
                }
                Town::of(version, slots)
            }
        };
        transaction.commit().await?;
        self.put(city, town);
        Ok(())
    }
}

fn member(row: &Row) -> Member {
    Member {
        category: row.get("category"),
        name_digest: row.get("name_digest"),
        valid_from: row.get("valid_from"),
        valid_to: row.get("valid_to"),
    }
}

fn changed(row: &Row) -> Changed {
    Changed { person: row.get("person"), member: row.get::<_, bool>("stands").then(|| member(row)) }
}
