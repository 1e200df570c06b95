//! The index of a person.

use crate::identity::{IdNumber, IdType};
use crate::vault::{BlindIndex, Vault};

/// The index by which a person is found, the same whatever the document is called: residents, residents of Hong Kong, Macao and
/// Taiwan and holders of the new foreign card share one kind of number. A temporary number means something only to its street.
pub fn person_index(vault: &Vault, number: &IdNumber, street: &str) -> BlindIndex {
    match number.id_type() {
        IdType::ResidentId | IdType::HkmtResidence => vault.blind_index("gb11643", number.expose()),
        IdType::ForeignPermanent if number.expose().len() == 18 => vault.blind_index("gb11643", number.expose()),
        IdType::ForeignPermanent => vault.blind_index("foreign_permanent", number.expose()),
        IdType::Passport => vault.blind_index("passport", number.expose()),
        IdType::Temporary => vault.blind_index("temporary", &format!("{street}/{}", number.expose())),
    }
}
