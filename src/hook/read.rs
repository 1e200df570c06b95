//! Hooks as they are read: without a lock for people, under lock for verbs.

use crate::actor::Actor;
use crate::book::{Facts, HookRow, HookState, Ruling, read_hook};
use crate::code::Code;
use crate::http::{Cursor, Page, Paged, Problem};
use crate::id::HookId;
use crate::reads::Readers;

/// A hook under lock, if it lies in the actor's scope and was not deleted.
pub fn locked<'a>(actor: &Actor, facts: &'a Facts, id: HookId) -> Result<&'a HookRow, Ruling> {
    match facts.hook(actor.city(), id).filter(|hook| hook.state != HookState::Deleted) {
        Some(hook) if actor.reaches(&hook.division) => Ok(hook),
        Some(hook) => Err(Ruling::rejected(Problem::outside_scope(hook.division))),
        None => Err(Ruling::rejected(Problem::outside_scope(actor.scope))),
    }
}

/// The same, if it is told of what happens.
pub fn active<'a>(actor: &Actor, facts: &'a Facts, id: HookId) -> Result<&'a HookRow, Ruling> {
    let hook = locked(actor, facts, id)?;
    if hook.state == HookState::Active {
        return Ok(hook);
    }
    Err(Ruling::rejected(Problem::new(Code::Conflict, "the hook is disabled: its receiver said that it is gone")))
}

/// A page of hooks.
pub async fn list(readers: &Readers, actor: &Actor, page: &Page) -> Result<Paged<HookRow>, Problem> {
    let after: Option<HookId> = page.cursor.as_ref().map(Cursor::id).transpose()?;
    let rows = readers.all(actor, include_str!("../../sql/hook/list.sql"), &[&actor.city(), &after, &page.limit.rows()]).await?;
    Ok(Paged::cut(rows.iter().map(read_hook).collect(), page.limit, |hook| hook.id.uuid().as_bytes().to_vec()))
}

/// A hook by its id.
pub async fn find(readers: &Readers, actor: &Actor, id: HookId) -> Result<HookRow, Problem> {
    let row = readers.optional(actor, include_str!("../../sql/hook/find.sql"), &[&actor.city(), &id]).await?;
    row.as_ref().map(read_hook).ok_or_else(|| Problem::outside_scope(actor.scope))
}
