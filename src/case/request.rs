//! A request with everything made that a decision must not make: identifiers, seals, indexes.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::actor::Actor;
use crate::case::body::{ApplicantBody, MemberBody, PaymentBody, PreviewBody};
use crate::case::incident;
use crate::case::party::{Part, Party, person_index, seal};
use crate::case::payment::{Payment, ReceivedBy, first_state};
use crate::code::Code;
use crate::division::Division;
use crate::http::{Context, Countersigned, Problem, Text};
use crate::id::{CaseId, FundId, HoldId, IncidentId, LeafId, OptionId, PaymentId};
use crate::identity::{IdInvalid, IdNumber, IdType};
use crate::money::{Amount, Fen};
use crate::policy::{Method, Residence, Share, Wish};
use crate::time::day;
use crate::vault::{BlindIndex, Vault};

/// A request with everything made that a decision must not make: identifiers, seals, indexes.
pub struct Request {
    /// Who asks.
    pub actor: Arc<Actor>,
    /// What belongs to the request and ends up in answers.
    pub context: Context,
    /// Whether a second officer signed.
    pub countersigned: Countersigned,
    /// Where.
    pub division: Division,
    /// The fund named; none is the reserve of the street.
    pub fund: Option<FundId>,
    /// What happened.
    pub incident: IncidentChoice,
    /// How the applicant lives at the place.
    pub residence: Residence,
    /// Whether the applicant has only a temporary identity.
    pub temporary: bool,
    /// Everybody of the household who has only a temporary identity.
    pub temporaries: Vec<BlindIndex>,
    /// What is asked for.
    pub requested: Fen,
    /// The payments asked for, in order.
    pub wishes: Vec<Wish>,
    /// What is kept of each payment besides its amount.
    pub payments: Vec<PaymentPlan>,
    /// The applicant.
    pub person: BlindIndex,
    /// The other members.
    pub household: Vec<BlindIndex>,
    /// All of them, sealed.
    pub parties: Arc<[u8]>,
    /// Commitments to them for the leaf.
    pub commitments: Vec<String>,
    /// Whether the case is kept out of every list.
    pub sealed: bool,
    /// The case it becomes.
    pub case: CaseId,
    /// The hold of what is granted and not paid.
    pub hold: HoldId,
    /// The ways out of a refusal.
    pub options: [OptionId; 4],
    /// The leaf of the decision.
    pub leaf: LeafId,
    /// The leaf of a denial instead.
    pub denial: LeafId,
}

/// A reported incident, or a new one.
pub enum IncidentChoice {
    /// By its id.
    Reported(IncidentId),
    /// To be reported with the case.
    New(incident::Report),
}

/// What is kept of a payment asked for, besides its amount.
pub struct PaymentPlan {
    /// Its identifier.
    pub id: PaymentId,
    /// Its hold, when it goes through a bank.
    pub hold: HoldId,
    /// Who takes the cash.
    pub received_by: Option<ReceivedBy>,
    /// Where the signature is kept.
    pub signature_ref: Option<String>,
    /// Credit code of the hospital it goes to.
    pub hospital: Option<String>,
}

impl PaymentPlan {
    /// The payment it becomes with its share of a grant.
    pub fn payment(&self, share: &Share, receipt_number: String) -> Payment {
        Payment {
            id: self.id,
            method: share.method,
            amount_fen: share.amount,
            state: first_state(share.method),
            receipt_number,
            received_by: self.received_by,
            signature_ref: self.signature_ref.clone(),
            hospital: self.hospital.clone(),
            goods: None,
        }
    }
}

