//! A city whose funds bear bills, played by the moves alone.

use std::sync::Arc;

use jiff::Timestamp;

use crate::actor::{Actor, Role, Roles, Subject};
use crate::book::{Facts, FundRow, Move, Payer, PayerStatus, Presence, Rows, Rules, Ruling, SettlementRow, SettlementState};
use crate::case::BankSays;
use crate::division::Division;
use crate::http::{Context, Language};
use crate::id::{ClearingId, FundId, HoldId, LeafId, SettlementId};
use crate::money::Fen;
use crate::policy::{FundKind, FundStatus, Limits};
use crate::settlement::bill::Bill;
use crate::settlement::clearing::{BankSaid, Clear, Dispatch};
use crate::settlement::result::TakeResult;
use crate::settlement::rooms::Funds;
use crate::settlement::settle::Settle;
use crate::settlement::target::{Target, split_of};
use crate::settlement::terms::Terms;
use crate::settlement::unwind::Unwind;
use crate::vault::BlindIndex;

/// A city with an emergency-treatment fund and a relief fund, and what happens in it.
pub struct City {
    facts: Facts,
    actor: Arc<Actor>,
    pub funds: Funds,
}

const HERE: &str = "340303";

impl City {
    pub fn new(emergency: (i64, i64), relief: (i64, i64)) -> Self {
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

    pub fn fund(&self, id: Option<FundId>) -> &FundRow {
        self.facts.fund(self.actor.city(), id.unwrap()).unwrap()
    }

    /// Held and paid of both funds.
    pub fn balances(&self) -> [(Fen, Fen); 2] {
        [self.funds.emergency, self.funds.relief].map(|id| (self.fund(id).held, self.fund(id).paid))
    }

    pub fn row(&self, id: SettlementId) -> SettlementRow {
        self.facts.settlements().settlement(self.actor.city(), id).unwrap().clone()
    }

    /// Plays a move; true when it changed something.
    fn play(&mut self, action: &impl Move) -> bool {
        let Ruling::Done(rows, _) = action.decide(&self.facts) else { return false };
        self.facts.apply(&rows);
        true
    }

    pub fn settle(&mut self, bill: Bill, message: &str) -> SettlementId {
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

    pub fn result(&mut self, id: SettlementId, payer: Payer, status: PayerStatus, amount: Fen) -> bool {
        let holds = (HoldId::new(), HoldId::new());
        let target = self.target(id);
        self.play(&TakeResult { target, payer, status, amount, reference: "R".into(), holds })
    }

    pub fn unwind(&mut self, id: SettlementId, into: SettlementState) -> bool {
        let target = self.target(id);
        self.play(&Unwind { target, into, reason: Arc::from([]) })
    }

    pub fn clear(&mut self, ids: &[SettlementId], fund: Option<FundId>) -> Option<ClearingId> {
        let id = ClearingId::new();
        let clear = Clear {
            actor: self.actor.clone(),
            context: context(),
            leaf: LeafId::new(),
            id,
            fund: fund.unwrap(),
            settlements: ids.iter().map(|id| (*id, self.actor.scope)).collect(),
            reference: "C".into(),
        };
        self.play(&clear).then_some(id)
    }

    /// The clearing is sent, if it was not, and the bank says something of it.
    pub fn bank(&mut self, id: ClearingId, says: BankSays) -> bool {
        let (actor, leaf) = (self.actor.clone(), LeafId::new());
        self.play(&Dispatch { actor, leaf, id, bytes: Arc::from([]) });
        let row = self.facts.settlements().clearing(self.actor.city(), id).unwrap().clone();
        let (actor, reference) = (self.actor.clone(), None);
        let holds = row.settlements.iter().map(|_| HoldId::new()).collect();
        self.play(&BankSaid { actor, leaf, id, fund: row.fund, settlements: row.settlements, says, reference, holds })
    }

    /// Parts add up and are not negative, each fund holds and has paid what it bears, and its limits hold.
    pub fn check(&self, ids: &[SettlementId]) {
        let mut borne = [(Fen::ZERO, Fen::ZERO); 2];
        for id in ids {
            let row = self.row(*id);
            let split = split_of(&row).unwrap();
            let parts = || split.parts().iter();
            assert!(parts().all(|part| part.amount >= Fen::ZERO && part.refused >= Fen::ZERO), "{split:?}");
            assert!(parts().all(|part| part.cleared >= Fen::ZERO && part.cleared <= part.amount), "{split:?}");
            assert_eq!(Fen::sum(parts().map(|part| part.amount)), Some(row.total), "{split:?}");
            let bill: Bill = serde_json::from_str(&row.bill).unwrap();
            let part = |payer| split.part(payer).unwrap();
            assert!(part(Payer::HospitalDiscount).amount <= bill.discount);
            assert!(part(Payer::EmergencyTreatment).amount <= bill.claimable());
            let stands = row.state == SettlementState::Settled;
            for (sum, payer) in borne.iter_mut().zip([Payer::EmergencyTreatment, Payer::ReliefFund]) {
                let part = part(payer);
                let held = if stands { part.amount.minus(part.cleared).unwrap() } else { Fen::ZERO };
                *sum = (sum.0.plus(held).unwrap(), sum.1.plus(part.cleared).unwrap());
            }
        }
        assert_eq!(self.balances(), borne);
        for id in [self.funds.emergency, self.funds.relief] {
            let fund = self.fund(id);
            assert!(fund.available() >= Fen::ZERO && fund.held.plus(fund.paid).unwrap() <= fund.credited);
            // They are one person's bills of one year.
            assert!(fund.held.plus(fund.paid).unwrap() <= fund.limits.person_year.unwrap(), "the limit of a person's year holds");
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
        limits: Limits { case: Some(Fen::new(cap)), person_year: Some(Fen::new(cap)), ..Limits::default() },
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
