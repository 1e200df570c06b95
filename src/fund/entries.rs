//! Entries of a fund: opening, movements with running totals, closing.

mod camt;
mod csv;
mod workbook;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize, Serializer};
use tokio_postgres::Row;

use crate::actor::{Actor, Role};
use crate::book::{Account, Source};
use crate::http::Problem;
use crate::id::{CaseId, FundId, PaymentId, RecoveryId, SettlementId};
use crate::money::Fen;
use crate::reads::Readers;
use crate::time::{rfc3339, start_of};

/// Movements in one answer; a longer span has to be asked for in parts.
const MOVEMENTS_MAX: i64 = 20_000;

/// `GET /v1/funds/{fund}/entries`
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EntryQuery {
    /// The first day; by default the first of all.
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last day; by default the last of all.
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

/// Opening, movements, closing. Closing is opening and all movements.
#[derive(Serialize, utoipa::ToSchema)]
pub struct EntriesAnswer {
    fund_id: FundId,
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    opening: Totals,
    movements: Vec<Movement>,
    closing: Totals,
}

/// Totals of a fund; what is neither held nor paid is the balance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Totals {
    credited_fen: Fen,
    held_fen: Fen,
    paid_fen: Fen,
    balance_fen: Fen,
}

/// One entry, with the totals after it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Movement {
    version: i64,
    ordinal: i16,
    #[serde(serialize_with = "as_rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    debit: Account,
    credit: Account,
    amount_fen: Fen,
    #[serde(flatten)]
    after: Totals,
    case_id: Option<CaseId>,
    payment_id: Option<PaymentId>,
    source: Option<Source>,
    reference: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    value_date: Option<Date>,
    /// By which recovery it came back.
    recovery_id: Option<RecoveryId>,
    /// The settlement that it is for.
    settlement_id: Option<SettlementId>,
}

impl Totals {
    fn read(row: &Row) -> Self {
        let (credited, held, paid): (Fen, Fen, Fen) = (row.get("credited"), row.get("held"), row.get("paid"));
        let taken = held.plus(paid).and_then(|taken| credited.minus(taken));
        Self { credited_fen: credited, held_fen: held, paid_fen: paid, balance_fen: taken.unwrap_or_default() }
    }
}

impl Totals {
    /// What lies in the fund's account by the book: neither paid nor, if it is only held, gone.
    fn in_account(self) -> Fen {
        self.credited_fen.minus(self.paid_fen).unwrap_or_default()
    }
}

impl EntriesAnswer {
    /// The movements, each with the totals before it.
    fn steps(&self) -> impl Iterator<Item = (Totals, &Movement)> {
        let before = std::iter::once(self.opening).chain(self.movements.iter().map(|movement| movement.after));
        before.zip(&self.movements)
    }
}

fn as_rfc3339<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339(*at))
}

impl Movement {
    fn read(row: &Row) -> Self {
        Self {
            version: row.get("version"),
            ordinal: row.get("ordinal"),
            at: row.get("at"),
            debit: row.get("debit"),
            credit: row.get("credit"),
            amount_fen: row.get("amount"),
            after: Totals::read(row),
            case_id: row.get("case_id"),
            payment_id: row.get("payment_id"),
            source: row.get("source"),
            reference: row.get("reference"),
            value_date: row.get("value_date"),
            recovery_id: row.get("recovery_id"),
            settlement_id: row.get("settlement_id"),
        }
    }
}

/// The entries of a fund between two days, both included.
pub async fn entries(readers: &Readers, actor: &Actor, fund: FundId, query: &EntryQuery) -> Result<EntriesAnswer, Problem> {
    let outside = |name: &str| Problem::fault(format!("/{name}"), "a day of the years 1900 to 2998 is needed");
    let from = query.from.map(|day| start_of(day).ok_or_else(|| outside("from"))).transpose()?;
    let next = |day: Date| day.tomorrow().ok().and_then(start_of);
    let before = query.to.map(|day| next(day).ok_or_else(|| outside("to"))).transpose()?;
    if query.from.zip(query.to).is_some_and(|(from, to)| from > to) {
        return Err(Problem::fault("/to", "the last day lies before the first"));
    }
    let epoch = Timestamp::UNIX_EPOCH;
    let (from, before) = (from.unwrap_or(epoch), before.or_else(|| start_of(Date::constant(2999, 1, 1))).unwrap_or(epoch));
    let city = actor.city();
    let opening = readers.optional(actor, include_str!("../../sql/fund/totals_before.sql"), &[&city, &fund, &from]).await?;
    let sql = include_str!("../../sql/fund/entries.sql");
    let rows =
        readers.all(actor, sql, &[&city, &fund, &from, &before, &(MOVEMENTS_MAX + 1), &actor.roles.has(Role::Auditor)]).await?;
    if rows.len() > usize::try_from(MOVEMENTS_MAX).unwrap_or(usize::MAX) {
        return Err(Problem::fault("/to", format!("more than {MOVEMENTS_MAX} movements: ask for a shorter span")));
    }
    let opening = opening.as_ref().map(Totals::read).unwrap_or_default();
    let closing = rows.last().map_or(opening, Totals::read);
    Ok(EntriesAnswer {
        fund_id: fund,
        from: query.from,
        to: query.to,
        opening,
        movements: rows.iter().map(Movement::read).collect(),
        closing,
    })
}
