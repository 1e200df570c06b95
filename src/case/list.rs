//! Lists of cases: of a scope, the newest first, parties masked.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use tokio_postgres::Row;

use crate::actor::Actor;
use crate::book::CaseState;
use crate::case::summary::{CaseSummary, View};
use crate::division::Division;
use crate::http::{Cursor, PageLimit, Paged, Problem};
use crate::id::{CaseId, IncidentId};
use crate::policy::Lane;
use crate::reads::Readers;
use crate::time::start_of;
use crate::vault::Vault;

/// Filters of `GET /v1/cases`
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CaseQuery {
    /// Only this division and what lies in it.
    pub division: Option<Division>,
    /// Only in this state.
    pub state: Option<CaseState>,
    /// Only of this lane.
    pub lane: Option<Lane>,
    /// Only of this incident.
    pub incident: Option<IncidentId>,
    /// Only handled or signed by this officer (`sub`).
    pub officer: Option<String>,
    /// Only accepted on this day or later.
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
    #[param(value_type = Option<String>, format = Date)]
    pub accepted_from: Option<Date>,
    /// Only accepted on this day or before.
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
    #[param(value_type = Option<String>, format = Date)]
    pub accepted_to: Option<Date>,
    /// Only those that miss papers which are due before this day.
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
    #[param(value_type = Option<String>, format = Date)]
    pub due_before: Option<Date>,
    /// Only those that another officer must look at before this moment.
    #[serde(default, deserialize_with = "crate::time::strict::moment_if_any")]
    #[param(value_type = Option<String>, format = DateTime)]
    pub review_before: Option<Timestamp>,
    /// How many.
    #[serde(default)]
    pub limit: PageLimit,
    /// Where the last page ended.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

/// The cases that match, within the actor's scope.
pub async fn list(readers: &Readers, vault: &Vault, actor: &Actor, query: &CaseQuery) -> Result<Paged<CaseSummary>, Problem> {
    let division = query.division.unwrap_or(actor.scope);
    if !actor.reaches(&division) && !division.covers(&actor.scope) {
        return Err(Problem::outside_scope(division));
    }
    // As a token's `sub` is: what no token says is nobody's.
    if query.officer.as_deref().is_some_and(|sub| !(1..=128).contains(&sub.chars().count()) || sub.chars().any(char::is_control))
    {
        return Err(Problem::fault("/officer", "1 to 128 visible characters are needed"));
    }
    let officer = query.officer.as_deref().map(|sub| actor.subject.peer(sub));
    let (from, to) = span(query.accepted_from, query.accepted_to)?;
    let after: Option<CaseId> = query.cursor.as_ref().map(Cursor::id).transpose()?;
    let sql = include_str!("../../sql/case/list.sql");
    let rows = readers
        .all(
            actor,
            sql,
            &[
                &actor.city(),
                &division,
                &query.state,
                &query.lane,
                &query.incident,
                &officer,
                &from,
                &to,
                &query.due_before,
                &query.review_before,
                &after,
                &query.limit.rows(),
            ],
        )
        .await?;
    page(query.limit, &rows, vault)
}

/// The moments between which the days of a filter lie.
pub fn span(from: Option<Date>, to: Option<Date>) -> Result<(Option<jiff::Timestamp>, Option<jiff::Timestamp>), Problem> {
    let outside = |name: &str| Problem::fault(format!("/{name}"), "a day of the years 1900 to 2998 is needed");
    let from = from.map(|day| start_of(day).ok_or_else(|| outside("accepted_from"))).transpose()?;
    let next = |day: Date| day.tomorrow().ok().and_then(start_of);
    let to = to.map(|day| next(day).ok_or_else(|| outside("accepted_to"))).transpose()?;
    Ok((from, to))
}

/// Rows as a page of masked cases.
pub fn page(limit: PageLimit, rows: &[Row], vault: &Vault) -> Result<Paged<CaseSummary>, Problem> {
    let cases = rows.iter().map(|row| CaseSummary::read(row, vault, View::Masked)).collect::<Result<Vec<_>, _>>()?;
    Ok(Paged::cut(cases, limit, |case| case.id.uuid().as_bytes().to_vec()))
}
