//! The masked name of a row, sealed so that it can be cut off from the record.

use crate::http::Problem;
use crate::id::PublicationId;
use crate::vault::{Sealed, Vault};

/// What is shown of somebody who was cut off.
const CUT_OFF: &str = "***";

/// A name is bound to its publication and place.
fn context(publication: PublicationId, place: i32) -> String {
    format!("publication/{publication}/{place}")
}

/// Seals a masked name.
pub fn seal(vault: &Vault, publication: PublicationId, place: i32, masked: &str) -> Result<Sealed, Problem> {
    vault.seal(masked.as_bytes(), context(publication, place).as_bytes()).map_err(Problem::internal)
}

/// Opens a masked name; an emptied one is of somebody who was cut off.
pub fn open(vault: &Vault, publication: PublicationId, place: i32, sealed: &[u8]) -> Result<String, Problem> {
    if sealed.is_empty() {
        return Ok(CUT_OFF.into());
    }
    let plain = vault.unseal(sealed, context(publication, place).as_bytes()).map_err(Problem::internal)?;
    Ok(String::from_utf8_lossy(plain.plaintext()).into_owned())
}
