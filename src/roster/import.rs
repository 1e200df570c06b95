//! An import: all or nothing. People wait in a temporary table while the file comes; one transaction then merges them.

use std::pin::pin;

use bytes::Bytes;
use futures_util::SinkExt as _;
use jiff::Timestamp;
use postgres_types::ToSql;
use serde::{Deserialize, Serialize};
use tokio_postgres::{Error, Transaction};

use crate::audit::{self, Leaf};
use crate::book::{Answer, Desk, answered, fallen, record};
use crate::division::City;
use crate::http::{Faults, FileKind, Problem, Reply, RequestKey};
use crate::id::LeafId;
use crate::roster::Mode;
use crate::roster::reader::{FAULTS_MAX, Reader};
use crate::time::day;
use crate::vault::Vault;

/// Bytes that are sent to the database at once.
const PIECE: usize = 512 * 1024;

/// Whether the people of a file are kept for a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staging {
    /// They are.
    Kept,
    /// Only what is wrong with the file is wanted: nothing will come of it.
    Dropped,
}

/// What a file was, and who brought it.
pub struct Source<'a> {
    /// Whose roster it is.
    pub city: City,
    /// Everybody, or changes only.
    pub mode: Mode,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Who brought it.
    pub subject: &'a str,
    /// Under which key, if under one.
    pub key: Option<RequestKey>,
}

/// What an import came to.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportAnswer {
    /// The version of the city's roster that it made.
    pub version: i64,
    /// People in the file.
    pub rows: i64,
    /// People who were not on the roster before.
    pub entered: i64,
    /// People who are not on it any more.
    pub left: i64,
}

#[derive(Serialize)]
struct Imported {
    entered: i64,
    file_sha256: String,
    left: i64,
    mode: Mode,
    rows: i64,
    version: i64,
}

impl audit::Body for Imported {
    const KIND: &'static str = "roster.imported";
}

/// An import on its way.
pub struct Import<'v> {
    desk: Desk,
    reader: Reader<'v>,
    staging: Staging,
}

impl<'v> Import<'v> {
    /// Begins an import into the roster of a city.
    pub async fn begin(desk: Desk, vault: &'v Vault, city: City, kind: FileKind, staging: Staging) -> Result<Self, Problem> {
        let now: Timestamp =
            desk.query_one(include_str!("../../sql/book/now.sql"), &[]).await.map_err(|error| fallen(&error))?.get("now");
        desk.batch_execute(include_str!("../../sql/roster/stage.sql")).await.map_err(|error| fallen(&error))?;
        Ok(Self { desk, reader: Reader::new(vault, city, kind, day(now)), staging })
    }

    /// Takes a piece of the file.
    pub async fn take(&mut self, piece: &[u8]) -> Result<(), Problem> {
        self.reader.feed(piece);
        if self.reader.waiting() >= PIECE { self.stage().await.map_err(|error| fallen(&error)) } else { Ok(()) }
    }

    /// The file is over: 400 when anything is wrong with it.
    pub async fn end(&mut self) -> Result<(), Problem> {
        self.reader.end();
        self.reader.verdict()?;
        self.stage().await.map_err(|error| fallen(&error))?;
        self.desk.batch_execute(include_str!("../../sql/roster/staged.sql")).await.map_err(|error| fallen(&error))?;
        let most = i64::try_from(FAULTS_MAX).unwrap_or(i64::MAX);
        let doubles = self.desk.query(include_str!("../../sql/roster/doubles.sql"), &[&most]).await;
        let mut faults = Faults::up_to(FAULTS_MAX);
        for row in doubles.map_err(|error| fallen(&error))? {
            faults.add(format!("/lines/{}/id_no", row.get::<_, i64>("line")), "this person stands in an earlier line");
        }
        faults.verdict()
    }

    /// What was answered under a key, if it was.
    pub async fn answered(&self, city: City, key: &RequestKey) -> Result<Option<Reply>, Problem> {
        answered(&*self.desk, city, key).await
    }

    /// Merges what was staged. The same request again finds its answer under the lock, whoever else brought it meanwhile.
    pub async fn merge(mut self, source: &Source<'_>) -> Result<Reply, Problem> {
        let rows = self.reader.people();
        let transaction = self.desk.transaction().await.map_err(|error| fallen(&error))?;
        let lock = include_str!("../../sql/roster/lock.sql");
        transaction.query_one(lock, &[&source.city]).await.map_err(|error| fallen(&error))?;
        if let Some(key) = &source.key
            && let Some(reply) = answered(&transaction, source.city, key).await?
        {
            return Ok(reply);
        }
        let answer = write(&transaction, source, rows).await.map_err(|error| fallen(&error))?;
        transaction.commit().await.map_err(|error| fallen(&error))?;
        Ok(Reply::new(answer.status, answer.body.into()))
    }

    async fn stage(&mut self) -> Result<(), Error> {
        let people = self.reader.take();
        if people.is_empty() || self.staging == Staging::Dropped {
            return Ok(());
        }
        let mut sink = pin!(self.desk.copy_in(include_str!("../../sql/roster/copy.sql")).await?);
        sink.send(Bytes::from(people)).await?;
        sink.finish().await.map(|_| ())
    }
}

async fn write(transaction: &Transaction<'_>, source: &Source<'_>, rows: i64) -> Result<Answer, Error> {
    let city = source.city;
    let next = transaction.query_one(include_str!("../../sql/roster/next.sql"), &[&city]).await?;
    let (version, now): (i64, Timestamp) = (next.get("version"), next.get("now"));
    let today = day(now);
    let params: [&(dyn ToSql + Sync); 3] = [&city, &version, &today];
    transaction.execute(include_str!("../../sql/roster/end_changed.sql"), &params).await?;
    if source.mode == Mode::Full {
        transaction.execute(include_str!("../../sql/roster/end_absent.sql"), &[&city, &version]).await?;
    }
    transaction.execute(include_str!("../../sql/roster/begin.sql"), &params).await?;
    let counts = transaction.query_one(include_str!("../../sql/roster/counts.sql"), &[&city, &version]).await?;
    let (entered, left): (i64, i64) = (counts.get("entered"), counts.get("left_count"));
    let params: [&(dyn ToSql + Sync); 9] =
        [&city, &version, &source.mode, &rows, &entered, &left, &source.sha256.as_slice(), &source.subject, &now];
    transaction.execute(include_str!("../../sql/roster/insert_version.sql"), &params).await?;
    let said = Imported { entered, file_sha256: hex::encode(source.sha256), left, mode: source.mode, rows, version };
    let leaf = Leaf::new(city, LeafId::new(), now, source.subject, &said);
    let answer = Answer::json(201, &ImportAnswer { version, rows, entered, left });
    record(transaction, &leaf, now, source.key.map(|key| (key, &answer))).await?;
    Ok(answer)
}
