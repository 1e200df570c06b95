//! `POST /v1/decisions/preview`: the same decision without any effect; only the read is recorded.

use jiff::civil::Date;
use serde::Serialize;

use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, Keys, Move, Rows, Ruling};
use crate::case::answer::{DecisionAnswer, FundAnswer, PreviewAnswer, SharedAnswer};
use crate::case::matter::{self, Matter};
use crate::case::refusal;
use crate::case::request::Request;
use crate::code::Code;
use crate::id::FundId;

/// A preview as a move: it locks and decides like the real one, and writes a leaf.
pub struct Preview {
    /// What is asked.
    pub request: Request,
    /// The day whose rules decide; none is today.
    pub as_of: Option<Date>,
}

impl Move for Preview {
    fn keys(&self, keys: &mut Keys) {
        matter::keys(&self.request, keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let matter = match Matter::find(&self.request, facts, self.as_of) {
            Ok(matter) => matter,
            Err(ruling) => return ruling,
        };
        let said = Previewed {
            as_of: self.as_of,
            code: matter.decision.code,
            fund_id: matter.fund.id,
            parties: &self.request.commitments,
            policy_version: &matter.decision.policy_version,
        };
        let actor = &self.request.actor;
        let leaf = Leaf::new(actor.city(), self.request.leaf, facts.now(), actor.subject.as_str(), &said);
        let shares = matter.decision.shares.iter();
        let answer = PreviewAnswer {
            payments: shares.map(|share| SharedAnswer { method: share.method, amount_fen: share.amount }).collect(),
            decision: DecisionAnswer::new(matter.decision.clone(), refusal::ways_out(&matter)),
            fund: FundAnswer::from(matter.fund),
        };
        Ruling::Done(Box::new(Rows { leaves: vec![leaf], ..Rows::default() }), Answer::json(200, &answer))
    }
}

#[derive(Serialize)]
struct Previewed<'a> {
    as_of: Option<Date>,
    code: Code,
    fund_id: FundId,
    parties: &'a [String],
    policy_version: &'a str,
}

impl audit::Body for Previewed<'_> {
    const KIND: &'static str = "decision.previewed";
}
