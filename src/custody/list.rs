//! The shifts of a scope, the newest first.

use crate::actor::Actor;
use crate::book::{ShiftRow, read_shift};
use crate::custody::answer::ShiftAnswer;
use crate::custody::body::{ShiftQuery, ShiftState};
use crate::division::Division;
use crate::http::{Cursor, Paged, Problem};
use crate::id::ShiftId;
use crate::reads::Readers;

/// A page of shifts.
pub async fn list(readers: &Readers, actor: &Actor, query: &ShiftQuery) -> Result<Paged<ShiftAnswer>, Problem> {
    let division = within(actor, query.division)?;
    let open = query.state.map(|state| state == ShiftState::Open);
    let after: Option<ShiftId> = query.cursor.as_ref().map(Cursor::id).transpose()?;
    let sql = include_str!("../../sql/custody/shifts.sql");
    let rows = readers.all(actor, sql, &[&actor.city(), &division, &open, &after, &query.limit.rows()]).await?;
    let shifts: Vec<ShiftRow> = rows.iter().map(read_shift).collect();
    let page = Paged::cut(shifts, query.limit, |shift| shift.id.uuid().as_bytes().to_vec());
    Ok(Paged { items: page.items.iter().map(ShiftAnswer::stored).collect(), next_cursor: page.next_cursor })
}

/// The division asked for, the caller's own by default; one that has nothing to do with the caller's does not exist.
pub fn within(actor: &Actor, division: Option<Division>) -> Result<Division, Problem> {
    let division = division.unwrap_or(actor.scope);
    if actor.reaches(&division) || division.covers(&actor.scope) { Ok(division) } else { Err(Problem::outside_scope(division)) }
}
