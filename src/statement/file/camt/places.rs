//! Texts of a message by their places.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::money::Fen;
use crate::statement::file::amount::plain;
use crate::time::{day, strict};

/// An amount with its currency and its direction, as far as they were read.
#[derive(Clone, Debug, Default)]
pub struct Money {
    fen: Option<Option<Fen>>,
    currency: Option<String>,
    outgoing: Option<Option<bool>>,
}

impl Money {
    /// The text of `Amt`, and its currency where the place has one.
    pub fn amount(&mut self, text: &str, currency: Option<&str>) {
        self.fen = Some(plain(text.trim()).filter(|fen| *fen >= Fen::ZERO));
        self.currency = currency.map(str::to_owned);
    }

    /// The text of `CdtDbtInd`.
    pub fn indicator(&mut self, text: &str) {
        self.outgoing = Some(match text.trim() {
            "CRDT" => Some(false),
            "DBIT" => Some(true),
            _ => None,
        });
    }

    /// True when an amount was read.
    pub const fn is_there(&self) -> bool {
        self.fen.is_some()
    }

    /// The amount with its sign: what comes in is above zero. Without a direction of its own it has the given one.
    pub fn signed(&self, otherwise: Option<bool>) -> Result<Fen, &'static str> {
        let fen = self.fen.ok_or("none found")?.ok_or("not an amount of yuan with two decimals")?;
        if self.currency.as_deref().is_some_and(|currency| currency != "CNY") {
            return Err("not in CNY");
        }
        let outgoing = match self.outgoing {
            Some(outgoing) => outgoing,
            None => otherwise,
        };
        match outgoing {
            Some(false) => Ok(fen),
            Some(true) => Fen::ZERO.minus(fen).ok_or("not an amount of yuan with two decimals"),
            None => Err("neither CRDT nor DBIT"),
        }
    }

    /// The direction of its own.
    pub fn outgoing(&self) -> Option<bool> {
        self.outgoing.flatten()
    }
}

/// `Dt` or `DtTm`. A moment without an offset is of the bank's own clock.
pub fn read_date(text: &str) -> Option<Date> {
    let text = text.trim();
    match text.split_once('T') {
        None => strict::read_day(text.get(..10)?).filter(|_| text.len() == 10 || matches!(text.get(10..), Some("Z" | "+08:00"))),
        Some((date, time)) => match time.contains(['Z', '+', '-']) {
            true => text.parse::<Timestamp>().ok().map(day),
            false => strict::read_day(date),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_belongs_to_the_day_of_shanghai() {
        let day = |text: &str| read_date(text).map(|day| day.to_string());
        assert_eq!(day("2026-11-03").as_deref(), Some("2026-11-03"));
        assert_eq!(day("2026-11-03T00:00:00").as_deref(), Some("2026-11-03"));
        assert_eq!(day("2026-11-03T20:00:00Z").as_deref(), Some("2026-11-04"));
        assert_eq!(day("2026-11-03T23:59:59.999+08:00").as_deref(), Some("2026-11-03"));
        for wrong in ["", "2026-11-3", "2026-13-01", "x", "2026-11-03x", "中文中文中文中文"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
