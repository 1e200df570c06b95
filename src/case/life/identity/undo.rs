//! `POST /v1/cases/{case}/identity/undo`: a merge was wrong; the temporary identity is in its place again.
//!
//! Index, people, usage and claims go back to what they were: claims of the wrongly merged person stay as history, and stand in nobody's
//! way. What the merge gave back to the fund stays given back, and a review that it made due stays due.

use std::sync::Arc;

use crate::book::{Facts, Keys, MergeRow, Move, Ruling};
use crate::case::life::change::{Change, too_much};
use crate::case::life::identity::exchange::{claim, exchange, next_ordinal, standing, take_bar_back};
use crate::case::life::identity::findings::{Identified, IdentityAnswer};
use crate::case::life::note::Note;
use crate::case::life::target::{Standing, Target};
use crate::case::party;
use crate::code::Code;
use crate::http::Problem;
use crate::id::{CaseId, NoteId};
use crate::money::Fen;
use crate::reads::Readers;
use crate::vault::{BlindIndex, Vault};

const VERB: &str = "identity_undo";

/// The undo of the last merge that stands.
pub struct Undo {
    pub target: Target,
    /// None when no merge stood as it was read.
    pub merged: Option<Merged>,
    pub note: Note,
}

/// The merge as it was read.
pub struct Merged {
    ordinal: i16,
    who: Identified,
    party: Arc<[u8]>,
    commitment: String,
}

impl Merged {
    /// Reads the last merge of a case that stands, and the commitment to who is put back.
    pub async fn read(readers: &Readers, vault: &Vault, target: &Target) -> Result<Option<Self>, Problem> {
        let (city, case): (_, CaseId) = (target.actor.city(), target.case);
        let row = readers.optional(&target.actor, include_str!("../../../../sql/case/merge.sql"), &[&city, &case]).await?;
        let Some(row) = row else { return Ok(None) };
        let party: &[u8] = row.get("party");
        let place: i16 = row.get("place");
        let place = usize::try_from(place).map_err(Problem::internal)?;
        let commitment = party::commitment(vault, case, place, party).map_err(Problem::internal)?;
        let (from, to): (BlindIndex, BlindIndex) = (row.get("person_to"), row.get("person_from"));
        Ok(Some(Self { ordinal: row.get("ordinal"), who: Identified { from, to }, party: party.into(), commitment }))
    }
}

impl Move for Undo {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys_to_grant(keys);
        let city = self.target.actor.city();
        keys.merges(city, self.target.case);
        if let Some(merged) = &self.merged {
            keys.person(city, merged.who.from);
            keys.person(city, merged.who.to);
            keys.claims(city, merged.who.to);
        }
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let found = match self.target.find(facts) {
            Ok(found) => found,
            Err(ruling) => return ruling,
        };
        match (&self.merged, standing(facts.merges(found.case.city, found.case.id))) {
            (Some(read), Some(merge)) if read.ordinal == merge.ordinal => {
                self.undo(facts, &found, read, merge).unwrap_or_else(too_much)
            }
            (_, None) => Ruling::rejected(Problem::new(Code::Conflict, "no merge of this case stands")),
            (_, Some(_)) => Ruling::rejected(Problem::new(Code::Overloaded, "the case has changed meanwhile").retry_after(1)),
        }
    }
}

impl Undo {
    fn undo(&self, facts: &Facts, found: &Standing, read: &Merged, merge: &MergeRow) -> Option<Ruling> {
        let mut change = Change::begin(&self.target, facts, found, VERB);
        let put_away = exchange(&mut change, facts, read.who, merge.place, &read.party)?;
        take_bar_back(&mut change, facts, read.who, merge);
        change.commitments.push(read.commitment.clone());
        // Granted after the merge, the case has no claim of the temporary identity yet.
        let claimed = facts.claims(change.case.city, read.who.to).iter().any(|claim| claim.case == self.target.case);
        change.rows.claims.extend(claim(&change.case, facts, read.who).filter(|_| !claimed));
        change.rows.merges.push(MergeRow {
            city: change.case.city,
            case: self.target.case,
            ordinal: next_ordinal(facts.merges(change.case.city, self.target.case))?,
            id: NoteId::from(self.note.id()),
            undoes: Some(merge.ordinal),
            place: merge.place,
            from: read.who.from,
            to: read.who.to,
            officer: self.target.actor.subject.clone(),
            findings: Vec::new(),
            released: Fen::ZERO,
            party: put_away,
            note: self.note.sealed(),
            bar_before: None,
            bar_carried: None,
        });
        change.identity = Some(IdentityAnswer::default());
        Some(change.done(200, found))
    }
}
