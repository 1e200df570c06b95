//! Recoveries of a scope, the newest first, debtors masked.

use serde::Deserialize;

use crate::actor::{Actor, Role};
use crate::book::RecoveryState;
use crate::division::Division;
use crate::http::{Cursor, PageLimit, Paged, Problem};
use crate::id::{CaseId, RecoveryId, SettlementId};
use crate::reads::Readers;
use crate::recovery::answer::RecoveryAnswer;
use crate::recovery::find::Found;
use crate::vault::Vault;

/// Filters of `GET /v1/recoveries`
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecoveryQuery {
    /// Only of this division and what lies in it.
    pub division: Option<Division>,
    /// Only in this state.
    pub state: Option<RecoveryState>,
    /// Only of this case.
    pub case_id: Option<CaseId>,
    /// Only of this settlement.
    pub settlement_id: Option<SettlementId>,
    /// Only with an instalment whose day is over and that is not repaid, or only without.
    pub overdue: Option<bool>,
    /// How many.
    #[serde(default)]
    pub limit: PageLimit,
    /// Where the last page ended.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

/// The recoveries that match, within the actor's scope.
pub async fn list(
    readers: &Readers,
    vault: &Vault,
    actor: &Actor,
    query: &RecoveryQuery,
) -> Result<Paged<RecoveryAnswer>, Problem> {
    let division = query.division.unwrap_or(actor.scope);
    if !actor.reaches(&division) && !division.covers(&actor.scope) {
        return Err(Problem::outside_scope(division));
    }
    let after: Option<RecoveryId> = query.cursor.as_ref().map(Cursor::id).transpose()?;
    let (auditor, subject) = (actor.roles.has(Role::Auditor), actor.subject.as_str());
    let sql = include_str!("../../sql/recovery/list.sql");
    let (city, rows) = (actor.city(), query.limit.rows());
    let rows = readers
        .all(
            actor,
            sql,
            &[
                &city,
                &division,
                &query.state,
                &query.case_id,
                &query.overdue,
                &auditor,
                &subject,
                &after,
                &rows,
                &query.settlement_id,
            ],
        )
        .await?;
    let found = rows.iter().map(|row| Found::read(row, vault).map(Found::answer)).collect::<Result<Vec<_>, _>>()?;
    Ok(Paged::cut(found, query.limit, |recovery| recovery.id.uuid().as_bytes().to_vec()))
}
