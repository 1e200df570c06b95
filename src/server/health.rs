//! Health: the process is there; the server can do its work.

use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use deadpool_postgres::Pool;
use serde::Serialize;

use crate::http::Gate;

/// A database that answers later is as good as away.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// What readiness is judged by.
pub struct Health {
    pub pool: Pool,
    pub require_standby: bool,
    /// Whether the database was found and prepared since the start.
    pub gate: Gate,
}

/// `200` or `503` of `/readyz`
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReadyAnswer {
    /// Whether requests can be served.
    ready: bool,
    /// Whether the database takes writes.
    database_writable: bool,
    /// Whether the schema is as new as this program.
    schema_current: bool,
    /// Whether a synchronous standby confirms commits; null when none is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    standby: Option<bool>,
}

impl Health {
    async fn look(&self) -> ReadyAnswer {
        let row = async {
            let client = self.pool.get().await.ok()?;
            client.query_one(include_str!("../../sql/db/ready.sql"), &[]).await.ok()
        };
        let row = tokio::time::timeout(ANSWER_MAX, row).await.ok().flatten();
        let writable = row.as_ref().is_some_and(|row| row.get("writable"));
        let version: Option<i32> = row.as_ref().and_then(|row| row.get("schema_version"));
        let current = version.is_some_and(|version| version >= crate::db::newest());
        let standby = self.require_standby.then(|| row.as_ref().is_some_and(|row| row.get("has_standby")));
        ReadyAnswer {
            ready: self.gate.is_open() && writable && current && standby.unwrap_or(true),
            database_writable: writable,
            schema_current: current,
            standby,
        }
    }
}

/// The process is there.
#[utoipa::path(tag = "operations", responses((status = 200, body = String, content_type = "text/plain")))]
#[get("/healthz")]
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// The server can do its work: the database takes writes and its schema is current.
#[utoipa::path(tag = "operations", responses((status = 200, body = ReadyAnswer), (status = 503, body = ReadyAnswer)))]
#[get("/readyz")]
async fn readyz(health: Data<Health>) -> HttpResponse {
    let answer = health.look().await;
    if answer.ready { HttpResponse::Ok().json(answer) } else { HttpResponse::ServiceUnavailable().json(answer) }
}

/// Routes of health.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(healthz).service(readyz);
}
