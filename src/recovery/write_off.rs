//! `POST /v1/recoveries/{recovery}/write-off`: what cannot be had is given up, by two.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Subject;
use crate::audit;
use crate::book::{Facts, Keys, Move, RecoveryRow, RecoveryState, Rows, Ruling, WriteOffReason, WriteOffRow};
use crate::code::Code;
use crate::http::{Countersigned, Problem, Text};
use crate::id::{RecoveryId, WriteOffId};
use crate::money::Fen;
use crate::recovery::owed::{Owed, state_after};
use crate::recovery::target::{Target, next, too_much};
use crate::vault::Vault;

const VERB: &str = "write_off";

/// A write-off: the fine first, then the principal, so that what belongs to the public stays to be had longest.
pub struct WriteOff {
    pub target: Target,
    pub countersigned: Countersigned,
    pub id: WriteOffId,
    /// How much; all that is owed when nothing is said.
    pub amount: Option<Fen>,
    pub reason: WriteOffReason,
    /// Why, sealed.
    pub note: Arc<[u8]>,
}

#[derive(Serialize)]
struct WrittenOff<'a> {
    countersigned_by: &'a str,
    fine_fen: Fen,
    principal_fen: Fen,
    reason: WriteOffReason,
    recovery_id: RecoveryId,
    state: RecoveryState,
    write_off_id: WriteOffId,
}

impl audit::Body for WrittenOff<'_> {
    const KIND: &'static str = "recovery.written_off";
}

/// Seals a note for its write-off.
pub fn seal(vault: &Vault, recovery: RecoveryId, id: WriteOffId, note: &Text<500>) -> Result<Arc<[u8]>, Problem> {
    let context = format!("recovery/{recovery}/write-off/{id}");
    let sealed = vault.seal(note.as_str().as_bytes(), context.as_bytes()).map_err(Problem::internal)?;
    Ok(sealed.as_bytes().into())
}

impl Move for WriteOff {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys_of_two(keys, &self.countersigned);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let recovery = match self.target.find(facts) {
            Ok(recovery) => recovery,
            Err(ruling) => return ruling,
        };
        let second = match self.target.second_of_others(facts, VERB, &self.countersigned) {
            Ok(second) => second,
            Err(ruling) => return ruling,
        };
        let owed = Owed::of(recovery);
        if !owed.total().is_some() {
            return Ruling::rejected(Problem::new(Code::Conflict, "nothing is owed any more"));
        }
        let amount = self.amount.unwrap_or(owed.total());
        if amount > owed.total() {
            return Ruling::rejected(Problem::new(Code::Conflict, format!("only {} yuan are owed", owed.total())));
        }
        if self.reason == WriteOffReason::Deceased && amount < owed.fine {
            let detail = format!("a fine is over with the debtor's death: at least {} fen are given up", owed.fine.get());
            return Ruling::rejected(Problem::fault("/amount_fen", detail));
        }
        let second = (second.officer.clone(), second.short_token());
        self.write_off(facts, recovery, owed.give_up(amount), second).unwrap_or_else(too_much)
    }
}

impl WriteOff {
    fn write_off(
        &self,
        facts: &Facts,
        recovery: &RecoveryRow,
        given_up: Owed,
        (countersigned_by, token): (Subject, [u8; 16]),
    ) -> Option<Ruling> {
        let mut row = next(recovery);
        row.written_off_principal = row.written_off_principal.plus(given_up.principal)?;
        row.written_off_fine = row.written_off_fine.plus(given_up.fine)?;
        row.state = state_after(&row, RecoveryState::WrittenOff);
        let said = WrittenOff {
            countersigned_by: countersigned_by.as_str(),
            fine_fen: given_up.fine,
            principal_fen: given_up.principal,
            reason: self.reason,
            recovery_id: row.id,
            state: row.state,
            write_off_id: self.id,
        };
        let write_off = WriteOffRow {
            city: row.city,
            id: self.id,
            recovery: row.id,
            principal: given_up.principal,
            fine: given_up.fine,
            reason: self.reason,
            note: self.note.clone(),
            officer: self.target.actor.subject.clone(),
            countersigned_by: countersigned_by.clone(),
        };
        let rows = Rows { write_offs: vec![write_off], countersign: Some((row.city, token)), ..Rows::default() };
        Some(self.target.done(facts, 200, row, rows, &said))
    }
}
