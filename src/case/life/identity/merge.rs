//! `POST /v1/cases/{case}/identity`: an unknown person is known now. The case is decided again for the real one.

use std::sync::Arc;

use jiff::ToSpan;

use crate::actor::Subject;
use crate::book::{CaseRow, CaseState, Facts, HoldRow, HoldState, Keys, MergeRow, Move, Posting, Ruling};
use crate::case::life::change::{Change, too_much};
use crate::case::life::give_back::{give_back, owe_no_papers};
use crate::case::life::identity::body::MergeBody;
use crate::case::life::identity::exchange::{carry_bar, claim, exchange, next_ordinal};
use crate::case::life::identity::findings::{Identified, IdentityAnswer, Rerun, rerun};
use crate::case::life::note::Note;
use crate::case::life::target::{Standing, Target};
use crate::case::opened::review_by;
use crate::case::party::{self, Part, Party, person_index};
use crate::case::payment::state_of;
use crate::code::Code;
use crate::http::Problem;
use crate::id::{HoldId, NoteId};
use crate::identity::{IdNumber, IdType};
use crate::money::Fen;
use crate::policy::Lane;
use crate::time::day;
use crate::vault::Vault;

const VERB: &str = "identity_merge";
/// Until when somebody looks at findings, where the policy names no time for what one officer decided alone.
const REVIEW_HOURS: i64 = 24;

/// A merge.
pub struct Merge {
    pub target: Target,
    /// None when nobody of the case had this temporary number as it was read.
    pub people: Option<People>,
    pub note: Note,
    /// The hold of what is left of one that is given back in part.
    pub successor: HoldId,
}

/// Who is put in whose place, sealed for this version of the case.
pub struct People {
    who: Identified,
    place: i16,
    sealed: Arc<[u8]>,
    commitment: String,
    version: i64,
}

impl People {
    /// Finds the person by the temporary number, and seals the real identity in that place.
    pub fn find(vault: &Vault, case: &CaseRow, body: &MergeBody) -> Result<Option<Self>, Problem> {
        let today = day(jiff::Timestamp::now());
        let index = |kind, number: &str| {
            let number = IdNumber::parse(kind, number, today).map_err(|wrong| Problem::new(Code::IdInvalid, wrong.reason()))?;
            Ok::<_, Problem>(person_index(vault, &number, case.street.as_str()))
        };
        let who = Identified { from: index(IdType::Temporary, &body.from.id_no)?, to: index(body.to.id_type, &body.to.id_no)? };
        let parties = party::unseal(vault, case.id, &case.parties).map_err(Problem::internal)?;
        let Some((place, before)) = place(case, &parties, who, &body.from.id_no) else { return Ok(None) };
        let real = Party {
            id_type: Some(body.to.id_type),
            id_no: Some(body.to.id_no.to_ascii_uppercase()),
            name: body.to.name.clone(),
            ..before.clone()
        };
        let sealed = party::seal_one(vault, case.id, place, &real)?;
        let place = i16::try_from(place).map_err(Problem::internal)?;
        Ok(Some(Self {
            who,
            place,
            sealed: sealed.as_bytes().into(),
            commitment: hex::encode(sealed.commitment()),
            version: case.version,
        }))
    }
}

/// Where the temporary person stands among the parties. Members are sealed in the order of their indexes; those of old cases are found
/// by the number alone.
fn place<'a>(case: &CaseRow, parties: &'a [Party], who: Identified, number: &str) -> Option<(usize, &'a Party)> {
    let fits = |part| {
        move |party: &Party| {
            let same = party.id_no.as_deref().is_some_and(|sealed| sealed.eq_ignore_ascii_case(number));
            party.part == part && party.id_type == Some(IdType::Temporary) && same
        }
    };
    let find = |part| parties.iter().position(fits(part));
    let place = if case.person == who.from {
        find(Part::Applicant)?
    } else {
        let beside = case.members.iter().position(|member| *member == who.from)?.checked_add(1)?;
        Some(beside).filter(|at| parties.get(*at).is_some_and(fits(Part::Member))).or_else(|| find(Part::Member))?
    };
    Some((place, parties.get(place)?))
}

