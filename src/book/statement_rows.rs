//! Lines of bank statements that are movements of ours: rows, what is locked and loaded of them, and how they are written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use postgres_types::{FromSql, ToSql};
use tokio_postgres::{Error, Row};

use crate::actor::Subject;
use crate::book::load::list;
use crate::book::played::Batch;
use crate::book::records::record;
use crate::book::session::Session;
use crate::book::store::Writes;
use crate::book::{Account, Keys};
use crate::division::City;
use crate::id::{FundId, StatementId};
use crate::money::Fen;
use crate::stored::terms;
use crate::vault::BlindIndex;

terms! {
    /// How a statement and our book differ.
    DifferenceCode "statement_code" {
        /// A payment of ours came back.
        ReturnedPayment "RETURNED_PAYMENT",
        /// The bank pays interest.
        Interest "INTEREST",
        /// The bank takes a fee.
        Fee "FEE",
        /// Money came in, and nothing says whose it is.
        UnknownCredit "UNKNOWN_CREDIT",
        /// We have booked what the bank has not.
        MissingAtBank "MISSING_AT_BANK",
        /// The bank has paid what we have not booked.
        MissingHere "MISSING_HERE",
        /// The bank has booked twice what is one movement of ours.
        DuplicateAtBank "DUPLICATE_AT_BANK",
    }
}

/// A line of a statement, counted from one.
pub type LineAt = (StatementId, i32);
/// A movement of a fund's account: the first entry of it.
pub type MovementAt = (FundId, i64, i16);

/// Which movement a line is.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct MatchRow {
    pub city: City,
    pub line: LineAt,
    pub movement: MovementAt,
    pub amount: Fen,
    pub key: Option<BlindIndex>,
    pub officer: Subject,
    pub countersigned_by: Subject,
}

/// What was booked because a line told of it.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct BookingRow {
    pub city: City,
    pub line: LineAt,
    pub code: DifferenceCode,
    pub account: Account,
    pub movement: MovementAt,
    pub officer: Subject,
    pub countersigned_by: Subject,
}

/// What a move writes of statements.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "one list a table")]
pub struct StatementRows {
    pub matches: Vec<MatchRow>,
    pub bookings: Vec<BookingRow>,
}

/// What a batch asks of statements.
#[derive(Debug, Default)]
pub struct StatementKeys {
    lines: BTreeSet<(City, LineAt)>,
    movements: BTreeSet<(City, MovementAt)>,
}

impl Keys {
    /// Whether a line of a statement is a movement of ours by now. Its fund is locked by who asks.
    pub fn statement_line(&mut self, city: City, line: LineAt) {
        self.statements.lines.insert((city, line));
    }

    /// Whether a movement of a fund is a line of a statement by now. The fund is locked by who asks.
    pub fn bank_movement(&mut self, city: City, movement: MovementAt) {
        self.statements.movements.insert((city, movement));
    }
}

/// What is matched already, of what a batch asks for.
#[derive(Debug, Default)]
pub struct StatementFacts {
    lines: BTreeMap<(City, LineAt), MovementAt>,
    movements: BTreeMap<(City, MovementAt), LineAt>,
}

impl StatementFacts {
    /// True for a line that is a movement of ours.
    pub fn is_line_matched(&self, city: City, line: LineAt) -> bool {
        self.lines.contains_key(&(city, line))
    }

    /// True for a movement that is a line of a statement.
    pub fn is_movement_matched(&self, city: City, movement: MovementAt) -> bool {
        self.movements.contains_key(&(city, movement))
    }

    /// Takes in what a move did, so that the next one sees it.
    pub(super) fn apply(&mut self, rows: &StatementRows) {
        for row in &rows.matches {
            self.lines.insert((row.city, row.line), row.movement);
            self.movements.insert((row.city, row.movement), row.line);
        }
    }
}

#[derive(FromSql)]
#[postgres(name = "statement_match")]
#[allow(dead_code, reason = "a record is read with all its columns")]
struct FoundMatch {
    city: City,
    statement_id: StatementId,
    line: i32,
    fund_id: FundId,
    version: i64,
    ordinal: i16,
    amount: Fen,
    key: Option<BlindIndex>,
    officer: Subject,
    countersigned_by: Option<Subject>,
    at: Timestamp,
}

/// Reads matches once their funds are locked. Nothing is sent when the batch names none.
pub async fn find(session: &Session, keys: &Keys) -> Result<Option<Row>, Error> {
    let keys = &keys.statements;
    if keys.lines.is_empty() && keys.movements.is_empty() {
        return Ok(None);
    }
    let (mut cities, mut statements, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for (city, (statement, line)) in &keys.lines {
        cities.push(*city);
        statements.push(*statement);
        lines.push(*line);
    }
    let (mut of, mut funds, mut versions, mut ordinals) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (city, (fund, version, ordinal)) in &keys.movements {
        of.push(*city);
        funds.push(*fund);
        versions.push(*version);
        ordinals.push(*ordinal);
    }
    let params: [&(dyn ToSql + Sync); 7] = [&cities, &statements, &lines, &of, &funds, &versions, &ordinals];
    session.client.query_one(&session.statements.find_matches, &params).await.map(Some)
}

/// What was found.
pub fn take(found: Option<Row>) -> StatementFacts {
    let mut facts = StatementFacts::default();
    let Some(row) = found else { return facts };
    for found in list::<FoundMatch>(&row, "matches") {
        let (line, movement) = ((found.statement_id, found.line), (found.fund_id, found.version, found.ordinal));
        facts.lines.insert((found.city, line), movement);
        facts.movements.insert((found.city, movement), line);
    }
    facts
}

record! { MatchRecord<'a> "statement_match" (row: &'a MatchRow, now) {
    city: City = row.city,
    statement_id: StatementId = row.line.0,
    line: i32 = row.line.1,
    fund_id: FundId = row.movement.0,
    version: i64 = row.movement.1,
    ordinal: i16 = row.movement.2,
    amount: Fen = row.amount,
    key: Option<BlindIndex> = row.key,
    officer: &'a str = row.officer.as_str(),
    countersigned_by: Option<&'a str> = Some(row.countersigned_by.as_str()),
    at: Timestamp = now,
} }

record! { BookingRecord<'a> "statement_booking" (row: &'a BookingRow, now) {
    city: City = row.city,
    statement_id: StatementId = row.line.0,
    line: i32 = row.line.1,
    code: DifferenceCode = row.code,
    account: Account = row.account,
    fund_id: FundId = row.movement.0,
    version: i64 = row.movement.1,
    ordinal: i16 = row.movement.2,
    officer: &'a str = row.officer.as_str(),
    countersigned_by: &'a str = row.countersigned_by.as_str(),
    at: Timestamp = now,
} }

/// Writes what a batch did to statements.
pub fn store<'a>(writes: &mut Writes<'a>, session: &'a Session, batch: &'a Batch, now: Timestamp) {
    let sql = &session.statements;
    if !batch.statements.matches.is_empty() {
        let made: Vec<_> = batch.statements.matches.iter().map(|row| MatchRecord::of(row, now)).collect();
        writes.push((&sql.insert_statement_matches, vec![Box::new(made)]));
    }
    if !batch.statements.bookings.is_empty() {
        let made: Vec<_> = batch.statements.bookings.iter().map(|row| BookingRecord::of(row, now)).collect();
        writes.push((&sql.insert_statement_bookings, vec![Box::new(made)]));
    }
}
