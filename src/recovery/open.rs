//! `POST /v1/recoveries`: money is to be paid back, by a decision in writing.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::actor::{Actor, Subject};
use crate::audit::{self, Leaf};
use crate::book::{Answer, CaseRow, Facts, Keys, Move, Presence, RecoveryRow, RecoveryState, Rows, Ruling};
use crate::code::Code;
use crate::division::Division;
use crate::http::{Context, Problem};
use crate::id::{CaseId, LeafId, RecoveryId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::RecoveryRule;
use crate::recovery::answer::{ChangedRecovery, ProofAnswer, RecoveryAnswer};
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
    /// The case and where it lies, as they were read.
    pub case: CaseId,
    pub division: Division,
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
    case_id: CaseId,
    debtor: &'a str,
    fine_fen: Fen,
    instalments: Vec<(Date, Fen)>,
    principal_fen: Fen,
    recovery_id: RecoveryId,
}

impl audit::Body for Imposed<'_> {
    const KIND: &'static str = "recovery.imposed";
}

impl Move for Impose {
    fn keys(&self, keys: &mut Keys) {
        let city = self.division.city();
        keys.person(city, self.debtor);
        keys.recoveries_of(city, self.case);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let case = match self.find(facts) {
            Ok(case) => case,
            Err(ruling) => return ruling,
        };
        let today = day(facts.now());
        if self.bar_until.is_some_and(|until| until < today) {
            return Ruling::rejected(Problem::fault("/bar_until", "a bar ends today or later"));
        }
        if self.fine.is_some() && facts.person(case.city, self.debtor).deceased_on.is_some() {
            return self.refuse(facts, Problem::new(Code::Deceased, "nobody is fined after their death"));
        }
        let Some(policy) = facts.rules().policies.at(&case.division, today) else {
            return Ruling::rejected(Problem::new(Code::Conflict, "no rules are in force for this division"));
        };
        match lawful(self.principal, self.fine, facts.paid(case), all_asked_back(facts, case), &policy.recovery) {
            Ok(()) => self.impose(facts, case, &policy.recovery, today),
            Err(Unlawful::Principal { left }) => {
                let detail = format!("{left} yuan were paid of the case and are not asked back already");
                Ruling::rejected(Problem::new(Code::Conflict, detail))
            }
            Err(Unlawful::Fine { least, most }) => {
                let detail = format!("the law knows no fine, or one from {} to {} fen", least.get(), most.get());
                Ruling::rejected(Problem::fault("/fine_fen", detail))
            }
        }
    }
}

/// What other recoveries ask back.
fn all_asked_back(facts: &Facts, case: &CaseRow) -> Fen {
    Fen::sum(facts.recoveries_of(case.city, case.id).map(asked_back)).unwrap_or(Fen::new(i64::MAX))
}

impl Impose {
    /// The case under lock, if the caller may ask for it back: not its own officers, and a fine, a bar or anything of a
    /// sealed case only the county.
    fn find<'a>(&self, facts: &'a Facts) -> Result<&'a CaseRow, Ruling> {
        let outside = || Ruling::rejected(Problem::outside_scope(self.division));
        if !self.actor.reaches(&self.division) {
            return Err(outside());
        }
        let case = facts.case(self.division.city(), self.case).ok_or_else(outside)?;
        let officer = &self.actor.subject;
        let own = case.handler == *officer || case.approver.as_ref() == Some(officer);
        let county = self.actor.scope.as_str().len() <= COUNTY_DIGITS;
        // No list and no search shows a sealed case: the county that knows its identifier was told it.
        if case.sealed && !county {
            return Err(outside());
        }
        if own {
            let detail = "another person than the case's handler and approver asks for it back";
            return Err(self.refuse(facts, Problem::new(Code::SamePersonSigned, detail)));
        }
        if (self.fine.is_some() || self.bar_until.is_some()) && !county {
            return Err(self.refuse(facts, Problem::new(Code::NeedsCounty, "a fine and a bar are the county's to decide")));
        }
        Ok(case)
    }

    fn refuse(&self, facts: &Facts, problem: Problem) -> Ruling {
        refuse(facts, &self.actor, &self.context, self.leaf, (self.case, None), VERB, problem)
    }

    fn impose(&self, facts: &Facts, case: &CaseRow, rule: &RecoveryRule, today: Date) -> Ruling {
        let row = self.row(facts, case, rule, today);
        let said = Imposed {
            bar_until: row.bar_until,
            case_id: row.case,
            debtor: &self.commitment,
            fine_fen: row.fine,
            instalments: row.dues.iter().copied().zip(row.amounts.iter().copied()).collect(),
            principal_fen: row.principal,
            recovery_id: row.id,
        };
        let leaf = Leaf::new(row.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let number = CaseNumber { street: case.street, day: case.day, ordinal: case.ordinal };
        let answer = ChangedRecovery {
            recovery: RecoveryAnswer::of(&row, number, None, today),
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

    fn row(&self, facts: &Facts, case: &CaseRow, rule: &RecoveryRule, today: Date) -> RecoveryRow {
        let whole = || {
            let due = today.checked_add(i64::from(rule.instalment_days).days()).unwrap_or(today);
            vec![(due, self.principal.plus(self.fine).unwrap_or(self.principal))]
        };
        let (dues, amounts) = self.instalments.clone().unwrap_or_else(whole).into_iter().unzip();
        let imposed_by: Subject = self.actor.subject.clone();
        RecoveryRow {
            presence: Presence::New,
            city: case.city,
            id: self.id,
            case: case.id,
            fund: case.fund,
            division: case.division,
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
