//! What a window asks for, read and checked.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use crate::actor::Actor;
use crate::case::incident::{self, IncidentBody};
use crate::case::party::{Part, Party, person_index, seal};
use crate::case::payment::ReceivedBy;
use crate::code::Code;
use crate::division::Division;
use crate::http::{Body, Context, Countersigned, Faults, Problem, Text};
use crate::id::{CaseId, FundId, HoldId, IncidentId, LeafId, OptionId, PaymentId};
use crate::identity::{AccountNumber, CreditCode, IdInvalid, IdNumber, IdType, PersonName, Phone};
use crate::money::{Amount, Fen};
use crate::policy::{Cause, Method, Residence, Wish};
use crate::time::day;
use crate::vault::{BlindIndex, Vault};

/// Payments in one call.
const PAYMENTS_MAX: usize = 8;
/// Members of a household besides the applicant.
const HOUSEHOLD_MAX: usize = 30;

/// `POST /v1/fast-track`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FastTrackBody {
    /// Street or community of the window.
    pub division: Division,
    /// A new incident, or `{"id": …}` of one reported before.
    pub incident: IncidentBody,
    /// Who asks.
    pub applicant: ApplicantBody,
    /// The others of the household, at most 30.
    #[serde(default)]
    #[schema(max_items = 30)]
    pub household: Vec<MemberBody>,
    /// What is asked for, in fen.
    pub requested_fen: Amount,
    /// What it is needed for.
    #[serde(default)]
    pub need: Option<Text<500>>,
    /// Keeps the case out of every list.
    #[serde(default)]
    pub sealed: bool,
    /// 1 to 8 payments; the last may leave its amount out and takes the rest.
    #[schema(min_items = 1, max_items = 8)]
    pub payments: Vec<PaymentBody>,
    /// The paying fund; by default the reserve of the street.
    #[serde(default)]
    pub fund_id: Option<FundId>,
}

/// `POST /v1/decisions/preview`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewBody {
    /// Street or community of the window.
    pub division: Division,
    /// A new incident, or `{"id": …}` of one reported before.
    pub incident: IncidentBody,
    /// Who asks.
    pub applicant: ApplicantBody,
    /// The others of the household, at most 30.
    #[serde(default)]
    #[schema(max_items = 30)]
    pub household: Vec<MemberBody>,
    /// What is asked for, in fen.
    pub requested_fen: Amount,
    /// What it is needed for.
    #[serde(default)]
    pub need: Option<Text<500>>,
    /// Whether the case would be kept out of every list.
    #[serde(default)]
    pub sealed: bool,
    /// Up to 8 payments.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub payments: Vec<PaymentBody>,
    /// The paying fund; by default the reserve of the street.
    #[serde(default)]
    pub fund_id: Option<FundId>,
    /// Decide by the rules of this day instead of today's.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub as_of: Option<Date>,
}

/// The applicant.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicantBody {
    /// Kind of document.
    pub id_type: IdType,
    /// Its number.
    pub id_no: String,
    /// Name as in the document.
    pub name: String,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// How the applicant lives at the place.
    #[serde(default = "registered")]
    pub residence: Residence,
}

/// Another member of the household.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberBody {
    /// Kind of document.
    pub id_type: IdType,
    /// Its number.
    pub id_no: String,
    /// Name as in the document.
    pub name: String,
    /// Relation to the applicant.
    pub relation: Text<32>,
}

/// A payment asked for.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentBody {
    /// How.
    pub method: Method,
    /// How much, in fen.
    #[serde(default)]
    pub amount_fen: Option<Amount>,
    /// Who takes the cash.
    #[serde(default)]
    pub received_by: Option<ReceivedBy>,
    /// Where the signature is kept.
    #[serde(default)]
    pub signature_ref: Option<Text<128>>,
    /// Account number, for transfers.
    #[serde(default)]
    pub account: Option<String>,
    /// Name of the account's holder, for transfers.
    #[serde(default)]
    pub account_name: Option<String>,
    /// Credit code of the hospital.
    #[serde(default)]
    pub hospital: Option<String>,
}

fn registered() -> Residence {
    Residence::Registered
}

/// A body with only what both calls share.
struct Asked<'a> {
    division: Division,
    incident: &'a IncidentBody,
    applicant: &'a ApplicantBody,
    household: &'a [MemberBody],
    requested: Fen,
    payments: &'a [PaymentBody],
}

impl Body for FastTrackBody {
    fn check(&self, faults: &mut Faults) {
        if self.payments.is_empty() {
            faults.add("/payments", "at least one payment is needed");
        }
        self.asked().check(faults);
    }
}

