//! `POST /v1/publicity/{publication}/take-down`: a list is not to be shown any longer.

use postgres_types::ToSql;
use serde::Serialize;
use tokio_postgres::{Error, Transaction};

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Desk, answered, fallen, record};
use crate::code::Code;
use crate::http::{Problem, Reply, RequestKey};
use crate::id::{LeafId, PublicationId};
use crate::publicity::answer::{ListState, PublicationAnswer};
use crate::publicity::publish::{lock, now};
use crate::time::rfc3339;
use crate::vault::{Sealed, Vault};

/// A list to be taken down.
pub struct TakeDown<'a> {
    pub actor: &'a Actor,
    pub key: RequestKey,
    pub publication: PublicationId,
    pub reason: &'a str,
    pub vault: &'a Vault,
}

#[derive(Serialize)]
struct TakenDown {
    publication_id: PublicationId,
    reason_commitment: String,
}

impl audit::Body for TakenDown {
    const KIND: &'static str = "publicity.taken_down";
}

impl TakeDown<'_> {
    /// Takes it down at a desk.
    pub async fn at(&self, desk: &mut Desk) -> Result<Reply, Problem> {
        let city = self.actor.city();
        let context = format!("publication/{}/take-down", self.publication);
        let reason = self.vault.seal(self.reason.as_bytes(), context.as_bytes()).map_err(Problem::internal)?;
        let transaction = desk.transaction().await.map_err(|error| fallen(&error))?;
        lock(&transaction, self.actor).await?;
        if let Some(reply) = answered(&transaction, city, &self.key).await? {
            return Ok(reply);
        }
        let sql = include_str!("../../sql/publicity/standing.sql");
        let found = transaction.query_opt(sql, &[&city, &self.publication]).await.map_err(|error| fallen(&error))?;
        let mut standing = match found.as_ref().map(PublicationAnswer::read) {
            Some(standing) if self.actor.reaches(&standing.division) => standing,
            Some(standing) => return Err(Problem::outside_scope(standing.division)),
            None => return Err(Problem::outside_scope(self.actor.scope)),
        };
        if standing.state == ListState::TakenDown {
            return Err(Problem::new(Code::Conflict, "the list is taken down already"));
        }
        let now = now(&transaction).await?;
        standing.state = ListState::TakenDown;
        standing.taken_down_at = Some(rfc3339(now));
        standing.taken_down_by = Some(self.actor.subject.sub().to_owned());
        let answer = Answer::json(200, &standing);
        self.write(&transaction, &reason, now, &answer).await.map_err(|error| fallen(&error))?;
        transaction.commit().await.map_err(|error| fallen(&error))?;
        Ok(Reply::new(answer.status, answer.body.into()))
    }

    async fn write(
        &self,
        transaction: &Transaction<'_>,
        reason: &Sealed,
        now: jiff::Timestamp,
        answer: &Answer,
    ) -> Result<(), Error> {
        let (city, subject) = (self.actor.city(), self.actor.subject.as_str());
        let params: [&(dyn ToSql + Sync); 5] = [&city, &self.publication, &now, &subject, &reason.as_bytes()];
        transaction.execute(include_str!("../../sql/publicity/insert_take_down.sql"), &params).await?;
        let said = TakenDown { publication_id: self.publication, reason_commitment: hex::encode(reason.commitment()) };
        record(transaction, &Leaf::new(city, LeafId::new(), now, subject, &said), now, Some((self.key, answer))).await
    }
}
