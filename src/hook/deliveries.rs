//! What a hook was told, the newest first.

use jiff::Timestamp;
use postgres_types::ToSql;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::actor::Actor;
use crate::book::{DeliveryState, HookEvent};
use crate::http::{Cursor, PageLimit, Paged, Problem};
use crate::id::{DeliveryId, HookId};
use crate::reads::Readers;
use crate::time::{rfc3339, strict};

/// Which deliveries.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveriesQuery {
    /// Only those in this state.
    state: Option<DeliveryState>,
    /// Made from this moment on.
    #[serde(default, deserialize_with = "strict::moment_if_any")]
    from: Option<Timestamp>,
    /// Made before this moment.
    #[serde(default, deserialize_with = "strict::moment_if_any")]
    to: Option<Timestamp>,
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<Cursor>,
}

/// One thing that a hook was told.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DeliveryAnswer {
    /// Its `webhook-id`.
    id: DeliveryId,
    event: HookEvent,
    /// What it is about.
    #[schema(value_type = String, format = Uuid)]
    subject: Uuid,
    state: DeliveryState,
    /// How often it was sent.
    attempts: i32,
    /// What the receiver answered last; null when nothing.
    last_status: Option<i16>,
    #[schema(format = DateTime)]
    made_at: String,
    /// When it is sent next, while it is pending.
    #[schema(format = DateTime)]
    next_at: Option<String>,
    /// When it was delivered, or given up.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
}

/// The row a page ended with.
#[derive(Serialize, Deserialize)]
struct Last {
    at: Timestamp,
    id: Uuid,
}

/// A page of what a hook was told.
pub async fn deliveries(
    readers: &Readers,
    actor: &Actor,
    hook: HookId,
    query: &DeliveriesQuery,
) -> Result<Paged<DeliveryAnswer>, Problem> {
    let last: Option<Last> = query.cursor.as_ref().map(Cursor::json).transpose()?;
    let (at, id) = (last.as_ref().map(|last| last.at), last.as_ref().map(|last| last.id));
    let (city, rows) = (actor.city(), query.limit.rows());
    let params: [&(dyn ToSql + Sync); 8] = [&city, &hook, &query.state, &query.from, &query.to, &at, &id, &rows];
    let rows = readers.all(actor, include_str!("../../sql/hook/deliveries.sql"), &params).await?;
    let page = Paged::cut(rows.iter().collect(), query.limit, |row: &&Row| {
        serde_json::to_vec(&Last { at: row.get("made_at"), id: row.get("id") }).unwrap_or_default()
    });
    Ok(Paged { items: page.items.into_iter().map(DeliveryAnswer::from).collect(), next_cursor: page.next_cursor })
}

impl From<&Row> for DeliveryAnswer {
    fn from(row: &Row) -> Self {
        let state: DeliveryState = row.get("state");
        Self {
            id: row.get("id"),
            event: row.get("event"),
            subject: row.get("subject"),
            state,
            attempts: row.get("attempts"),
            last_status: row.get("last_status"),
            made_at: rfc3339(row.get("made_at")),
            next_at: (state == DeliveryState::Pending).then(|| rfc3339(row.get("next_at"))),
            ended_at: row.get::<_, Option<Timestamp>>("ended_at").map(rfc3339),
        }
    }
}
