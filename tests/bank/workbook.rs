//! Statements as workbooks: the same rows, with numbers and days as cells of their own kind.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::file::Statement;
use super::table::{Cell, Form};

impl Statement {
    /// The workbook.
    pub fn xlsx(&self, form: Form) -> Vec<u8> {
        let mut book = Workbook::new();
        let day_format = Format::new().set_num_format("yyyy-mm-dd");
        let sheet = book.add_worksheet();
        for (row, at) in self.rows(form).iter().zip(0..) {
            for (cell, column) in row.iter().zip(0..) {
                match cell {
                    Cell::Text(text) => sheet.write_string(at, column, text),
                    // As whoever types the amount would do it.
                    Cell::Fen(fen) => sheet.write_number(at, column, yuan(*fen)),
                    Cell::Count(count) => sheet.write_number(at, column, i32::try_from(*count).unwrap()),
                    Cell::Day(day) => {
                        let day = ExcelDateTime::from_ymd(day.year, day.month, day.day).unwrap();
                        sheet.write_datetime_with_format(at, column, &day, &day_format)
                    }
                }
                .unwrap();
            }
        }
        book.save_to_buffer().unwrap()
    }
}

fn yuan(fen: i64) -> f64 {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.abs() / 100, fen.abs() % 100).parse().unwrap()
}
