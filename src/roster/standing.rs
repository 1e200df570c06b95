//! Who stands on the roster at this moment, by the database: for decisions that must not be behind, as the memory of a server may be.

use crate::actor::Actor;
use crate::http::Problem;
use crate::reads::Readers;
use crate::roster::Member;
use crate::vault::BlindIndex;

/// The newest version of the city's roster, and who stands on it under an index.
pub async fn standing(readers: &Readers, actor: &Actor, person: &BlindIndex) -> Result<(i64, Option<Member>), Problem> {
    let sql = include_str!("../../sql/roster/standing.sql");
    let row = readers.optional(actor, sql, &[&actor.city(), person]).await?;
    let row = row.ok_or_else(|| Problem::internal("a statement that returns one row returned none"))?;
    let member = row.get::<_, Option<_>>("category").map(|category| Member {
        category,
        name_digest: row.get("name_digest"),
        valid_from: row.get("valid_from"),
        valid_to: row.get("valid_to"),
    });
    Ok((row.get("version"), member))
}
