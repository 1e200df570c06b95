//! `POST /v1/waivers`: a promise for the whole stay, decided by the roster as the database has it.

use std::sync::Arc;

use jiff::ToSpan;
use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{
    Answer, Event, Facts, HookEvent, Keys, Move, Presence, Rows, Ruling, Standing, WaiverEnd, WaiverRow, WaiverState,
};
use crate::code::Code;
use crate::division::Division;
use crate::hospital::{Discounts, Terms};
use crate::http::{Context, Problem};
use crate::id::{LeafId, WaiverId};
use crate::identity::CreditCode;
use crate::money::Fen;
use crate::policy::{RosterCategory, WaiverRule};
use crate::roster::Member;
use crate::time::{day, rfc3339};
use crate::waiver::answer::{CheckAnswer, Freshness, GrantAnswer};
use crate::waiver::patient::Patient;
use crate::waiver::promise::{ISSUER, Promise, PromiseKeys};
use crate::waiver::verdict::{Verdict, verdict};

/// A promise to be made.
pub struct Grant {
    pub actor: Arc<Actor>,
    pub context: Context,
    pub hospital: CreditCode,
    pub patient: Patient,
    pub visit_no: String,
    /// What was agreed with the hospital; none when nothing was.
    pub terms: Option<Terms>,
    pub keys: Arc<PromiseKeys>,
    /// A keyed digest of the patient, for the promise.
    pub digest: String,
    pub id: WaiverId,
    pub leaf: LeafId,
}

impl Move for Grant {
    fn keys(&self, keys: &mut Keys) {
        keys.admission(self.actor.city(), self.patient.person, self.hospital.as_str(), &self.visit_no);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let (city, now) = (self.actor.city(), facts.now());
        if let Some(promised) = facts.waiver_of(city, self.hospital.as_str(), &self.visit_no) {
            return self.refuse(facts, self.own("this visit was promised before: ask for that promise", promised));
        }
        let (version, standing) = facts.standing(city, self.patient.person);
        let listed = standing.map(Member::from);
        let asked = self.patient.asked(day(now));
        let verdict = verdict(&asked, self.terms.as_ref(), listed.as_ref());
        let roster = Freshness::current(version, now);
        // Whoever knows a number without its name is told nothing of stays.
        let named = listed.is_none_or(|listed| asked.name == Some(listed.name_digest));
        let over = facts.open_waiver(city, self.patient.person).filter(|_| named);
        if let Some(open) = over.filter(|open| open.expires_at > now) {
            return self.refuse(facts, self.own("another stay of this person is open: it is closed first", open));
        }
        let (Code::Waived, Some(terms), Some(category)) = (verdict.answer, &self.terms, verdict.category) else {
            let answer = serde_json::to_value(CheckAnswer::new(&verdict, roster)).unwrap_or_default();
            return self.refuse(facts, Problem::new(verdict.answer, "no deposit is waived").with("check", answer));
        };
        let rule = facts.rules().policies.at(&terms.division, day(now)).map(|policy| policy.waiver).unwrap_or_default();
        let promised = self.promise(facts, rule, roster, (&verdict, category, terms.division));
        let Some((row, answer)) = promised else {
            return Ruling::rejected(Problem::internal("a promise can not be signed"));
        };
        let leaf = self.said(facts, &row);
        let ended = over.map(|over| over.closed(WaiverEnd::Age, now));
        let events = vec![granted(&row)];
        let rows = Rows { waivers: ended.into_iter().chain([row]).collect(), events, leaves: vec![leaf], ..Rows::default() };
        Ruling::Done(Box::new(rows), Answer::json(201, &answer))
    }
}

impl Grant {
    fn promise(
        &self,
        facts: &Facts,
        rule: WaiverRule,
        roster: Freshness,
        (verdict, category, division): (&Verdict, RosterCategory, Division),
    ) -> Option<(WaiverRow, GrantAnswer)> {
        let now = facts.now();
        let expires_at = now.checked_add((i64::from(rule.max_stay_days) * 24).hours()).ok()?;
        let promise = Promise {
            iss: ISSUER,
            sub: self.id,
            aud: self.hospital.as_str().to_owned(),
            iat: now.as_second(),
            exp: expires_at.as_second(),
            hospital: self.hospital.as_str().to_owned(),
            visit_no: self.visit_no.clone(),
            roster_version: roster.version,
            deposit_fen: Fen::ZERO,
            discounts: verdict.discounts,
            patient: self.digest.clone(),
        };
        let row = WaiverRow {
            presence: Presence::New,
            city: self.actor.city(),
            id: self.id,
            hospital: self.hospital.as_str().to_owned(),
            division,
            visit_no: self.visit_no.clone(),
            person: self.patient.person,
            state: WaiverState::Open,
            category,
            deposit: Fen::ZERO,
            discounts: serde_json::to_string(&verdict.discounts).ok()?,
            roster_version: roster.version,
            granted_by: self.actor.subject.clone(),
            granted_at: now,
            expires_at,
            closed_as: None,
            closed_at: None,
            left_at: None,
            version: 1,
        };
        let answer = GrantAnswer {
            check: CheckAnswer::new(verdict, roster),
            id: self.id,
            promise: self.keys.sign(&promise)?,
            expires_at: rfc3339(expires_at),
        };
        Some((row, answer))
    }

    fn said(&self, facts: &Facts, row: &WaiverRow) -> Leaf {
        let said = Granted {
            discounts: serde_json::from_str(&row.discounts).ok(),
            expires_at: rfc3339(row.expires_at),
            hospital: &row.hospital,
            patient: &self.digest,
            roster_version: row.roster_version,
            visit_no: &row.visit_no,
            waiver_id: row.id,
        };
        Leaf::new(row.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said)
    }

    /// An open stay, with its promise where that was made to the hospital that asks.
    fn own(&self, detail: &str, open: &WaiverRow) -> Problem {
        let problem = Problem::new(Code::StayOpen, detail);
        match open.hospital == self.hospital.as_str() {
            true => problem.with("waiver_id", serde_json::to_value(open.id).unwrap_or_default()),
            false => problem,
        }
    }

    fn refuse(&self, facts: &Facts, problem: Problem) -> Ruling {
        let said = Refused { code: problem.code(), hospital: self.hospital.as_str(), patient: &self.digest };
        let leaf = Leaf::new(self.actor.city(), self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        Ruling::Refused(Box::new(Rows { leaves: vec![leaf], ..Rows::default() }), Answer::refusal(&problem, &self.context))
    }
}

impl From<&Standing> for Member {
    fn from(standing: &Standing) -> Self {
        let Standing { category, name_digest, valid_from, valid_to } = *standing;
        Self { category, name_digest, valid_from, valid_to }
    }
}

/// What hooks are told: nothing of the patient.
fn granted(row: &WaiverRow) -> Event {
    Event {
        city: row.city,
        division: row.division,
        kind: HookEvent::WaiverGranted,
        id: row.id.uuid(),
        subject: row.id.uuid(),
        case: None,
        version: row.version,
        amounts: Vec::new(),
    }
}

#[derive(Serialize)]
struct Granted<'a> {
    discounts: Option<Discounts>,
    expires_at: String,
    hospital: &'a str,
    patient: &'a str,
    roster_version: i64,
    visit_no: &'a str,
    waiver_id: WaiverId,
}

impl audit::Body for Granted<'_> {
    const KIND: &'static str = "waiver.granted";
}

#[derive(Serialize)]
struct Refused<'a> {
    code: Code,
    hospital: &'a str,
    patient: &'a str,
}

impl audit::Body for Refused<'_> {
    const KIND: &'static str = "waiver.refused";
}
