//! The patient of a settlement, and what free text is kept with it: sealed under data keys of their own, shown masked.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::http::Problem;
use crate::id::SettlementId;
use crate::identity::{IdNumber, IdType, PersonName};
use crate::vault::Vault;

/// What is known of a patient, as it is sealed.
#[derive(Serialize, Deserialize)]
pub struct Patient {
    pub id_type: IdType,
    pub id_no: String,
    pub name: Option<String>,
}

/// A patient, masked.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PatientAnswer {
    /// Kind of the document.
    pub id_type: IdType,
    /// Its number, masked.
    pub id_no: String,
    /// The name, masked; absent for somebody unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What a sealed text of a settlement is, and so what it is bound to.
#[derive(Clone, Copy)]
pub enum Kept {
    /// The diagnosis.
    Diagnosis,
    /// Why it was cancelled.
    Cancelled,
    /// Why it was reversed.
    Reversed,
}

fn context(id: SettlementId, what: &str) -> String {
    format!("settlement/{id}/{what}")
}

impl Patient {
    /// Sealed, and the commitment to it in lower-case hex.
    pub fn seal(&self, vault: &Vault, id: SettlementId) -> Result<(Arc<[u8]>, String), Problem> {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(self).map_err(Problem::internal)?);
        let sealed = vault.seal(&plain, context(id, "patient").as_bytes()).map_err(Problem::internal)?;
        Ok((sealed.as_bytes().into(), hex::encode(sealed.commitment())))
    }

    /// Opens what was sealed.
    pub fn open(vault: &Vault, id: SettlementId, sealed: &[u8]) -> Result<Self, Problem> {
        let plain = vault.unseal(sealed, context(id, "patient").as_bytes()).map_err(Problem::internal)?;
        serde_json::from_slice(plain.plaintext()).map_err(Problem::internal)
    }

    /// As everybody is shown it.
    pub fn masked(&self, today: Date) -> PatientAnswer {
        let hidden = || "***".to_owned();
        let name = |name: &String| PersonName::parse(name).map_or_else(|_| hidden(), |name| name.masked());
        PatientAnswer {
            id_type: self.id_type,
            id_no: IdNumber::parse(self.id_type, &self.id_no, today).map_or_else(|_| hidden(), |number| number.masked()),
            name: self.name.as_ref().map(name),
        }
    }
}

impl Kept {
    /// Seals a text for its settlement.
    pub fn seal(self, vault: &Vault, id: SettlementId, text: &str) -> Result<Arc<[u8]>, Problem> {
        let what = match self {
            Self::Diagnosis => "diagnosis",
            Self::Cancelled => "cancelled",
            Self::Reversed => "reversed",
        };
        let sealed = vault.seal(text.as_bytes(), context(id, what).as_bytes()).map_err(Problem::internal)?;
        Ok(sealed.as_bytes().into())
    }
}

/// Seals why a message was reversed before it came.
pub fn seal_fence(vault: &Vault, hospital: &str, message: &str, reason: &str) -> Result<Arc<[u8]>, Problem> {
    let context = format!("message/{hospital}/{message}/reversed");
    let sealed = vault.seal(reason.as_bytes(), context.as_bytes()).map_err(Problem::internal)?;
    Ok(sealed.as_bytes().into())
}
