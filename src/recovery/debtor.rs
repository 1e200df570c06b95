//! Who owes: any person, sealed under a data key of its own, shown masked.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::http::Problem;
use crate::id::RecoveryId;
use crate::identity::{IdNumber, IdType, PersonName};
use crate::vault::Vault;

/// What is known of a debtor, as it is sealed.
#[derive(Serialize, Deserialize)]
pub struct Debtor {
    pub id_type: IdType,
    pub id_no: String,
    pub name: String,
}

/// A debtor, masked.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DebtorAnswer {
    /// Kind of the document.
    pub id_type: IdType,
    /// Its number, masked.
    pub id_no: String,
    /// The name, masked.
    pub name: String,
}

/// A debtor is bound to the recovery.
fn context(id: RecoveryId) -> String {
    format!("recovery/{id}/debtor")
}

impl Debtor {
    /// Sealed, and the commitment to it in lower-case hex.
    pub fn seal(&self, vault: &Vault, id: RecoveryId) -> Result<(Arc<[u8]>, String), Problem> {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(self).map_err(Problem::internal)?);
        let sealed = vault.seal(&plain, context(id).as_bytes()).map_err(Problem::internal)?;
        Ok((sealed.as_bytes().into(), hex::encode(sealed.commitment())))
    }

    /// Opens what was sealed.
    pub fn open(vault: &Vault, id: RecoveryId, sealed: &[u8]) -> Result<Self, Problem> {
        let plain = vault.unseal(sealed, context(id).as_bytes()).map_err(Problem::internal)?;
        serde_json::from_slice(plain.plaintext()).map_err(Problem::internal)
    }

    /// As everybody is shown it.
    pub fn masked(&self, today: Date) -> DebtorAnswer {
        let hidden = || "***".to_owned();
        DebtorAnswer {
            id_type: self.id_type,
            id_no: IdNumber::parse(self.id_type, &self.id_no, today).map_or_else(|_| hidden(), |number| number.masked()),
            name: PersonName::parse(&self.name).map_or_else(|_| hidden(), |name| name.masked()),
        }
    }
}
