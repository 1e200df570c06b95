//! `POST /v1/cases/{case}/referrals`: the household is passed on to another office; later, what came of it.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, Keys, Move, NoteKind, ReferralRow, Rows, Ruling};
use crate::case::life::note::Note;
use crate::case::life::target::Target;
use crate::code::Code;
use crate::http::Problem;
use crate::id::{CaseId, ReferralId};

/// A referral.
pub struct Refer {
    pub target: Target,
    pub id: ReferralId,
    pub unit: String,
    pub reason: Option<Arc<[u8]>>,
    pub due: Option<Date>,
}

/// What came of it. Said once.
pub struct Outcome {
    pub target: Target,
    pub id: ReferralId,
    pub outcome: Came,
    pub note: Note,
    /// Whether it was said when it was looked at; should two say it at once, the second collides and is told the next time.
    pub said: bool,
}

/// What came of a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// The other office helped.
    Helped,
    /// It said no.
    Refused,
    /// The household did not go there.
    NotTaken,
}

impl Came {
    /// The word as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Helped => "helped",
            Self::Refused => "refused",
            Self::NotTaken => "not_taken",
        }
    }
}

/// A referral as it is answered.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReferralAnswer {
    /// Its identifier.
    pub id: ReferralId,
    /// The case.
    pub case_id: CaseId,
    /// The unit, by the name the policy gives it.
    pub to: String,
    /// By when the unit should have acted.
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// What came of it, once that is known.
    pub outcome: Option<String>,
}

#[derive(Serialize)]
struct Said<'a> {
    case_id: CaseId,
    due: Option<Date>,
    outcome: Option<&'static str>,
    referral_id: ReferralId,
    to: Option<&'a str>,
}

impl audit::Body for Said<'_> {
    const KIND: &'static str = "case.referred";
}

impl Move for Refer {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys(keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.target.find(facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        let known = facts
            .rules()
            .policies
            .named(&standing.case.policy_version)
            .is_some_and(|policy| policy.units.contains_key(&self.unit));
        if !known {
            return Ruling::rejected(Problem::fault("/to", "no unit of the rules is called so"));
        }
        let (city, case) = (standing.case.city, self.target.case);
        let said = Said { case_id: case, due: self.due, outcome: None, referral_id: self.id, to: Some(&self.unit) };
        let leaf = Leaf::new(city, self.target.leaf, facts.now(), self.target.actor.subject.as_str(), &said);
        let answer = ReferralAnswer { id: self.id, case_id: case, to: self.unit.clone(), due: self.due, outcome: None };
        let officer = self.target.actor.subject.clone();
        let row =
            ReferralRow { city, id: self.id, case, unit: self.unit.clone(), reason: self.reason.clone(), due: self.due, officer };
        Ruling::Done(Box::new(Rows { referrals: vec![row], leaves: vec![leaf], ..Rows::default() }), Answer::json(201, &answer))
    }
}

impl Move for Outcome {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys(keys);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let standing = match self.target.find(facts) {
            Ok(standing) => standing,
            Err(ruling) => return ruling,
        };
        if self.said {
            return Ruling::rejected(Problem::new(Code::Conflict, "what came of it was said before"));
        }
        let (city, case, outcome) = (standing.case.city, self.target.case, self.outcome.as_str());
        let said = Said { case_id: case, due: None, outcome: Some(outcome), referral_id: self.id, to: None };
        let officer = &self.target.actor.subject;
        let leaf = Leaf::new(city, self.target.leaf, facts.now(), officer.as_str(), &said);
        let note = self.note.row(city, case, NoteKind::Referral, officer, Some(outcome));
        let answer = OutcomeAnswer { id: self.id, outcome: self.outcome };
        Ruling::Done(Box::new(Rows { notes: vec![note], leaves: vec![leaf], ..Rows::default() }), Answer::json(200, &answer))
    }
}

/// The outcome of a referral as it is answered.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OutcomeAnswer {
    /// The referral.
    pub id: ReferralId,
    /// What came of it.
    pub outcome: Came,
}
