//! The rules as imported and the hooks that listen, kept up to date on every server within a second or so.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Pool;
use tokio::sync::watch;
use tokio_postgres::Row;

use crate::book::{Listener, Rules};
use crate::division::Division;
use crate::policy::{Calendar, Policies, Policy};
use crate::telemetry::Metrics;

/// How often a server looks whether something was imported.
const EVERY: Duration = Duration::from_secs(1);

/// Rules that a snapshot has told: enough to answer hospitals.
pub fn standing_in(policies: Policies) -> Rules {
    Rules { policies, calendar: Calendar::new(BTreeMap::new(), None), divisions: BTreeMap::new(), hooks: Vec::new() }
}

/// Loads the rules. A policy that does not parse is an error: it was imported by another version of the program.
pub async fn load(pool: &Pool) -> anyhow::Result<Rules> {
    let client = pool.get().await?;
    let versions = client.query(include_str!("../../sql/policy/versions.sql"), &[]).await?;
    let policies = versions.iter().map(|row| Policy::parse(row.get("body"))).collect::<Result<Vec<_>, _>>()?;
    let days = client.query(include_str!("../../sql/policy/calendar.sql"), &[]).await?;
    let span = client.query_one(include_str!("../../sql/policy/calendar_span.sql"), &[]).await?;
    let known: (Option<jiff::civil::Date>, Option<jiff::civil::Date>) = (span.get("known_from"), span.get("known_until"));
    let divisions = client.query(include_str!("../../sql/policy/divisions.sql"), &[]).await?;
    let divisions: BTreeMap<Division, String> = divisions.iter().map(|row| (row.get("code"), row.get("name"))).collect();
    let hooks = client.query(include_str!("../../sql/policy/hooks.sql"), &[]).await?;
    let listener = |row: &Row| Listener {
        city: row.get("city"),
        id: row.get("id"),
        division: row.get("division"),
        events: row.get("events"),
    };
    Ok(Rules {
        policies: Policies::new(policies),
        calendar: Calendar::new(days.iter().map(|row| (row.get("day"), row.get("kind"))).collect(), known.0.zip(known.1)),
        divisions,
        hooks: hooks.iter().map(listener).collect(),
    })
}

async fn stamp(pool: &Pool) -> anyhow::Result<String> {
    Ok(pool.get().await?.query_one(include_str!("../../sql/policy/rules_stamp.sql"), &[]).await?.get("stamp"))
}

/// Follows the imports for as long as somebody listens. While the database is away the rules stay as they were.
pub async fn follow(pool: Pool, rules: watch::Sender<Arc<Rules>>, figures: Arc<Metrics>) {
    // Read once more at the first look: what was imported since they were loaded is not missed.
    let mut known = String::new();
    let mut tick = tokio::time::interval(EVERY);
    while !rules.is_closed() {
        tick.tick().await;
        figures.hooks.set(i64::try_from(rules.borrow().hooks.len()).unwrap_or(i64::MAX));
        let Ok(now) = stamp(&pool).await else { continue };
        if now == known {
            continue;
        }
        match load(&pool).await {
            Ok(loaded) => {
                tracing::info!(
                    policies = loaded.policies.len(),
                    divisions = loaded.divisions.len(),
                    hooks = loaded.hooks.len(),
                    "rules loaded"
                );
                rules.send_replace(Arc::new(loaded));
                known = now;
            }
            Err(error) => tracing::error!(error = format!("{error:#}"), "rules can not be loaded"),
        }
    }
}
