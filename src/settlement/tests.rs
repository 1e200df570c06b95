//! The split of bills, by the figures of the stories and for any bill; and that unwinding restores every balance.

use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;

use crate::actor::{Actor, Role, Roles, Subject};
use crate::book::{Facts, FundRow, Move, Payer, PayerStatus, Presence, Rows, Rules, Ruling, SettlementRow, SettlementState};
use crate::division::Division;
use crate::http::{Context, Language};
use crate::id::{ClearingId, FundId, HoldId, LeafId, SettlementId};
use crate::money::Fen;
use crate::policy::{FundKind, FundStatus, Limits};
use crate::settlement::bill::{Bill, Discounts, Emergency, Fees, Insured, Shares};
use crate::settlement::clear::Clear;
use crate::settlement::result::TakeResult;
use crate::settlement::rooms::Funds;
use crate::settlement::settle::Settle;
use crate::settlement::split::{Room, Rooms, Rule, Split};
use crate::settlement::target::{Target, split_of};
use crate::settlement::terms::Terms;
use crate::settlement::unwind::Unwind;
use crate::vault::BlindIndex;

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

/// A bill of any kind: fees, what arrives of it in hundredths, the account, the emergency part.
fn bills() -> impl Strategy<Value = (Bill, Discounts)> {
    let fees = prop::array::uniform6(0..5_000_000_i64);
    let shares = prop::array::uniform9(0..12_i64);
    let off = prop::array::uniform5(0..=100_u8);
    (fees, shares, off, 0..150_i64, any::<bool>()).prop_map(|(fees, shares, off, emergency, unidentified)| {
        let [registration, consultation, examination, drugs, bed, other] = fees.map(Fen::new);
        let fees = Fees { registration, consultation, examination, drugs, bed, other };
        let total = fees.sum().unwrap().plus(Fen::new(1)).unwrap();
        let fees = Fees { other: other.plus(Fen::new(1)).unwrap(), ..fees };
        let [
            third_party,
            basic_insurance,
            critical_illness,
            large_sum,
            enterprise_supplement,
            civil,
            medical_aid,
            other,
            account,
        ] = shares.map(|hundredth| Fen::new(total.get() * hundredth / 108));
        let shares = Shares {
            third_party,
            basic_insurance,
            critical_illness,
            large_sum,
            enterprise_supplement,
            civil_servant_supplement: civil,
            medical_aid,
            other,
            account,
        };
        let amount = Fen::new((total.get() * emergency / 100).min(total.get()));
        let emergency = amount.is_some().then_some(Emergency { amount, unidentified, unable_to_pay: None });
        let [registration, consultation, examination, drugs, bed] = off;
        let off = Discounts { registration, consultation, examination, drugs, bed };
        (Bill { total, fees, shares, insured: Insured::default(), emergency, discount: fees.discount(&off).unwrap() }, off)
    })
}

/// A city with an emergency-treatment fund and a relief fund, and what happens in it.
struct City {
    facts: Facts,
    actor: Arc<Actor>,
    funds: Funds,
}

const HERE: &str = "340303";

impl City {
    fn new(emergency: (i64, i64), relief: (i64, i64)) -> Self {
        let division: Division = HERE.parse().unwrap();
        let mut facts = Facts::empty(Timestamp::UNIX_EPOCH, Arc::new(Rules::default()));
        let mut fund = |kind, (credited, cap): (i64, i64)| {
            let fund = fund(kind, credited, cap);
            facts.apply(&Rows { funds: vec![fund.clone()], ..Rows::default() });
            fund.id
        };
        let (emergency, relief) = (fund(FundKind::EmergencyTreatment, emergency), fund(FundKind::ReliefFund, relief));
        let actor = Actor {
            subject: Subject::new("test", "billing"),
            roles: Roles::of(&[Role::Hospital, Role::Finance]),
            scope: division,
            section: None,
            hospital: None,
        };
        Self { facts, actor: Arc::new(actor), funds: Funds { emergency: Some(emergency), relief: Some(relief) } }
    }

    fn fund(&self, id: Option<FundId>) -> &FundRow {
        self.facts.fund(self.actor.city(), id.unwrap()).unwrap()
    }

