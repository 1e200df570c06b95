//! `POST /v1/clearings`: a fund pays a hospital what it owes for a list of settlements.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{
    Answer, ClearingRow, Facts, FundRow, Keys, Move, PayerStatus, Rows, Ruling, SettlementEventKind, SettlementRow,
    SettlementState,
};
use crate::code::Code;
use crate::division::Division;
use crate::http::{Context, Problem};
use crate::id::{ClearingId, FundId, LeafId, SettlementId};
use crate::money::Fen;
use crate::policy::FundStatus;
use crate::settlement::answer::{ClearedAnswer, ClearingAnswer, EvidenceAnswer};
use crate::settlement::postings::Postings;
use crate::settlement::target::{Said, changed_meanwhile, refuse, split_of, step, too_much};

const VERB: &str = "clear";

/// A clearing. The payment itself is recorded with its reference; the fund's bank is told outside.
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
struct Cleared<'a> {
    amount_fen: Fen,
    clearing_id: ClearingId,
    fund_id: FundId,
    hospital: &'a str,
    paid: Fen,
    reference: &'a str,
    settlements: Vec<(SettlementId, Fen)>,
    version: i64,
}

impl audit::Body for Cleared<'_> {
    const KIND: &'static str = "settlement.cleared";
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

    /// The settlements under lock: of one hospital, standing, and each with a part that the fund owes.
    fn owed<'a>(&self, facts: &'a Facts) -> Result<Vec<&'a SettlementRow>, Ruling> {
        let mut owed: Vec<&SettlementRow> = Vec::new();
        for (id, _) in &self.settlements {
            let row = facts.settlements().settlement(self.actor.city(), *id).ok_or_else(changed_meanwhile)?;
            let split = split_of(row).ok_or_else(changed_meanwhile)?;
            let owes = split
                .parts()
                .iter()
                .any(|part| part.fund == Some(self.fund) && part.status == PayerStatus::Approved && part.amount > part.cleared);
            let wrong = if row.state != SettlementState::Settled {
                "a settlement does not stand any more"
            } else if owed.first().is_some_and(|first| first.hospital != row.hospital) {
                "a clearing pays one hospital"
            } else if !owes {
                "the fund owes nothing for a settlement, or its claim is not reviewed yet"
            } else {
                owed.push(row);
                continue;
            };
            return Err(self.refuse(facts, Some(*id), Problem::new(Code::Conflict, wrong)));
        }
        Ok(owed)
    }

    fn pay(&self, facts: &Facts, fund: &FundRow, owed: &[&SettlementRow]) -> Option<Ruling> {
        let (mut postings, mut rows) = (Postings::new(facts), Rows::default());
        let mut paid: Vec<(SettlementId, Fen)> = Vec::new();
        for row in owed {
            let mut split = split_of(row)?;
            let open = facts.settlements().holds(row.city, row.id);
            let mut holds = open.iter().filter(|hold| hold.fund == self.fund);
            holds.try_for_each(|hold| postings.capture(hold, &self.reference))?;
            let payer = split.parts().iter().find(|part| part.fund == Some(self.fund)).map(|part| part.payer)?;
            let part = split.part_mut(payer)?;
            let amount = part.amount.minus(part.cleared)?;
            (part.cleared, part.status) = (part.amount, PayerStatus::Paid);
            let said = Said {
                kind: SettlementEventKind::Cleared,
                payer: Some(payer),
                status: Some(PayerStatus::Paid),
                amount: Some(amount),
                reference: Some(self.reference.clone()),
                reason: None,
            };
            let row = step(row, SettlementState::Settled, &split, said, &self.actor, &mut rows);
            paid.push((row.id, amount));
            rows.settlements.settlements.push(row);
        }
        let (hospital, amount) = (owed.first()?.hospital.clone(), Fen::sum(paid.iter().map(|(_, amount)| *amount))?);
        let after = postings.funds().next()?;
        let said = Cleared {
            amount_fen: amount,
            clearing_id: self.id,
            fund_id: self.fund,
            hospital: &hospital,
            paid: after.paid,
            reference: &self.reference,
            settlements: paid.clone(),
            version: after.version,
        };
        let leaf = Leaf::new(fund.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let receipt = EvidenceAnswer { leaf_hash: leaf.hash() };
        rows.leaves.push(leaf);
        postings.into_rows(&mut rows);
        rows.settlements.clearings.push(self.row(fund, &hospital, &paid, amount));
        let settlements = paid.into_iter().map(|(id, amount_fen)| ClearedAnswer { id, amount_fen }).collect();
        let (id, fund_id, reference) = (self.id, self.fund, self.reference.clone());
        let answer = ClearingAnswer { id, fund_id, hospital, amount_fen: amount, reference, settlements, receipt };
        Some(Ruling::Done(Box::new(rows), Answer::json(201, &answer)))
    }

    fn row(&self, fund: &FundRow, hospital: &str, paid: &[(SettlementId, Fen)], amount: Fen) -> ClearingRow {
        ClearingRow {
            city: fund.city,
            id: self.id,
            fund: fund.id,
            division: fund.division,
            hospital: hospital.to_owned(),
            settlements: paid.iter().map(|(id, _)| *id).collect(),
            amount,
            reference: self.reference.clone(),
            officer: self.actor.subject.clone(),
        }
    }
}
