//! A way out in goods: what a store has is handed out instead of money.
//!
//! The books of the fund credit the goods in kind and pay them in the same moment: its balance stays, and what the household is
//! granted, and every limit that it counts in, is the value of the goods. Whole pieces only: a cap below their value refuses.

use crate::book::{Account, CaseRow, Facts, GoodsMoveKind, GoodsMoveRow, GoodsRow, Posting, Ruling, Source, Transfer};
use crate::case::life::approve::question;
use crate::case::life::body::WantedBody;
use crate::case::life::change::{Change, too_much};
use crate::case::life::target::Standing;
use crate::case::life::way_out::{Decided, TakeWayOut, VERB};
use crate::case::payment::{Handed, Payment, PaymentState};
use crate::code::Code;
use crate::http::Problem;
use crate::id::{GoodsId, PaymentId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{Method, Wish, decide};

/// Goods that a household is to get.
pub struct Wanted {
    pub goods: GoodsId,
    pub quantity: i64,
    pub payment: PaymentId,
}

impl From<&WantedBody> for Wanted {
    fn from(body: &WantedBody) -> Self {
        Self { goods: body.id, quantity: body.quantity.into(), payment: PaymentId::new() }
    }
}

/// Goods as they leave their store.
struct Leaving<'a> {
    wanted: &'a Wanted,
    value: Fen,
    goods: GoodsRow,
    row: GoodsMoveRow,
}

impl TakeWayOut {
    /// Decides again with the value of the goods, and hands them out.
    pub fn hand_out(&self, facts: &Facts, standing: &Standing) -> Ruling {
        let leaving = match self.goods.iter().map(|wanted| self.leave(facts, standing.case, wanted)).collect() {
            Ok::<Vec<Leaving>, _>(leaving) => leaving,
            Err(ruling) => return *ruling,
        };
        let value = Fen::sum(leaving.iter().map(|goods| goods.value)).unwrap_or(Fen::MOST);
        if value > standing.case.requested {
            let detail = format!("these goods are worth {value} yuan, asked for are {}", standing.case.requested);
            return Ruling::rejected(Problem::fault("/goods", detail));
        }
        let Some((policy, mut question)) = question(&self.target, standing, facts) else {
            return Ruling::rejected(Problem::internal("a case does not hold its question"));
        };
        question.offered = Some(question.offered.map_or(value, |offered| offered.min(value)));
        question.fund.bridged = value;
        question.wishes = vec![Wish { method: Method::Goods, amount: None }];
        let decision = decide(&policy, &question);
        if decision.granted_fen != value {
            let code = decision.binding_rule.unwrap_or(Code::LimitCase);
            let detail = format!("these goods are worth {value} yuan, granted would be {}", decision.granted_fen);
            return Change::refuse(&self.target, facts, VERB, Problem::new(code, detail));
        }
        let decided = Decided { policy: &policy, question, decision, free: Fen::ZERO };
        self.give(facts, standing, leaving, &decided).unwrap_or_else(too_much)
    }

    /// Goods of a store that serves the place of the case, if so many are there.
    fn leave<'a>(&'a self, facts: &Facts, case: &CaseRow, wanted: &'a Wanted) -> Result<Leaving<'a>, Box<Ruling>> {
        let goods = facts.goods(case.city, wanted.goods).filter(|goods| goods.division.covers(&case.division));
        let Some(goods) = goods else {
            return Err(Box::new(Ruling::rejected(Problem::outside_scope(self.target.actor.scope))));
        };
        let officer = &self.target.actor.subject;
        let moved = goods.moved(GoodsMoveKind::HandedOut, wanted.quantity.saturating_neg(), officer);
        let value = goods.value.times(wanted.quantity).filter(|value| *value <= Fen::MOST);
        match (moved, value) {
            (Some((goods, row)), Some(value)) => {
                Ok(Leaving { wanted, value, goods, row: GoodsMoveRow { case: Some(case.id), ..row } })
            }
            (Some(_), None) => {
                Err(Box::new(Ruling::rejected(Problem::fault("/goods", "these goods are worth more than 10^12 fen"))))
            }
            (None, _) => {
                let detail = format!("asked for {} {}, in stock are {}", wanted.quantity, goods.unit, goods.stock);
                let problem = Problem::new(Code::FundInsufficient, detail);
                Err(Box::new(Change::refuse(&self.target, facts, VERB, problem)))
            }
        }
    }

    fn give(&self, facts: &Facts, standing: &Standing, leaving: Vec<Leaving>, decided: &Decided) -> Option<Ruling> {
        let mut change = Change::begin(&self.target, facts, standing, VERB);
        let mut posting = Posting::begin(standing.fund)?;
        let number = CaseNumber { street: change.case.street, day: change.case.day, ordinal: change.case.ordinal };
        for Leaving { wanted, value, goods, row } in leaving {
            let credit = Transfer { source: Some(Source::Stock), payment: Some(wanted.payment), ..Transfer::default() };
            posting.transfer(Account::Treasury, Account::Available, value, credit)?;
            posting.pay(self.target.case, wanted.payment, value)?;
            change.payments.push(Payment {
                id: wanted.payment,
                method: Method::Goods,
                amount_fen: value,
                state: PaymentState::Paid,
                receipt_number: number.receipt(change.payments.len() + 1),
                received_by: None,
                signature_ref: None,
                hospital: None,
                goods: Some(Handed {
                    id: goods.id,
                    name: goods.name.to_string(),
                    unit: goods.unit.to_string(),
                    quantity: wanted.quantity,
                }),
            });
            change.rows.goods.push(goods);
            change.rows.goods_moves.push(row);
        }
        self.conclude(change, posting, facts, standing, decided)
    }
}
