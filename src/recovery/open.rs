//! `POST /v1/recoveries`: money is to be paid back, by a decision in writing.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::actor::{Actor, Subject};
use crate::audit::{self, Leaf};
use crate::book::{
    Answer, CaseRow, Facts, Keys, Move, Presence, RecoveredOf, RecoveryRow, RecoveryState, Rows, Ruling, SettlementRow,
};
use crate::code::Code;
use crate::http::{Context, Problem};
use crate::id::{CaseId, FundId, LeafId, RecoveryId, SettlementId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::RecoveryRule;
use crate::recovery::answer::{ChangedRecovery, ProofAnswer, RecoveryAnswer};
use crate::recovery::asked::Asked;
use crate::recovery::lawful::{Unlawful, lawful};
use crate::recovery::owed::asked_back;
use crate::recovery::target::refuse;
use crate::time::day;
use crate::vault::BlindIndex;

const VERB: &str = "recovery";
/// The longest code of a division that decides fines, bars and what is paid back of sealed cases: a county's.
const COUNTY_DIGITS: usize = 6;

/// A recovery to be imposed.
pub struct Impose {
    pub actor: Arc<Actor>,
    pub context: Context,
    pub leaf: LeafId,
    pub id: RecoveryId,
    /// What is asked back, as it was read.
    pub asked: Asked,
    pub debtor: BlindIndex,
    /// The debtor, sealed.
    pub party: Arc<[u8]>,
    /// Commitment to the debtor.
    pub commitment: String,
    pub principal: Fen,
    pub fine: Fen,
    /// Days and amounts, where they are agreed.
    pub instalments: Option<Vec<(Date, Fen)>>,
    pub bar_until: Option<Date>,
    pub authority_ref: String,
}

#[derive(Serialize)]
struct Imposed<'a> {
    bar_until: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case_id: Option<CaseId>,
    debtor: &'a str,
    fine_fen: Fen,
    instalments: Vec<(Date, Fen)>,
    principal_fen: Fen,
    recovery_id: RecoveryId,
    #[serde(skip_serializing_if = "Option::is_none")]
    settlement_id: Option<SettlementId>,
}

/// What was paid, under lock.
struct Paid {
    fund: FundId,
    amount: Fen,
    /// What other recoveries of it ask back.
    asked_back: Fen,
    number: Option<CaseNumber>,
}

impl audit::Body for Imposed<'_> {
    const KIND: &'static str = "recovery.imposed";
}

impl Move for Impose {
    fn keys(&self, keys: &mut Keys) {
        let city = self.asked.division.city();
        keys.person(city, self.debtor);
        match self.asked.of {
            RecoveredOf::Case(case) => keys.recoveries_of(city, case),
            RecoveredOf::Settlement(settlement) => keys.recoveries_for(city, settlement),
        }
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let paid = match self.find(facts) {
            Ok(paid) => paid,
            Err(ruling) => return ruling,
        };
        let today = day(facts.now());
        if self.bar_until.is_some_and(|until| until < today) {
            return Ruling::rejected(Problem::fault("/bar_until", "a bar ends today or later"));
        }
        if self.fine.is_some() && facts.person(self.actor.city(), self.debtor).deceased_on.is_some() {
            return self.refuse(facts, Problem::new(Code::Deceased, "nobody is fined after their death"));
        }
        let Some(policy) = facts.rules().policies.at(&self.asked.division, today) else {
            return Ruling::rejected(Problem::new(Code::Conflict, "no rules are in force for this division"));
        };
        match lawful(self.principal, self.fine, paid.amount, paid.asked_back, &policy.recovery) {
            Ok(()) => self.impose(facts, &paid, &policy.recovery, today),
            Err(Unlawful::Principal { left }) => {
                let detail = format!("{left} yuan were paid of it and are not asked back already");
                Ruling::rejected(Problem::new(Code::Conflict, detail))
            }
            Err(Unlawful::Fine { least, most }) => {
                let detail = format!("the law knows no fine, or one from {} to {} fen", least.get(), most.get());
                Ruling::rejected(Problem::fault("/fine_fen", detail))
            }
        }
    }
}

/// What recoveries ask back.
fn all<'a>(recoveries: impl Iterator<Item = &'a RecoveryRow>) -> Fen {
    Fen::sum(recoveries.map(asked_back)).unwrap_or(Fen::new(i64::MAX))
}

