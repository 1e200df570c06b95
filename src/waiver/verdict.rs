//! Whether a deposit is waived: a pure function of what is asked, of the hospital's terms, and of the roster.

use jiff::civil::Date;

use crate::code::Code;
use crate::hospital::{Discounts, Terms};
use crate::money::Fen;
use crate::policy::RosterCategory;
use crate::roster::Member;
use crate::stored::terms;
use crate::vault::NameDigest;

terms! {
    /// What a hospital takes somebody in for.
    Stay "stay" {
        /// With a bed.
        Inpatient "inpatient",
        /// Without one.
        Outpatient "outpatient",
        /// To save life: nobody is refused for lack of money.
        Emergency "emergency",
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub stay: Stay,
    /// None for somebody whose name is not known.
    pub name: Option<NameDigest>,
    pub diagnosis: Option<&'a str>,
    pub today: Date,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub answer: Code,
    /// None where the city has agreed on no deposits with the hospital.
    pub deposit: Option<Fen>,
    pub category: Option<RosterCategory>,
    pub discounts: Discounts,
}

/// Decides. What the law says of emergencies comes before the roster is asked of anybody who is not on it.
pub fn verdict(asked: &Asked, terms: Option<&Terms>, listed: Option<&Member>) -> Verdict {
    let plain = |answer, deposit| Verdict { answer, deposit, category: None, discounts: Discounts::default() };
    let not_waived = |answer, deposit| match asked.stay {
        Stay::Emergency => plain(Code::TreatFirstNoDeposit, Some(Fen::ZERO)),
        Stay::Inpatient | Stay::Outpatient => plain(answer, deposit),
    };
    let Some(terms) = terms else {
        return not_waived(Code::OutOfCityHospital, None);
    };
    let deposit = match asked.stay {
        Stay::Inpatient => terms.deposit(asked.diagnosis),
        Stay::Outpatient | Stay::Emergency => Fen::ZERO,
    };
    match listed.filter(|listed| listed.covers(asked.today)) {
        Some(listed) if asked.name == Some(listed.name_digest) => Verdict {
            answer: Code::Waived,
            deposit: Some(Fen::ZERO),
            category: Some(listed.category),
            discounts: terms.discounts,
        },
        Some(_) => not_waived(Code::ConfirmIdentity, Some(deposit)),
        None => not_waived(Code::NotOnRoster, Some(deposit)),
    }
}
