//! Locks hooks and the deliveries to be sent again. Nothing is sent when the batch names none.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postgres_types::{FromSql, ToSql};
use tokio_postgres::{Error, Row};

use crate::actor::Subject;
use crate::book::load::{list, split};
use crate::book::session::Session;
use crate::book::{Facts, HookEvent, HookRow, HookState, Keys, Presence, REPLAYED_MAX, ReplayRange, Replayable};
use crate::division::{City, Division};
use crate::id::HookId;

/// What was found of a range, by the range that asks for it.
type Replays = BTreeMap<ReplayRange, Replayable>;

/// Locks hooks after everything else.
pub async fn lock(session: &Session, keys: &Keys) -> Result<Option<Row>, Error> {
    if keys.hooks.is_empty() {
        return Ok(None);
    }
    let hooks = split(&keys.hooks);
    session.client.query_one(&session.statements.lock_hooks, &[&hooks.0, &hooks.1]).await.map(Some)
}

/// Locks deliveries of hooks that are locked.
pub async fn find(session: &Session, keys: &Keys) -> Result<Replays, Error> {
    let most = i64::try_from(REPLAYED_MAX).unwrap_or(i64::MAX).saturating_add(1);
    let mut replays = Replays::new();
    for range in &keys.replays {
        let params: [&(dyn ToSql + Sync); 6] = [&range.city, &range.hook, &range.from, &range.to, &range.state, &most];
        let rows = session.client.query(&session.statements.find_deliveries, &params).await?;
        let ids = rows.iter().map(|row| row.get("id")).collect();
        // After the deliveries: what is deleted between the two is said to be gone.
        let params: [&(dyn ToSql + Sync); 4] = [&range.city, &range.hook, &range.from, &range.state];
        let gone_until = session.client.query_one(&session.statements.find_forgotten, &params).await?.get("made_until");
        replays.insert(*range, Replayable { ids, gone_until });
    }
    Ok(replays)
}

/// Puts what was locked among the facts.
pub fn take(facts: &mut Facts, locked: Option<Row>, replays: Replays) {
    if let Some(row) = locked {
        facts.hooks = list::<LockedHook>(&row, "hooks").map(HookRow::from).map(|row| ((row.city, row.id), row)).collect();
    }
    facts.replays = replays;
}

/// A hook as a statement reads it that returns `hook as row`.
pub fn hook(row: &Row) -> HookRow {
    row.get::<_, LockedHook>("row").into()
}

#[derive(FromSql)]
#[postgres(name = "hook")]
struct LockedHook {
    city: City,
    id: HookId,
    division: Division,
    url: String,
    events: Vec<HookEvent>,
    state: HookState,
    rotation: i32,
    previous_until: Option<Timestamp>,
    version: i64,
    made_by: Subject,
    made_at: Timestamp,
    ended_at: Option<Timestamp>,
}

impl From<LockedHook> for HookRow {
    fn from(row: LockedHook) -> Self {
        Self {
            presence: Presence::Stored,
            city: row.city,
            id: row.id,
            division: row.division,
            url: row.url.into(),
            events: row.events.into(),
            state: row.state,
            rotation: row.rotation,
            previous_until: row.previous_until,
            version: row.version,
            made_by: row.made_by,
            made_at: row.made_at,
            ended_at: row.ended_at,
        }
    }
}
