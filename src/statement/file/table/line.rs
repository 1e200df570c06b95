//! One line of the table.

use crate::money::Fen;
use crate::sheet::Found;
use crate::statement::file::Line;
use crate::statement::file::fault::Faults;
use crate::statement::file::profile::{AmountColumns, Sign};
use crate::statement::file::table::labels::{read_day, read_fen};
use crate::statement::file::table::rows::Rows;

impl Rows<'_> {
    /// True when a row could be a line: a day and an amount stand in their columns.
    pub(super) fn is_line(&self, cells: &[Found]) -> bool {
        let day = read_day(self.profile, self.cell(cells, &self.profile.columns.booked_on));
        day.is_some() && self.amount(cells).is_ok()
    }

    pub(super) fn line(&mut self, at: u64, cells: &[Found], faults: &mut Faults) {
        let columns = &self.profile.columns;
        let optional = |title: &Option<String>| title.as_ref().map_or(&Found::Empty, |title| self.cell(cells, title));
        let text = |title: &Option<String>| optional(title).to_text().into_owned();
        let booked_on = read_day(self.profile, self.cell(cells, &columns.booked_on));
        if booked_on.is_none() {
            faults.line(at, "date", "not a day as the profile says");
        }
        let value_on = match optional(&columns.value_on) {
            Found::Empty => booked_on,
            found => read_day(self.profile, found),
        };
        if value_on.is_none() && booked_on.is_some() {
            faults.line(at, "value date", "not a day as the profile says");
        }
        let amount = self.amount(cells).map_err(|why| faults.line(at, "amount", why)).ok();
        let balance = optional(&columns.balance);
        let balance = match balance {
            Found::Empty => None,
            found => Some(read_fen(self.profile.amount, found)),
        };
        if balance == Some(None) || (balance.is_none() && columns.balance.is_some()) {
            faults.line(at, "balance", "not an amount as the profile says");
        }
        let number = text(&columns.number);
        if columns.number.is_some() && number.is_empty() {
            faults.line(at, "number", "none found");
        }
        let references = columns.references.iter().map(|title| self.cell(cells, title)).filter(|cell| !cell.is_empty());
        let references = references.map(|cell| cell.to_text().into_owned()).collect();
        let named = |title: &Option<String>| Some(text(title)).filter(|text| !text.is_empty());
        let (bank_reference, counterparty) = (text(&columns.bank_reference), named(&columns.counterparty));
        let counterparty_account = named(&columns.counterparty_account);
        if !number.is_empty() {
            self.draft.numbers.push((at, number));
        }
        if let (Some(booked_on), Some(value_on), Some(amount)) = (booked_on, value_on, amount) {
            self.draft.lines.push(Line {
                at,
                booked_on,
                value_on,
                amount,
                balance: balance.flatten(),
                bank_reference,
                references,
                counterparty,
                counterparty_account,
            });
        }
    }

    /// What came in is above zero.
    fn amount(&self, cells: &[Found]) -> Result<Fen, &'static str> {
        let read = |title: &str| match self.cell(cells, title) {
            Found::Empty => Ok(None),
            found => read_fen(self.profile.amount, found).map(Some).ok_or("not an amount as the profile says"),
        };
        let turned = |fen: Fen| Fen::ZERO.minus(fen).ok_or("not an amount as the profile says");
        match &self.profile.columns.amount {
            AmountColumns::Signed { column, incoming } => match (read(column)?, incoming) {
                (Some(fen), Sign::Positive) => Ok(fen),
                (Some(fen), Sign::Negative) => turned(fen),
                (None, _) => Err("none found"),
            },
            AmountColumns::Two { incoming, outgoing } => {
                let some = |fen: Option<Fen>| fen.filter(|fen| *fen != Fen::ZERO);
                match (some(read(incoming)?), some(read(outgoing)?)) {
                    (Some(fen), None) => Ok(fen),
                    (None, Some(fen)) => turned(fen),
                    (None, None) => Err("none found"),
                    (Some(_), Some(_)) => Err("both in and out"),
                }
            }
            AmountColumns::Words { column, direction, incoming, outgoing } => {
                let fen = read(column)?.ok_or("none found")?;
                let word = self.cell(cells, direction).to_text();
                match (incoming.iter().any(|known| *known == word), outgoing.iter().any(|known| *known == word)) {
                    (true, false) => Ok(fen),
                    (false, true) => turned(fen),
                    _ => Err("its direction is none of the words of the profile"),
                }
            }
        }
    }
}
