//! The patient as a question knows them: a blind index and a digest of the name, never the number.

use jiff::Timestamp;

use crate::code::Code;
use crate::http::{Problem, Text};
use crate::identity::{IdNumber, PersonName};
use crate::time::day;
use crate::vault::{BlindIndex, NameDigest, Vault, name_digest, person_index};
use crate::waiver::body::CheckBody;
use crate::waiver::verdict::{Asked, Stay};

/// The patient, and what they are taken in for.
pub struct Patient {
    pub person: BlindIndex,
    pub name: Option<NameDigest>,
    pub stay: Stay,
    pub diagnosis: Option<String>,
}

impl Patient {
    /// Reads a checked body. A temporary number means something to its hospital only.
    pub fn read(vault: &Vault, hospital: &str, body: CheckBody) -> Result<Self, Problem> {
        let number = IdNumber::parse(body.id_type, &body.id_no, day(Timestamp::now()));
        let number = number.map_err(|wrong| Problem::new(Code::IdInvalid, wrong.reason()))?;
        let person = person_index(vault, &number, hospital);
        let name = body.name.and_then(|name| PersonName::parse(&name).ok()).map(|name| name_digest(vault, &person, &name));
        Ok(Self { person, name, stay: body.stay, diagnosis: body.diagnosis.map(Text::into_string) })
    }

    /// What is asked of them on a day.
    pub fn asked(&self, today: jiff::civil::Date) -> Asked<'_> {
        Asked { stay: self.stay, name: self.name, diagnosis: self.diagnosis.as_deref(), today }
    }
}
