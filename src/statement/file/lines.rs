//! A statement as its file tells it.

use jiff::civil::Date;

use crate::money::Fen;

/// A statement, whatever kind of file it came in. Its reader has checked that the figures of the file agree with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Number of the account.
    pub account: String,
    /// Which statement of the account it is, by the bank.
    pub sequence: i64,
    /// The first day of it.
    pub from: Date,
    /// The last day of it.
    pub to: Date,
    /// What was in the account before.
    pub opening: Fen,
    /// What was in the account after.
    pub closing: Fen,
    /// What moved.
    pub lines: Vec<Line>,
}

/// One movement of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands: the line of a text file, the row of a sheet, or which entry of a message, from one.
    pub at: u64,
    /// The day the bank booked it.
    pub booked_on: Date,
    /// The day from which it counts for interest.
    pub value_on: Date,
    /// What came in is above zero, what went out below.
    pub amount: Fen,
    /// What was in the account afterwards, where the file says it.
    pub balance: Option<Fen>,
    /// The bank's own reference.
    pub bank_reference: String,
    /// Every text that may hold an id of ours: end-to-end id, instruction id, transaction id, purpose.
    pub references: Vec<String>,
    /// Who paid or was paid, where the file says it.
    pub counterparty: Option<String>,
    /// The account of them.
    pub counterparty_account: Option<String>,
}
