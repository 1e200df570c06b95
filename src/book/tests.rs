//! What a batch makes of the rows of its moves.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::audit::{Denied, Leaf};
use crate::book::played::Batch;
use crate::book::{Account, FundRow, PersonRow, Presence, Rows, Transfer};
use crate::code::Code;
use crate::division::{City, Division};
use crate::id::{FundId, LeafId};
use crate::money::Fen;
use crate::policy::{FundKind, FundStatus, Limits};
use crate::vault::BlindIndex;

fn city() -> City {
    "3403".parse().unwrap()
}

fn fund() -> FundRow {
    FundRow {
        presence: Presence::Stored,
        city: city(),
        id: FundId::new(),
        division: "340303001".parse::<Division>().unwrap(),
        kind: FundKind::StreetReserve,
        name: "fund".into(),
        status: FundStatus::Active,
        target: Fen::ZERO,
        floor: Fen::new(100),
        limits: Limits::default(),
        account: None,
        status_reason: None,
        subject_codes: Arc::new([]),
        credited: Fen::new(1_000),
        held: Fen::ZERO,
        paid: Fen::ZERO,
        day: Date::ZERO,
        day_granted: Fen::ZERO,
        version: 1,
        settings_version: 1,
        opened_at: Timestamp::UNIX_EPOCH,
        loaned: Fen::ZERO,
        custodians: Arc::new([]),
    }
}

/// The fund after a payment, as the move after it sees it.
fn paid(fund: &FundRow, fen: i64) -> FundRow {
    let mut fund = fund.clone();
    fund.version += 1;
    fund.transfer(0, Account::Available, Account::Paid, Fen::new(fen), Transfer::default()).unwrap();
    fund
}

fn frozen(fund: &FundRow) -> FundRow {
    FundRow { status: FundStatus::Frozen, settings_version: fund.settings_version + 1, ..fund.clone() }
}

fn money(fund: &FundRow) -> Rows {
    Rows { funds: vec![fund.clone()], ..Rows::default() }
}

fn settings(fund: &FundRow) -> Rows {
    Rows { fund_settings: Some(fund.clone()), ..Rows::default() }
}

#[test]
fn a_batch_writes_the_last_state_of_a_fund_once_whatever_came_first() {
    let start = fund();
    let (pay, freeze) = (paid(&start, 300), frozen(&start));
    let (both, other) = (frozen(&pay), paid(&freeze, 300));
    for moves in [[money(&pay), settings(&both)], [settings(&freeze), money(&other)]] {
        let mut batch = Batch::default();
        moves.into_iter().for_each(|rows| batch.add(rows));
        assert!(batch.funds.is_empty(), "the totals would be written twice");
        let written: Vec<&FundRow> = batch.fund_settings.values().collect();
        assert_eq!(written, [&both], "status and totals are both the last ones");
    }
    let mut batch = Batch::default();
    batch.add(money(&pay));
    batch.add(money(&paid(&pay, 50)));
    assert_eq!(batch.funds.values().map(|fund| (fund.version, fund.paid)).collect::<Vec<_>>(), [(3, Fen::new(350))]);
}

#[test]
fn a_person_helped_twice_in_a_batch_is_written_once() {
    let person = BlindIndex::from_slice(&[1; 16]).unwrap();
    let row = |granted| PersonRow {
        presence: Presence::New,
        city: city(),
        person,
        year: 2026,
        year_granted: Fen::new(granted),
        barred_until: None,
        deceased_on: None,
    };
    let mut batch = Batch::default();
    for granted in [100, 250] {
        batch.add(Rows { person: Some(row(granted)), ..Rows::default() });
    }
    let written: Vec<_> = batch.persons.values().map(|person| (person.presence, person.year_granted)).collect();
    assert_eq!(written, [(Presence::New, Fen::new(250))], "inserted once, with all that was granted");
}

#[test]
fn what_may_meet_another_server_is_written_in_one_order() {
    let mut batch = Batch::default();
    for token in [[9; 16], [1; 16], [5; 16]] {
        batch.add(Rows { countersign: Some((city(), token)), ..Rows::default() });
    }
    batch.sort();
    assert!(batch.countersigns.is_sorted());
}

#[test]
fn a_batch_with_nothing_but_a_denial_is_still_written() {
    let mut batch = Batch::default();
    assert!(batch.is_empty());
    let said = Denied { code: Code::NotFound, detail: "outside the scope".into(), route: "/".into() };
    let leaf = Leaf::new(city(), LeafId::new(), Timestamp::UNIX_EPOCH, "a#b", &said);
    batch.add(Rows { leaves: vec![leaf], ..Rows::default() });
    assert!(!batch.is_empty());
}

#[test]
fn a_transfer_that_would_break_a_total_changes_nothing() {
    let mut fund = fund();
    let before = fund.clone();
    for (debit, credit, fen) in [
        (Account::Held, Account::Available, 1),
        (Account::Available, Account::Treasury, 1_001),
        (Account::Treasury, Account::Available, i64::MAX),
        (Account::Paid, Account::Held, 1),
    ] {
        assert!(fund.transfer(0, debit, credit, Fen::new(fen), Transfer::default()).is_none(), "{debit:?} {credit:?}");
        assert_eq!(fund, before);
    }
}
