//! The readers' pool, and statements in the scope of who asks.

use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use futures_util::future::join3;
use postgres_types::ToSql;
use tokio::time::timeout;
use tokio_postgres::Row;

use crate::actor::Actor;
use crate::code::Code;
use crate::db::describe;
use crate::http::Problem;

/// PostgreSQL ends a statement after 5 s; one that can not even do that is waited for no longer.
const ANSWER_MAX: Duration = Duration::from_secs(6);
/// Several statements, each with its own 5 s: what they take together is bounded, too.
const SNAPSHOT_MAX: Duration = Duration::from_secs(20);

/// The readers' pool.
#[derive(Clone)]
pub struct Readers {
    pool: Pool,
}

impl Readers {
    /// Readers over a pool.
    pub fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// The pool, for its figures.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The rows of a statement that lie in the actor's scope.
    pub async fn all(&self, actor: &Actor, sql: &'static str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Problem> {
        self.within(actor.scope.as_str(), sql, params).await
    }

    async fn within(&self, scope: &str, sql: &'static str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Problem> {
        let client = self.pool.get().await.map_err(|error| away(&error.to_string()))?;
        let Ok(rows) = timeout(ANSWER_MAX, self.scoped(&client, scope, sql, params)).await else {
            drop(Object::take(client));
            return Err(away("no answer in time"));
        };
        rows.map_err(|error| {
            // What is left of the transaction goes with the connection.
            drop(Object::take(client));
            fallen(&error)
        })
    }

    /// The rows of a statement over all cities: it sees only what a function of the schema gives to everybody.
    pub async fn everywhere(&self, sql: &'static str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Problem> {
        self.within("", sql, params).await
    }

    /// The one row of a statement, if it lies in the actor's scope.
    pub async fn optional(
        &self,
        actor: &Actor,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, Problem> {
        Ok(self.all(actor, sql, params).await?.into_iter().next())
    }

    /// The rows of several statements that lie in the actor's scope, all of one snapshot.
    pub async fn snapshot(
        &self,
        actor: &Actor,
        asked: &[(&'static str, &[&(dyn ToSql + Sync)])],
    ) -> Result<Vec<Vec<Row>>, Problem> {
        let client = self.pool.get().await.map_err(|error| away(&error.to_string()))?;
        let Ok(found) = timeout(SNAPSHOT_MAX, self.at_once(&client, actor.scope.as_str(), asked)).await else {
            drop(Object::take(client));
            return Err(away("no answer in time"));
        };
        found.map_err(|error| {
            drop(Object::take(client));
            fallen(&error)
        })
    }

    async fn at_once(
        &self,
        client: &Object,
        division: &str,
        asked: &[(&'static str, &[&(dyn ToSql + Sync)])],
    ) -> Result<Vec<Vec<Row>>, tokio_postgres::Error> {
        let scope = client.prepare_cached(include_str!("../../sql/db/set_scope.sql")).await?;
        client.batch_execute("begin isolation level repeatable read read only").await?;
        client.query(&scope, &[&division]).await?;
        let mut found = Vec::with_capacity(asked.len());
        for (sql, params) in asked {
            let statement = client.prepare_cached(sql).await?;
            found.push(client.query(&statement, params).await?);
        }
        client.batch_execute("commit").await?;
        Ok(found)
    }

    async fn scoped(
        &self,
        client: &Object,
        division: &str,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let scope = client.prepare_cached(include_str!("../../sql/db/set_scope.sql")).await?;
        let statement = client.prepare_cached(sql).await?;
        let scope_params: [&(dyn ToSql + Sync); 1] = [&division];
        let (begun, scoped, rows) =
            join3(client.batch_execute("begin read only"), client.query(&scope, &scope_params), client.query(&statement, params))
                .await;
        begun?;
        scoped?;
        let rows = rows?;
        client.batch_execute("commit").await?;
        Ok(rows)
    }
}

/// What a reader is told when a statement fails: repeat it, or that it is our fault.
fn fallen(error: &tokio_postgres::Error) -> Problem {
    if error.code().is_some_and(|state| !state.code().starts_with("57") && !state.code().starts_with("25")) {
        Problem::internal(describe(error))
    } else {
        away(&describe(error))
    }
}

/// The database can not be asked at the moment.
fn away(cause: &str) -> Problem {
    tracing::warn!(cause, "a read found no database");
    Problem::new(Code::Overloaded, "the database does not answer").retry_after(1)
}