impl Request {
    /// Reads a checked body.
    pub fn prepare(
        actor: Arc<Actor>,
        context: Context,
        countersigned: Countersigned,
        body: PreviewBody,
        vault: &Vault,
    ) -> Result<Self, Problem> {
        let today = day(Timestamp::now());
        let street = body.division.street().ok_or_else(|| Problem::fault("/division", "a street is needed"))?;
        let case = CaseId::new();
        let person = index(vault, body.applicant.id_type, &body.applicant.id_no, today, &street)?;
        let household: Vec<BlindIndex> = body
            .household
            .iter()
            .map(|member| index(vault, member.id_type, &member.id_no, today, &street))
            .collect::<Result<_, _>>()?;
        let mut seen = BTreeSet::from([person]);
        if let Some(twice) = household.iter().position(|member| !seen.insert(*member)) {
            return Err(Problem::fault(format!("/household/{twice}/id_no"), "this person is named twice"));
        }
        let temporary = body.applicant.id_type == IdType::Temporary;
        let kinds = std::iter::once(body.applicant.id_type).chain(body.household.iter().map(|member| member.id_type));
        let people = std::iter::once(person).chain(household.iter().copied());
        let temporaries = kinds.zip(people).filter(|(kind, _)| *kind == IdType::Temporary).map(|(_, person)| person).collect();
        let residence = body.applicant.residence;
        let incident = match body.incident.id {
            Some(id) => IncidentChoice::Reported(id),
            None => IncidentChoice::New(incident::Report::prepare(&body.incident, street, body.sealed, vault)?),
        };
        let wishes =
            body.payments.iter().map(|payment| Wish { method: payment.method, amount: payment.amount_fen.map(Amount::fen) });
        let wishes = wishes.collect();
        let requested = body.requested_fen.fen();
        let (parties, payments) = parties(body.applicant, body.household, body.payments, body.need);
        let parties = seal(vault, case, &parties)?;
        Ok(Self {
            actor,
            context,
            countersigned,
            division: body.division,
            fund: body.fund_id,
            incident,
            residence,
            temporary,
            temporaries,
            requested,
            wishes,
            payments,
            person,
            household,
            parties: parties.bytes.into(),
            commitments: parties.commitments,
            sealed: body.sealed,
            case,
            hold: HoldId::new(),
            options: [OptionId::new(), OptionId::new(), OptionId::new(), OptionId::new()],
            leaf: LeafId::new(),
            denial: LeafId::new(),
        })
    }

    /// Every person of the household, the applicant first.
    pub fn persons(&self) -> impl Iterator<Item = BlindIndex> + Clone + '_ {
        std::iter::once(self.person).chain(self.household.iter().copied())
    }
}

fn index(vault: &Vault, id_type: IdType, number: &str, today: Date, street: &Division) -> Result<BlindIndex, Problem> {
    let number =
        IdNumber::parse(id_type, number, today).map_err(|wrong: IdInvalid| Problem::new(Code::IdInvalid, wrong.reason()))?;
    Ok(person_index(vault, &number, street.as_str()))
}

/// A number as it is kept: as it is indexed, so that who reads it finds by it. A temporary one stays as the hospital wrote it.
fn written(id_type: IdType, number: &str) -> String {
    if id_type == IdType::Temporary { number.to_owned() } else { number.to_ascii_uppercase() }
}

fn parties(
    applicant: ApplicantBody,
    household: Vec<MemberBody>,
    payments: Vec<PaymentBody>,
    need: Option<Text<500>>,
) -> (Vec<Party>, Vec<PaymentPlan>) {
    let mut parties = vec![Party {
        id_type: Some(applicant.id_type),
        id_no: Some(written(applicant.id_type, &applicant.id_no)),
        name: applicant.name,
        phone: applicant.phone,
        residence: Some(applicant.residence),
        need: need.map(Text::into_string),
        ..Party::blank(Part::Applicant)
    }];
    parties.extend(household.into_iter().map(|member| Party {
        id_type: Some(member.id_type),
        id_no: Some(written(member.id_type, &member.id_no)),
        name: member.name,
        relation: Some(member.relation.into_string()),
        ..Party::blank(Part::Member)
    }));
    let (payees, plans) = plans(payments, 0);
    parties.extend(payees);
    (parties, plans)
}

/// The holders of accounts, and what is kept of each payment; `before` payments of the case are there already.
pub fn plans(payments: Vec<PaymentBody>, before: usize) -> (Vec<Party>, Vec<PaymentPlan>) {
    let (mut payees, mut plans) = (Vec::new(), Vec::with_capacity(payments.len()));
    for (index, payment) in payments.into_iter().enumerate() {
        if let (Some(account), Some(name)) = (payment.account, payment.account_name) {
            payees.push(Party { name, payment: Some(before + index + 1), account: Some(account), ..Party::blank(Part::Payee) });
        }
        plans.push(PaymentPlan {
            id: PaymentId::new(),
            hold: HoldId::new(),
            received_by: payment.received_by.or((payment.method == Method::Cash).then(ReceivedBy::default)),
            signature_ref: payment.signature_ref.map(Text::into_string),
            hospital: payment.hospital,
        });
    }
    (payees, plans)
}
