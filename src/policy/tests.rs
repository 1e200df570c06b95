//! The rules as tables and properties.

mod codes;
mod properties;
mod windows;

use std::sync::LazyLock;

use jiff::civil::Date;

use super::*;
use crate::money::Fen;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn fen(fen: i64) -> Fen {
    Fen::new(fen)
}

/// The rules of 2026 as shipped: L 780 yuan, quick 1 L a case, the street's power 3 000 yuan, cash 2 000 yuan.
fn rules() -> Policy {
    static RULES: LazyLock<Policy> = LazyLock::new(|| Policy::parse(include_str!("../../deploy/policy/cn-2026.toml")).unwrap());
    RULES.clone()
}

/// A small case that is approved: one registered person, 600 yuan in cash, a full fund, one officer.
fn small() -> Question {
    Question {
        day: date("2026-11-21"),
        cause: Cause::Fire,
        residence: Residence::Registered,
        persons: 1,
        temporary: false,
        identified: false,
        requested: fen(60_000),
        wishes: vec![Wish { method: Method::Cash, amount: None }],
        signature: Signature::Alone,
        deceased_on: None,
        barred_until: None,
        repeat: None,
        repeat_overridden: false,
        offered: None,
        overdue: 0,
        usage: Usage::default(),
        fund: FundFacts { status: FundStatus::Active, available: fen(3_000_000), limits: Limits::default(), bridged: Fen::ZERO },
    }
}

fn conflict() -> Conflict {
    let number = "JJN-340303001-20260301-0007".parse().unwrap();
    Conflict { number, division: "340303001".parse().unwrap() }
}
