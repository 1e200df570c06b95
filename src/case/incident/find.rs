//! One incident, for those in whose scope it lies.

use crate::actor::{Actor, Role};
use crate::book::IncidentRow;
use crate::case::incident::report::context;
use crate::http::Problem;
use crate::id::IncidentId;
use crate::reads::Readers;
use crate::vault::Vault;

/// The incident and its place in clear text.
pub async fn find(readers: &Readers, vault: &Vault, actor: &Actor, id: IncidentId) -> Result<(IncidentRow, String), Problem> {
    let sql = include_str!("../../../sql/incident/find.sql");
    let row = readers.optional(actor, sql, &[&actor.city(), &id]).await?;
    // Row security hides what lies outside the scope: the look is recorded as denied whether anything is there or not.
    let row = row.ok_or_else(|| Problem::outside_scope(actor.scope))?;
    let incident = crate::book::read_incident(&row);
    let entitled = !incident.sealed || incident.reported_by == actor.subject || actor.roles.has(Role::Auditor);
    if !entitled {
        return Err(Problem::outside_scope(incident.division));
    }
    let place = unseal_place(vault, id, &incident.place)?;
    Ok((incident, place))
}

/// The place of an incident in clear text.
pub fn unseal_place(vault: &Vault, id: IncidentId, sealed: &[u8]) -> Result<String, Problem> {
    let place = vault.unseal(sealed, context(id).as_bytes()).map_err(Problem::internal)?;
    Ok(String::from_utf8_lossy(place.plaintext()).into_owned())
}
