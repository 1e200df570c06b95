//! A line as the database keeps it: figures plain, words sealed, and what it is found by.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;

use crate::book::{DifferenceCode, LineAt};
use crate::http::Problem;
use crate::id::StatementId;
use crate::identity::{AccountNumber, PersonName};
use crate::money::Fen;
use crate::statement::Line;
use crate::vault::{BlindIndex, Vault};

/// A line that is no movement of ours yet.
#[derive(Clone, Debug)]
pub struct OpenLine {
    pub at: LineAt,
    /// Where it stands in the file.
    pub file_line: i64,
    pub booked_on: Date,
    pub value_on: Date,
    pub amount: Fen,
    pub hint: Option<DifferenceCode>,
    pub keys: Vec<BlindIndex>,
    pub payees: Vec<BlindIndex>,
}

/// The words of a line.
#[derive(Serialize, Deserialize)]
pub struct Texts {
    pub bank_reference: String,
    pub references: Vec<String>,
    pub counterparty: Option<String>,
    pub counterparty_account: Option<String>,
}

/// The words of a line are bound to it.
fn context(statement: StatementId, line: i32) -> String {
    format!("statement/{statement}/line/{line}")
}

impl From<&Row> for OpenLine {
    fn from(row: &Row) -> Self {
        Self {
            at: (row.get("statement_id"), row.get("ordinal")),
            file_line: row.get("file_line"),
            booked_on: row.get("booked_on"),
            value_on: row.get("value_on"),
            amount: row.get("amount"),
            hint: row.get("hint"),
            keys: row.get("keys"),
            payees: row.get("payees"),
        }
    }
}

impl Texts {
    /// Seals the words of a line.
    pub fn seal(vault: &Vault, (statement, at): LineAt, line: &Line) -> Result<Vec<u8>, Problem> {
        let texts = Self {
            bank_reference: line.bank_reference.clone(),
            references: line.references.clone(),
            counterparty: line.counterparty.clone(),
            counterparty_account: line.counterparty_account.clone(),
        };
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(&texts).map_err(Problem::internal)?);
        let sealed = vault.seal(&plain, context(statement, at).as_bytes()).map_err(Problem::internal)?;
        Ok(sealed.as_bytes().to_vec())
    }

    /// Opens them.
    pub fn open(vault: &Vault, (statement, at): LineAt, sealed: &[u8]) -> Result<Self, Problem> {
        let plain = vault.unseal(sealed, context(statement, at).as_bytes()).map_err(Problem::internal)?;
        serde_json::from_slice(plain.plaintext()).map_err(Problem::internal)
    }

    /// The other side as an answer may show it: the beginning of a name, the end of an account.
    pub fn masked(&self) -> Option<String> {
        let name = self.counterparty.as_deref().filter(|name| !name.is_empty());
        let name = name.map(|name| PersonName::parse(name).map_or_else(|_| "***".into(), |name| name.masked()));
        let number = self.counterparty_account.as_deref().filter(|number| !number.is_empty());
        let number = number.map(|number| AccountNumber::parse(number).map_or_else(|_| "***".into(), |number| number.masked()));
        let parts: Vec<String> = name.into_iter().chain(number).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}
