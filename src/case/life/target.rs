//! The case that a verb is about: read at the edge without a lock, locked with what follows from it, checked again.

use std::sync::Arc;

use jiff::Timestamp;

use crate::actor::{Actor, Role, Subject};
use crate::book::{CaseRow, Facts, FundRow, HoldRow, Keys, Ruling, read_case};
use crate::code::Code;
use crate::division::{City, Division};
use crate::http::{Context, Problem};
use crate::id::{CaseId, FundId, IncidentId, LeafId};
use crate::reads::Readers;
use crate::vault::BlindIndex;

/// A case as a verb found it, and who asks.
pub struct Target {
    pub actor: Arc<Actor>,
    pub context: Context,
    pub case: CaseId,
    pub leaf: LeafId,
    city: City,
    division: Division,
    fund: FundId,
    incident: IncidentId,
    person: BlindIndex,
    members: Vec<BlindIndex>,
    handler: Subject,
    /// Whether anybody of it was merged into another person, in this case or elsewhere.
    merged: bool,
}

/// The case under lock, with its fund and its open holds.
pub struct Standing<'a> {
    pub case: &'a CaseRow,
    pub fund: &'a FundRow,
    pub holds: &'a [HoldRow],
}

impl Target {
    /// Reads the case. One outside the scope does not exist, and a sealed one does only for its own officers.
    pub async fn read(readers: &Readers, actor: Arc<Actor>, context: Context, id: CaseId) -> Result<(Self, CaseRow), Problem> {
        let row = readers.optional(&actor, include_str!("../../../sql/case/target.sql"), &[&actor.city(), &id]).await?;
        let merged = row.as_ref().is_some_and(|row| row.get("merged"));
        let row = row.as_ref().and_then(read_case).ok_or_else(|| Problem::outside_scope(actor.scope))?;
        Ok((Self { merged, ..Self::of(&row, actor, context) }, row))
    }

    /// A case as it was read.
    pub fn of(row: &CaseRow, actor: Arc<Actor>, context: Context) -> Self {
        Self {
            actor,
            context,
            case: row.id,
            leaf: LeafId::new(),
            city: row.city,
            division: row.division,
            fund: row.fund,
            incident: row.incident,
            person: row.person,
            members: row.members.clone(),
            handler: row.handler.clone(),
            merged: false,
        }
    }

    /// Every person of the household, the applicant first.
    pub fn persons(&self) -> impl Iterator<Item = BlindIndex> + Clone + '_ {
        std::iter::once(self.person).chain(self.members.iter().copied())
    }

    /// The case, and what its money counts in: the applicant's year, the handler's day, the fund.
    pub fn keys(&self, keys: &mut Keys) {
        keys.person(self.city, self.person);
        keys.officer(self.city, &self.handler);
        keys.fund(self.city, self.fund);
        keys.case(self.city, self.case);
    }

    /// What may have come back of it besides, by its recoveries.
    pub fn keys_of_recoveries(&self, keys: &mut Keys) {
        keys.recoveries_of(self.city, self.case);
    }

    /// What a new grant needs besides: the incident's end, and what the household was helped with before.
    pub fn keys_to_grant(&self, keys: &mut Keys) {
        self.keys(keys);
        keys.incident(self.city, self.incident);
        for person in self.persons() {
            keys.claims(self.city, person);
        }
        keys.overdue(self.city, &self.handler);
        if self.merged {
            keys.merges(self.city, self.case);
            self.persons().for_each(|person| keys.identified(self.city, person));
        }
    }

    /// The case under lock, whoever asks: for the house itself. `None` when it is not what it was when it was read.
    pub fn locked<'a>(&self, facts: &'a Facts) -> Option<Standing<'a>> {
        let (case, fund) = (facts.case(self.city, self.case)?, facts.fund(self.city, self.fund)?);
        let same = case.fund == self.fund && case.incident == self.incident;
        let same = same && case.person == self.person && case.members == self.members;
        same.then(|| Standing { case, fund, holds: facts.holds(self.city, self.case) })
    }

    /// The case under lock. What followed from it when it was read must still follow from it.
    pub fn find<'a>(&self, facts: &'a Facts) -> Result<Standing<'a>, Ruling> {
        if !self.actor.reaches(&self.division) {
            return Err(Ruling::rejected(Problem::outside_scope(self.division)));
        }
        let Some(standing) = self.locked(facts) else {
            return Err(Ruling::rejected(Problem::new(Code::Overloaded, "the case has changed meanwhile").retry_after(1)));
        };
        let case = standing.case;
        let own = case.handler == self.actor.subject || case.approver.as_ref() == Some(&self.actor.subject);
        // Whoever is to approve a sealed case was told its identifier by its handler: no list and no search shows it.
        let called = case.approver.is_none() && self.actor.roles.has(Role::Approver);
        if case.sealed && !own && !called {
            return Err(Ruling::rejected(Problem::outside_scope(self.division)));
        }
        Ok(standing)
    }
}

impl Standing<'_> {
    /// The free holds whose time is not over: what has run out is not paid any more, also before it is given back.
    pub fn live(&self, now: Timestamp) -> impl Iterator<Item = &HoldRow> {
        self.free().filter(move |hold| hold.expires_at.is_none_or(|at| at > now))
    }

    /// The holds that belong to no payment yet.
    pub fn free(&self) -> impl Iterator<Item = &HoldRow> {
        self.holds.iter().filter(|hold| hold.payment.is_none())
    }
}
