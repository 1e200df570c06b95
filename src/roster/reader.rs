//! Reads the lines of a file: people, or what is wrong with them by line and column, never by value.

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::civil::Date;
use serde::Deserialize;
use uuid::Uuid;

use crate::code::Code;
use crate::division::City;
use crate::http::{Charset, Faults, FileKind, Problem, Text};
use crate::identity::{IdNumber, IdType, PersonName};
use crate::roster::Category;
use crate::roster::lines::{LINE_BYTES_MAX, Lines};
use crate::time::strict::read_day;
use crate::vault::{Vault, name_digest, person_index};

/// What is told of a file at most.
pub const FAULTS_MAX: usize = 100;
/// The columns of a CSV file, in this order; the first line may name them.
const COLUMNS: [&str; 7] = ["id_type", "id_no", "name", "category", "household", "valid_from", "valid_to"];
const HOUSEHOLD_MAX: usize = 64;

/// Reads a file as it comes.
pub struct Reader<'v> {
    vault: &'v Vault,
    city: City,
    kind: FileKind,
    /// The database's day.
    today: Date,
    lines: Lines,
    faults: Faults,
    people: i64,
    /// People that were read and not yet taken, in the text form of `COPY`.
    read: String,
}

/// A line as texts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow, default)]
    id_type: Cow<'a, str>,
    #[serde(borrow, default)]
    id_no: Cow<'a, str>,
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    category: Cow<'a, str>,
    #[serde(borrow, default)]
    household: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    valid_from: Cow<'a, str>,
    #[serde(borrow, default)]
    valid_to: Option<Cow<'a, str>>,
}

impl<'v> Reader<'v> {
    /// Nothing is read yet.
    pub fn new(vault: &'v Vault, city: City, kind: FileKind, today: Date) -> Self {
        let (lines, faults) = (Lines::default(), Faults::up_to(FAULTS_MAX));
        Self { vault, city, kind, today, lines, faults, people: 0, read: String::new() }
    }

    /// Reads a piece.
    pub fn feed(&mut self, piece: &[u8]) {
        let mut lines = std::mem::take(&mut self.lines);
        lines.feed(piece, |number, line| self.line(number, line));
        self.lines = lines;
    }

    /// Reads what is left at the end. A file of nobody is refused: as a whole roster it would put everybody out.
    pub fn end(&mut self) {
        let mut lines = std::mem::take(&mut self.lines);
        lines.end(|number, line| self.line(number, line));
        if self.people == 0 && self.faults.is_empty() {
            self.faults.add("/lines", "the file holds nobody");
        }
    }