impl Body for PreviewBody {
    fn check(&self, faults: &mut Faults) {
        self.asked().check(faults);
        if self.as_of.is_some_and(|day| !(1949..=2999).contains(&day.year())) {
            faults.add("/as_of", "a day of the years 1949 to 2999 is needed");
        }
    }
}

impl FastTrackBody {
    fn asked(&self) -> Asked<'_> {
        Asked {
            division: self.division,
            incident: &self.incident,
            applicant: &self.applicant,
            household: &self.household,
            requested: self.requested_fen.fen(),
            payments: &self.payments,
        }
    }
}

impl PreviewBody {
    fn asked(&self) -> Asked<'_> {
        Asked {
            division: self.division,
            incident: &self.incident,
            applicant: &self.applicant,
            household: &self.household,
            requested: self.requested_fen.fen(),
            payments: &self.payments,
        }
    }
}

impl From<FastTrackBody> for PreviewBody {
    fn from(body: FastTrackBody) -> Self {
        Self {
            division: body.division,
            incident: body.incident,
            applicant: body.applicant,
            household: body.household,
            requested_fen: body.requested_fen,
            need: body.need,
            sealed: body.sealed,
            payments: body.payments,
            fund_id: body.fund_id,
            as_of: None,
        }
    }
}

impl Asked<'_> {
    fn check(&self, faults: &mut Faults) {
        let today = day(Timestamp::now());
        if self.division.street().is_none() {
            faults.add("/division", "the code of a street (9 digits) or community (12 digits) is needed");
        }
        self.incident.check("/incident", faults);
        check_person("/applicant", self.applicant.id_type, &self.applicant.id_no, &self.applicant.name, today, faults);
        if self.applicant.phone.as_deref().is_some_and(|phone| Phone::parse(phone).is_err()) {
            faults.add("/applicant/phone", "6 to 20 digits, +, - and spaces are needed");
        }
        if self.household.len() > HOUSEHOLD_MAX {
            faults.add("/household", format!("at most {HOUSEHOLD_MAX} members can be named"));
        }
        let mut seen = BTreeSet::from([self.applicant.id_no.to_ascii_uppercase()]);
        for (index, member) in self.household.iter().enumerate() {
            let pointer = format!("/household/{index}");
            check_person(&pointer, member.id_type, &member.id_no, &member.name, today, faults);
            if !seen.insert(member.id_no.to_ascii_uppercase()) {
                faults.add(format!("{pointer}/id_no"), "this person is named twice");
            }
        }
        self.check_payments(faults);
    }

    fn check_payments(&self, faults: &mut Faults) {
        if self.payments.len() > PAYMENTS_MAX {
            faults.add("/payments", format!("at most {PAYMENTS_MAX} payments can be asked for"));
        }
        let last = self.payments.len().saturating_sub(1);
        for (index, payment) in self.payments.iter().enumerate() {
            payment.check(&format!("/payments/{index}"), faults);
            if index < last && payment.amount_fen.is_none() {
                faults.add(format!("/payments/{index}/amount_fen"), "only the last payment may leave its amount out");
            }
        }
        let fixed = Fen::sum(self.payments.iter().filter_map(|payment| payment.amount_fen).map(Amount::fen));
        if fixed.is_none_or(|fixed| fixed > self.requested) {
            faults.add("/payments", "the fixed amounts add up to more than requested_fen");
        }
    }
}

impl PaymentBody {
    fn check(&self, pointer: &str, faults: &mut Faults) {
        let transfer = matches!(self.method, Method::Bank | Method::Hospital);
        match (&self.account, &self.account_name) {
            (Some(account), Some(name)) if transfer => {
                if AccountNumber::parse(account).is_err() {
                    faults.add(format!("{pointer}/account"), "6 to 34 letters and digits are needed");
                }
                if PersonName::parse(name).is_err() {
                    faults.add(format!("{pointer}/account_name"), "1 to 64 characters of a name are needed");
                }
            }
            (None, None) if self.method == Method::Bank => {
                faults.add(format!("{pointer}/account"), "a transfer needs account and account_name")
            }
            (None, None) => {}
            (Some(_), None) if transfer => faults.add(format!("{pointer}/account_name"), "the holder of the account is needed"),
            (None, Some(_)) if transfer => faults.add(format!("{pointer}/account"), "the account is needed"),
            (Some(_), _) | (_, Some(_)) => faults.add(format!("{pointer}/account"), "only a transfer has an account"),
        }
        match &self.hospital {
            Some(code) if self.method == Method::Hospital => {
                if CreditCode::parse(code).is_err() {
                    faults.add(format!("{pointer}/hospital"), "a unified social credit code is needed");
                }
            }
            Some(_) => faults.add(format!("{pointer}/hospital"), "only a payment to a hospital names one"),
            None if self.method == Method::Hospital && self.account.is_none() => {
                faults.add(format!("{pointer}/hospital"), "a payment to a hospital names its credit code or its account");
            }
            None => {}
        }
        if self.received_by.is_some() && self.method != Method::Cash {
            faults.add(format!("{pointer}/received_by"), "only cash is received by a person");
        }
    }
}

