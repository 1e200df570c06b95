//! One shift with its payments, transfers and differences.

use crate::book::{CashPaid, read_cash_paid, read_difference};
use crate::custody::answer::{CashPaymentsAnswer, CashTransferAnswer, ShiftAnswer, ShiftDetail};
use crate::custody::differences::told;
use crate::custody::held;
use crate::custody::refusal::Asker;
use crate::http::Problem;
use crate::id::ShiftId;
use crate::reads::Readers;
use crate::vault::Vault;

/// The shift as it is. What an open one has paid is as of the moment.
pub async fn find(readers: &Readers, vault: &Vault, asker: &Asker, id: ShiftId) -> Result<ShiftDetail, Problem> {
    let (actor, city) = (&asker.actor, asker.actor.city());
    let shift = held::find(readers, asker, id).await?;
    let paid = readers.all(actor, include_str!("../../sql/custody/paid.sql"), &[&city, &id]).await?;
    let paid: Vec<CashPaid> = paid.iter().map(read_cash_paid).collect();
    let transfers = readers.all(actor, include_str!("../../sql/custody/transfers.sql"), &[&city, &id]).await?;
    let differences = readers.all(actor, include_str!("../../sql/custody/differences_of_shift.sql"), &[&city, &id]).await?;
    Ok(ShiftDetail {
        shift: ShiftAnswer::of(&shift, &paid),
        payments: CashPaymentsAnswer::from(&*paid),
        transfers: transfers.iter().map(CashTransferAnswer::from).collect(),
        differences: differences.iter().map(|row| told(vault, actor, &read_difference(row))).collect::<Result<_, _>>()?,
    })
}
