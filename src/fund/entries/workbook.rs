//! Entries as a workbook.

use crate::fund::entries::{EntriesAnswer, Movement, Totals};
use crate::http::Problem;
use crate::sheet::{Cell, Column, Unwritable, Workbook};

impl EntriesAnswer {
    /// A sheet: a row for the opening, one for each movement, the sum of their changes of the balance, a row for the closing.
    pub fn workbook(&self, name: &str) -> Result<Vec<u8>, Problem> {
        self.written(name).map_err(Problem::internal)
    }

    fn written(&self, name: &str) -> Result<Vec<u8>, Unwritable> {
        let day = |day: Option<jiff::civil::Date>| day.map_or("…".to_owned(), |day| day.to_string());
        let span = format!("{} — {}", day(self.from), day(self.to));
        let columns = [
            Column::new("行 line", 12),
            Column::new("版本 version", 9),
            Column::new("序 ordinal", 8),
            Column::new("时间 at", 20),
            Column::new("借 debit", 12),
            Column::new("贷 credit", 12),
            Column::new("金额 amount", 15),
            Column::new("余额变动 change", 15).summed(),
            Column::new("拨入 credited", 15),
            Column::new("占用 held", 15),
            Column::new("已付 paid", 15),
            Column::new("余额 balance", 15),
            Column::new("救助 case_id", 38),
            Column::new("支付 payment_id", 38),
            Column::new("来源 source", 14),
            Column::new("凭证 reference", 20),
            Column::new("起息日 value_date", 12),
            Column::new("追回 recovery_id", 38),
            Column::new("结算 settlement_id", 38),
        ];
        let mut book = Workbook::new()?;
        let mut sheet = book.sheet("明细 entries", &[name, &span], &columns)?;
        sheet.row(total("期初 opening", self.opening))?;
        for (before, movement) in self.steps() {
            sheet.row(movement.cells(before))?;
        }
        sheet.sums("合计 sum")?;
        sheet.row(total("期末 closing", self.closing))?;
        book.bytes()
    }
}

fn total(line: &'static str, totals: Totals) -> impl Iterator<Item = Cell<'static>> {
    let empty = std::iter::repeat_n(Cell::Empty, 7);
    std::iter::once(Cell::text(line)).chain(empty).chain(totals.cells())
}

impl Totals {
    fn cells(self) -> [Cell<'static>; 4] {
        [self.credited_fen, self.held_fen, self.paid_fen, self.balance_fen].map(Cell::Fen)
    }
}

impl Movement {
    fn cells(&self, before: Totals) -> impl Iterator<Item = Cell<'_>> {
        let change = self.after.balance_fen.minus(before.balance_fen).unwrap_or_default();
        let what = [
            Cell::text("分录 movement"),
            Cell::Whole(self.version),
            Cell::Whole(self.ordinal.into()),
            Cell::Moment(self.at),
            Cell::text(self.debit.as_str()),
            Cell::text(self.credit.as_str()),
            Cell::Fen(self.amount_fen),
            Cell::Fen(change),
        ];
        let whose = [
            Cell::text_if_any(self.case_id.map(|id| id.to_string())),
            Cell::text_if_any(self.payment_id.map(|id| id.to_string())),
            Cell::text_if_any(self.source.map(|source| source.as_str())),
            Cell::text_if_any(self.reference.as_deref()),
            Cell::day_if_any(self.value_date),
            Cell::text_if_any(self.recovery_id.map(|id| id.to_string())),
            Cell::text_if_any(self.settlement_id.map(|id| id.to_string())),
        ];
        what.into_iter().chain(self.after.cells()).chain(whose)
    }
}
