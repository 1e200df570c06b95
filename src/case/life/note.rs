//! What an officer says of a case, sealed: free text may name people.

use std::sync::Arc;

use crate::actor::Subject;
use crate::book::{NoteKind, NoteRow};
use crate::division::City;
use crate::http::{Problem, Text};
use crate::id::{CaseId, NoteId};
use crate::vault::Vault;

/// A sealed note.
#[derive(Clone)]
pub struct Note {
    id: NoteId,
    sealed: Option<Arc<[u8]>>,
}

/// A note is bound to its case.
fn context(case: CaseId, id: NoteId) -> String {
    format!("case/{case}/note/{id}")
}

impl Note {
    /// Seals a text under an id of its own.
    pub fn seal(vault: &Vault, case: CaseId, text: Option<&Text<500>>) -> Result<Self, Problem> {
        Self::under(NoteId::new(), vault, case, text)
    }

    /// Seals a text under an id that is known already: a second note under it collides.
    pub fn under(id: NoteId, vault: &Vault, case: CaseId, text: Option<&Text<500>>) -> Result<Self, Problem> {
        let seal = |text: &Text<500>| vault.seal(text.as_str().as_bytes(), context(case, id).as_bytes());
        let sealed = text.map(seal).transpose().map_err(Problem::internal)?;
        Ok(Self { id, sealed: sealed.map(|sealed| sealed.as_bytes().into()) })
    }

    /// A note without text, for tests of the pure core.
    #[cfg(test)]
    pub fn blank() -> Self {
        Self { id: NoteId::new(), sealed: None }
    }

    /// Opens a note as it is kept.
    pub fn open(vault: &Vault, case: CaseId, id: NoteId, sealed: &[u8]) -> Result<String, Problem> {
        let plain = vault.unseal(sealed, context(case, id).as_bytes()).map_err(Problem::internal)?;
        Ok(String::from_utf8_lossy(plain.plaintext()).into_owned())
    }

    /// Its identifier.
    pub fn id(&self) -> uuid::Uuid {
        self.id.uuid()
    }

    /// The sealed text, for rows that keep it themselves.
    pub fn sealed(&self) -> Option<Arc<[u8]>> {
        self.sealed.clone()
    }

    /// The row of it.
    pub fn row(&self, city: City, case: CaseId, kind: NoteKind, officer: &Subject, outcome: Option<&str>) -> NoteRow {
        NoteRow {
            city,
            id: self.id,
            case,
            kind,
            officer: officer.clone(),
            outcome: outcome.map(str::to_owned),
            note: self.sealed.clone(),
        }
    }
}
