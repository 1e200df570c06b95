//! `GET /v1/reconciliation`: the table of balance adjustment (银行存款余额调节表) of a fund's account at the end of a day.
//!
//! bank closing + received by us, not yet by the bank − paid by us, not yet by the bank
//! = book + received by the bank, not yet by us − paid by the bank, not yet by us
//!
//! book = available + floor + held + interest payable + other payable − receivable − cash boxes. Every term is listed.

use jiff::civil::Date;
use serde::Serialize;
use tokio_postgres::Row;

use crate::actor::Actor;
use crate::http::Problem;
use crate::id::{FundId, StatementId};
use crate::money::Fen;
use crate::reads::Readers;
use crate::statement::find::age;
use crate::time::start_of;

/// Terms in one answer: more are a sign that a statement was matched with nothing.
const TERMS_MAX: i64 = 20_000;

/// The table. Both adjusted sums are the same, or the difference is unexplained.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BalanceAnswer {
    fund_id: FundId,
    #[schema(format = Date)]
    date: String,
    /// What the bank says.
    bank_fen: Fen,
    received_not_by_bank: Terms,
    paid_not_by_bank: Terms,
    /// What the bank will say when it has booked all that we have.
    adjusted_bank_fen: Fen,
    /// What the book says.
    book_fen: Fen,
    book: BookAnswer,
    received_not_by_us: Terms,
    paid_not_by_us: Terms,
    /// What the book will say when it has booked all that the bank has.
    adjusted_book_fen: Fen,
    /// The one less the other: 0, or nobody knows yet why not.
    unexplained_fen: Fen,
    /// What of it was there before: the opening of the first statement less what the book had then.
    opening_difference_fen: Fen,
}

/// Of what the book's money at the bank is made.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BookAnswer {
    available_fen: Fen,
    floor_fen: Fen,
    held_fen: Fen,
    interest_payable_fen: Fen,
    other_payable_fen: Fen,
    /// Fees that the fund is owed; taken off.
    receivable_fen: Fen,
    /// What the cash boxes should hold; taken off.
    cash_boxes_fen: Fen,
}

/// Movements that only one of the two has, all of them above zero.
#[derive(Default, Serialize, utoipa::ToSchema)]
pub struct Terms {
    sum_fen: Fen,
    items: Vec<Term>,
}

/// One of them.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Term {
    /// The line, of what the bank has.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement_id: Option<StatementId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<i32>,
    /// The movement, of what we have, or have booked later.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ordinal: Option<i16>,
    /// What moved, or what the words of the line say.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[schema(format = Date)]
    day: String,
    /// Days from then to the day of the table.
    age_days: i32,
    amount_fen: Fen,
}

/// The four lists.
#[derive(Default)]
struct Sides {
    received_not_by_bank: Terms,
    paid_not_by_bank: Terms,
    received_not_by_us: Terms,
    paid_not_by_us: Terms,
}

/// The table of a fund's account at the end of a day that its statements reach.
pub async fn balance(readers: &Readers, actor: &Actor, fund: FundId, date: Date) -> Result<BalanceAnswer, Problem> {
    let next = date.tomorrow().ok().and_then(start_of);
    let next = next.ok_or_else(|| Problem::fault("/date", "a day of the years 1900 to 2998 is needed"))?;
    let sql = include_str!("../../sql/statement/reconcile.sql");
    let rows = readers.all(actor, sql, &[&actor.city(), &fund, &date, &next, &(TERMS_MAX + 1)]).await?;
    let row = rows.first().ok_or_else(|| Problem::outside_scope(actor.scope))?;
    let (first, last): (Option<Date>, Option<Date>) = (row.get("first_day"), row.get("last_day"));
    let Some((first, last)) = first.zip(last).filter(|(first, last)| (*first..=*last).contains(&date)) else {
        let reach = first.zip(last).map_or_else(
            || "the fund's account has no statement by then".to_owned(),
            |(first, last)| format!("the statements of the account reach from {first} to {last}"),
        );
        return Err(Problem::fault("/date", reach));
    };
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > TERMS_MAX {
        return Err(Problem::fault("/date", format!("more than {TERMS_MAX} terms from {first} to {last}: match them first")));
    }
    let sides = Sides::read(&rows, date).ok_or_else(too_much)?;
    table(row, fund, date, sides).ok_or_else(too_much)
}

fn too_much() -> Problem {
    Problem::internal("sums of an account leave 64 bits")
}

fn table(row: &Row, fund: FundId, date: Date, sides: Sides) -> Option<BalanceAnswer> {
    let fen = |name: &str| row.get::<_, Fen>(name);
    let taken = Fen::sum([fen("held"), fen("paid"), fen("floor")])?;
    let book = BookAnswer {
        available_fen: fen("credited").minus(taken)?,
        floor_fen: fen("floor"),
        held_fen: fen("held"),
        interest_payable_fen: fen("interest_payable"),
        other_payable_fen: fen("other_payable"),
        receivable_fen: fen("receivable"),
        cash_boxes_fen: fen("cash_boxes"),
    };
    let ours = Fen::sum([book.available_fen, book.floor_fen, book.held_fen, book.interest_payable_fen, book.other_payable_fen])?;
    let book_fen = ours.minus(book.receivable_fen)?.minus(book.cash_boxes_fen)?;
    let bank_fen = row.get::<_, Option<Fen>>("bank")?;
    let Sides { received_not_by_bank, paid_not_by_bank, received_not_by_us, paid_not_by_us } = sides;
    let adjusted_bank_fen = bank_fen.plus(received_not_by_bank.sum_fen)?.minus(paid_not_by_bank.sum_fen)?;
    let adjusted_book_fen = book_fen.plus(received_not_by_us.sum_fen)?.minus(paid_not_by_us.sum_fen)?;
    Some(BalanceAnswer {
        fund_id: fund,
        date: date.to_string(),
        bank_fen,
        received_not_by_bank,
        paid_not_by_bank,
        adjusted_bank_fen,
        book_fen,
        book,
        received_not_by_us,
        paid_not_by_us,
        adjusted_book_fen,
        unexplained_fen: adjusted_bank_fen.minus(adjusted_book_fen)?,
        opening_difference_fen: row.get::<_, Option<Fen>>("opening")?,
    })
}

impl Sides {
    fn read(rows: &[Row], date: Date) -> Option<Self> {
        let mut sides = Self::default();
        for row in rows {
            let Some(side) = row.get::<_, Option<&str>>("side") else { continue };
            let (amount, day): (Fen, Date) = (row.get("amount"), row.get("day"));
            let terms = match (side == "ours", amount > Fen::ZERO) {
                (true, true) => &mut sides.received_not_by_bank,
                (true, false) => &mut sides.paid_not_by_bank,
                (false, true) => &mut sides.received_not_by_us,
                (false, false) => &mut sides.paid_not_by_us,
            };
            let amount_fen = if amount > Fen::ZERO { amount } else { Fen::ZERO.minus(amount)? };
            terms.sum_fen = terms.sum_fen.plus(amount_fen)?;
            terms.items.push(Term {
                statement_id: row.get("statement_id"),
                line: row.get("line"),
                version: row.get("version"),
                ordinal: row.get("ordinal"),
                kind: row.get("what"),
                day: day.to_string(),
                age_days: age(day, date),
                amount_fen,
            });
        }
        Some(sides)
    }
}
