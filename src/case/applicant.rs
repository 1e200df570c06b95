//! As much of an applicant as a list made public needs.

use jiff::civil::Date;

use crate::case::party::{Part, unseal};
use crate::http::Problem;
use crate::id::CaseId;
use crate::identity::{IdNumber, PersonName};
use crate::vault::Vault;

/// An applicant whom nobody is meant to recognise.
pub struct Applicant {
    /// The name, masked.
    pub name: String,
    /// Full years of age on the day asked for; none where the number of the document holds no birth date.
    pub age: Option<i16>,
}

/// The applicant of a case by its sealed parties, as of a day.
pub fn applicant(vault: &Vault, case: CaseId, parties: &[u8], day: Date) -> Result<Option<Applicant>, Problem> {
    let parties = unseal(vault, case, parties).map_err(Problem::internal)?;
    let asks = parties.into_iter().find(|party| party.part == Part::Applicant);
    Ok(asks.map(|party| {
        let number =
            party.id_type.zip(party.id_no.as_deref()).and_then(|(id_type, text)| IdNumber::parse(id_type, text, day).ok());
        Applicant {
            name: PersonName::parse(&party.name).map_or_else(|_| "***".into(), |name| name.masked()),
            age: number.and_then(|number| number.age_on(day)),
        }
    }))
}
