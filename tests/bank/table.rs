//! Statements as tables, as the profiles of deploy/banks say.

use super::file::{Day, Statement};

/// Which profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Enterprise,
    DirectionWords,
    Continental,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Fen(i64),
    Count(i64),
    Day(Day),
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<Cell> {
    texts.into_iter().map(text).collect()
}

impl Form {
    pub const ALL: [Self; 3] = [Self::Enterprise, Self::DirectionWords, Self::Continental];

    /// The id of the profile.
    pub fn profile(self) -> &'static str {
        match self {
            Self::Enterprise => "enterprise-gb18030",
            Self::DirectionWords => "direction-words",
            Self::Continental => "continental",
        }
    }

    fn yuan(self, fen: i64) -> String {
        let (sign, fen) = (if fen < 0 { "-" } else { "" }, fen.abs());
        let yuan = (fen / 100).to_string();
        let group = |between: &str| {
            let first = (yuan.len() + 2) % 3 + 1;
            let mut grouped = yuan[..first].to_owned();
            for at in (first..yuan.len()).step_by(3) {
                grouped = format!("{grouped}{between}{}", &yuan[at..at + 3]);
            }
            grouped
        };
        match self {
            Self::Enterprise => format!("{sign}{}.{:02}", group(","), fen % 100),
            Self::DirectionWords => format!("{sign}{yuan}.{:02}", fen % 100),
            Self::Continental => format!("{sign}{},{:02}", group("."), fen % 100),
        }
    }

    fn day(self, day: Day) -> String {
        match self {
            Self::Enterprise => day.to_string(),
            Self::DirectionWords => day.to_string().replace('-', ""),
            Self::Continental => format!("{}.{}.{}", day.day, day.month, day.year),
        }
    }
}

impl Statement {
    /// The rows of a table.
    pub fn rows(&self, form: Form) -> Vec<Vec<Cell>> {
        match form {
            Form::Enterprise => self.enterprise(),
            Form::DirectionWords => self.direction_words(),
            Form::Continental => self.continental(),
        }
    }

    /// The text file, in Unicode: what the profile says of its charset is the caller's.
    pub fn csv(&self, form: Form) -> String {
        let delimiter = if form == Form::Continental { ";" } else { "," };
        let field = |cell: &Cell| match cell {
            Cell::Text(text) if text.contains([',', ';', '"']) => format!("\"{}\"", text.replace('"', "\"\"")),
            Cell::Text(text) => text.clone(),
            Cell::Fen(fen) if form == Form::Continental => form.yuan(*fen),
            Cell::Fen(fen) => format!("\"{}\"", form.yuan(*fen)),
            Cell::Count(count) => count.to_string(),
            Cell::Day(day) => form.day(*day),
        };
        let line = |row: &Vec<Cell>| row.iter().map(field).collect::<Vec<_>>().join(delimiter);
        self.rows(form).iter().map(|row| format!("{}\r\n", line(row))).collect()
    }

    fn enterprise(&self) -> Vec<Vec<Cell>> {
        let mut rows = vec![
            vec![text("账户明细对账单")],
            vec![text("账号"), text(&self.account), text("对账单编号"), Cell::Count(self.sequence)],
            vec![text("起始日期"), Cell::Day(self.from), text("截止日期"), Cell::Day(self.to)],
            vec![text("期初余额"), Cell::Fen(self.opening_fen)],
            Vec::new(),
            texts([
                "序号",
                "记账日期",
                "起息日期",
                "流水号",
                "收入",
                "支出",
                "余额",
                "对方户名",
                "对方账号",
                "摘要",
                "用途",
                "附言",
            ]),
        ];
        for ((movement, balance, reference), number) in self.lines().into_iter().zip(1..) {
            let (incoming, outgoing) = match movement.fen {
                fen if fen > 0 => (Cell::Fen(fen), text("")),
                fen => (text(""), Cell::Fen(-fen)),
            };
            rows.push(vec![
                Cell::Count(number),
                Cell::Day(movement.booked_on),
                Cell::Day(movement.value_on),
                text(reference),
                incoming,
                outgoing,
                Cell::Fen(balance),
                text(&movement.payee),
                text(&movement.payee_account),
                text("救急难"),
                text(&movement.id),
                text(""),
            ]);
        }
        let sum = |of: fn(&i64) -> bool| {
            let all = self.movements.iter().map(|movement| movement.fen).filter(of).collect::<Vec<_>>();
            (Cell::Count(i64::try_from(all.len()).unwrap()), Cell::Fen(all.iter().sum::<i64>().abs()))
        };
        let ((ins, credits), (outs, debits)) = (sum(|fen| *fen > 0), sum(|fen| *fen < 0));
        let labels = ["收入笔数", "收入合计", "支出笔数", "支出合计"].map(text);
        let figures = labels.into_iter().zip([ins, credits, outs, debits]).flat_map(|(label, figure)| [label, figure]);
        rows.push(std::iter::once(text("合计")).chain(figures).collect());
        rows.push(vec![text("期末余额"), Cell::Fen(self.closing_fen())]);
        rows
    }

    fn direction_words(&self) -> Vec<Vec<Cell>> {
        let mut rows = vec![
            vec![text(format!("查询账号：{}", self.account))],
            vec![text("总笔数"), Cell::Count(i64::try_from(self.movements.len()).unwrap())],
            texts(["交易日期", "交易流水号", "借贷标志", "交易金额", "账户余额", "对方名称", "对方账户", "摘要", "备注"]),
        ];
        for (movement, balance, reference) in self.lines().into_iter().rev() {
            rows.push(vec![
                Cell::Day(movement.booked_on),
                text(reference),
                text(if movement.fen > 0 { "贷" } else { "借" }),
                Cell::Fen(movement.fen.abs()),
                Cell::Fen(balance),
                text(&movement.payee),
                text(&movement.payee_account),
                text("代付"),
                text(&movement.id),
            ]);
        }
        rows
    }

    fn continental(&self) -> Vec<Vec<Cell>> {
        let mut rows = vec![
            vec![text("Account"), text(&self.account)],
            vec![text("From"), Cell::Day(self.from), text("To"), Cell::Day(self.to)],
            vec![text("Opening balance"), Cell::Fen(self.opening_fen)],
            vec![text("Closing balance"), Cell::Fen(self.closing_fen())],
            texts(["Booked", "Value", "Amount", "Name", "Account of them", "Purpose", "End-to-end id", "Bank reference"]),
        ];
        for (movement, _, reference) in self.lines() {
            rows.push(vec![
                Cell::Day(movement.booked_on),
                Cell::Day(movement.value_on),
                Cell::Fen(movement.fen),
                text(&movement.payee),
                text(&movement.payee_account),
                text("aid"),
                text(&movement.id),
                text(reference),
            ]);
        }
        rows
    }
}
