//! On which terms a hospital treats a patient: whether the roster knows them, and what the hospital takes off.

use jiff::Timestamp;

use crate::actor::Actor;
use crate::book::read_waiver;
use crate::hospital::{Discounts, Hospitals};
use crate::http::Problem;
use crate::id::WaiverId;
use crate::identity::{CreditCode, IdNumber, PersonName};
use crate::reads::Readers;
use crate::roster::standing;
use crate::settlement::body::SettlementBody;
use crate::settlement::target::hospital_of;
use crate::time::day;
use crate::vault::{BlindIndex, Vault, name_digest, person_index};

/// The terms of one stay.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// Whether the patient is on the roster, or was when the stay was promised.
    pub member: bool,
    /// What the hospital takes off, per cent.
    pub discounts: Discounts,
}

/// Where terms are looked up.
pub struct Registers<'a> {
    pub readers: &'a Readers,
    pub hospitals: &'a Hospitals,
    pub vault: &'a Vault,
}

impl Registers<'_> {
    /// The terms of a stay: those that its waiver promised, or, for a member of the roster without one, those of the hospital today.
    /// A waiver of another hospital or another person is not there.
    pub async fn terms_of(&self, actor: &Actor, body: &SettlementBody) -> Result<Terms, Problem> {
        let (hospital, today) = (hospital_of(actor)?, day(Timestamp::now()));
        let number = IdNumber::parse(body.patient.id_type, &body.patient.id_no, today);
        let number = number.map_err(|wrong| Problem::fault("/patient/id_no", wrong.reason()))?;
        let person = person_index(self.vault, &number, &hospital);
        if let Some(waiver) = body.waiver_id {
            return self.promised(actor, &hospital, (person, body.visit_no.as_str()), WaiverId::from(waiver)).await;
        }
        let name = body.patient.name.as_deref().and_then(|name| PersonName::parse(name).ok());
        let name = name.map(|name| name_digest(self.vault, &person, &name));
        let (_, member) = standing(self.readers, actor, &person).await?;
        let member = member.is_some_and(|member| member.covers(today) && name == Some(member.name_digest));
        let terms = CreditCode::parse(&hospital).ok().and_then(|code| self.hospitals.at(actor.city(), &code, today));
        let terms = terms.filter(|terms| member && actor.reaches(&terms.division));
        Ok(Terms { member, discounts: terms.map(|terms| terms.discounts).unwrap_or_default() })
    }

    async fn promised(
        &self,
        actor: &Actor,
        hospital: &str,
        (person, visit_no): (BlindIndex, &str),
        id: WaiverId,
    ) -> Result<Terms, Problem> {
        let row = self.readers.optional(actor, include_str!("../../sql/waiver/find.sql"), &[&actor.city(), &id]).await?;
        let waiver = row.as_ref().map(read_waiver).filter(|waiver| waiver.hospital == hospital && waiver.person == person);
        let waiver = waiver.ok_or_else(|| Problem::outside_scope(actor.scope))?;
        if waiver.visit_no != visit_no {
            return Err(Problem::fault("/visit_no", "the promise of waiver_id is for another visit"));
        }
        Ok(Terms { member: true, discounts: serde_json::from_str(&waiver.discounts).map_err(Problem::internal)? })
    }
}
