//! `POST /v1/cases/{case}/withdrawal`: the household wants no more; what is free of the grant goes back.

use crate::book::{CaseState, Facts, HoldRow, HoldState, Keys, Move, NoteKind, Posting, Ruling};
use crate::case::life::change::{Change, not_in, too_much};
use crate::case::life::give_back::{give_back, owe_no_papers};
use crate::case::life::note::Note;
use crate::case::life::target::{Standing, Target};
use crate::case::payment::state_of;
use crate::money::Fen;

const VERB: &str = "withdrawal";

/// A withdrawal. What is paid or under way stays as it is.
pub struct Withdraw {
    pub target: Target,
    pub reason: Note,
}

impl Move for Withdraw {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys(keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.target.find(facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        match standing.case.state {
            CaseState::Accepted => self.end(facts, &standing),
            CaseState::Approved | CaseState::Paying if standing.free().next().is_some() || standing.case.queued.is_some() => {
                self.give_up(facts, &standing).unwrap_or_else(too_much)
            }
            state => not_in(state),
        }
    }

    fn resolves(&self) -> bool {
        true
    }
}

impl Withdraw {
    fn end(&self, facts: &Facts, standing: &Standing) -> Ruling {
        let mut change = Change::begin(&self.target, facts, standing, VERB);
        change.case.state = CaseState::Withdrawn;
        self.note(&mut change);
        change.done(200, standing)
    }

    fn give_up(&self, facts: &Facts, standing: &Standing) -> Option<Ruling> {
        let mut change = Change::begin(&self.target, facts, standing, VERB);
        let unqueued = std::mem::replace(&mut change.case.queued, Fen::ZERO);
        change.case.queue_place = None;
        release(&mut change, facts, standing, standing.free(), HoldState::Released, unqueued)?;
        change.case.state = state_of(&change.case, &change.payments, Fen::ZERO, CaseState::Withdrawn);
        self.note(&mut change);
        Some(change.done(200, standing))
    }

    fn note(&self, change: &mut Change) {
        let officer = &self.target.actor.subject;
        change.rows.notes.push(self.reason.row(change.case.city, self.target.case, NoteKind::Withdrawal, officer, None));
    }
}

/// Gives back what is held for no payment yet, and what has left the queue. A case that is left without money owes no papers.
pub fn release<'a>(
    change: &mut Change,
    facts: &Facts,
    standing: &Standing,
    holds: impl Iterator<Item = &'a HoldRow>,
    state: HoldState,
    unqueued: Fen,
) -> Option<()> {
    let mut posting = Posting::begin(standing.fund)?;
    let mut back = unqueued;
    for hold in holds {
        posting.give_back(hold, state)?;
        back = back.plus(hold.amount)?;
    }
    let (person, officer) = give_back(facts, &mut change.case, &mut posting.fund, back);
    owe_no_papers(&mut change.case);
    change.counted(person, officer);
    change.posting = Some(posting);
    Some(())
}
