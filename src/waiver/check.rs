//! `POST /v1/waivers/check`: answered from memory, recorded before it is answered.

use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

use crate::actor::Actor;
use crate::book::Rules;
use crate::code::Code;
use crate::hospital::{Hospitals, Terms};
use crate::http::Problem;
use crate::id::CheckId;
use crate::identity::CreditCode;
use crate::policy::WaiverRule;
use crate::reads::Readers;
use crate::roster::{Roster, standing};
use crate::time::day;
use crate::waiver::answer::{CheckAnswer, Freshness};
use crate::waiver::patient::Patient;
use crate::waiver::record::CheckRow;
use crate::waiver::recorder::{Recorded, Recorder};
use crate::waiver::verdict::verdict;

/// What a check is answered with.
pub struct Desk<'a> {
    pub roster: &'a Roster,
    pub hospitals: &'a Hospitals,
    pub recorder: &'a Recorder,
    pub readers: &'a Readers,
    pub rules: &'a Rules,
}

impl Desk<'_> {
    /// Answers a hospital.
    pub async fn check(&self, actor: &Actor, code: &CreditCode, patient: &Patient) -> Result<CheckAnswer, Problem> {
        let (now, city) = (Timestamp::now(), actor.city());
        if !self.roster.knows(city) {
            // "Not on the roster" must not be said of a roster that was never seen.
            return Err(Problem::new(Code::Overloaded, "this server has not seen the roster of the city yet").retry_after(1));
        }
        let terms = terms(self.hospitals, actor, code);
        let division = terms.as_ref().map_or(actor.scope, |terms| terms.division);
        let rule = self.rules.policies.at(&division, day(now)).map(|policy| policy.waiver).unwrap_or_default();
        let (version, mut listed) = self.roster.look_up(city, &patient.person);
        let mut replaces = None;
        let mut roster = age(&rule, version, self.roster.as_of(), now);
        loop {
            let verdict = verdict(&patient.asked(day(now)), terms.as_ref(), listed.as_ref());
            let row = CheckRow {
                id: CheckId::new(),
                subject: actor.subject.as_str().to_owned(),
                hospital: code.as_str().to_owned(),
                division,
                person: Uuid::from_bytes(*patient.person.as_bytes()),
                stay: patient.stay,
                answer: verdict.answer,
                deposit: verdict.deposit,
                roster_version: roster.version,
                roster_as_of: roster.as_of,
                stale: roster.stale,
                answered_at: now,
                replaces,
            };
            replaces = Some(row.id);
            match self.recorder.record(row).await? {
                // Somebody imported a roster that this server has not read yet: the database is asked itself.
                Recorded::Database { roster_version } if roster_version != roster.version => {
                    let (version, member) = standing(self.readers, actor, &patient.person).await?;
                    (roster, listed) = (Freshness::current(version, now), member);
                }
                Recorded::Database { .. } => return Ok(CheckAnswer::new(&verdict, Freshness::current(roster.version, now))),
                Recorded::Journal => return Ok(CheckAnswer::new(&verdict, roster)),
            }
        }
    }
}

/// What was agreed with a hospital, if it lies in the caller's scope and begins no later than today.
pub fn terms(hospitals: &Hospitals, actor: &Actor, code: &CreditCode) -> Option<Terms> {
    hospitals.at(actor.city(), code, day(Timestamp::now())).filter(|terms| actor.reaches(&terms.division))
}

/// How old the roster in memory is; one that was never read is as old as can be.
fn age(rule: &WaiverRule, version: i64, as_of: Option<Timestamp>, now: Timestamp) -> Freshness {
    let as_of = as_of.unwrap_or(Timestamp::UNIX_EPOCH).min(now);
    let age_s = now.duration_since(as_of).as_secs();
    let stale = age_s > i64::from(rule.snapshot_max_age_hours) * 3600;
    Freshness { version, as_of, age_s, stale, recheck_by: now.checked_add(i64::from(rule.recheck_hours).hours()).ok() }
}
