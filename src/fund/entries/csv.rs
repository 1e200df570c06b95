//! Entries as CSV.

use crate::fund::entries::{EntriesAnswer, Movement, Totals};
use crate::http::Problem;
use crate::time::rfc3339;

impl EntriesAnswer {
    /// The same as CSV: a line for the opening, one for each movement, one for the closing.
    pub fn csv(&self) -> Result<Vec<u8>, Problem> {
        let mut out = ::csv::Writer::from_writer(Vec::new());
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
            rfc3339(self.at),
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