impl Move for Merge {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys_to_grant(keys);
        let city = self.target.actor.city();
        keys.merges(city, self.target.case);
        if let Some(people) = &self.people {
            keys.person(city, people.who.from);
            keys.person(city, people.who.to);
            keys.claims(city, people.who.to);
        }
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.target.find(facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        let conflict = |detail| Ruling::rejected(Problem::new(Code::Conflict, detail));
        let Some(people) = &self.people else {
            return conflict("nobody of this case has this temporary number");
        };
        if people.version != standing.case.version {
            return Ruling::rejected(Problem::new(Code::Overloaded, "the case has changed meanwhile").retry_after(1));
        }
        if self.target.persons().any(|person| person == people.who.to) {
            return conflict("the real person is of this case already");
        }
        let rerun = match standing.case.granted.is_some() {
            true => rerun(facts, standing.case, people.who),
            false => Some(Rerun { findings: Vec::new(), grantable: Fen::ZERO }),
        };
        match rerun {
            Some(rerun) => self.merge(facts, &standing, people, rerun).unwrap_or_else(too_much),
            None => Ruling::rejected(Problem::internal("a case does not hold its question")),
        }
    }

    fn resolves(&self) -> bool {
        true
    }
}

impl Merge {
    fn merge(&self, facts: &Facts, standing: &Standing, people: &People, rerun: Rerun) -> Option<Ruling> {
        let mut change = Change::begin(&self.target, facts, standing, VERB);
        let beyond = standing.case.granted.left_after(rerun.grantable);
        let released = match rerun.findings.is_empty() {
            true => Fen::ZERO,
            false => self.release(&mut change, facts, standing, beyond)?,
        };
        let put_away = exchange(&mut change, facts, people.who, people.place, &people.sealed)?;
        let (bar_before, bar_carried) = carry_bar(&mut change, facts, people.who);
        change.commitments.push(people.commitment.clone());
        change.rows.claims.extend(claim(&change.case, facts, people.who));
        if !rerun.findings.is_empty() {
            look(&mut change.case, facts);
        }
        let ordinal = next_ordinal(facts.merges(change.case.city, self.target.case))?;
        let officer: &Subject = &self.target.actor.subject;
        change.rows.merges.push(MergeRow {
            city: change.case.city,
            case: self.target.case,
            ordinal,
            id: NoteId::from(self.note.id()),
            undoes: None,
            place: people.place,
            from: people.who.from,
            to: people.who.to,
            officer: officer.clone(),
            findings: rerun.findings.iter().map(|finding| finding.code.as_str().to_owned()).collect(),
            released,
            party: put_away,
            note: self.note.sealed(),
            bar_before,
            bar_carried,
        });
        change.identity = Some(IdentityAnswer { findings: rerun.findings, released_fen: released });
        Some(change.done(200, standing))
    }

    /// Gives back what is granted beyond the new decision as far as it is free: what waits in the queue first, then what is held for no
    /// payment, the last to run out first. A case that is left without money can be approved again, for the real person.
    fn release(&self, change: &mut Change, facts: &Facts, standing: &Standing, beyond: Fen) -> Option<Fen> {
        let mut posting = Posting::begin(standing.fund)?;
        let mut back = change.case.queued.min(beyond);
        change.case.queued = change.case.queued.left_after(back);
        change.case.queue_place = change.case.queue_place.filter(|_| change.case.queued.is_some());
        let mut holds: Vec<&HoldRow> = standing.free().collect();
        holds.sort_by_key(|hold| std::cmp::Reverse((hold.expires_at, hold.id)));
        let mut free = Fen::ZERO;
        for hold in holds {
            let over = hold.amount.left_after(beyond.left_after(back));
            free = free.plus(over)?;
            if over == hold.amount {
                continue;
            }
            posting.give_back(hold, HoldState::Released)?;
            if over.is_some() {
                posting.hold(posting.hold_of(self.target.case, self.successor, None, over, hold.expires_at))?;
            }
            back = back.plus(hold.amount.minus(over)?)?;
        }
        if !back.is_some() {
            return Some(back);
        }
        let (person, officer) = give_back(facts, &mut change.case, &mut posting.fund, back);
        owe_no_papers(&mut change.case);
        change.counted(person, officer);
        change.posting = Some(posting);
        change.case.state = state_of(&change.case, &change.payments, free, CaseState::Accepted);
        Some(back)
    }
}

/// Somebody must look, by the hours of the policy; what is due earlier stays due.
fn look(case: &mut CaseRow, facts: &Facts) {
    let policy = facts.rules().policies.named(&case.policy_version);
    let by = policy.and_then(|policy| review_by(policy, Lane::Quick, facts.now()));
    let by = by.or_else(|| facts.now().checked_add(REVIEW_HOURS.hours()).ok());
    case.review_due = [case.review_due, by].into_iter().flatten().min();
}
