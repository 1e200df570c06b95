//! `POST /v1/recoveries/{recovery}/refunds`: what came in without being owed goes back to the debtor, by two.

use serde::Serialize;

use crate::audit;
use crate::book::{Facts, Keys, Move, RefundRow, Rows, Ruling};
use crate::code::Code;
use crate::http::{Countersigned, Problem};
use crate::id::{RecoveryId, RefundId};
use crate::money::Fen;
use crate::recovery::target::{Target, next, too_much};

const VERB: &str = "refund";

/// A refund of an over-payment. No fund moves: an over-payment never reached one.
pub struct Refund {
    pub target: Target,
    pub countersigned: Countersigned,
    pub id: RefundId,
    pub amount: Fen,
    pub reference: String,
}

#[derive(Serialize)]
struct Refunded<'a> {
    amount_fen: Fen,
    countersigned_by: &'a str,
    recovery_id: RecoveryId,
    refund_id: RefundId,
    refunded_fen: Fen,
}

impl audit::Body for Refunded<'_> {
    const KIND: &'static str = "recovery.refunded";
}

impl Move for Refund {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys_of_two(keys, &self.countersigned);
        keys.reference(self.target.actor.city(), self.target.id(), &self.reference);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let recovery = match self.target.find(facts) {
            Ok(recovery) => recovery,
            Err(ruling) => return ruling,
        };
        let second = match self.target.second_of_others(facts, VERB, &self.countersigned) {
            Ok(second) => second,
            Err(ruling) => return ruling,
        };
        if facts.is_counted(recovery.city, recovery.id, &self.reference) {
            return Ruling::rejected(Problem::new(Code::Conflict, "this bank reference was counted before"));
        }
        let left = recovery.overpaid.left_after(recovery.refunded);
        if self.amount > left {
            let detail = format!("{left} yuan were overpaid and are not refunded");
            return Ruling::rejected(Problem::new(Code::Conflict, detail));
        }
        let mut row = next(recovery);
        let Some(refunded) = row.refunded.plus(self.amount) else { return too_much() };
        row.refunded = refunded;
        let said = Refunded {
            amount_fen: self.amount,
            countersigned_by: second.officer.as_str(),
            recovery_id: row.id,
            refund_id: self.id,
            refunded_fen: refunded,
        };
        let refund = RefundRow {
            city: row.city,
            id: self.id,
            recovery: row.id,
            amount: self.amount,
            reference: self.reference.clone(),
            officer: self.target.actor.subject.clone(),
            countersigned_by: second.officer.clone(),
        };
        let countersign = Some((row.city, second.short_token()));
        let rows = Rows { refunds: vec![refund], countersign, ..Rows::default() };
        self.target.done(facts, 201, row, rows, &said)
    }
}
