//! `GET /v1/statements/{statement}`: what became of the lines of a statement.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::Row;

use crate::actor::Actor;
use crate::book::DifferenceCode;
use crate::fund::account_number;
use crate::http::{Cursor, Paged, Problem};
use crate::id::{FundId, StatementId};
use crate::identity::AccountNumber;
use crate::reads::Readers;
use crate::statement::answer::{DifferenceAnswer, MatchAnswer, MovementAnswer, StatementAnswer, add, totals};
use crate::statement::body::StatementQuery;
use crate::statement::difference::Judgement;
use crate::statement::judged::{Eyes, Judged, Wanted};
use crate::statement::line::{OpenLine, Texts};
use crate::statement::movement::Movement;
use crate::time::{day, rfc3339};
use crate::vault::Vault;

/// Differences of a kind that one answer lists.
const LISTED_MAX: usize = 1_000;

/// The statement and its fund, if they lie in the caller's scope.
pub async fn head(readers: &Readers, actor: &Actor, id: StatementId) -> Result<Row, Problem> {
    let row = readers.optional(actor, include_str!("../../sql/statement/find.sql"), &[&actor.city(), &id]).await?;
    row.ok_or_else(|| Problem::outside_scope(actor.scope))
}

/// A statement with a page of its matches and its differences.
pub async fn find(
    readers: &Readers,
    vault: &Vault,
    actor: &Actor,
    id: StatementId,
    query: &StatementQuery,
) -> Result<StatementAnswer, Problem> {
    let row = head(readers, actor, id).await?;
    let fund: FundId = row.get("fund_id");
    let after: i32 = query.cursor.as_ref().map(Cursor::json).transpose()?.unwrap_or(0);
    let sql = include_str!("../../sql/statement/matches.sql");
    let rows = readers.all(actor, sql, &[&actor.city(), &id, &after, &query.limit.rows()]).await?;
    let cursor = |item: &MatchAnswer| serde_json::to_vec(&item.line).unwrap_or_default();
    let matches = Paged::cut(rows.iter().map(MatchAnswer::from).collect(), query.limit, cursor);
    let judged = Eyes::Of(readers, actor).judge(Wanted { fund, statement: Some(id), line: None }, vault).await?;
    let today = day(row.get::<_, Timestamp>("now"));
    let missing = missing_at_bank(&judged, row.get("first_day"), row.get("to_day"));
    let mut totals = totals(&judged);
    missing.iter().for_each(|movement| add(&mut totals, DifferenceCode::MissingAtBank, movement.amount));
    let texts = texts(readers, vault, actor, id, &judged).await?;
    let lines = judged.lines.iter().take(LISTED_MAX).map(|(line, judgement)| {
        let counterparty = texts.get(&line.at.1).and_then(Texts::masked);
        of_line(line, judgement, &judged, counterparty, today)
    });
    let mut differences: Vec<DifferenceAnswer> = lines.collect();
    differences.extend(missing.iter().take(LISTED_MAX).map(|movement| of_movement(movement, today)));
    let account: Option<Vec<u8>> = row.get("account");
    let account = account.map(|sealed| account_number(fund, &sealed, vault)).transpose()?;
    Ok(StatementAnswer {
        id,
        fund_id: fund,
        account: account.map(|number| AccountNumber::parse(&number).map_or_else(|_| "***".into(), |number| number.masked())),
        sequence: row.get("sequence"),
        from: row.get::<_, Date>("from_day").to_string(),
        to: row.get::<_, Date>("to_day").to_string(),
        opening_fen: row.get("opening"),
        closing_fen: row.get("closing"),
        lines: row.get("lines"),
        file_sha256: hex::encode(row.get::<_, &[u8]>("file_sha256")),
        imported_by: row.get("imported_by"),
        imported_at: rfc3339(row.get("imported_at")),
        matched: row.get("matched"),
        matches: matches.items,
        next_cursor: matches.next_cursor,
        totals: totals.into_values().collect(),
        differences,
    })
}

/// What we had booked by the last day of a statement and no line is. What was ours before the first statement began was in its opening.
fn missing_at_bank(judged: &Judged, first: Date, last: Date) -> Vec<&Movement> {
    let is_missing = |movement: &&Movement| {
        !movement.is_matched && movement.day <= last && movement.value_date.unwrap_or(movement.day) >= first
    };
    judged.movements.iter().filter(is_missing).collect()
}

/// The words of the lines that are listed.
async fn texts(
    readers: &Readers,
    vault: &Vault,
    actor: &Actor,
    id: StatementId,
    judged: &Judged,
) -> Result<HashMap<i32, Texts>, Problem> {
    let listed: Vec<i32> = judged.lines.iter().take(LISTED_MAX).map(|(line, _)| line.at.1).collect();
    let rows = readers.all(actor, include_str!("../../sql/statement/texts.sql"), &[&actor.city(), &id, &listed]).await?;
    let open = |row: &Row| {
        let line: i32 = row.get("ordinal");
        Texts::open(vault, (id, line), row.get("texts")).map(|texts| (line, texts))
    };
    rows.iter().map(open).collect()
}

fn of_line(
    line: &OpenLine,
    judgement: &Judgement,
    judged: &Judged,
    counterparty: Option<String>,
    today: Date,
) -> DifferenceAnswer {
    let movement = |at: usize| judged.movements.get(at).map(MovementAnswer::from);
    DifferenceAnswer {
        code: judgement.code,
        line: Some(line.at.1),
        file_line: Some(line.file_line),
        day: line.booked_on.to_string(),
        age_days: age(line.booked_on, today),
        amount_fen: line.amount,
        counterparty,
        movement: judgement.of.and_then(movement),
        suggestions: judgement.suggestions.iter().filter_map(|(at, _)| movement(*at)).collect(),
    }
}

fn of_movement(movement: &Movement, today: Date) -> DifferenceAnswer {
    DifferenceAnswer {
        code: DifferenceCode::MissingAtBank,
        line: None,
        file_line: None,
        day: movement.day.to_string(),
        age_days: age(movement.day, today),
        amount_fen: movement.amount,
        counterparty: None,
        movement: Some(movement.into()),
        suggestions: vec![],
    }
}

/// Days from one to the other.
pub fn age(from: Date, to: Date) -> i32 {
    to.since((jiff::Unit::Day, from)).map_or(0, |span| span.get_days())
}

impl From<&Movement> for MovementAnswer {
    fn from(movement: &Movement) -> Self {
        Self {
            version: movement.version,
            ordinal: movement.ordinal,
            kind: movement.kind,
            day: movement.day.to_string(),
            amount_fen: movement.amount,
        }
    }
}

impl From<&Row> for MatchAnswer {
    fn from(row: &Row) -> Self {
        Self {
            line: row.get("line"),
            file_line: row.get("file_line"),
            booked_on: row.get::<_, Date>("booked_on").to_string(),
            value_on: row.get::<_, Date>("value_on").to_string(),
            amount_fen: row.get("amount"),
            version: row.get("version"),
            ordinal: row.get("ordinal"),
            exact: row.get("is_exact"),
            officer: row.get("officer"),
            countersigned_by: row.get("countersigned_by"),
            code: row.get("code"),
            account: row.get("account"),
        }
    }
}
