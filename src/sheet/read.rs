//! Reads the rows of a workbook's first sheet.

use crate::sheet::cell::Found;
use crate::sheet::days::day;
use crate::sheet::package::{Caps, Package, Part, Unreadable};
use crate::sheet::strings::Plan;
use crate::xml::Step;

/// Reads the first sheet of a workbook, row by row: each with its number from one and its cells. Empty rows may be left out.
///
/// One row is in memory at a time, besides the shared texts. A formula counts by the value that was stored with it.
pub fn read(bytes: &[u8], caps: Caps, mut row: impl FnMut(u64, &[Found])) -> Result<(), Unreadable> {
    let mut package = Package::open(bytes, caps)?;
    let plan = Plan::read(&mut package, caps.text_bytes_max)?;
    let mut part = package.part(&plan.sheet)?.ok_or(Unreadable::NoSheet)?;
    let (mut number, mut cells): (u32, Vec<Found>) = (0, Vec::new());
    let (mut next, mut seen) = (0_u32, 0_u32);
    let mut cell = Stored::default();
    loop {
        match part.step()? {
            Step::Open => match part.name() {
                "row" if part.depth() == 3 => {
                    let own = part.attribute("r").map(|number| number.parse::<u32>().map_err(|_| Unreadable::Reference));
                    let following = number.saturating_add(1);
                    number = own.transpose()?.unwrap_or(following);
                    // Rows come in their order, or two would be taken for one.
                    if number < following || number > caps.rows_max {
                        return Err(if number < following { Unreadable::Reference } else { Unreadable::TooMuch });
                    }
                    next = 0;
                    cells.clear();
                }
                "c" if part.depth() == 4 => {
                    seen = seen.saturating_add(1);
                    if seen > caps.cells_max {
                        return Err(Unreadable::TooMuch);
                    }
                    cell = Stored::of(&part, next)?;
                }
                _ => {}
            },
            Step::Close(text) => match (part.name(), part.depth()) {
                ("v", 5) => cell.value = text,
                // A text in the cell itself may have several pieces, too.
                ("t", 6 | 7) if !part.path().any(|name| name == "rPh") => cell.value.push_str(&text),
                ("c", 4) => {
                    next = cell.column.saturating_add(1);
                    if let Some(place) = cell.place(caps.columns_max) {
                        cells.resize(cells.len().max(place.saturating_add(1)), Found::Empty);
                        let found = std::mem::take(&mut cell).found(&plan)?;
                        cells.get_mut(place).map(|place| *place = found).ok_or(Unreadable::Reference)?;
                    }
                }
                ("row", 3) => row(u64::from(number), &cells),
                _ => {}
            },
            Step::End => return Ok(()),
        }
    }
}

/// A cell as it is stored.
#[derive(Default)]
struct Stored {
    column: u32,
    style: usize,
    kind: String,
    value: String,
}

impl Stored {
    /// The cell where the reader stands; without a place of its own it is the one after the last.
    fn of(part: &Part<'_>, next: u32) -> Result<Self, Unreadable> {
        let column = part.attribute("r").map(column).transpose()?.unwrap_or(next);
        let style = part.attribute("s").and_then(|style| style.parse().ok()).unwrap_or(0);
        Ok(Self { column, style, kind: part.attribute("t").unwrap_or("n").to_owned(), value: String::new() })
    }

    fn place(&self, columns_max: u32) -> Option<usize> {
        usize::try_from(self.column).ok().filter(|_| self.column < columns_max)
    }

    fn found(self, plan: &Plan) -> Result<Found, Unreadable> {
        let text = |text: &str| match text.trim() {
            "" => Found::Empty,
            text => Found::Text(text.to_owned()),
        };
        Ok(match self.kind.as_str() {
            _ if self.value.is_empty() => Found::Empty,
            "s" => {
                let shared: usize = self.value.trim().parse().map_err(|_| Unreadable::Reference)?;
                text(plan.texts.get(shared).ok_or(Unreadable::Reference)?)
            }
            "n" => {
                let number = match decimal(self.value.trim()).ok_or(Unreadable::Reference)? {
                    Found::Number(number) => number,
                    found => return Ok(found),
                };
                let day = if plan.formats.is_day(self.style) { day(&number, plan.since_1904) } else { None };
                day.map_or(Found::Number(number), Found::Day)
            }
            _ => text(&self.value),
        })
    }
}

/// A number as a decimal text. Excel writes the float nearest to 1.1 as `1.1000000000000001`: the shortest text that is the same float
/// is what was typed. Beyond fifteen digits a cell does not hold what was typed: such a number is only a text.
fn decimal(text: &str) -> Option<Found> {
    let number: f64 = text.parse().ok()?;
    if number.abs() < 1e15 {
        return Some(Found::Number(format!("{number}")));
    }
    number.is_finite().then(|| Found::Text(text.to_owned()))
}

/// The column of a cell's place, from zero: 27 of `AB17`.
fn column(place: &str) -> Result<u32, Unreadable> {
    let mut letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let column = letters.try_fold(0_u32, |column, letter| {
        let value = u32::from(letter.to_ascii_uppercase().saturating_sub(b'A')).saturating_add(1);
        column.checked_mul(26)?.checked_add(value)
    });
    column.and_then(|column| column.checked_sub(1)).ok_or(Unreadable::Reference)
}