impl Impose {
    /// What was paid, if the caller may ask for it back: not who decided it, and a fine, a bar or anything of a sealed case only the
    /// county.
    fn find(&self, facts: &Facts) -> Result<Paid, Ruling> {
        let outside = || Ruling::rejected(Problem::outside_scope(self.asked.division));
        if !self.actor.reaches(&self.asked.division) {
            return Err(outside());
        }
        let county = self.actor.scope.as_str().len() <= COUNTY_DIGITS;
        let (own, paid) = match self.asked.of {
            RecoveredOf::Case(id) => {
                let case = facts.case(self.asked.division.city(), id).ok_or_else(outside)?;
                // No list and no search shows a sealed case: the county that knows its identifier was told it.
                if case.sealed && !county {
                    return Err(outside());
                }
                let officer = &self.actor.subject;
                (case.handler == *officer || case.approver.as_ref() == Some(officer), of_case(facts, case))
            }
            RecoveredOf::Settlement(id) => {
                let city = self.asked.division.city();
                let settlement = facts.settlements().settlement(city, id).ok_or_else(outside)?;
                (self.asked.deciders.contains(&self.actor.subject), of_settlement(facts, settlement, self.asked.fund))
            }
        };
        if own {
            let detail = "other persons than those who decided of it ask for it back";
            return Err(self.refuse(facts, Problem::new(Code::SamePersonSigned, detail)));
        }
        if (self.fine.is_some() || self.bar_until.is_some()) && !county {
            return Err(self.refuse(facts, Problem::new(Code::NeedsCounty, "a fine and a bar are the county's to decide")));
        }
        Ok(paid)
    }

    fn refuse(&self, facts: &Facts, problem: Problem) -> Ruling {
        refuse(facts, &self.actor, &self.context, self.leaf, (self.asked.of, None), VERB, problem)
    }

    fn impose(&self, facts: &Facts, paid: &Paid, rule: &RecoveryRule, today: Date) -> Ruling {
        let row = self.row(facts, paid, rule, today);
        let said = Imposed {
            bar_until: row.bar_until,
            case_id: row.of.case(),
            debtor: &self.commitment,
            fine_fen: row.fine,
            instalments: row.dues.iter().copied().zip(row.amounts.iter().copied()).collect(),
            principal_fen: row.principal,
            recovery_id: row.id,
            settlement_id: row.of.settlement(),
        };
        let leaf = Leaf::new(row.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let answer = ChangedRecovery {
            recovery: RecoveryAnswer::of(&row, paid.number, None, today),
            counted: None,
            receipt: ProofAnswer { leaf_hash: leaf.hash() },
        };
        // A bar is never shortened by another one.
        let person = self.bar_until.map(|until| {
            let mut person = facts.person(row.city, self.debtor);
            person.barred_until = person.barred_until.max(Some(until));
            person
        });
        let rows = Rows { recoveries: vec![row], person, leaves: vec![leaf], ..Rows::default() };
        Ruling::Done(Box::new(rows), Answer::json(201, &answer))
    }

    fn row(&self, facts: &Facts, paid: &Paid, rule: &RecoveryRule, today: Date) -> RecoveryRow {
        let whole = || {
            let due = today.checked_add(i64::from(rule.instalment_days).days()).unwrap_or(today);
            vec![(due, self.principal.plus(self.fine).unwrap_or(self.principal))]
        };
        let (dues, amounts) = self.instalments.clone().unwrap_or_else(whole).into_iter().unzip();
        let imposed_by: Subject = self.actor.subject.clone();
        RecoveryRow {
            presence: Presence::New,
            city: self.asked.division.city(),
            id: self.id,
            of: self.asked.of,
            fund: paid.fund,
            division: self.asked.division,
            debtor: self.debtor,
            party: self.party.clone(),
            state: RecoveryState::Open,
            principal: self.principal,
            fine: self.fine,
            repaid_principal: Fen::ZERO,
            repaid_fine: Fen::ZERO,
            to_fund: Fen::ZERO,
            overpaid: Fen::ZERO,
            refunded: Fen::ZERO,
            written_off_principal: Fen::ZERO,
            written_off_fine: Fen::ZERO,
            dues,
            amounts,
            bar_until: self.bar_until,
            authority_ref: self.authority_ref.clone(),
            imposed_by,
            imposed_at: facts.now(),
            version: 1,
        }
    }
}

fn of_case(facts: &Facts, case: &CaseRow) -> Paid {
    let number = Some(CaseNumber { street: case.street, day: case.day, ordinal: case.ordinal });
    let asked_back = all(facts.recoveries_of(case.city, case.id));
    Paid { fund: case.fund, amount: facts.paid(case), asked_back, number }
}

fn of_settlement(facts: &Facts, settlement: &SettlementRow, fund: FundId) -> Paid {
    let amount = settlement.share_of(fund).map_or(Fen::ZERO, |share| share.cleared);
    let asked_back = all(facts.recoveries_for(settlement.city, settlement.id, fund));
    Paid { fund, amount, asked_back, number: None }
}
