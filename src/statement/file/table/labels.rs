//! Figures that stand behind words, outside the table.

use jiff::civil::Date;

use crate::money::Fen;
use crate::sheet::Found;
use crate::statement::file::amount::{AmountFormat, plain};
use crate::statement::file::draft::Draft;
use crate::statement::file::fault::Faults;
use crate::statement::file::profile::{Labels, Profile};

/// What was found so far, by the field.
#[derive(Default)]
pub struct Labelled(Vec<(&'static str, Found)>);

impl Labels {
    fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("account", Some(&self.account)),
            ("sequence", self.sequence.as_ref()),
            ("from", self.from.as_ref()),
            ("to", self.to.as_ref()),
            ("opening balance", self.opening.as_ref()),
            ("closing balance", self.closing.as_ref()),
            ("count", self.count.as_ref()),
            ("count of credits", self.credit_count.as_ref()),
            ("sum of credits", self.credits.as_ref()),
            ("count of debits", self.debit_count.as_ref()),
            ("sum of debits", self.debits.as_ref()),
        ];
        all.into_iter().filter_map(|(field, label)| Some((field, label?.as_str())))
    }
}

/// What stands behind a label in its own cell: nothing where the cell is only the label, none where it is not this label.
fn behind<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    let rest = text.strip_prefix(label)?.trim_start();
    match rest.strip_prefix(['：', ':']) {
        Some(rest) => Some(rest.trim()),
        None => rest.is_empty().then_some(rest),
    }
}

impl Labelled {
    /// True when a cell is a label of the profile.
    pub fn is_label(profile: &Profile, text: &str) -> bool {
        profile.labels.all().any(|(_, label)| behind(text, label).is_some())
    }

    /// Reads a row outside the table.
    pub fn read(&mut self, profile: &Profile, at: u64, cells: &[Found], faults: &mut Faults) {
        for (place, cell) in cells.iter().enumerate() {
            let text = cell.to_text();
            for (field, label) in profile.labels.all() {
                let Some(own) = behind(&text, label) else { continue };
                let next = || cells.iter().skip(place.saturating_add(1)).find(|cell| !cell.is_empty()).cloned();
                let found = if own.is_empty() { next() } else { Some(Found::Text(own.to_owned())) };
                let found = found.filter(|found| !Self::is_label(profile, &found.to_text()));
                match found {
                    None => faults.line(at, field, "no figure stands behind the label"),
                    Some(found) if fits(profile, field, &found) => self.add(at, field, found, faults),
                    Some(_) => faults.line(at, field, "not written as the profile says"),
                }
            }
        }
    }

    fn add(&mut self, at: u64, field: &'static str, found: Found, faults: &mut Faults) {
        match self.0.iter().find(|(known, _)| *known == field) {
            Some((_, known)) if *known != found => faults.line(at, field, "said twice and differently"),
            Some(_) => {}
            None => self.0.push((field, found)),
        }
    }

    /// Puts what was found into the draft.
    pub fn tell(&self, profile: &Profile, draft: &mut Draft) {
        let found = |field: &str| self.0.iter().find(|(known, _)| *known == field).map(|(_, found)| found);
        let fen = |field: &str| found(field).and_then(|found| read_fen(profile.amount, found));
        let day = |field: &str| found(field).and_then(|found| read_day(profile, found));
        let count = |field: &str| found(field).and_then(read_count);
        draft.account = found("account").map(|found| found.to_text().into_owned());
        draft.sequence = count("sequence");
        (draft.from, draft.to) = (day("from"), day("to"));
        (draft.opening, draft.closing) = (fen("opening balance"), fen("closing balance"));
        draft.declared.count = count("count");
        (draft.declared.credit_count, draft.declared.credits) = (count("count of credits"), fen("sum of credits"));
        (draft.declared.debit_count, draft.declared.debits) = (count("count of debits"), fen("sum of debits"));
    }
}

fn fits(profile: &Profile, field: &str, found: &Found) -> bool {
    match field {
        "account" => true,
        "from" | "to" => read_day(profile, found).is_some(),
        "sequence" | "count" | "count of credits" | "count of debits" => read_count(found).is_some(),
        _ => read_fen(profile.amount, found).is_some(),
    }
}

/// A count or a number of a statement; digits that stand for more than 64 bits are none.
fn read_count(found: &Found) -> Option<i64> {
    let text = found.to_text();
    let digits = !text.is_empty() && text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// An amount: a number of a workbook as it is, a text as the profile says.
pub fn read_fen(format: AmountFormat, found: &Found) -> Option<Fen> {
    match (found, format) {
        (Found::Number(number), AmountFormat::Fen) => AmountFormat::Fen.read(number),
        (Found::Number(number), AmountFormat::Grouped | AmountFormat::Plain | AmountFormat::Continental) => plain(number),
        (Found::Text(text), format) => format.read(text),
        (Found::Empty | Found::Day(_), _) => None,
    }
}

/// A day: one of a workbook as it is, a text as the profile says.
pub fn read_day(profile: &Profile, found: &Found) -> Option<Date> {
    match found {
        Found::Day(day) => Some(*day),
        Found::Number(text) | Found::Text(text) => profile.date.read(text),
        Found::Empty => None,
    }
}
