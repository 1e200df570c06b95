//! The shift that a verb is about: read at the edge without a lock, found again once its fund is locked.

use crate::book::{CashPaid, Facts, FundRow, Keys, Ruling, ShiftRow, cash_sum, read_shift};
use crate::custody::refusal::Asker;
use crate::division::City;
use crate::http::Problem;
use crate::id::{FundId, ShiftId};
use crate::money::Fen;
use crate::reads::Readers;

/// A shift as a verb found it. Its fund and its street never change.
pub struct Held {
    pub id: ShiftId,
    city: City,
    fund: FundId,
}

/// The shift with its fund, under the lock of the fund.
pub struct Standing<'a> {
    pub shift: &'a ShiftRow,
    pub fund: &'a FundRow,
    pub paid: &'a [CashPaid],
}

impl Held {
    /// Reads the shift. One outside the scope does not exist.
    pub async fn read(readers: &Readers, asker: &Asker, id: ShiftId) -> Result<Self, Problem> {
        let shift = find(readers, asker, id).await?;
        Ok(Self { id, city: shift.city, fund: shift.fund })
    }

    /// The fund, whose lock holds the shift still, and the shift.
    pub fn keys(&self, keys: &mut Keys) {
        keys.fund(self.city, self.fund);
        keys.shift(self.city, self.id);
    }

    /// The shift as it is now.
    pub fn find<'a>(&self, asker: &Asker, facts: &'a Facts) -> Result<Standing<'a>, Ruling> {
        let shift = facts.custody().shift(self.city, self.id).filter(|shift| asker.actor.reaches(&shift.street));
        let (Some(shift), Some(fund)) = (shift, facts.fund(self.city, self.fund)) else { return Err(asker.outside()) };
        Ok(Standing { shift, fund, paid: facts.custody().paid(self.city, self.id) })
    }
}

impl Standing<'_> {
    /// What the box should hold now.
    pub fn expected(&self) -> Option<Fen> {
        self.shift.expected(cash_sum(self.paid)?)
    }
}

/// One shift of the caller's scope.
pub async fn find(readers: &Readers, asker: &Asker, id: ShiftId) -> Result<ShiftRow, Problem> {
    let sql = include_str!("../../sql/custody/shift.sql");
    let row = readers.optional(&asker.actor, sql, &[&asker.actor.city(), &id]).await?;
    // Row security hides what lies outside the scope: the look is recorded as denied whether anything is there or not.
    row.as_ref().map(read_shift).ok_or_else(|| Problem::outside_scope(asker.actor.scope))
}
