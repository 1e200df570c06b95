//! `POST /v1/custody/shifts/{shift}/close`: the box is counted and given up.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::{Role, Subject};
use crate::audit;
use crate::book::{Answer, ClosedShift, CustodyRows, Facts, Found, Keys, Move, Presence, Rows, Ruling, cash_sum};
use crate::code::Code;
use crate::custody::answer::{CashPaymentsAnswer, CountedShift, LeafAnswer, ShiftAnswer};
use crate::custody::held::{Held, Standing};
use crate::custody::open::{Count, difference};
use crate::custody::refusal::{Asker, conflict, too_much};
use crate::http::Problem;
use crate::id::{DifferenceId, ShiftId};
use crate::money::Fen;

/// A shift to be closed: by its custodian, or by finance when the custodian is away.
pub struct CloseShift {
    pub asker: Asker,
    pub held: Held,
    pub counted: Fen,
    /// Sealed: free text may name people.
    pub note: Option<Arc<[u8]>>,
    pub difference: DifferenceId,
}

impl Move for CloseShift {
    fn keys(&self, keys: &mut Keys) {
        self.held.keys(keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.held.find(&self.asker, facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        let actor = &self.asker.actor;
        if standing.shift.custodian != actor.subject && !actor.roles.has(Role::Finance) {
            let problem = Problem::new(Code::Forbidden, "the custodian of a shift closes it, or finance");
            return self.asker.denied(facts, problem);
        }
        if standing.shift.closed.is_some() {
            return conflict("the shift is closed already");
        }
        self.close(facts, &standing).unwrap_or_else(too_much)
    }
}

impl CloseShift {
    fn close(&self, facts: &Facts, standing: &Standing) -> Option<Ruling> {
        let (mut shift, mut fund) = (standing.shift.clone(), standing.fund.clone());
        let (paid, expected) = (cash_sum(standing.paid)?, standing.expected()?);
        let (by, note) = (self.asker.actor.subject.clone(), self.note.clone());
        let closed = ClosedShift { at: facts.now(), version: fund.version, by, paid, counted: self.counted, note };
        (shift.presence, shift.closed) = (Presence::Stored, Some(closed));
        fund.custodians = without(&fund.custodians, &shift.custodian);
        // Whoever counts for an absent custodian had the box in their hands, too.
        let mut holders = vec![shift.custodian.clone(), self.asker.actor.subject.clone()];
        holders.dedup();
        let count = Count { found: Found::Closing, amount: self.counted.minus(expected)?, expected };
        let difference = difference(&shift, self.difference, count, holders, facts);
        let said = Closed {
            counted_fen: self.counted,
            custodian: shift.custodian.as_str(),
            difference: difference.as_ref().map(|difference| (difference.id, difference.amount)),
            drawn_fen: shift.drawn,
            expected_fen: expected,
            fund_version: fund.version,
            opening_fen: shift.opening,
            paid_fen: paid,
            paid_in_fen: shift.paid_in,
            payments: standing.paid.len(),
            put_back_fen: shift.put_back,
            shift_id: shift.id,
            unsigned: standing.paid.iter().filter(|paid| !paid.signed).count(),
        };
        let leaf = self.asker.leaf(facts, &said);
        let answer = CountedShift {
            shift: ShiftAnswer::of(&shift, standing.paid),
            payments: CashPaymentsAnswer::from(standing.paid),
            difference_id: difference.as_ref().map(|difference| difference.id),
            receipt: LeafAnswer { leaf_hash: leaf.hash() },
        };
        let custody =
            CustodyRows { shifts: vec![shift], differences: difference.into_iter().collect(), ..CustodyRows::default() };
        let rows = Rows { fund_settings: Some(fund), custody, leaves: vec![leaf], ..Rows::default() };
        Some(Ruling::Done(Box::new(rows), Answer::json(200, &answer)))
    }
}

/// An officer has one open shift at most: without it, none.
fn without(custodians: &[Subject], officer: &Subject) -> Arc<[Subject]> {
    custodians.iter().filter(|custodian| *custodian != officer).cloned().collect()
}

#[derive(Serialize)]
struct Closed<'a> {
    counted_fen: Fen,
    custodian: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<(DifferenceId, Fen)>,
    drawn_fen: Fen,
    expected_fen: Fen,
    fund_version: i64,
    opening_fen: Fen,
    paid_fen: Fen,
    paid_in_fen: Fen,
    payments: usize,
    put_back_fen: Fen,
    shift_id: ShiftId,
    unsigned: usize,
}

impl audit::Body for Closed<'_> {
    const KIND: &'static str = "custody.shift_closed";
}
