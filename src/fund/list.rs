//! The funds of a scope.

use crate::actor::Actor;
use crate::book::{FundRow, read_fund};
use crate::http::{Cursor, Page, Problem};
use crate::id::FundId;
use crate::reads::Readers;

/// A page of funds, in the order of their opening, and one more when there is a next page.
pub async fn list(readers: &Readers, actor: &Actor, page: &Page) -> Result<Vec<FundRow>, Problem> {
    let after: Option<FundId> = page.cursor.as_ref().map(Cursor::id).transpose()?;
    let rows = readers.all(actor, include_str!("../../sql/fund/list.sql"), &[&actor.city(), &after, &page.limit.rows()]).await?;
    Ok(rows.iter().map(read_fund).collect())
}
