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
            if error.code().is_some_and(|state| !state.code().starts_with("57") && !state.code().starts_with("25")) {
                Problem::internal(describe(&error))
            } else {
                away(&describe(&error))
            }
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

/// The database can not be asked at the moment.
fn away(cause: &str) -> Problem {
    tracing::warn!(cause, "a read found no database");
    Problem::new(Code::Overloaded, "the database does not answer").retry_after(1)
}
