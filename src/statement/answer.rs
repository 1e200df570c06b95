//! Statements as answered: figures, ids and codes; the other side masked.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::book::{Account, DifferenceCode};
use crate::id::{FundId, StatementId};
use crate::money::Fen;
use crate::statement::judged::Judged;
use crate::statement::movement::MovementKind;

/// What an import came to.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ImportedAnswer {
    pub id: StatementId,
    /// Lines in the file.
    pub lines: usize,
    /// Lines that name a movement of ours, to the fen.
    pub matched: usize,
    /// Lines of earlier statements that name one by now.
    pub matched_before: usize,
    /// Open lines for which a movement is suggested.
    pub suggested: usize,
    /// Open lines by code.
    pub differences: Vec<CodeTotal>,
}

/// Differences of one code.
#[derive(Clone, Copy, Serialize, utoipa::ToSchema)]
pub struct CodeTotal {
    pub code: DifferenceCode,
    pub count: usize,
    /// What came in less what went out.
    pub amount_fen: Fen,
}

/// Open lines by code.
pub fn totals(judged: &Judged) -> BTreeMap<DifferenceCode, CodeTotal> {
    let mut totals = BTreeMap::new();
    for (line, judgement) in &judged.lines {
        add(&mut totals, judgement.code, line.amount);
    }
    totals
}

/// Counts one more.
pub fn add(totals: &mut BTreeMap<DifferenceCode, CodeTotal>, code: DifferenceCode, amount: Fen) {
    let total = totals.entry(code).or_insert(CodeTotal { code, count: 0, amount_fen: Fen::ZERO });
    total.count += 1;
    // All that an account has is within 64 bits.
    total.amount_fen = total.amount_fen.plus(amount).unwrap_or(total.amount_fen);
}

/// A statement with what became of its lines.
#[derive(Serialize, utoipa::ToSchema)]
pub struct StatementAnswer {
    pub id: StatementId,
    pub fund_id: FundId,
    /// Only the end of the number.
    pub account: Option<String>,
    pub sequence: i64,
    #[schema(format = Date)]
    pub from: String,
    #[schema(format = Date)]
    pub to: String,
    pub opening_fen: Fen,
    pub closing_fen: Fen,
    pub lines: i32,
    /// SHA-256 of the file, in lower-case hex.
    pub file_sha256: String,
    pub imported_by: String,
    #[schema(format = DateTime)]
    pub imported_at: String,
    /// Lines that are movements of ours by now.
    pub matched: i64,
    /// A page of them, in the order of the lines.
    pub matches: Vec<MatchAnswer>,
    /// Where the next page of matches begins.
    pub next_cursor: Option<String>,
    /// Differences by code, all of them.
    pub totals: Vec<CodeTotal>,
    /// Open lines, and open movements up to its last day; the first thousand of each.
    pub differences: Vec<DifferenceAnswer>,
}

/// A line that is a movement of ours.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MatchAnswer {
    pub line: i32,
    /// Where it stands in the file.
    pub file_line: i64,
    #[schema(format = Date)]
    pub booked_on: String,
    #[schema(format = Date)]
    pub value_on: String,
    pub amount_fen: Fen,
    /// The movement: version and ordinal of its first entry in the fund.
    pub version: i64,
    pub ordinal: i16,
    /// True when a word of the line named it.
    pub exact: bool,
    pub officer: String,
    pub countersigned_by: Option<String>,
    /// What was booked because of it.
    pub code: Option<DifferenceCode>,
    pub account: Option<Account>,
}

/// What only one of the two has.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DifferenceAnswer {
    pub code: DifferenceCode,
    /// The line; none of what the bank has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_line: Option<i64>,
    #[schema(format = Date)]
    pub day: String,
    /// Days from then to now.
    pub age_days: i32,
    pub amount_fen: Fen,
    /// The other side, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counterparty: Option<String>,
    /// The movement that is missing at the bank, came back, or is another line already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub movement: Option<MovementAnswer>,
    /// Movements that the line may be: two officers say which.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<MovementAnswer>,
}

/// A movement of a fund's account.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MovementAnswer {
    pub version: i64,
    pub ordinal: i16,
    pub kind: MovementKind,
    #[schema(format = Date)]
    pub day: String,
    pub amount_fen: Fen,
}

/// A line that two officers matched.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MatchedAnswer {
    pub statement_id: StatementId,
    pub line: i32,
    pub version: i64,
    pub ordinal: i16,
    pub amount_fen: Fen,
    pub receipt: LeafAnswer,
}

/// What two officers booked because of a line.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BookedAnswer {
    pub statement_id: StatementId,
    pub line: i32,
    pub code: DifferenceCode,
    pub account: Account,
    pub amount_fen: Fen,
    /// The entry.
    pub version: i64,
    pub ordinal: i16,
    pub fund: BookedFund,
    pub receipt: LeafAnswer,
}

/// The fund afterwards.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BookedFund {
    pub id: FundId,
    pub available_fen: Fen,
    pub held_fen: Fen,
    pub paid_fen: Fen,
    pub version: i64,
}

/// Proof that it is in the audit log.
#[derive(Serialize, utoipa::ToSchema)]
pub struct LeafAnswer {
    /// In lower-case hex.
    pub leaf_hash: String,
}
