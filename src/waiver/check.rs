//! `POST /v1/waivers/check`: answered from memory, recorded before it is answered.

use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

use crate::actor::Actor;
use crate::book::Rules;
use crate::hospital::{Hospitals, Terms};
use crate::http::Problem;
use crate::id::CheckId;
use crate::identity::CreditCode;
use crate::policy::{RosterCategory, WaiverRule};
use crate::reads::Readers;
use crate::roster::Roster;
use crate::time::day;
use crate::waiver::answer::{CheckAnswer, Freshness};
use crate::waiver::patient::Patient;
use crate::waiver::record::CheckRow;
use crate::waiver::recorder::{Recorded, Recorder};
use crate::waiver::verdict::{Listed, verdict};

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
        let terms = terms(self.hospitals, actor, code);
        let division = terms.as_ref().map_or(actor.scope, |terms| terms.division);
        let rule = self.rules.policies.at(&division, day(now)).map(|policy| policy.waiver).unwrap_or_default();
        let (version, member) = self.roster.look_up(city, &patient.person);
        let mut listed = member.map(|member| Listed {
            category: member.category,
            name: member.name_digest,
            valid_from: member.valid_from,
            valid_to: member.valid_to,
        });
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
                Recorded::Database { roster_version } if roster_version > roster.version => {
                    (roster, listed) = self.ask(actor, patient, now).await?;
                }
                Recorded::Database { .. } => return Ok(CheckAnswer::new(&verdict, current(roster, now))),
                Recorded::Journal => return Ok(CheckAnswer::new(&verdict, roster)),
            }
        }
    }

    async fn ask(&self, actor: &Actor, patient: &Patient, now: Timestamp) -> Result<(Freshness, Option<Listed>), Problem> {
        let sql = include_str!("../../sql/waiver/standing.sql");
        let row = self.readers.optional(actor, sql, &[&actor.city(), &patient.person]).await?;
        let row = row.ok_or_else(|| Problem::internal("a statement that returns one row returned none"))?;
        let listed = row.get::<_, Option<RosterCategory>>("category").map(|category| Listed {
            category,
            name: row.get("name_digest"),
            valid_from: row.get("valid_from"),
            valid_to: row.get("valid_to"),
        });
        let version = row.get("version");
        Ok((Freshness { version, as_of: now, age_s: 0, stale: false, recheck_by: None }, listed))
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

/// The database has just said that this roster is the newest.
fn current(roster: Freshness, now: Timestamp) -> Freshness {
    Freshness { as_of: now, age_s: 0, stale: false, recheck_by: None, ..roster }
}
