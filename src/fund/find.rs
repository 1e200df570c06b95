//! One fund, for those in whose scope it lies.

use crate::actor::Actor;
use crate::book::{FundRow, read_fund};
use crate::http::Problem;
use crate::id::FundId;
use crate::reads::Readers;

/// The fund as it is.
pub async fn find(readers: &Readers, actor: &Actor, id: FundId) -> Result<FundRow, Problem> {
    let row = readers.optional(actor, include_str!("../../sql/fund/find.sql"), &[&actor.city(), &id]).await?;
    // Row security hides what lies outside the scope: the look is recorded as denied whether anything is there or not.
    row.as_ref().map(read_fund).ok_or_else(|| Problem::outside_scope(actor.scope))
}
