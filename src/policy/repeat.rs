//! Same cause and repeat: what the household was helped with before, in any street of the city.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::division::Division;
use crate::id::IncidentId;
use crate::number::CaseNumber;
use crate::policy::parameters::RepeatRule;
use crate::policy::{Cause, Conflict};

/// A time a member of the household was helped.
#[derive(Clone, Debug)]
pub struct PastClaim {
    /// For what.
    pub cause: Cause,
    /// In which incident.
    pub incident: IncidentId,
    /// When.
    pub day: Date,
    /// The number of the case.
    pub number: CaseNumber,
    /// Where it was decided.
    pub division: Division,
    /// Whether the case is kept from view.
    pub sealed: bool,
}

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// `SAME_CAUSE`, or `REPEAT_LIMIT` for a lasting epidemic.
    pub rule: Code,
    /// True when it was the very same incident, which is refused always.
    pub same_incident: bool,
    /// The earlier case; none when it is kept from view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Conflict>,
    /// Whether that case is kept from view: then nothing of it is told.
    pub sealed: bool,
}

/// The earlier help that stands in the way of helping again, if any.
pub fn find_repeat<'a>(
    claims: impl Iterator<Item = &'a PastClaim> + Clone,
    cause: Cause,
    incident: IncidentId,
    day: Date,
    rule: &RepeatRule,
) -> Option<Repeat> {
    let blocking = |rule, same_incident, claim: &PastClaim| Repeat {
        rule,
        same_incident,
        conflict: (!claim.sealed).then_some(Conflict { number: claim.number, division: claim.division }),
        sealed: claim.sealed,
    };
    let same_incident = claims.clone().find(|claim| claim.incident == incident);
    if let Some(claim) = same_incident {
        return Some(blocking(Code::SameCause, true, claim));
    }
    let window = i32::from(rule.same_cause_window_days).days();
    let recent = claims
        .filter(|claim| claim.cause == cause && claim.day <= day && claim.day.checked_add(window).is_ok_and(|until| day < until));
    let latest = recent.clone().max_by_key(|claim| claim.day)?;
    match cause {
        Cause::Other => None,
        Cause::Epidemic => {
            let times = recent.map(|claim| claim.number).collect::<BTreeSet<_>>().len();
            (times >= usize::from(rule.epidemic_max_per_year)).then(|| blocking(Code::RepeatLimit, false, latest))
        }
        Cause::Fire
        | Cause::Accident
        | Cause::Illness
        | Cause::Education
        | Cause::Unemployment
        | Cause::IncomeInterruption
        | Cause::Violence
        | Cause::Disaster => Some(blocking(Code::SameCause, false, latest)),
    }
}
