//! The record of a check: what was answered to whom, by which roster. It is durable before the answer leaves.

use jiff::Timestamp;
use postgres_types::ToSql;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::audit::{self, Leaf};
use crate::code::Code;
use crate::division::{City, Division};
use crate::id::{CheckId, LeafId};
use crate::money::Fen;
use crate::waiver::verdict::Stay;

/// A check as it is recorded: in the database, or in the journal while the database is away.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckRow {
    pub id: CheckId,
    /// Who asked: issuer and subject.
    pub subject: String,
    /// The credit code of the hospital.
    pub hospital: String,
    pub division: Division,
    /// Blind index of the identity.
    pub person: Uuid,
    pub stay: Stay,
    pub answer: Code,
    pub deposit: Option<Fen>,
    pub roster_version: i64,
    pub roster_as_of: Timestamp,
    pub stale: bool,
    /// By the server's clock: the database may be away.
    pub answered_at: Timestamp,
    /// A check that was not answered, because a newer roster was found while it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<CheckId>,
}

#[derive(Serialize)]
struct Checked<'a> {
    answer: Code,
    check_id: CheckId,
    deposit_fen: Option<Fen>,
    hospital: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<CheckId>,
    roster_as_of: String,
    roster_version: i64,
    stale: bool,
    stay: Stay,
}

impl audit::Body for Checked<'_> {
    const KIND: &'static str = "waiver.checked";
}

impl CheckRow {
    /// Its leaf: the same however often it is made, so that a check drained twice leaves one.
    pub fn leaf(&self) -> Leaf {
        let said = Checked {
            answer: self.answer,
            check_id: self.id,
            deposit_fen: self.deposit,
            hospital: &self.hospital,
            replaces: self.replaces,
            roster_as_of: crate::time::rfc3339(self.roster_as_of),
            roster_version: self.roster_version,
            stale: self.stale,
            stay: self.stay,
        };
        Leaf::new(self.division.city(), LeafId::from(self.id.uuid()), self.answered_at, &self.subject, &said)
    }
}

/// The row as the table has it, column for column.
#[derive(Debug, ToSql)]
#[postgres(name = "waiver_check")]
pub struct CheckRecord<'a> {
    city: City,
    id: CheckId,
    subject: &'a str,
    hospital: &'a str,
    division: Division,
    person: Uuid,
    stay: Stay,
    answer: &'static str,
    deposit: Option<Fen>,
    roster_version: i64,
    roster_as_of: Timestamp,
    stale: bool,
    answered_at: Timestamp,
    recorded_at: Timestamp,
    replaces: Option<CheckId>,
}

impl<'a> CheckRecord<'a> {
    /// The record of a row that is written at a moment.
    pub fn of(row: &'a CheckRow, now: Timestamp) -> Self {
        Self {
            city: row.division.city(),
            id: row.id,
            subject: &row.subject,
            hospital: &row.hospital,
            division: row.division,
            person: row.person,
            stay: row.stay,
            answer: row.answer.as_str(),
            deposit: row.deposit,
            roster_version: row.roster_version,
            roster_as_of: row.roster_as_of,
            stale: row.stale,
            answered_at: row.answered_at,
            recorded_at: now,
            replaces: row.replaces,
        }
    }
}
