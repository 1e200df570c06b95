//! The matter of a decision: fund, incident and rules found, and the question they make.

use std::sync::Arc;

use jiff::civil::Date;

use crate::actor::Actor;
use crate::book::{ClaimRow, Facts, FundRow, IncidentRow, Keys, Ruling};
use crate::case::incident;
use crate::case::request::{IncidentChoice, Request};
use crate::code::Code;
use crate::division::{City, Division};
use crate::http::{Countersign, Countersigned, Problem};
use crate::id::IncidentId;
use crate::money::Fen;
use crate::policy::{
    Cause, Decision, FundFacts, FundKind, Method, PastClaim, Policy, Question, Signature, Usage, decide, find_repeat,
};
use crate::time::day;
use crate::vault::BlindIndex;

/// What a request is about, once the facts are known.
pub struct Matter<'a> {
    /// What is asked.
    pub request: &'a Request,
    /// What is known.
    pub facts: &'a Facts,
    /// The day it is decided for.
    pub day: Date,
    /// The rules in force.
    pub policy: Arc<Policy>,
    /// The paying fund.
    pub fund: &'a FundRow,
    /// The incident.
    pub incident: IncidentId,
    /// Its cause.
    pub cause: Cause,
    /// The incident's end, when known.
    pub ended_on: Option<Date>,
    /// All that the decision compares.
    pub question: Question,
    /// The decision.
    pub decision: Decision,
}

/// What must be locked and loaded for a request.
pub fn keys(request: &Request, keys: &mut Keys) {
    let city = request.division.city();
    keys.person(city, request.person);
    for person in request.persons() {
        keys.claims(city, person);
    }
    for person in &request.temporaries {
        keys.identified(city, *person);
    }
    keys.officer(city, &request.actor.subject);
    match (request.fund, request.division.street()) {
        (Some(fund), _) => keys.fund(city, fund),
        (None, Some(street)) => keys.reserve(street),
        (None, None) => {}
    }
    if let IncidentChoice::Reported(incident) = request.incident {
        keys.incident(city, incident);
    }
    if let Some(street) = request.division.street() {
        keys.counter(street);
    }
    if let Countersigned::By(countersign) = &request.countersigned {
        keys.countersign(city, countersign.short_token());
        // Only the advance lane asks for it, and only a countersign opens that lane.
        keys.overdue(city, &request.actor.subject);
    }
}

impl<'a> Matter<'a> {
    /// Finds fund, incident and rules, and decides. What is outside the caller's scope or not rightly signed is rejected first,
    /// in the order of the interface: scope, countersign, then everything else.
    pub fn find(request: &'a Request, facts: &'a Facts, as_of: Option<Date>) -> Result<Self, Ruling> {
        if !request.actor.reaches(&request.division) {
            return Err(denied(request, facts, Problem::outside_scope(request.division)));
        }
        // Somebody else's fund or incident is denied as one that is not there; both leave a leaf.
        let none = || denied(request, facts, Problem::outside_scope(request.actor.scope));
        let fund = fund(request, facts).ok_or_else(none)?;
        let (incident, cause, ended_on) = match &request.incident {
            IncidentChoice::New(report) => (report.id, report.cause, report.ended_on),
            IncidentChoice::Reported(id) => {
                let found = facts.incident(request.division.city(), *id).filter(|found| may_use(&request.actor, found));
                let found = found.ok_or_else(none)?;
                (found.id, found.cause, found.ended_on)
            }
        };
        let countersign = signed(&request.countersigned, &request.division, facts);
        let countersign = countersign.map_err(|problem| denied(request, facts, problem))?;
        let day = as_of.unwrap_or_else(|| day(facts.now()));
        let Some(policy) = facts.rules().policies.at(&request.division, day).cloned() else {
            let problem = match as_of {
                Some(_) => Problem::fault("/as_of", "no rules were in force on that day"),
                None => Problem::new(Code::Conflict, "no rules are in force for this division"),
            };
            return Err(Ruling::rejected(problem));
        };
        let question = question(request, facts, countersign, fund, (incident, cause), day, &policy);
        let decision = decide(&policy, &question);
        Ok(Self { request, facts, day, policy, fund, incident, cause, ended_on, question, decision })
    }
}

