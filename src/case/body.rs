//! What a window sends, and what can be wrong with it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::openapi::{RefOr, Schema};

use crate::case::incident::IncidentBody;
use crate::case::payment::ReceivedBy;
use crate::code::Code;
use crate::division::Division;
use crate::http::{Body, Faults, Text};
use crate::id::FundId;
use crate::identity::{AccountNumber, CreditCode, IdNumber, IdType, PersonName, Phone};
use crate::money::{Amount, Fen};
use crate::policy::{Method, Residence};
use crate::time::day;

/// Payments in one call.
const PAYMENTS_MAX: usize = 8;
/// Members of a household besides the applicant.
const HOUSEHOLD_MAX: usize = 30;

/// `POST /v1/decisions/preview`: a case as it would be asked for.
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
    #[serde(default, deserialize_with = "crate::time::strict::day_if_any")]
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

/// `POST /v1/fast-track`: the same without `as_of`, and with at least one payment.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct FastTrackBody(pub PreviewBody);

impl Body for FastTrackBody {
    fn check(&self, faults: &mut Faults) {
        if self.0.as_of.is_some() {
            faults.add("/as_of", "only a preview is decided as of another day");
        }
        if self.0.payments.is_empty() {
            faults.add("/payments", "at least one payment is needed");
        }
        self.0.check(faults);
    }
}

/// `POST /v1/cases`: the same without `as_of` and without payments.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct AcceptBody(pub PreviewBody);

impl Body for AcceptBody {
    fn check(&self, faults: &mut Faults) {
        if self.0.as_of.is_some() {
            faults.add("/as_of", "only a preview is decided as of another day");
        }
        if !self.0.payments.is_empty() {
            faults.add("/payments", "a case is paid after its approval");
        }
        self.0.check(faults);
    }
}

impl utoipa::PartialSchema for AcceptBody {
    fn schema() -> RefOr<Schema> {
        let mut schema = <PreviewBody as utoipa::PartialSchema>::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.properties.remove("as_of");
            object.properties.remove("payments");
        }
        schema
    }
}

impl utoipa::ToSchema for AcceptBody {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        <PreviewBody as utoipa::ToSchema>::schemas(schemas);
    }
}

impl utoipa::PartialSchema for FastTrackBody {
    fn schema() -> RefOr<Schema> {
        let mut schema = <PreviewBody as utoipa::PartialSchema>::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.properties.remove("as_of");
            object.required.push("payments".into());
            if let Some(RefOr::T(Schema::Array(payments))) = object.properties.get_mut("payments") {
                payments.min_items = Some(1);
            }
        }
        schema
    }
}

impl utoipa::ToSchema for FastTrackBody {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        <PreviewBody as utoipa::ToSchema>::schemas(schemas);
    }
}

impl Body for PreviewBody {
    fn check(&self, faults: &mut Faults) {
        let today = day(Timestamp::now());
        if self.as_of.is_some_and(|day| !(1949..=2999).contains(&day.year())) {
            faults.add("/as_of", "a day of the years 1949 to 2999 is needed");
        }
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
        for (index, member) in self.household.iter().enumerate() {
            check_person(&format!("/household/{index}"), member.id_type, &member.id_no, &member.name, today, faults);
        }
        check_payments(&self.payments, faults);
        let fixed = Fen::sum(self.payments.iter().filter_map(|payment| payment.amount_fen).map(Amount::fen));
        if fixed.is_none_or(|fixed| fixed > self.requested_fen.fen()) {
            faults.add("/payments", "the fixed amounts add up to more than requested_fen");
        }
    }
}

/// Payments asked for, each for itself and in their order.
pub fn check_payments(payments: &[PaymentBody], faults: &mut Faults) {
    if payments.len() > PAYMENTS_MAX {
        faults.add("/payments", format!("at most {PAYMENTS_MAX} payments can be asked for"));
    }
    let last = payments.len().saturating_sub(1);
    for (index, payment) in payments.iter().enumerate() {
        payment.check(&format!("/payments/{index}"), faults);
        if index < last && payment.amount_fen.is_none() {
            faults.add(format!("/payments/{index}/amount_fen"), "only the last payment may leave its amount out");
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
            Some(code) if self.method == Method::Hospital && CreditCode::parse(code).is_ok() => {}
            Some(_) if self.method == Method::Hospital => {
                faults.add(format!("{pointer}/hospital"), "a unified social credit code is needed");
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

/// A person as named in a body.
pub fn check_person(pointer: &str, id_type: IdType, number: &str, name: &str, today: Date, faults: &mut Faults) {
    if let Err(wrong) = IdNumber::parse(id_type, number, today) {
        faults.add_code(format!("{pointer}/id_no"), Code::IdInvalid, wrong.reason());
    }
    if PersonName::parse(name).is_err() {
        faults.add(format!("{pointer}/name"), "1 to 64 characters of a name are needed");
    }
}