    /// People that were read since the last time, for `COPY`; nothing of a file that is refused.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.read)
    }

    /// Bytes that wait to be taken.
    pub fn waiting(&self) -> usize {
        self.read.len()
    }

    /// How many people were read.
    pub const fn people(&self) -> i64 {
        self.people
    }

    /// What is wrong so far.
    pub fn verdict(&mut self) -> Result<(), Problem> {
        std::mem::take(&mut self.faults).verdict()
    }

    fn line(&mut self, number: u64, line: Option<&[u8]>) {
        if self.faults.is_full() {
            return;
        }
        let Some(bytes) = line else {
            return self.wrong(number, "", format!("a line has at most {LINE_BYTES_MAX} bytes"));
        };
        let Some(text) = decoded(self.kind, bytes) else {
            return self.wrong(number, "", "not in the charset that was said");
        };
        // A mark of the byte order stands before the first line at most.
        let text = if number == 1 { text.strip_prefix('\u{feff}').unwrap_or(&text) } else { &text };
        if text.trim().is_empty() {
            return;
        }
        match self.kind {
            FileKind::Ndjson => match serde_json::from_str::<Line<'_>>(text) {
                // An array of texts would be read as one, too.
                Ok(line) if text.trim_start().starts_with('{') => self.person(number, &line),
                _ => self.wrong(number, "", format!("not an object of the texts {}", COLUMNS.join(", "))),
            },
            FileKind::Xlsx | FileKind::Xml => self.wrong(number, "", "a roster is CSV or NDJSON"),
            FileKind::Csv(_) => match fields(text).as_deref() {
                Some([id_type, id_no, name, category, household, valid_from, valid_to]) => {
                    let line = [id_type, id_no, name, category, household, valid_from, valid_to];
                    if number == 1 && line == COLUMNS {
                        return;
                    }
                    let line = Line {
                        id_type: Cow::Borrowed(id_type),
                        id_no: Cow::Borrowed(id_no),
                        name: Cow::Borrowed(name),
                        category: Cow::Borrowed(category),
                        household: Some(Cow::Borrowed(household)),
                        valid_from: Cow::Borrowed(valid_from),
                        valid_to: Some(Cow::Borrowed(valid_to)),
                    };
                    self.person(number, &line);
                }
                _ => self.wrong(number, "", format!("not the {} columns {}", COLUMNS.len(), COLUMNS.join(","))),
            },
        }
    }

    fn person(&mut self, number: u64, line: &Line<'_>) {
        self.people += 1;
        let id = self.id_number(number, line);
        let name = PersonName::parse(&line.name).map_err(|wrong| self.wrong(number, "/name", wrong.to_string())).ok();
        let category = Category::ALL.iter().find(|category| category.as_str() == line.category).copied();
        if category.is_none() {
            self.wrong(number, "/category", "a category is tekun, dibao or low_income");
        }
        let household = line.household.as_deref().filter(|household| !household.is_empty());
        if let Some(Err(wrong)) = household.map(|text| Text::<HOUSEHOLD_MAX>::try_from(text.to_owned())) {
            self.wrong(number, "/household", wrong.to_string());
        }
        let from = self.day(number, "/valid_from", &line.valid_from);
        let to = line.valid_to.as_deref().filter(|day| !day.is_empty());
        let to = to.map(|day| self.day(number, "/valid_to", day));
        if let (Some(from), Some(Some(to))) = (from, to)
            && to < from
        {
            self.wrong(number, "/valid_to", "the last day lies before the first");
        }
        if let (Some(id), Some(name), Some(category), Some(from)) = (id, name, category, from)
            && self.faults.is_empty()
        {
            let person = person_index(self.vault, &id, "");
            let name = name_digest(self.vault, &person, &name).number();
            let household = household.map(|text| self.vault.blind_index("household", &format!("{}/{text}", self.city)));
            let household = household.map_or("\\N".into(), |household| Uuid::from_bytes(*household.as_bytes()).to_string());
            let to = to.flatten().map_or("\\N".into(), |day| day.to_string());
            let person = Uuid::from_bytes(*person.as_bytes());
            // Writing to memory does not fail.
            let _ = writeln!(self.read, "{number}\t{person}\t{name}\t{household}\t{}\t{from}\t{to}", category.as_str());
        }
    }

    /// A temporary number means something only to its street: the roster knows people by their real ones.
    fn id_number(&mut self, number: u64, line: &Line<'_>) -> Option<IdNumber> {
        let real = [IdType::ResidentId, IdType::HkmtResidence, IdType::Passport, IdType::ForeignPermanent];
        let Some(id_type) = real.into_iter().find(|id_type| id_type.as_str() == line.id_type) else {
            self.wrong(number, "/id_type", "one of resident_id, hkmt_residence, passport, foreign_permanent is needed");
            return None;
        };
        let id = IdNumber::parse(id_type, &line.id_no, self.today);
        id.map_err(|wrong| self.faults.add_code(format!("/lines/{number}/id_no"), Code::IdInvalid, wrong.to_string())).ok()
    }

    fn day(&mut self, number: u64, column: &str, text: &str) -> Option<Date> {
        let day = read_day(text).filter(|day| (1900..3000).contains(&day.year()));
        if day.is_none() {
            self.wrong(number, column, "a day is needed, as 2026-11-21");
        }
        day
    }

    fn wrong(&mut self, number: u64, column: &str, detail: impl Into<String>) {
        self.faults.add(format!("/lines/{number}{column}"), detail);
    }
}

fn decoded(kind: FileKind, line: &[u8]) -> Option<Cow<'_, str>> {
    match kind {
        FileKind::Csv(Charset::Utf8) | FileKind::Ndjson | FileKind::Xlsx | FileKind::Xml => {
            std::str::from_utf8(line).ok().map(Cow::Borrowed)
        }
        FileKind::Csv(Charset::Gb18030) => encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(line),
    }
}

/// The fields of one record; none when it is no record.
fn fields(line: &str) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).buffer_capacity(512).from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    reader.read_record(&mut record).ok().filter(|read| *read)?;
    Some(record.iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests;
