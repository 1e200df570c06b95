//! `POST /v1/cases/{case}/approval`: another person than the handler grants, and the money is held.

use jiff::civil::Date;

use crate::book::{CaseState, ClaimRow, Facts, Keys, Move, NoteKind, NoteRow, Posting, Ruling};
use crate::case::answer::DecisionAnswer;
use crate::case::life::change::{Change, not_in, too_much};
use crate::case::life::identity::is_temporary;
use crate::case::life::note::Note;
use crate::case::life::target::{Standing, Target};
use crate::case::matter::sealed_year;
use crate::case::opened::{self, json};
use crate::case::refusal::{self, Short};
use crate::code::Code;
use crate::http::Problem;
use crate::id::{HoldId, OptionId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{Decision, FundFacts, PastClaim, Policy, Question, Signature, Usage, decide, find_repeat};
use crate::time::day;

const VERB: &str = "approval";

/// An approval.
pub struct Approve {
    pub target: Target,
    /// What the approver is ready to grant, when it is less than what is asked for.
    pub offered: Option<Fen>,
    pub note: Note,
    /// Why the household is helped again for the same cause.
    pub repeat: Option<Note>,
    pub hold: HoldId,
    pub options: [OptionId; 4],
}

impl Move for Approve {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys_to_grant(keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.target.find(facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        let case = standing.case;
        if case.state != CaseState::Accepted {
            return not_in(case.state);
        }
        if case.handler == self.target.actor.subject {
            let problem = Problem::new(Code::SamePersonSigned, "another person than the handler approves");
            return Change::refuse(&self.target, facts, VERB, problem);
        }
        if standing.fund.is_held_by(&self.target.actor.subject) {
            let problem = Problem::new(Code::SamePersonSigned, "who approves does not hold the cash box");
            return Change::refuse(&self.target, facts, VERB, problem);
        }
        if self.offered.is_some_and(|offered| offered > case.requested) {
            return Ruling::rejected(Problem::fault("/granted_fen", "more than what is asked for"));
        }
        let Some((policy, question)) = question(&self.target, &standing, facts) else {
            return Ruling::rejected(Problem::internal("a case does not hold its question"));
        };
        let question = Question {
            signature: Signature::Second,
            offered: self.offered,
            repeat_overridden: self.repeat.is_some(),
            ..question
        };
        let decision = decide(&policy, &question);
        if !decision.grants() {
            return self.refuse(facts, &standing, &policy, &question, &decision);
        }
        self.grant(facts, &standing, &policy, &question, decision).unwrap_or_else(too_much)
    }
}

impl Approve {
    fn grant(
        &self,
        facts: &Facts,
        standing: &Standing,
        policy: &Policy,
        question: &Question,
        decision: Decision,
    ) -> Option<Ruling> {
        let target = &self.target;
        let mut change = Change::begin(target, facts, standing, VERB);
        let mut posting = Posting::begin(standing.fund)?;
        let granted = decision.granted_fen;
        posting.hold(posting.hold_of(target.case, self.hold, None, granted, policy.approval.expiry(facts.now())))?;
        count(&mut change, facts, &mut posting, question, granted)?;
        change.posting = Some(posting);
        change.case.state = CaseState::Approved;
        change.case.approver = Some(target.actor.subject.clone());
        settle(&mut change, facts, policy, question, &decision);
        change.rows.notes.extend(self.notes());
        change.rows.claims = claims(target, standing, facts, question.day);
        change.decision = Some(DecisionAnswer::new(decision, Vec::new()));
        Some(change.done(200, standing))
    }

    /// What the approver says, whatever comes of it.
    fn notes(&self) -> impl Iterator<Item = NoteRow> {
        let (city, case, officer) = (self.target.actor.city(), self.target.case, &self.target.actor.subject);
        let repeat = self.repeat.as_ref().map(|note| note.row(city, case, NoteKind::Repeat, officer, None));
        std::iter::once(self.note.row(city, case, NoteKind::Approval, officer, None)).chain(repeat)
    }

    /// The case stays accepted, with the ways out of a short fund: it can be approved with another amount or a reason, or declined.
    fn refuse(&self, facts: &Facts, standing: &Standing, policy: &Policy, question: &Question, decision: &Decision) -> Ruling {
        let short = Short { decision, available: standing.fund.available(), options: self.options };
        let ways_out = short.ways_out();
        let mut change = Change::begin(&self.target, facts, standing, VERB);
        change.case.options = json(&ways_out);
        change.case.code = decision.code;
        change.case.decision = json(decision);
        change.case.question = json(question);
        change.rows.notes.extend(self.notes());
        let number = CaseNumber { street: change.case.street, day: change.case.day, ordinal: change.case.ordinal };
        let problem = refusal::document(decision, policy, &self.target.context, standing.fund, ways_out, &number);
        change.refused(problem)
    }
}

/// The question of a case with the facts of this moment, and the rules in force when it was accepted. What officers said to it last
/// (signature, amount offered, reason for a repeat) stays.
pub fn question(target: &Target, standing: &Standing, facts: &Facts) -> Option<(std::sync::Arc<Policy>, Question)> {
    let (case, fund, today) = (standing.case, standing.fund, day(facts.now()));
    let policy = facts.rules().policies.named(&case.policy_version)?.clone();
    let stored: Question = serde_json::from_str(&case.question).ok()?;
    let person = facts.person(case.city, case.person);
    let officer = facts.officer(case.city, &case.handler);
    let past: Vec<PastClaim> = target
        .persons()
        .flat_map(|person| facts.claims(case.city, person))
        .filter(|claim| claim.live && claim.case != case.id)
        .map(PastClaim::from)
        .collect();
    let known = is_temporary(facts.merges(case.city, case.id), case.person);
    let question = Question {
        day: today,
        temporary: known.unwrap_or(stored.temporary),
        identified: target.persons().any(|person| facts.is_identified(case.city, person)),
        deceased_on: person.deceased_on,
        barred_until: person.barred_until,
        repeat: find_repeat(past.iter(), case.cause, case.incident, today, &policy.repeat),
        overdue: facts.overdue(case.city, &case.handler),
        usage: Usage {
            person_year_sealed: sealed_year(facts, case.city, case.person, today),
            person_year: if person.year == today.year() { person.year_granted } else { Fen::ZERO },
            officer_day: if officer.day == today { officer.day_granted } else { Fen::ZERO },
            fund_day: fund.granted_on(today),
        },
        fund: FundFacts { status: fund.status, available: fund.available(), limits: fund.limits, bridged: Fen::ZERO },
        ..stored
    };
    Some((policy, question))
}

/// Counts a grant in the applicant's year, the handler's day and the fund's day.
pub fn count(change: &mut Change, facts: &Facts, posting: &mut Posting, question: &Question, granted: Fen) -> Option<()> {
    let mut person = facts.person(change.case.city, change.case.person);
    person.year = question.day.year();
    person.year_granted = question.usage.person_year.plus(granted)?;
    let mut officer = facts.officer(change.case.city, &change.case.handler);
    officer.day = question.day;
    officer.day_granted = question.usage.officer_day.plus(granted)?;
    posting.fund.day_granted = question.usage.fund_day.plus(granted)?;
    posting.fund.day = question.day;
    change.counted(Some(person), Some(officer));
    Some(())
}

/// Puts a decision into its case: amount, day, lane, and the papers that follow.
pub fn settle(change: &mut Change, facts: &Facts, policy: &Policy, question: &Question, decision: &Decision) {
    let case = &mut change.case;
    let ended_on = facts.incident(case.city, case.incident).and_then(|incident| incident.ended_on);
    let (deadline, missing) = opened::completion(facts.rules(), policy, decision.lane, (ended_on, case.day));
    case.granted = decision.granted_fen;
    case.granted_on = Some(question.day);
    case.lane = decision.lane;
    case.code = decision.code;
    case.decision = json(decision);
    case.question = json(question);
    case.options = "[]".into();
    case.completion_due = deadline.map(|deadline| deadline.day);
    case.completion_due_provisional = deadline.is_some_and(|deadline| deadline.provisional);
    case.missing = missing;
}

/// One claim a person of the household, in the next free slot.
pub fn claims(target: &Target, standing: &Standing, facts: &Facts, day: Date) -> Vec<ClaimRow> {
    let case = standing.case;
    let claim = |person| ClaimRow {
        city: case.city,
        person,
        cause: case.cause,
        slot: facts.next_slot(case.city, person, case.cause),
        day,
        incident: case.incident,
        case: case.id,
        number: CaseNumber { street: case.street, day: case.day, ordinal: case.ordinal },
        division: case.division,
        sealed: case.sealed,
        live: true,
    };
    target.persons().map(claim).collect()
}
