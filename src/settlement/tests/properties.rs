//! Any bill, and whatever its payers, banks and hospitals say of it.

use proptest::prelude::*;

use crate::book::{Payer, PayerStatus, SettlementState};
use crate::case::BankSays;
use crate::money::Fen;
use crate::settlement::bill::{Bill, Discounts, Emergency, Fees, Insured, Shares};
use crate::settlement::split::{Rooms, Split};
use crate::settlement::target::split_of;
use crate::settlement::tests::city::City;

const WORDS: [BankSays; 4] = [BankSays::Paid, BankSays::Refused, BankSays::Returned, BankSays::Nothing];

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
        city.check(&[id]);
        for (payer, status, hundredths, clears) in said {
            let payer = Payer::ALL[payer];
            let part = split_of(&city.row(id)).unwrap().part(payer).unwrap().amount;
            let amount = Fen::new((part.get() * hundredths + 99) / 100);
            let status = [PayerStatus::Final, PayerStatus::Approved, PayerStatus::Paid, PayerStatus::Refused][status - 1];
            if amount.is_some() {
                city.result(id, payer, status, amount);
                city.check(&[id]);
            }
            if clears {
                let fund = if hundredths % 2 == 0 { city.funds.emergency } else { city.funds.relief };
                let clearing = city.clear(&[id], fund);
                city.check(&[id]);
                if let Some(clearing) = clearing {
                    city.bank(clearing, WORDS[(hundredths % 4) as usize]);
                    city.check(&[id]);
                }
            }
        }
    }

    #[test]
    fn any_order_of_results_clearings_banks_and_unwinding_adds_up_and_can_be_undone_wholly(
        all in prop::collection::vec(bills(), 1..4),
        emergency in (0..9_000_000_i64, 0..9_000_000_i64),
        relief in (0..9_000_000_i64, 0..9_000_000_i64),
        steps in prop::collection::vec((0..4_usize, 0..8_usize, 0..Payer::ALL.len(), 1..=100_i64, 0..5_usize), 0..30),
    ) {
        let mut city = City::new(emergency, relief);
        let (mut ids, mut clearings, mut messages) = (Vec::new(), Vec::new(), 0);
        for (which, step, payer, hundredths, word) in steps {
            let id = ids.get(which % ids.len().max(1)).copied();
            let fund = if hundredths % 2 == 0 { city.funds.emergency } else { city.funds.relief };
            match (step, id) {
                (0 | 1, _) | (_, None) => {
                    messages += 1;
                    ids.push(city.settle(all[which % all.len()].0.clone(), &format!("m{messages}")));
                }
                (2 | 3, Some(id)) => {
                    let part = split_of(&city.row(id)).unwrap().part(Payer::ALL[payer]).unwrap().amount;
                    let amount = Fen::new((part.get() * hundredths + 99) / 100);
                    let status = [PayerStatus::Approved, PayerStatus::Refused][word % 2];
                    if amount.is_some() {
                        city.result(id, Payer::ALL[payer], status, amount);
                    }
                }
                (4, Some(id)) => clearings.extend(city.clear(&[id], fund)),
                (5, Some(_)) => {
                    if let Some(clearing) = clearings.get(payer % clearings.len().max(1)) {
                        city.bank(*clearing, [WORDS[0], WORDS[1], WORDS[2], WORDS[3], WORDS[0]][word]);
                    }
                }
                (_, Some(id)) => {
                    city.unwind(id, if word % 2 == 0 { SettlementState::Cancelled } else { SettlementState::Reversed });
                }
            }
            city.check(&ids);
        }
        // The bank sends everything back, and the hospital takes everything back.
        for clearing in clearings {
            city.bank(clearing, BankSays::Returned);
            city.check(&ids);
        }
        for id in ids.iter().filter(|id| city.row(**id).state == SettlementState::Settled).copied().collect::<Vec<_>>() {
            prop_assert!(city.unwind(id, SettlementState::Cancelled));
        }
        prop_assert_eq!(city.balances(), [(Fen::ZERO, Fen::ZERO); 2]);
        prop_assert_eq!(city.fund(city.funds.relief).day_granted, Fen::ZERO);
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
        city.check(&[id, again]);
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
