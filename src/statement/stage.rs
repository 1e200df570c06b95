//! Lines on their way into the database: sealed, and as `COPY` takes them.

use std::fmt::Write as _;

use crate::http::Problem;
use crate::id::StatementId;
use crate::statement::File;
use crate::statement::line::{OpenLine, Texts};
use crate::statement::words::{hint, keys, payees};
use crate::vault::{BlindIndex, Vault};

/// The lines of a file, as text for `COPY`, and as they will be found open.
pub struct Staged {
    pub copy: String,
    pub lines: Vec<OpenLine>,
}

/// Seals the lines of a file, and finds the words in them. Takes a second for a hundred thousand: not for a thread that serves requests.
pub fn stage(vault: &Vault, id: StatementId, file: &File) -> Result<Staged, Problem> {
    let mut staged = Staged { copy: String::new(), lines: Vec::with_capacity(file.lines.len()) };
    for (ordinal, line) in (1..).zip(&file.lines) {
        let at = (id, ordinal);
        let open = OpenLine {
            at,
            file_line: i64::try_from(line.at).unwrap_or(i64::MAX),
            booked_on: line.booked_on,
            value_on: line.value_on,
            amount: line.amount,
            hint: hint(line),
            keys: keys(vault, line),
            payees: payees(vault, line.counterparty.as_deref(), line.counterparty_account.as_deref()),
        };
        let sealed = Texts::seal(vault, at, line)?;
        let balance = line.balance.map_or_else(|| "\\N".to_owned(), |balance| balance.get().to_string());
        writeln!(
            staged.copy,
            "{ordinal}\t{}\t{}\t{}\t{}\t{balance}\t{}\t{}\t{}\t\\\\x{}",
            open.file_line,
            open.booked_on,
            open.value_on,
            open.amount.get(),
            open.hint.map_or("\\N", |hint| hint.as_str()),
            uuids(&open.keys),
            uuids(&open.payees),
            hex::encode(sealed),
        )
        .map_err(Problem::internal)?;
        staged.lines.push(open);
    }
    Ok(staged)
}

/// Indexes as an array of uuids.
fn uuids(indexes: &[BlindIndex]) -> String {
    let all: Vec<String> = indexes.iter().map(|index| uuid::Uuid::from_bytes(*index.as_bytes()).to_string()).collect();
    format!("{{{}}}", all.join(","))
}
