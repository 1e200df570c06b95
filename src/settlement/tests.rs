//! The split of bills, by the figures of the stories and for any bill; and that unwinding restores every balance.

mod city;
mod properties;

use crate::book::{Payer, PayerStatus};
use crate::id::FundId;
use crate::money::Fen;
use crate::settlement::bill::{Bill, Discounts, Emergency, Fees, Insured, Shares};
use crate::settlement::split::{Room, Rooms, Rule, Split};

fn amounts(split: &Split) -> Vec<(Payer, i64)> {
    split.parts().iter().filter(|part| part.amount.is_some()).map(|part| (part.payer, part.amount.get())).collect()
}

fn room(most: i64, rule: Rule) -> Option<Room> {
    Some(Room { fund: FundId::new(), most: Fen::new(most), rule, cap: Some(Fen::new(2_000_000)) })
}

/// The child of the story, with the discounts of its hospital.
fn child() -> Bill {
    let fees = Fees {
        registration: Fen::new(1_000),
        consultation: Fen::new(35_000),
        examination: Fen::new(150_000),
        drugs: Fen::new(1_200_000),
        bed: Fen::new(200_000),
        other: Fen::new(20_254_000),
    };
    let shares = Shares {
        basic_insurance: Fen::new(13_875_000),
        critical_illness: Fen::new(2_583_750),
        medical_aid: Fen::new(1_498_875),
        ..Shares::default()
    };
    let off = Discounts { registration: 100, consultation: 100, examination: 20, drugs: 5, bed: 30 };
    Bill {
        total: Fen::new(21_840_000),
        fees,
        shares,
        insured: Insured::default(),
        emergency: None,
        discount: fees.discount(&off).unwrap(),
    }
}

#[test]
fn the_bill_of_the_child_with_leukaemia_is_split_to_the_fen() {
    let bill = child();
    assert_eq!(bill.fees.sum(), Some(bill.total));
    let insured = [(Payer::BasicInsurance, 13_875_000), (Payer::CriticalIllness, 2_583_750), (Payer::MedicalAid, 1_498_875)];
    for (relief, rule, patient, short) in
        [(2_000_000, Rule::LimitCase, 1_696_375, false), (1_200_000, Rule::FundInsufficient, 2_496_375, true)]
    {
        let split = Split::of(&bill, &Rooms { emergency: None, relief: room(relief, rule) }).unwrap();
        let rest = [(Payer::HospitalDiscount, 186_000), (Payer::ReliefFund, relief), (Payer::Patient, patient)];
        assert_eq!(amounts(&split), [insured, rest].concat());
        assert_eq!(split.is_short(), short);
        assert_eq!(split.part(Payer::ReliefFund).unwrap().rule, rule);
    }
}

#[test]
fn what_the_road_fund_refuses_is_claimed_from_the_emergency_treatment_fund() {
    let amount = Fen::new(3_860_000);
    let emergency = Some(Emergency { amount, unidentified: true, unable_to_pay: None });
    let shares = Shares { third_party: amount, ..Shares::default() };
    let bill = Bill { total: amount, fees: Fees::default(), shares, insured: Insured::default(), emergency, discount: Fen::ZERO };
    let rooms = Rooms { emergency: room(1_500_000, Rule::LimitCase), relief: room(9, Rule::LimitCase) };
    let mut split = Split::of(&bill, &rooms).unwrap();
    assert_eq!(amounts(&split), [(Payer::ThirdParty, 3_860_000)]);

    split.refuse(Payer::ThirdParty, Fen::new(610_000), &bill, &rooms).unwrap();

    assert_eq!(amounts(&split), [(Payer::ThirdParty, 3_250_000), (Payer::EmergencyTreatment, 610_000)]);
    assert_eq!(split.part(Payer::EmergencyTreatment).unwrap().status, PayerStatus::Claimed);
}

#[test]
fn a_discount_is_rounded_down_fee_by_fee_and_takes_no_more_than_is_left() {
    let fees = Fees { registration: Fen::new(199), bed: Fen::new(199), ..Fees::default() };
    let off = Discounts { registration: 1, bed: 1, ..Discounts::default() };
    assert_eq!(fees.discount(&off), Some(Fen::new(2)), "1.99 and 1.99 are 1 and 1");
    let mut bill = child();
    bill.shares.other = bill.total.minus(bill.shares.sum().unwrap()).unwrap().minus(Fen::new(100)).unwrap();
    let split = Split::of(&bill, &Rooms { emergency: None, relief: room(2_000_000, Rule::LimitCase) }).unwrap();
    assert_eq!(split.part(Payer::HospitalDiscount).unwrap().amount, Fen::new(100));
    assert_eq!(split.part(Payer::Patient).unwrap().amount, Fen::ZERO);
}

#[test]
fn only_somebody_unknown_or_unable_to_pay_has_a_claim() {
    let mut bill = child();
    let mut claimable = |unidentified, unable: Option<&str>| {
        let unable_to_pay = unable.map(str::to_owned);
        bill.emergency = Some(Emergency { amount: Fen::new(7), unidentified, unable_to_pay });
        bill.claimable()
    };
    assert_eq!(
        [claimable(true, None), claimable(false, Some("r")), claimable(false, None)],
        [Fen::new(7), Fen::new(7), Fen::ZERO]
    );
}

#[test]
fn more_than_the_bill_is_never_split() {
    let mut bill = child();
    bill.shares.third_party = bill.total;
    assert_eq!(Split::of(&bill, &Rooms::default()), None);
}
