//! What a form is filled in with: a case as far as its reader may see it, and the rules that it was decided by.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::Row;

use crate::actor::{Actor, Subject};
use crate::book::Rules;
use crate::case::incident::unseal_place;
use crate::case::life::Note;
use crate::case::party::Part;
use crate::case::payment::Payment;
use crate::case::summary::{CaseSummary, PartyAnswer, View};
use crate::code::Code;
use crate::division::Division;
use crate::http::Problem;
use crate::id::NoteId;
use crate::money::Fen;
use crate::policy::{Decision, Policy, Unit};
use crate::time::day;
use crate::vault::Vault;

/// A case to be printed.
pub struct Sheet {
    /// The case.
    pub case: CaseSummary,
    /// How much of its people the reader sees.
    pub view: View,
    /// The decision with every limit compared.
    pub decision: Decision,
    /// Its payments.
    pub payments: Vec<Payment>,
    /// The rules that it was decided by.
    pub policy: Arc<Policy>,
    /// The day of acceptance.
    pub accepted_on: Date,
    /// The fund's name, unless the fund lies beyond the reader's scope.
    pub fund: Option<String>,
    /// Where and when, for those who handle the case.
    pub scene: Option<Scene>,
    /// Why and when an approver declined it.
    pub declined: Option<Declined>,
    rules: Arc<Rules>,
}

/// Why and when an approver declined a case.
pub struct Declined {
    /// The reason, for those who handle the case: free text may name people.
    pub reason: Option<String>,
    /// The day.
    pub day: Date,
}

/// Where and when it happened.
pub struct Scene {
    /// The place.
    pub place: String,
    /// The day.
    pub day: Date,
}

impl Sheet {
    /// Reads a row of `sql/case/form.sql`.
    pub fn read(row: &Row, vault: &Vault, rules: Arc<Rules>, actor: &Actor) -> Result<Self, Problem> {
        let view = View::of(actor);
        let case = CaseSummary::read(row, vault, view)?;
        let decision: Decision = serde_json::from_str(row.get("decision")).map_err(Problem::internal)?;
        // Another server may have decided by rules that this one is about to load.
        let policy = rules.policies.named(&case.policy_version).cloned().ok_or_else(|| {
            Problem::new(Code::Overloaded, format!("the rules {} are not loaded yet", case.policy_version)).retry_after(1)
        })?;
        Ok(Self {
            scene: scene(row, vault, &case, view, actor)?,
            declined: declined(row, vault, &case, view)?,
            payments: serde_json::from_str(row.get("payments")).map_err(Problem::internal)?,
            accepted_on: day(row.get("accepted_at")),
            fund: row.get("fund_name"),
            case,
            view,
            decision,
            policy,
            rules,
        })
    }

    /// Who asks for aid.
    pub fn applicant(&self) -> Option<&PartyAnswer> {
        self.case.parties.iter().find(|party| party.part == Part::Applicant)
    }

    /// The others of the household.
    pub fn household(&self) -> impl Iterator<Item = &PartyAnswer> {
        self.case.parties.iter().filter(|party| party.part == Part::Member)
    }

    /// Persons of the household, the applicant included.
    pub fn persons(&self) -> usize {
        self.household().count() + 1
    }

    /// Whose account a payment goes to; payments are counted from one.
    pub fn payee(&self, payment: usize) -> Option<&PartyAnswer> {
        self.case.parties.iter().find(|party| party.part == Part::Payee && party.payment == Some(payment))
    }

    /// What is granted and not given to any payment that stands.
    pub fn unpaid(&self) -> Fen {
        let given = Fen::sum(self.payments.iter().filter(|payment| payment.state.stands()).map(|payment| payment.amount_fen));
        self.case.granted_fen.left_after(given.unwrap_or_default())
    }

    /// A unit by the name the rules give it.
    pub fn unit(&self, name: &str) -> Option<&Unit> {
        self.policy.units.get(name)
    }

    /// The office that accepted the case, `蚌埠市蚌山区天桥街道办事处`.
    pub fn office(&self) -> String {
        let street = self.case.number.street;
        let known = [Some(street.city().division()), street.county(), Some(street)];
        let names: String =
            known.iter().flatten().filter_map(|code| self.rules.divisions.get(code)).map(String::as_str).collect();
        match self.rules.divisions.get(&street) {
            Some(name) if name.ends_with("街道") => names + "办事处",
            Some(name) if name.ends_with(['乡', '镇']) => names + "人民政府",
            Some(_) => names,
            None => format!("{names}（区划代码{street}）"),
        }
    }

    /// A division in words, or its code.
    pub fn division(&self, division: &Division) -> String {
        self.rules.divisions.get(division).cloned().unwrap_or_else(|| division.to_string())
    }
}

fn declined(row: &Row, vault: &Vault, case: &CaseSummary, view: View) -> Result<Option<Declined>, Problem> {
    let (Some(id), Some(at)) = (row.get::<_, Option<NoteId>>("decline_id"), row.get::<_, Option<Timestamp>>("declined_at"))
    else {
        return Ok(None);
    };
    let sealed = row.get::<_, Option<&[u8]>>("decline_note").filter(|_| view == View::File);
    let reason = sealed.map(|sealed| Note::open(vault, case.id, id, sealed)).transpose()?;
    Ok(Some(Declined { reason, day: day(at) }))
}

/// An incident reported by a sealed case is its reporter's alone, as it is where incidents are read.
fn scene(row: &Row, vault: &Vault, case: &CaseSummary, view: View, actor: &Actor) -> Result<Option<Scene>, Problem> {
    let (Some(place), Some(occurred_at)) = (row.get::<_, Option<&[u8]>>("place"), row.get::<_, Option<Timestamp>>("occurred_at"))
    else {
        return Ok(None);
    };
    let reporter: Subject = row.get("reported_by");
    if view != View::File || (row.get("incident_sealed") && reporter != actor.subject) {
        return Ok(None);
    }
    Ok(Some(Scene { place: unseal_place(vault, case.incident_id, place)?, day: day(occurred_at) }))
}
