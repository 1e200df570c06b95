//! What both sides must agree on of a day: by payer, how many and how much.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::actor::Actor;
use crate::http::Problem;
use crate::reads::Readers;
use crate::settlement::answer::{PayerTotal, TotalsAnswer};
use crate::settlement::target::hospital_of;
use crate::time::day;

/// The totals of the caller's hospital on a day: of what was settled on it and stands now.
pub async fn totals(readers: &Readers, actor: &Actor, date: Date) -> Result<TotalsAnswer, Problem> {
    let (city, hospital) = (actor.city(), hospital_of(actor)?);
    // Nothing is settled ahead of time: whoever asks for a day to come counts days otherwise than this house, and would read zeros.
    let today = day(Timestamp::now());
    if date > today {
        return Err(Problem::fault("/date", format!("this day has not begun: today is {today}, in Asia/Shanghai")));
    }
    let all = readers.optional(actor, include_str!("../../sql/settlement/count.sql"), &[&city, &hospital, &date]).await?;
    let rows = readers.all(actor, include_str!("../../sql/settlement/totals.sql"), &[&city, &hospital, &date]).await?;
    let payers = rows
        .iter()
        .map(|row| PayerTotal { payer: row.get("payer"), count: row.get("count"), sum_fen: row.get("amount") })
        .collect();
    let (count, sum_fen) = all.map(|row| (row.get("count"), row.get("amount"))).unwrap_or_default();
    Ok(TotalsAnswer { date, hospital, count, sum_fen, payers })
}
