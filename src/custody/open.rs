//! `POST /v1/custody/shifts`: an officer takes over a cash box, and counts it.

use serde::Serialize;

use crate::audit;
use crate::book::{
    Answer, CustodyRows, DifferenceRow, Facts, Found, FundRow, Keys, Move, PaidBetween, Presence, Rows, Ruling, ShiftRow,
};
use crate::code::Code;
use crate::custody::answer::{CashPaymentsAnswer, CountedShift, LeafAnswer, ShiftAnswer};
use crate::custody::refusal::{Asker, conflict, too_much};
use crate::division::Division;
use crate::http::Problem;
use crate::id::{DifferenceId, FundId, ShiftId};
use crate::money::Fen;
use crate::policy::{FundKind, FundStatus};

/// A shift to be opened.
pub struct OpenShift {
    pub asker: Asker,
    pub id: ShiftId,
    /// None: the reserve of the street.
    pub fund: Option<FundId>,
    pub street: Division,
    pub counted: Fen,
    pub difference: DifferenceId,
}

impl Move for OpenShift {
    fn keys(&self, keys: &mut Keys) {
        match self.fund {
            Some(fund) => keys.fund(self.street.city(), fund),
            None => keys.reserve(self.street),
        }
        keys.cash_box(self.street, self.fund, &self.asker.actor.subject);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let (actor, city) = (&self.asker.actor, self.street.city());
        if !actor.reaches(&self.street) {
            return Ruling::rejected(Problem::outside_scope(self.street));
        }
        let Some(fund) = self.fund(facts) else { return self.asker.outside() };
        if fund.status == FundStatus::Closed {
            return conflict("the fund is closed");
        }
        let last = facts.custody().last(city, fund.id, self.street);
        if last.is_some_and(|last| last.closed.is_none()) {
            return conflict("this box is in somebody's hands already");
        }
        if facts.custody().held_by(city, &actor.subject).is_some() {
            return conflict("you hold a box already: close that shift first");
        }
        if facts.has_approved(fund, &actor.subject) {
            let problem = Problem::new(Code::SamePersonSigned, "you have approved cases whose money may still be paid in cash");
            return self.asker.refuse(facts, "open", fund.id.uuid(), problem);
        }
        self.open(facts, fund, last).unwrap_or_else(too_much)
    }
}

impl OpenShift {
    /// The fund named, if it may pay here, or the reserve of the street.
    fn fund<'a>(&self, facts: &'a Facts) -> Option<&'a FundRow> {
        match self.fund {
            Some(id) => facts
                .fund(self.street.city(), id)
                .filter(|fund| fund.division.covers(&self.street) && fund.kind != FundKind::EmergencyTreatment),
            None => facts.reserve(self.street),
        }
    }

    /// What the box should hold: what the shift before left less what was paid in cash since. The first count of a box is taken as it
    /// is, up to all that the fund has.
    fn expected(&self, fund: &FundRow, last: Option<&ShiftRow>, between: PaidBetween) -> Option<Fen> {
        last.map_or_else(|| Some(self.counted.min(has(fund))), |last| last.left(between))
    }

    fn open(&self, facts: &Facts, fund: &FundRow, last: Option<&ShiftRow>) -> Option<Ruling> {
        let custodian = self.asker.actor.subject.clone();
        let between = last.map(|last| facts.custody().paid_after(last.city, last.id)).unwrap_or_default();
        let shift = ShiftRow {
            presence: Presence::New,
            city: fund.city,
            id: self.id,
            fund: fund.id,
            street: self.street,
            ordinal: last.map_or(0, |last| last.ordinal).checked_add(1)?,
            custodian: custodian.clone(),
            opened_at: facts.now(),
            opened_version: fund.version,
            opening: self.counted,
            paid_between: between,
            drawn: Fen::ZERO,
            paid_in: Fen::ZERO,
            put_back: Fen::ZERO,
            put_back_after: Fen::ZERO,
            closed: None,
        };
        let expected = self.expected(fund, last, between)?;
        let amount = self.counted.minus(expected)?;
        let mut holders: Vec<_> = last.map(|last| last.custodian.clone()).into_iter().chain([custodian.clone()]).collect();
        holders.dedup();
        let count = Count { found: Found::Opening, amount, expected };
        let difference = difference(&shift, self.difference, count, holders, facts);
        let mut fund = fund.clone();
        fund.custodians = fund.custodians.iter().cloned().chain([custodian]).collect();
        let said = Opened {
            counted_fen: self.counted,
            difference: difference.as_ref().map(|difference| (difference.id, difference.amount)),
            division: shift.street,
            expected_fen: expected,
            fund_id: fund.id,
            fund_version: fund.version,
            ordinal: shift.ordinal,
            paid_between_count: between.count,
            paid_between_fen: between.amount,
            shift_id: shift.id,
        };
        let leaf = self.asker.leaf(facts, &said);
        let mut answer = ShiftAnswer::of(&shift, &[]);
        answer.difference_fen = Some(amount);
        let answer = CountedShift {
            shift: answer,
            payments: CashPaymentsAnswer::from(&[][..]),
            difference_id: difference.as_ref().map(|difference| difference.id),
            receipt: LeafAnswer { leaf_hash: leaf.hash() },
        };
        let custody =
            CustodyRows { shifts: vec![shift], differences: difference.into_iter().collect(), ..CustodyRows::default() };
        let rows = Rows { fund_settings: Some(fund), custody, leaves: vec![leaf], ..Rows::default() };
        Some(Ruling::Done(Box::new(rows), Answer::json(201, &answer)))
    }
}

/// All that a fund has, wherever it is: credited less paid.
pub fn has(fund: &FundRow) -> Fen {
    fund.credited.left_after(fund.paid)
}

/// A count, held against what the box should hold.
pub struct Count {
    pub found: Found,
    /// Counted less expected.
    pub amount: Fen,
    pub expected: Fen,
}

/// A count that differs becomes a case of its own.
pub fn difference(
    shift: &ShiftRow,
    id: DifferenceId,
    count: Count,
    holders: Vec<crate::actor::Subject>,
    facts: &Facts,
) -> Option<DifferenceRow> {
    (count.amount != Fen::ZERO).then(|| DifferenceRow {
        presence: Presence::New,
        city: shift.city,
        id,
        shift: shift.id,
        fund: shift.fund,
        street: shift.street,
        found: count.found,
        amount: count.amount,
        expected: count.expected,
        holders,
        found_at: facts.now(),
        resolved: None,
    })
}

#[derive(Serialize)]
struct Opened {
    counted_fen: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<(DifferenceId, Fen)>,
    division: Division,
    expected_fen: Fen,
    fund_id: FundId,
    fund_version: i64,
    ordinal: i32,
    paid_between_count: i64,
    paid_between_fen: Fen,
    shift_id: ShiftId,
}

impl audit::Body for Opened {
    const KIND: &'static str = "custody.shift_opened";
}