    /// Held and paid of both funds.
    fn balances(&self) -> [(Fen, Fen); 2] {
        [self.funds.emergency, self.funds.relief].map(|id| (self.fund(id).held, self.fund(id).paid))
    }

    fn row(&self, id: SettlementId) -> SettlementRow {
        self.facts.settlements().settlement(self.actor.city(), id).unwrap().clone()
    }

    /// Plays a move; true when it changed something.
    fn play(&mut self, action: &impl Move) -> bool {
        let Ruling::Done(rows, _) = action.decide(&self.facts) else { return false };
        self.facts.apply(&rows);
        true
    }

    fn settle(&mut self, bill: Bill, message: &str) -> SettlementId {
        let id = SettlementId::new();
        let settle = Settle {
            actor: self.actor.clone(),
            context: context(),
            leaf: LeafId::new(),
            id,
            division: self.actor.scope,
            hospital: "H".into(),
            message: message.into(),
            fingerprint: [1; 32],
            waiver: None,
            visit_no: "V".into(),
            person: BlindIndex::from_slice(&[7; 16]).unwrap(),
            patient: Arc::from([]),
            commitment: String::new(),
            diagnosis: None,
            bill,
            terms: Terms::default(),
            funds: self.funds,
            holds: (HoldId::new(), HoldId::new()),
        };
        assert!(self.play(&settle));
        id
    }

    fn target(&self, id: SettlementId) -> Target {
        Target { actor: self.actor.clone(), context: context(), leaf: LeafId::new(), row: self.row(id), funds: self.funds }
    }

    fn result(&mut self, id: SettlementId, payer: Payer, status: PayerStatus, amount: Fen) -> bool {
        let holds = (HoldId::new(), HoldId::new());
        let target = self.target(id);
        self.play(&TakeResult { target, payer, status, amount, reference: "R".into(), holds })
    }

    fn unwind(&mut self, id: SettlementId, into: SettlementState) -> bool {
        let target = self.target(id);
        self.play(&Unwind { target, into, reason: Arc::from([]) })
    }

    fn clear(&mut self, id: SettlementId, fund: Option<FundId>) -> bool {
        let clear = Clear {
            actor: self.actor.clone(),
            context: context(),
            leaf: LeafId::new(),
            id: ClearingId::new(),
            fund: fund.unwrap(),
            settlements: vec![(id, self.actor.scope)],
            reference: "C".into(),
        };
        self.play(&clear)
    }

    /// Parts add up and are not negative, and each fund holds and has paid what it bears.
    fn check(&self, id: SettlementId) {
        let row = self.row(id);
        let split = split_of(&row).unwrap();
        let parts = || split.parts().iter();
        assert!(parts().all(|part| part.amount >= Fen::ZERO && part.refused >= Fen::ZERO), "{split:?}");
        assert_eq!(Fen::sum(parts().map(|part| part.amount)), Some(row.total), "{split:?}");
        let bill: Bill = serde_json::from_str(&row.bill).unwrap();
        let part = |payer| split.part(payer).unwrap();
        assert!(part(Payer::HospitalDiscount).amount <= bill.discount);
        assert!(part(Payer::EmergencyTreatment).amount <= bill.claimable());
        let stands = row.state == SettlementState::Settled;
        let borne = |payer| {
            let part = part(payer);
            (if stands { part.amount.minus(part.cleared).unwrap() } else { Fen::ZERO }, part.cleared)
        };
        assert_eq!(self.balances(), [borne(Payer::EmergencyTreatment), borne(Payer::ReliefFund)]);
        for id in [self.funds.emergency, self.funds.relief] {
            let fund = self.fund(id);
            assert!(fund.available() >= Fen::ZERO && fund.held.plus(fund.paid).unwrap() <= fund.credited);
            assert!(fund.held.plus(fund.paid).unwrap() <= fund.limits.case.unwrap(), "the limit of one case holds");
        }
    }
}

fn context() -> Context {
    Context { language: Language::Chinese, instance: String::new(), trace_id: String::new(), request_id: String::new() }
}