fn check_person(pointer: &str, id_type: IdType, number: &str, name: &str, today: Date, faults: &mut Faults) {
    if let Err(wrong) = IdNumber::parse(id_type, number, today) {
        faults.add_code(format!("{pointer}/id_no"), Code::IdInvalid, wrong.reason());
    }
    if PersonName::parse(name).is_err() {
        faults.add(format!("{pointer}/name"), "1 to 64 characters of a name are needed");
    }
}

/// A request with everything made that a decision must not make: identifiers, seals, indexes.
pub struct Request {
    pub actor: Arc<Actor>,
    pub context: Context,
    pub countersigned: Countersigned,
    pub division: Division,
    pub fund: Option<FundId>,
    pub incident: IncidentChoice,
    pub residence: Residence,
    pub temporary: bool,
    pub requested: Fen,
    pub wishes: Vec<Wish>,
    pub payments: Vec<PaymentPlan>,
    pub person: BlindIndex,
    pub household: Vec<BlindIndex>,
    pub parties: Arc<[u8]>,
    pub commitments: Vec<String>,
    pub sealed: bool,
    pub case: CaseId,
    pub hold: HoldId,
    pub options: [OptionId; 4],
    pub leaf: LeafId,
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
    pub id: PaymentId,
    pub hold: HoldId,
    pub received_by: Option<ReceivedBy>,
    pub signature_ref: Option<String>,
    pub hospital: Option<String>,
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
        let temporary = body.applicant.id_type == IdType::Temporary;
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

    /// The cause of the incident, when it is new.
    pub fn new_cause(&self) -> Option<Cause> {
        match &self.incident {
            IncidentChoice::New(report) => Some(report.cause),
            IncidentChoice::Reported(_) => None,
        }
    }
}

fn index(vault: &Vault, id_type: IdType, number: &str, today: Date, street: &Division) -> Result<BlindIndex, Problem> {
    let number =
        IdNumber::parse(id_type, number, today).map_err(|wrong: IdInvalid| Problem::new(Code::IdInvalid, wrong.reason()))?;
    Ok(person_index(vault, &number, street.as_str()))
}

fn parties(
    applicant: ApplicantBody,
    household: Vec<MemberBody>,
    payments: Vec<PaymentBody>,
    need: Option<Text<500>>,
) -> (Vec<Party>, Vec<PaymentPlan>) {
    let blank = Party {
        part: Part::Member,
        id_type: None,
        id_no: None,
        name: String::new(),
        phone: None,
        residence: None,
        relation: None,
        need: None,
        payment: None,
        account: None,
    };
    let mut parties = vec![Party {
        part: Part::Applicant,
        id_type: Some(applicant.id_type),
        id_no: Some(applicant.id_no.to_ascii_uppercase()),
        name: applicant.name,
        phone: applicant.phone,
        residence: Some(applicant.residence),
        need: need.map(Text::into_string),
        ..blank.clone()
    }];
    parties.extend(household.into_iter().map(|member| Party {
        id_type: Some(member.id_type),
        id_no: Some(member.id_no.to_ascii_uppercase()),
        name: member.name,
        relation: Some(member.relation.into_string()),
        ..blank.clone()
    }));
    let mut plans = Vec::with_capacity(payments.len());
    for (index, payment) in payments.into_iter().enumerate() {
        if let (Some(account), Some(name)) = (payment.account, payment.account_name) {
            parties.push(Party { part: Part::Payee, name, payment: Some(index + 1), account: Some(account), ..blank.clone() });
        }
        plans.push(PaymentPlan {
            id: PaymentId::new(),
            hold: HoldId::new(),
            received_by: payment.received_by.or((payment.method == Method::Cash).then(ReceivedBy::default)),
            signature_ref: payment.signature_ref.map(Text::into_string),
            hospital: payment.hospital,
        });
    }
    (parties, plans)
}
