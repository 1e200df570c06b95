//! A case as lists and single reads show it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use tokio_postgres::Row;

use crate::actor::{Actor, Role, Subject};
use crate::book::CaseState;
use crate::case::party::{Part, Party, unseal};
use crate::code::Code;
use crate::division::Division;
use crate::http::Problem;
use crate::id::{CaseId, FundId, IncidentId};
use crate::identity::{AccountNumber, IdNumber, IdType, PersonName, Phone};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{Cause, Lane, Residence};
use crate::time::{day, rfc3339};
use crate::vault::Vault;

/// A case.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CaseSummary {
    /// Its identifier.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// How far it is.
    pub state: CaseState,
    /// Where it was accepted.
    pub division: Division,
    /// The paying fund.
    pub fund_id: FundId,
    /// Its incident.
    pub incident_id: IncidentId,
    /// What happened.
    pub cause: Cause,
    /// The rule set it was decided under.
    pub lane: Lane,
    /// The result.
    pub code: Code,
    /// What was asked for, in fen.
    pub requested_fen: Fen,
    /// What is granted, in fen.
    pub granted_fen: Fen,
    /// Who accepted it.
    pub handler: String,
    /// Who signed besides.
    pub approver: Option<String>,
    /// When it was accepted.
    #[schema(format = DateTime)]
    pub accepted_at: String,
    /// The day by which the papers must be there.
    #[schema(value_type = Option<String>, format = Date)]
    pub completion_due: Option<Date>,
    /// True when that day lies beyond the announced calendar.
    pub completion_due_provisional: bool,
    /// Papers that must follow.
    pub missing: Vec<String>,
    /// The part of the grant that waits for the next top-up, in fen.
    pub queued_fen: Fen,
    /// Until when another officer must look at it; null when nobody must.
    #[schema(format = DateTime)]
    pub review_due: Option<String>,
    /// Whether it is kept out of every list.
    pub sealed: bool,
    /// The version of the rules.
    pub policy_version: String,
    /// The people of it, as far as the reader needs them.
    pub parties: Vec<PartyAnswer>,
}

/// One person of a case, masked unless the reader's role needs more.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PartyAnswer {
    /// What the person is in the case.
    pub part: Part,
    /// Kind of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_type: Option<IdType>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_no: Option<String>,
    /// The name.
    pub name: String,
    /// The telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// How the applicant lives at the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residence: Option<Residence>,
    /// Relation to the applicant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// What the aid is needed for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<String>,
    /// Which of the payments it receives, counted from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<usize>,
    /// The account, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// How much of a person a reader is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Everything but account numbers: who handles the case.
    File,
    /// The name: who pays.
    Name,
    /// Nothing in clear.
    Masked,
}

impl View {
    /// What a role needs of a single case.
    pub fn of(actor: &Actor) -> Self {
        if actor.roles.has(Role::Clerk) || actor.roles.has(Role::Approver) {
            Self::File
        } else if actor.roles.has(Role::Cashier) {
            Self::Name
        } else {
            Self::Masked
        }
    }
}

impl CaseSummary {
    /// Reads a row of `sql/case/*.sql` and opens its parties.
    pub fn read(row: &Row, vault: &Vault, view: View) -> Result<Self, Problem> {
        let id: CaseId = row.get("id");
        let accepted_at: Timestamp = row.get("accepted_at");
        let parties = unseal(vault, id, row.get("parties")).map_err(Problem::internal)?;
        let code: &str = row.get("code");
        Ok(Self {
            id,
            number: CaseNumber { street: row.get("street"), day: row.get("day"), ordinal: row.get("ordinal") },
            state: row.get("state"),
            division: row.get("division"),
            fund_id: row.get("fund_id"),
            incident_id: row.get("incident_id"),
            cause: row.get("cause"),
            lane: row.get("lane"),
            code: Code::ALL
                .iter()
                .copied()
                .find(|known| known.as_str() == code)
                .ok_or_else(|| Problem::internal("unknown code"))?,
            requested_fen: row.get("requested"),
            granted_fen: row.get("granted"),
            handler: row.get::<_, Subject>("handler").sub().to_owned(),
            approver: row.get::<_, Option<Subject>>("approver").map(|subject| subject.sub().to_owned()),
            accepted_at: rfc3339(accepted_at),
            completion_due: row.get("completion_due"),
            completion_due_provisional: row.get("completion_due_provisional"),
            missing: row.get("missing"),
            queued_fen: row.get("queued"),
            review_due: row.get::<_, Option<Timestamp>>("review_due").map(rfc3339),
            sealed: row.get("sealed"),
            policy_version: row.get("policy_version"),
            parties: parties.into_iter().map(|party| show(party, view, day(accepted_at))).collect(),
        })
    }
}

fn show(party: Party, view: View, today: Date) -> PartyAnswer {
    let number = party.id_no.map(|text| match (view, party.id_type.map(|id_type| IdNumber::parse(id_type, &text, today))) {
        (View::File, _) => text,
        (View::Name | View::Masked, Some(Ok(number))) => number.masked(),
        (View::Name | View::Masked, Some(Err(_)) | None) => "***".into(),
    });
    let name = match (view, PersonName::parse(&party.name)) {
        (View::File | View::Name, _) => party.name,
        (View::Masked, Ok(name)) => name.masked(),
        (View::Masked, Err(_)) => "***".into(),
    };
    let phone = party.phone.filter(|_| view != View::Name).map(|text| match (view, Phone::parse(&text)) {
        (View::File, _) => text,
        (View::Name | View::Masked, Ok(phone)) => phone.masked(),
        (View::Name | View::Masked, Err(_)) => "***".into(),
    });
    PartyAnswer {
        part: party.part,
        id_type: party.id_type,
        id_no: number,
        name,
        phone,
        residence: party.residence,
        relation: party.relation,
        need: party.need.filter(|_| view == View::File),
        payment: party.payment,
        account: party.account.map(|text| AccountNumber::parse(&text).map_or_else(|_| "***".into(), |account| account.masked())),
    }
}