fn fund(kind: FundKind, credited: i64, cap: i64) -> FundRow {
    let division: Division = HERE.parse().unwrap();
    FundRow {
        presence: Presence::Stored,
        city: division.city(),
        id: FundId::new(),
        division,
        kind,
        name: "n".into(),
        status: FundStatus::Active,
        target: Fen::ZERO,
        floor: Fen::ZERO,
        limits: Limits { case: Some(Fen::new(cap)), ..Limits::default() },
        account: None,
        status_reason: None,
        subject_codes: Arc::from([]),
        credited: Fen::new(credited),
        held: Fen::ZERO,
        paid: Fen::ZERO,
        day: jiff::civil::Date::ZERO,
        day_granted: Fen::ZERO,
        version: 0,
        settings_version: 1,
        opened_at: Timestamp::UNIX_EPOCH,
        loaned: Fen::ZERO,
        custodians: Arc::from([]),
    }
}

proptest! {
    #[test]
    fn any_bill_is_borne_wholly_whatever_its_payers_say_later(
        (bill, _) in bills(),
        emergency in (0..9_000_000_i64, 0..9_000_000_i64),
        relief in (0..9_000_000_i64, 0..9_000_000_i64),
        said in prop::collection::vec((0..Payer::ALL.len(), 1..=4_usize, 1..=100_i64, any::<bool>()), 0..8),
    ) {
        let mut city = City::new(emergency, relief);
        let id = city.settle(bill, "m");
        city.check(id);
        for (payer, status, hundredths, clears) in said {
            let payer = Payer::ALL[payer];
            let part = split_of(&city.row(id)).unwrap().part(payer).unwrap().amount;
            let amount = Fen::new((part.get() * hundredths + 99) / 100);
            let status = [PayerStatus::Final, PayerStatus::Approved, PayerStatus::Paid, PayerStatus::Refused][status - 1];
            if amount.is_some() {
                city.result(id, payer, status, amount);
                city.check(id);
            }
            if clears {
                let fund = if hundredths % 2 == 0 { city.funds.emergency } else { city.funds.relief };
                city.clear(id, fund);
                city.check(id);
            }
        }
    }

    #[test]
    fn unwinding_restores_every_balance_and_happens_once(
        (bill, _) in bills(),
        emergency in (0..9_000_000_i64, 0..9_000_000_i64),
        relief in (0..9_000_000_i64, 0..9_000_000_i64),
        refused in 1..=100_i64,
        reversed in any::<bool>(),
    ) {
        let mut city = City::new(emergency, relief);
        let id = city.settle(bill.clone(), "m");
        let part = split_of(&city.row(id)).unwrap().part(Payer::ThirdParty).unwrap().amount;
        city.result(id, Payer::ThirdParty, PayerStatus::Refused, Fen::new((part.get() * refused + 99) / 100));
        let into = if reversed { SettlementState::Reversed } else { SettlementState::Cancelled };
        let before = city.fund(city.funds.relief).version;
        prop_assert!(city.unwind(id, into));
        prop_assert_eq!(city.balances(), [(Fen::ZERO, Fen::ZERO); 2]);
        prop_assert_eq!(city.fund(city.funds.relief).day_granted, Fen::ZERO);
        prop_assert!(city.fund(city.funds.relief).version >= before);
        let versions = |city: &City| [city.funds.emergency, city.funds.relief].map(|id| city.fund(id).version);
        let after = versions(&city);
        city.unwind(id, into);
        prop_assert_eq!(versions(&city), after, "again it is as it is");
        let again = city.settle(bill, "n");
        city.check(again);
    }

    #[test]
    fn a_discount_is_what_its_fees_say_and_no_more((bill, off) in bills()) {
        let kinds = [
            (bill.fees.registration, off.registration),
            (bill.fees.consultation, off.consultation),
            (bill.fees.examination, off.examination),
            (bill.fees.drugs, off.drugs),
            (bill.fees.bed, off.bed),
        ];
        let sum: i64 = kinds.iter().map(|(fee, percent)| fee.get() * i64::from(*percent) / 100).sum();
        prop_assert_eq!(bill.discount, Fen::new(sum));
        let split = Split::of(&bill, &Rooms::default()).unwrap();
        let rest = bill.total.minus(bill.shares.sum().unwrap()).unwrap();
        prop_assert_eq!(split.part(Payer::HospitalDiscount).unwrap().amount, Fen::new(sum).min(rest));
        prop_assert_eq!(split.part(Payer::Patient).unwrap().amount.get(), (rest.get() - sum).max(0) + bill.shares.account.get());
    }
}
