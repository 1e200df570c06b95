//! Entries of a fund: opening, movements with running totals, closing.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
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
    #[schema(format = DateTime)]
    at: String,
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

impl Movement {
    fn read(row: &Row) -> Self {
        Self {
            version: row.get("version"),
            ordinal: row.get("ordinal"),
            at: rfc3339(row.get("at")),
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

impl EntriesAnswer {
    /// The same as CSV: a line for the opening, one for each movement, one for the closing.
    pub fn csv(&self) -> Result<Vec<u8>, Problem> {
        let mut out = csv::Writer::from_writer(Vec::new());
        let header = [
            "line",
            "version",
            "ordinal",
            "at",
            "debit",
            "credit",
            "amount_fen",
            "credited_fen",
            "held_fen",
            "paid_fen",
            "balance_fen",
            "case_id",
            "payment_id",
            "source",
            "reference",
            "value_date",
            "recovery_id",
            "settlement_id",
        ];
        out.write_record(header).map_err(Problem::internal)?;
        let total = |line: &str, totals: &Totals| {
            let mut record = vec![line.to_owned()];
            record.extend(std::iter::repeat_n(String::new(), 6));
            record.extend(
                [totals.credited_fen, totals.held_fen, totals.paid_fen, totals.balance_fen].map(|fen| fen.get().to_string()),
            );
            record.extend(std::iter::repeat_n(String::new(), 7));
            record
        };
        out.write_record(total("opening", &self.opening)).map_err(Problem::internal)?;
        for movement in &self.movements {
            out.write_record(movement.record()).map_err(Problem::internal)?;
        }
        out.write_record(total("closing", &self.closing)).map_err(Problem::internal)?;
        out.into_inner().map_err(Problem::internal)
    }
}

impl Movement {
    fn record(&self) -> Vec<String> {
        vec![
            "movement".into(),
            self.version.to_string(),
            self.ordinal.to_string(),
            self.at.clone(),
            self.debit.as_str().into(),
            self.credit.as_str().into(),
            self.amount_fen.get().to_string(),
            self.after.credited_fen.get().to_string(),
            self.after.held_fen.get().to_string(),
            self.after.paid_fen.get().to_string(),
            self.after.balance_fen.get().to_string(),
            self.case_id.map(|id| id.to_string()).unwrap_or_default(),
            self.payment_id.map(|id| id.to_string()).unwrap_or_default(),
            self.source.map(|source| source.as_str().to_owned()).unwrap_or_default(),
            self.reference.as_deref().map(plain).unwrap_or_default(),
            self.value_date.map(|day| day.to_string()).unwrap_or_default(),
            self.recovery_id.map(|id| id.to_string()).unwrap_or_default(),
            self.settlement_id.map(|id| id.to_string()).unwrap_or_default(),
        ]
    }
}

/// A cell that a spreadsheet takes for a formula is a way to attack whoever opens the file: such text is quoted.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
