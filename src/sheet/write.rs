//! Writes workbooks.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError};

use crate::sheet::cell::{Cell, Column};
use crate::time::{day, second_of_day};

/// Fen of which a cell holds every one exactly: yuan of fifteen digits. What is more is written as text.
const FEN_MAX: i64 = 999_999_999_999_999;

/// A workbook in the making. Rows are put into a file without a name as they come, so that memory does not grow with them.
///
/// ```
/// use jiujinan::money::Fen;
/// use jiujinan::sheet::{Cell, Column, Workbook};
///
/// let mut book = Workbook::new()?;
/// let columns = [Column::new("事由", 20), Column::new("金额（元）", 14).summed()];
/// let mut sheet = book.sheet("支出", &["2026年11月 支出"], &columns)?;
/// sheet.row([Cell::text("慰问"), Cell::Fen(Fen::new(78_000))])?;
/// sheet.sums("合计")?;
/// let bytes = book.bytes()?;
/// assert!(bytes.starts_with(b"PK"));
/// # Ok::<(), jiujinan::sheet::Unwritable>(())
/// ```
pub struct Workbook {
    inner: rust_xlsxwriter::Workbook,
    looks: Looks,
}

/// How cells look.
struct Looks {
    title: Format,
    head: Format,
    text: Format,
    fen: Format,
    whole: Format,
    day: Format,
    moment: Format,
    sum: Format,
    sum_fen: Format,
    sum_whole: Format,
}

/// A sheet in the making.
pub struct Sheet<'w> {
    inner: &'w mut Worksheet,
    looks: &'w Looks,
    next: u32,
    first: u32,
    columns: Vec<Sum>,
}

/// What was summed of a column.
enum Sum {
    Unsummed,
    Nothing,
    Fen(i128),
    Whole(i128),
}

/// Why a workbook is not written.
#[derive(Debug, thiserror::Error)]
pub enum Unwritable {
    /// The writer of the format: too many rows, a text too long, no room for its file.
    #[error("the workbook is not written")]
    Format(#[from] XlsxError),
    /// A day that XLSX has no number for.
    #[error("a day lies outside the years 1900 to 9999")]
    Day,
}

impl Workbook {
    /// A workbook without sheets. The same content makes the same bytes: no clock is read.
    pub fn new() -> Result<Self, Unwritable> {
        let mut inner = rust_xlsxwriter::Workbook::new();
        let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
        inner.set_properties(&DocProperties::new().set_author("jiujinan").set_creation_datetime(&made));
        Ok(Self { inner, looks: Looks::new() })
    }

    /// A sheet: lines of title, then the head, which stays in sight and is printed on every page. A4 across, one page wide.
    pub fn sheet(&mut self, name: &str, title: &[&str], columns: &[Column]) -> Result<Sheet<'_>, Unwritable> {
        let inner = self.inner.add_worksheet_with_constant_memory()?;
        inner.set_name(name)?;
        // 9 is A4 (ECMA-376 part 1, 18.3.1.63).
        inner.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_footer("&C&P / &N");
        for (column, at) in columns.iter().zip(0_u16..) {
            inner.set_column_width(at, column.width)?;
        }
        let mut next = 0;
        for line in title {
            inner.write_string_with_format(next, 0, *line, &self.looks.title)?;
            next += 1;
        }
        for (column, at) in columns.iter().zip(0_u16..) {
            inner.write_string_with_format(next, at, column.title.as_ref(), &self.looks.head)?;
        }
        inner.set_repeat_rows(next, next)?;
        inner.set_freeze_panes(next + 1, 0)?;
        let columns = columns.iter().map(|column| if column.summed { Sum::Nothing } else { Sum::Unsummed }).collect();
        Ok(Sheet { inner, looks: &self.looks, next: next + 1, first: next + 1, columns })
    }

    /// The file.
    pub fn bytes(mut self) -> Result<Vec<u8>, Unwritable> {
        Ok(self.inner.save_to_buffer()?)
    }
}

