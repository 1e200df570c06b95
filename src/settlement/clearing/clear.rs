//! `POST /v1/clearings`: a fund is to pay a hospital what it owes for a list of settlements.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{
    Answer, ClearingRow, ClearingState, Facts, FundRow, Keys, Move, PayerStatus, Presence, Rows, Ruling, SettlementHoldRow,
    SettlementHoldTie, SettlementRow, SettlementState,
};
use crate::code::Code;
use crate::division::Division;
use crate::http::{Context, Problem};
use crate::id::{ClearingId, FundId, LeafId, SettlementId};
use crate::money::{Amount, Fen};
use crate::policy::FundStatus;
use crate::settlement::answer::EvidenceAnswer;
use crate::settlement::clearing::answer::ClearingAnswer;
use crate::settlement::target::{changed_meanwhile, refuse, split_of, too_much};

const VERB: &str = "clear";

/// A clearing. The bank is told later: what it is told is committed first.
pub struct Clear {
    pub actor: Arc<Actor>,
    pub context: Context,
    pub leaf: LeafId,
    pub id: ClearingId,
    pub fund: FundId,
    /// The settlements as they were read.
    pub settlements: Vec<(SettlementId, Division)>,
    pub reference: String,
}

#[derive(Serialize)]
struct Instructed<'a> {
    amount_fen: Fen,
    clearing_id: ClearingId,
    fund_id: FundId,
    hospital: &'a str,
    reference: &'a str,
    settlements: Vec<(SettlementId, Fen)>,
}

impl audit::Body for Instructed<'_> {
    const KIND: &'static str = "clearing.instructed";
}

/// What a fund owes for a settlement and no clearing pays yet.
struct Owed<'a> {
    row: &'a SettlementRow,
    holds: Vec<&'a SettlementHoldRow>,
    amount: Fen,
}

impl Move for Clear {
    fn keys(&self, keys: &mut Keys) {
        let city = self.actor.city();
        keys.fund(city, self.fund);
        self.settlements.iter().for_each(|(id, _)| keys.settlement(city, *id));
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let city = self.actor.city();
        let outside = |division| Ruling::rejected(Problem::outside_scope(division));
        let Some(fund) = facts.fund(city, self.fund) else { return outside(self.actor.scope) };
        if !self.actor.reaches(&fund.division) {
            return outside(fund.division);
        }
        if let Some((_, division)) = self.settlements.iter().find(|(_, division)| !self.actor.reaches(division)) {
            return outside(*division);
        }
        if fund.status != FundStatus::Active {
            return self.refuse(facts, None, Problem::new(Code::FundFrozen, "a frozen fund does not pay"));
        }
        match self.owed(facts) {
            Ok(owed) => self.pay(facts, fund, &owed).unwrap_or_else(too_much),
            Err(ruling) => ruling,
        }
    }

    fn resolves(&self) -> bool {
        true
    }
}

impl Clear {
    fn refuse(&self, facts: &Facts, settlement: Option<SettlementId>, problem: Problem) -> Ruling {
        refuse(facts, (&self.actor, &self.context, self.leaf), settlement, VERB, problem)
    }

    /// The settlements under lock: of one hospital, standing, and each with a part that the fund owes and nobody pays yet.
    fn owed<'a>(&self, facts: &'a Facts) -> Result<Vec<Owed<'a>>, Ruling> {
        let mut owed: Vec<Owed> = Vec::new();
        for (id, _) in &self.settlements {
            let row = facts.settlements().settlement(self.actor.city(), *id).ok_or_else(changed_meanwhile)?;
            let split = split_of(row).ok_or_else(changed_meanwhile)?;
            let part = split.parts().iter().find(|part| part.fund == Some(self.fund) && part.status == PayerStatus::Approved);
            let of_fund = facts.settlements().holds(row.city, row.id).iter().filter(|hold| hold.fund == self.fund);
            let free = of_fund.clone().filter(|hold| hold.clearing.is_none());
            let holds: Vec<&SettlementHoldRow> = part.map(|_| free.collect()).unwrap_or_default();
            let wrong = if row.state != SettlementState::Settled {
                "a settlement does not stand any more"
            } else if owed.first().is_some_and(|first| first.row.hospital != row.hospital) {
                "a clearing pays one hospital"
            } else if holds.is_empty() && of_fund.clone().any(|hold| hold.clearing.is_some()) {
                "another clearing is paying a settlement"
            } else if holds.is_empty() {
                "the fund owes nothing for a settlement, or its claim is not reviewed yet"
            } else {
                let amount = Fen::sum(holds.iter().map(|hold| hold.amount)).ok_or_else(too_much)?;
                owed.push(Owed { row, holds, amount });
                continue;
            };
            return Err(self.refuse(facts, Some(*id), Problem::new(Code::Conflict, wrong)));
        }
        Ok(owed)
    }

    fn pay(&self, facts: &Facts, fund: &FundRow, owed: &[Owed]) -> Option<Ruling> {
        let (hospital, amount) = (&owed.first()?.row.hospital, Fen::sum(owed.iter().map(|part| part.amount))?);
        if Amount::try_from(amount.get()).is_err() {
            let problem = Problem::new(Code::Conflict, format!("{amount} yuan are more than one transfer moves"));
            return Some(self.refuse(facts, None, problem));
        }
        let row = ClearingRow {
            presence: Presence::New,
            city: fund.city,
            id: self.id,
            fund: fund.id,
            division: fund.division,
            hospital: hospital.clone(),
            settlements: owed.iter().map(|part| part.row.id).collect(),
            amount,
            reference: self.reference.clone(),
            officer: self.actor.subject.clone(),
            at: facts.now(),
            amounts: owed.iter().map(|part| part.amount).collect(),
            state: ClearingState::Instructed,
            version: 1,
        };
        let said = Instructed {
            amount_fen: amount,
            clearing_id: self.id,
            fund_id: self.fund,
            hospital,
            reference: &self.reference,
            settlements: owed.iter().map(|part| (part.row.id, part.amount)).collect(),
        };
        let leaf = Leaf::new(fund.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let answer = ClearingAnswer { clearing: (&row).into(), receipt: EvidenceAnswer { leaf_hash: leaf.hash() } };
        let mut rows = Rows { leaves: vec![leaf], ..Rows::default() };
        let tie = |hold: &&SettlementHoldRow| SettlementHoldTie {
            city: hold.city,
            id: hold.id,
            settlement: hold.settlement,
            clearing: Some(self.id),
        };
        rows.settlements.tied = owed.iter().flat_map(|part| part.holds.iter().map(tie)).collect();
        rows.settlements.clearings.push(row);
        Some(Ruling::Done(Box::new(rows), Answer::json(201, &answer)))
    }
}