/// The second officer, if one signed; a signature that does not hold is a problem even where none is needed.
pub fn signed<'a>(
    countersigned: &'a Countersigned,
    division: &Division,
    facts: &Facts,
) -> Result<Option<&'a Countersign>, Problem> {
    let wrong = match countersigned {
        Countersigned::No => return Ok(None),
        Countersigned::Invalid(reason) => reason,
        Countersigned::By(countersign) if !countersign.scope.covers(division) => "the countersign does not cover this division",
        Countersigned::By(countersign) if facts.is_spent(division.city(), countersign.short_token()) => {
            "the countersign was used before"
        }
        Countersigned::By(countersign) => return Ok(Some(countersign)),
    };
    Err(Problem::countersign(wrong))
}

fn denied(request: &Request, facts: &Facts, problem: Problem) -> Ruling {
    Ruling::denied(&request.actor, &request.context, request.denial, facts.now(), problem)
}

/// True when a person was helped in a year by a case that is kept from view.
pub fn sealed_year(facts: &Facts, city: City, person: BlindIndex, day: Date) -> bool {
    facts.claims(city, person).iter().any(|claim| claim.sealed && claim.live && claim.day.year() == day.year())
}

impl From<&ClaimRow> for PastClaim {
    fn from(claim: &ClaimRow) -> Self {
        Self {
            cause: claim.cause,
            incident: claim.incident,
            day: claim.day,
            number: claim.number,
            division: claim.division,
            sealed: claim.sealed,
        }
    }
}

/// The fund named, if it may pay here, or the reserve of the street.
fn fund<'a>(request: &Request, facts: &'a Facts) -> Option<&'a FundRow> {
    match request.fund {
        Some(id) => facts
            .fund(request.division.city(), id)
            .filter(|fund| fund.division.covers(&request.division) && fund.kind != FundKind::EmergencyTreatment),
        None => facts.reserve(request.division.street()?),
    }
}

/// An incident serves the windows around it: those of its area, and those whose area it lies in. A sealed one only its reporter.
fn may_use(actor: &Actor, incident: &IncidentRow) -> bool {
    incident::near(actor, incident) && (!incident.sealed || incident.reported_by == actor.subject)
}

/// Who signs. Whoever decides does not hold the cash box: the second officer never, a handler alone when cash is to be paid.
fn signature(request: &Request, countersign: Option<&Countersign>, fund: &FundRow) -> Signature {
    let cash = request.wishes.iter().any(|wish| wish.method == Method::Cash);
    match countersign {
        None if cash && fund.is_held_by(&request.actor.subject) => Signature::Custodian,
        None => Signature::Alone,
        Some(countersign) if countersign.officer == request.actor.subject => Signature::SamePerson,
        Some(countersign) if fund.is_held_by(&countersign.officer) => Signature::Custodian,
        Some(_) => Signature::Second,
    }
}

fn question(
    request: &Request,
    facts: &Facts,
    countersign: Option<&Countersign>,
    fund: &FundRow,
    (incident, cause): (IncidentId, Cause),
    day: Date,
    policy: &Policy,
) -> Question {
    let city = request.division.city();
    let person = facts.person(city, request.person);
    let officer = facts.officer(city, &request.actor.subject);
    let claims: Vec<PastClaim> =
        request.persons().flat_map(|person| facts.claims(city, person)).filter(|claim| claim.live).map(PastClaim::from).collect();
    Question {
        day,
        cause,
        residence: request.residence,
        persons: u16::try_from(request.household.len() + 1).unwrap_or(u16::MAX),
        temporary: request.temporary,
        identified: request.temporaries.iter().any(|person| facts.is_identified(city, *person)),
        requested: request.requested,
        wishes: request.wishes.clone(),
        signature: signature(request, countersign, fund),
        deceased_on: person.deceased_on,
        barred_until: person.barred_until,
        repeat: find_repeat(claims.iter(), cause, incident, day, &policy.repeat),
        repeat_overridden: false,
        offered: None,
        overdue: facts.overdue(city, &request.actor.subject),
        usage: Usage {
            person_year_sealed: sealed_year(facts, city, request.person, day),
            person_year: if person.year == day.year() { person.year_granted } else { Fen::ZERO },
            officer_day: if officer.day == day { officer.day_granted } else { Fen::ZERO },
            fund_day: fund.granted_on(day),
        },
        fund: FundFacts { status: fund.status, available: fund.available(), limits: fund.limits, bridged: Fen::ZERO },
    }
}