impl Sheet<'_> {
    /// Writes a row.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = Cell<'c>>) -> Result<&mut Self, Unwritable> {
        let row = self.next;
        for (cell, at) in cells.into_iter().zip(0_u16..) {
            if let Some(sum) = self.columns.get_mut(usize::from(at)) {
                sum.add(&cell);
            }
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => write_text(self.inner, (row, at), text, &self.looks.text)?,
                Cell::Fen(fen) => write_decimal(self.inner, (row, at), &fen.to_string(), fen.get(), &self.looks.fen)?,
                Cell::Whole(whole) => write_decimal(self.inner, (row, at), &whole.to_string(), whole, &self.looks.whole)?,
                Cell::Day(day) => write_moment(self.inner, (row, at), &excel_day(day)?, &self.looks.day)?,
                Cell::Moment(moment) => write_moment(self.inner, (row, at), &excel_moment(moment)?, &self.looks.moment)?,
            }
        }
        self.next += 1;
        Ok(self)
    }

    /// Writes a row of sums over all rows so far: formulas, with what they come to.
    pub fn sums(&mut self, label: &str) -> Result<&mut Self, Unwritable> {
        let row = self.next;
        self.inner.write_string_with_format(row, 0, label, &self.looks.sum)?;
        for (sum, at) in self.columns.iter().zip(0_u16..) {
            let (result, look) = match sum {
                Sum::Unsummed => continue,
                Sum::Nothing => ("0".to_owned(), &self.looks.sum_fen),
                Sum::Fen(fen) => (yuan(*fen), &self.looks.sum_fen),
                Sum::Whole(whole) => (whole.to_string(), &self.looks.sum_whole),
            };
            // Nothing to add up is no range.
            if row == self.first {
                self.inner.write_number_with_format(row, at, 0, look)?;
                continue;
            }
            let column = rust_xlsxwriter::column_number_to_name(at);
            let formula = Formula::new(format!("=SUM({column}{}:{column}{row})", self.first + 1)).set_result(result);
            self.inner.write_formula_with_format(row, at, formula, look)?;
        }
        self.next += 1;
        Ok(self)
    }
}

impl Sum {
    fn add(&mut self, cell: &Cell<'_>) {
        *self = match (&*self, cell) {
            (Self::Nothing, Cell::Fen(fen)) => Self::Fen(fen.get().into()),
            (Self::Nothing, Cell::Whole(whole)) => Self::Whole((*whole).into()),
            // A sheet has about a million rows: sums of 64 bits do not fill 128.
            (Self::Fen(sum), Cell::Fen(fen)) => Self::Fen(sum.saturating_add(fen.get().into())),
            (Self::Whole(sum), Cell::Whole(whole)) => Self::Whole(sum.saturating_add((*whole).into())),
            _ => return,
        };
    }
}

/// Yuan with two decimals, of sums that may leave 64 bits.
fn yuan(fen: i128) -> String {
    let (sign, fen) = (if fen < 0 { "-" } else { "" }, fen.unsigned_abs());
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

type Place = (u32, u16);

fn write_text<'t>(sheet: &mut Worksheet, at: Place, text: impl Into<Cow<'t, str>>, look: &Format) -> Result<(), Unwritable> {
    sheet.write_string_with_format(at.0, at.1, text.into(), look)?;
    Ok(())
}

fn write_moment(sheet: &mut Worksheet, at: Place, moment: &ExcelDateTime, look: &Format) -> Result<(), Unwritable> {
    sheet.write_datetime_with_format(at.0, at.1, moment, look)?;
    Ok(())
}

/// A decimal text as a number: the float nearest to it, which the writer writes by its shortest text, which is the decimal text again as
/// long as it has at most fifteen digits (53 bits hold 15.95 of them).
fn write_decimal(sheet: &mut Worksheet, at: Place, text: &str, digits: i64, look: &Format) -> Result<(), Unwritable> {
    match text.parse::<f64>() {
        Ok(number) if digits.unsigned_abs() <= FEN_MAX.unsigned_abs() => {
            sheet.write_number_with_format(at.0, at.1, number, look)?;
            Ok(())
        }
        _ => write_text(sheet, at, text, look),
    }
}

fn excel_day(day: Date) -> Result<ExcelDateTime, Unwritable> {
    let part = |part: i8| u8::try_from(part).map_err(|_| Unwritable::Day);
    let year = u16::try_from(day.year()).map_err(|_| Unwritable::Day)?;
    Ok(ExcelDateTime::from_ymd(year, part(day.month())?, part(day.day())?)?)
}

fn excel_moment(moment: Timestamp) -> Result<ExcelDateTime, Unwritable> {
    let second = second_of_day(moment);
    let part = |part: u32| u8::try_from(part).map_err(|_| Unwritable::Day);
    let hour = u16::try_from(second / 3600).map_err(|_| Unwritable::Day)?;
    Ok(excel_day(day(moment))?.and_hms(hour, part(second / 60 % 60)?, part(second % 60)?)?)
}

impl Looks {
    fn new() -> Self {
        let plain = || Format::new().set_align(FormatAlign::VerticalCenter);
        let sum = || plain().set_bold().set_border_top(FormatBorder::Thin);
        Self {
            title: plain().set_bold().set_font_size(14),
            head: plain().set_bold().set_border_bottom(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Center),
            // As text, it stays a text even when somebody edits it.
            text: plain().set_num_format("@"),
            fen: plain().set_num_format("#,##0.00"),
            whole: plain().set_num_format("0"),
            day: plain().set_num_format("yyyy-mm-dd"),
            moment: plain().set_num_format("yyyy-mm-dd hh:mm:ss"),
            sum: sum(),
            sum_fen: sum().set_num_format("#,##0.00"),
            sum_whole: sum().set_num_format("0"),
        }
    }
}
