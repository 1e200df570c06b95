//! The people of a case: sealed one by one, each under a data key of its own, and found by a blind index.

use serde::{Deserialize, Serialize};

use crate::http::Problem;
use crate::id::CaseId;
use crate::identity::IdType;
use crate::policy::Residence;
use crate::vault::{Sealed, Vault, VaultError};

pub use crate::vault::person_index;

/// What a person is in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Asks for aid.
    Applicant,
    /// Belongs to the household.
    Member,
    /// Receives a payment.
    Payee,
}

/// What is known of one person, as it is sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Party {
    pub part: Part,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_type: Option<IdType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_no: Option<String>,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residence: Option<Residence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<String>,
    /// Which of the payments, counted from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

impl Party {
    /// A person of whom nothing is known yet.
    pub fn blank(part: Part) -> Self {
        Self {
            part,
            id_type: None,
            id_no: None,
            name: String::new(),
            phone: None,
            residence: None,
            relation: None,
            need: None,
            payment: None,
            account: None,
        }
    }
}

/// Sealed parties in one value: each after its length, 32 bits, big-endian.
#[derive(Debug, Default)]
pub struct SealedParties {
    pub bytes: Vec<u8>,
    /// Commitments in lower-case hex, in the same order: they tell nothing once a data key is destroyed.
    pub commitments: Vec<String>,
}

/// A value is bound to its case and place, so that none can be exchanged for another.
fn context(case: CaseId, place: usize) -> String {
    format!("case/{case}/{place}")
}

/// Seals the parties of a case.
pub fn seal(vault: &Vault, case: CaseId, parties: &[Party]) -> Result<SealedParties, Problem> {
    seal_after(vault, case, 0, parties)
}

/// Seals parties that come after so many others.
pub fn seal_after(vault: &Vault, case: CaseId, before: usize, parties: &[Party]) -> Result<SealedParties, Problem> {
    let mut all = SealedParties::default();
    for (place, party) in parties.iter().enumerate() {
        let sealed = seal_one(vault, case, before + place, party)?;
        all.commitments.push(hex::encode(sealed.commitment()));
        all.bytes.extend(u32::try_from(sealed.as_bytes().len()).unwrap_or(u32::MAX).to_be_bytes());
        all.bytes.extend(sealed.as_bytes());
    }
    Ok(all)
}

/// Seals one party for its place.
pub fn seal_one(vault: &Vault, case: CaseId, place: usize, party: &Party) -> Result<Sealed, Problem> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(party).map_err(Problem::internal)?);
    vault.seal(&plain, context(case, place).as_bytes()).map_err(Problem::internal)
}

/// The commitment to a sealed party of a place.
pub fn commitment(vault: &Vault, case: CaseId, place: usize, sealed: &[u8]) -> Result<String, VaultError> {
    Ok(hex::encode(vault.unseal(sealed, context(case, place).as_bytes())?.commitment()))
}

/// Parties of which one was replaced.
pub struct Replaced {
    pub parties: Vec<u8>,
    /// The sealed party that was there.
    pub put_away: Vec<u8>,
}

/// Puts a sealed party in the place of another. `None` when there is no such place.
pub fn replace(bytes: &[u8], place: usize, sealed: &[u8]) -> Option<Replaced> {
    let mut rest = bytes;
    for _ in 0..place {
        rest = split_first(rest)?.1;
    }
    let (put_away, after) = split_first(rest)?;
    let mut parties = bytes.get(..bytes.len() - rest.len())?.to_vec();
    parties.extend(u32::try_from(sealed.len()).ok()?.to_be_bytes());
    parties.extend(sealed);
    parties.extend(after);
    Some(Replaced { parties, put_away: put_away.to_vec() })
}

fn split_first(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// How many parties a sealed value holds.
pub fn count(mut bytes: &[u8]) -> usize {
    let mut parties = 0;
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        bytes = rest.split_at_checked(length).map_or(&[], |(_, rest)| rest);
        parties += 1;
    }
    parties
}

/// Opens the parties of a case.
pub fn unseal(vault: &Vault, case: CaseId, mut bytes: &[u8]) -> Result<Vec<Party>, VaultError> {
    let mut parties = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| VaultError::Malformed)?;
        let (sealed, rest) = rest.split_at_checked(length).ok_or(VaultError::Malformed)?;
        let plain = vault.unseal(sealed, context(case, parties.len()).as_bytes())?;
        parties.push(serde_json::from_slice(plain.plaintext()).map_err(|_| VaultError::Malformed)?);
        bytes = rest;
    }
    if bytes.is_empty() { Ok(parties) } else { Err(VaultError::Malformed) }
}
