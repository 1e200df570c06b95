//! A statement as it was read, before its figures were checked.

use jiff::civil::Date;

use crate::money::Fen;
use crate::statement::file::Line;

/// What a file said; what it did not say is not there.
#[derive(Debug, Default)]
pub struct Draft {
    pub account: Option<String>,
    pub sequence: Option<i64>,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub opening: Option<Fen>,
    pub closing: Option<Fen>,
    pub declared: Declared,
    pub lines: Vec<Line>,
    /// Line numbers or entry references of the bank, which must not come twice: where they stand and what they are.
    pub numbers: Vec<(u64, String)>,
}

/// Counts and sums that a file declares of itself. Sums are above zero.
#[derive(Debug, Default)]
pub struct Declared {
    /// How many entries.
    pub count: Option<i64>,
    /// The sum of all amounts, whatever their direction.
    pub sum: Option<Fen>,
    /// What came in less what went out.
    pub net: Option<Fen>,
    /// How many came in.
    pub credit_count: Option<i64>,
    /// What came in.
    pub credits: Option<Fen>,
    /// How many went out.
    pub debit_count: Option<i64>,
    /// What went out.
    pub debits: Option<Fen>,
    /// Entries of a message, where they are not its lines one by one: amounts of whole entries.
    pub entries: Option<Vec<Fen>>,
}
