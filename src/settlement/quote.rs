//! `POST /v1/settlements/quote`: the same split without any effect; only the read is recorded.

use serde::Serialize;

use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, Keys, Move, Payer, PayerStatus, Rows, Ruling};
use crate::money::Fen;
use crate::settlement::answer::{QuoteAnswer, SplitAnswer};
use crate::settlement::settle::Settle;
use crate::settlement::split::Split;
use crate::settlement::target::{told, too_much};
use crate::time::day;

/// A quote: it locks and splits like the real one, and writes a leaf.
pub struct Quote(pub Settle);

#[derive(Serialize)]
struct Quoted<'a> {
    hospital: &'a str,
    message_id: &'a str,
    parts: Vec<(Payer, Fen, PayerStatus)>,
    patient: &'a str,
    total_fen: Fen,
}

impl audit::Body for Quoted<'_> {
    const KIND: &'static str = "settlement.quoted";
}

impl Move for Quote {
    fn keys(&self, keys: &mut Keys) {
        self.0.funds.keys_with(self.0.division.city(), self.0.person, keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let Settle { actor, division, bill, hospital, message, commitment, leaf, .. } = &self.0;
        let Some(split) = Split::of(bill, &self.0.rooms(facts)) else { return too_much() };
        let said = Quoted { hospital, message_id: message, parts: told(&split), patient: commitment, total_fen: bill.total };
        let leaf = Leaf::new(division.city(), *leaf, facts.now(), actor.subject.as_str(), &said);
        let split = SplitAnswer::of(&split, bill.total, facts.rules(), division, day(facts.now()));
        let answer = QuoteAnswer { message_id: message.clone(), split };
        Ruling::Done(Box::new(Rows { leaves: vec![leaf], ..Rows::default() }), Answer::json(200, &answer))
    }
}
