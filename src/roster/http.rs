//! The edge of the roster.

use actix_web::web::Data;
use actix_web::{get, post};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;

use crate::actor::{Role, Roles};
use crate::book::Aside;
use crate::http::{Access, Cursor, FileKind, Page, Paged, Problem, Read, Reply, Takes, Upload};
use crate::reads::Readers;
use crate::roster::Mode;
use crate::roster::import::{Import, ImportAnswer, Source, Staging};
use crate::time::rfc3339;
use crate::vault::Vault;

/// Who keeps the roster.
pub struct Registrars;

impl Access for Registrars {
    const ROLES: Roles = Roles::of(&[Role::Admin]);
}

/// How a file is meant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    mode: Mode,
}

impl Takes for ImportQuery {
    const TYPES: &'static str =
        "the content type must be text/csv, with charset utf-8 or gb18030, or application/x-ndjson, not encoded";

    fn takes(kind: FileKind) -> bool {
        match kind {
            FileKind::Csv(_) | FileKind::Ndjson => true,
            FileKind::Xlsx | FileKind::Xml => false,
        }
    }
}

/// An import of the roster.
#[derive(Serialize, utoipa::ToSchema)]
pub struct VersionAnswer {
    /// Counted from one for each city, without gaps.
    version: i64,
    mode: Mode,
    /// People in the file.
    rows: i64,
    /// People who were not on the roster before.
    entered: i64,
    /// People who are not on it any more.
    left: i64,
    /// SHA-256 of the file, in lower-case hex.
    file_sha256: String,
    imported_by: String,
    #[schema(format = DateTime)]
    imported_at: String,
}

/// Imports the roster of the caller's city: whole, or by changes. All or nothing. The roster is the city's: whoever has a part of it
/// finds none.
#[utoipa::path(
    tag = "roster",
    request_body(
        description = "CSV columns: id_type,id_no,name,category,household,valid_from,valid_to (the last may be empty; a last day that has passed is an exit); NDJSON: objects of the same",
        content((String = "text/csv"), (String = "application/x-ndjson"))
    ),
    params(("mode" = Mode, Query, description = "full: who is not in it leaves")),
    responses((status = 201, body = ImportAnswer))
)]
#[post("/roster/imports")]
async fn post_roster_import(
    mut upload: Upload<Registrars, ImportQuery>,
    aside: Data<Aside>,
    vault: Data<Vault>,
) -> Result<Reply, Problem> {
    let city = upload.actor.city();
    let staging = if upload.actor.scope == city.division() { Staging::Kept } else { Staging::Dropped };
    let mut import = Import::begin(aside.open().await?, &vault, city, upload.kind, staging).await?;
    while let Some(piece) = upload.next().await? {
        import.take(&piece).await?;
    }
    import.end().await?;
    let (sha256, key) = upload.known_by()?;
    if staging == Staging::Dropped {
        return import.answered(city, &key).await?.ok_or_else(|| Problem::outside_scope(city.division()));
    }
    let subject = upload.actor.subject.as_str();
    import.merge(&Source { city, mode: upload.query.mode, sha256, subject, key: Some(key) }).await
}

/// Imports of the roster, the last first.
#[utoipa::path(
    tag = "roster", responses((status = 200, body = Paged<VersionAnswer>)),
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query))
)]
#[get("/roster/versions")]
async fn get_roster_versions(read: Read<Registrars, Page>, readers: Data<Readers>) -> Result<Reply, Problem> {
    let before: Option<i64> = read.query.cursor.as_ref().map(Cursor::json).transpose()?;
    let sql = include_str!("../../sql/roster/versions.sql");
    let limit = read.query.limit;
    let rows = readers.all(&read.actor, sql, &[&read.actor.city(), &before, &limit.rows()]).await?;
    let items = rows.iter().map(VersionAnswer::from).collect();
    let cursor = |item: &VersionAnswer| serde_json::to_vec(&item.version).unwrap_or_default();
    Reply::json(200, &Paged::cut(items, limit, cursor))
}

impl From<&Row> for VersionAnswer {
    fn from(row: &Row) -> Self {
        Self {
            version: row.get("version"),
            mode: row.get("mode"),
            rows: row.get("rows"),
            entered: row.get("entered"),
            left: row.get("left_count"),
            file_sha256: hex::encode(row.get::<_, &[u8]>("file_sha256")),
            imported_by: row.get("imported_by"),
            imported_at: rfc3339(row.get::<_, Timestamp>("imported_at")),
        }
    }
}

/// Routes of the roster.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(post_roster_import).service(get_roster_versions);
}
