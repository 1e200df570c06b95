//! Movements of an account.

use std::fmt;

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// One movement.
#[derive(Clone, Debug)]
pub struct Movement {
    /// What was sent to the bank with it, such as the id of a payment.
    pub id: String,
    /// In fen; what comes in is above zero.
    pub fen: i64,
    pub booked_on: Day,
    pub value_on: Day,
    pub payee: String,
    pub payee_account: String,
    /// Movements one after the other with the same number and direction are one entry of a message.
    pub batch: Option<u32>,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    pub account: String,
    pub sequence: i64,
    pub from: Day,
    pub to: Day,
    pub opening_fen: i64,
    pub movements: Vec<Movement>,
}

impl Statement {
    /// What is in the account afterwards.
    pub fn closing_fen(&self) -> i64 {
        self.opening_fen + self.movements.iter().map(|movement| movement.fen).sum::<i64>()
    }

    /// Movements with the balance after each and the bank's own reference.
    pub fn lines(&self) -> Vec<(&Movement, i64, String)> {
        let mut balance = self.opening_fen;
        let mut lines = Vec::new();
        for (movement, number) in self.movements.iter().zip(1..) {
            balance += movement.fen;
            lines.push((movement, balance, format!("B{}{number:06}", self.sequence)));
        }
        lines
    }
}

/// A statement of November 2026 with so many movements, the same for the same seed: ten times as much goes out as comes in, equal amounts
/// on one day, value days behind booking days, batches, names with commas and rare characters.
pub fn drawn(seed: u64, count: usize) -> Statement {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let names = ["张三", "李四, 王五", "A \"B\" C", "𠮷野家", "龙子湖区第一人民医院 <收费处>"];
    let mut movements = Vec::new();
    for at in 0..count {
        let day = u8::try_from(1 + at * 29 / count.max(1)).unwrap();
        let booked_on = Day { year: 2026, month: 11, day };
        let value_on = Day { day: day + u8::try_from(next(2)).unwrap(), ..booked_on };
        let fen = if next(4) == 0 { 78_000 } else { i64::try_from(1 + next(300_000)).unwrap() };
        movements.push(Movement {
            id: format!("{:016x}{:016x}", seed, 0x0198_0000_0000_0000_u64 + u64::try_from(at).unwrap()),
            fen: if next(10) == 0 { fen } else { -fen },
            booked_on,
            value_on,
            payee: names[usize::try_from(next(5)).unwrap()].to_owned(),
            payee_account: format!("62170000{:011}", next(1_000_000_007)),
            batch: Some(u32::try_from(at / 4).unwrap()).filter(|batch| batch % 3 == 0),
        });
    }
    Statement {
        account: "3403000000000012345".to_owned(),
        sequence: 202_611,
        from: Day { year: 2026, month: 11, day: 1 },
        to: Day { year: 2026, month: 11, day: 30 },
        opening_fen: 3_200_000,
        movements,
    }
}
