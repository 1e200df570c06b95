//! `POST /v1/recoveries/{recovery}/cancellation`: what was imposed in error is taken back, by two.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::audit;
use crate::book::{CancellationRow, Facts, Keys, Move, PersonRow, RecoveryRow, RecoveryState, Rows, Ruling};
use crate::code::Code;
use crate::http::{Countersign, Countersigned, Problem, Text};
use crate::id::{CancellationId, RecoveryId};
use crate::money::Fen;
use crate::recovery::target::{Target, next, too_much};
use crate::vault::Vault;

const VERB: &str = "cancellation";

/// A cancellation. Nothing is owed any more, what came in was not owed, and the bar is lifted.
pub struct Cancel {
    pub target: Target,
    pub countersigned: Countersigned,
    pub id: CancellationId,
    /// What the error was, sealed.
    pub note: Arc<[u8]>,
}

#[derive(Serialize)]
struct Cancelled<'a> {
    /// The bar that stays, of other recoveries of the debtor.
    barred_until: Option<Date>,
    cancellation_id: CancellationId,
    countersigned_by: &'a str,
    overpaid_fen: Fen,
    recovery_id: RecoveryId,
}

impl audit::Body for Cancelled<'_> {
    const KIND: &'static str = "recovery.cancelled";
}

/// Seals a note for its cancellation.
pub fn seal(vault: &Vault, recovery: RecoveryId, id: CancellationId, note: &Text<500>) -> Result<Arc<[u8]>, Problem> {
    let context = format!("recovery/{recovery}/cancellation/{id}");
    let sealed = vault.seal(note.as_str().as_bytes(), context.as_bytes()).map_err(Problem::internal)?;
    Ok(sealed.as_bytes().into())
}

impl Move for Cancel {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys_of_two(keys, &self.countersigned);
        keys.recoveries_by(self.target.actor.city(), self.target.debtor());
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
        if recovery.state == RecoveryState::Cancelled {
            return Ruling::rejected(Problem::new(Code::Conflict, "it was taken back before"));
        }
        if recovery.to_fund.is_some() {
            let detail = format!("{} yuan of principal went back to the fund already", recovery.to_fund);
            return Ruling::rejected(Problem::new(Code::Conflict, detail));
        }
        self.cancel(facts, recovery, second).unwrap_or_else(too_much)
    }
}

impl Cancel {
    fn cancel(&self, facts: &Facts, recovery: &RecoveryRow, second: &Countersign) -> Option<Ruling> {
        let mut row = next(recovery);
        row.overpaid = row.overpaid.plus(row.repaid_principal)?.plus(row.repaid_fine)?;
        row.repaid_principal = Fen::ZERO;
        row.repaid_fine = Fen::ZERO;
        row.state = RecoveryState::Cancelled;
        let person = still_barred(facts, recovery);
        let said = Cancelled {
            barred_until: person.barred_until,
            cancellation_id: self.id,
            countersigned_by: second.officer.as_str(),
            overpaid_fen: row.overpaid,
            recovery_id: row.id,
        };
        let cancellation = CancellationRow {
            city: row.city,
            id: self.id,
            recovery: row.id,
            note: self.note.clone(),
            officer: self.target.actor.subject.clone(),
            countersigned_by: second.officer.clone(),
        };
        let rows = Rows {
            cancellations: vec![cancellation],
            person: recovery.bar_until.map(|_| person),
            countersign: Some((row.city, second.short_token())),
            ..Rows::default()
        };
        Some(self.target.done(facts, 200, row, rows, &said))
    }
}

/// The debtor without the bar of one recovery: the latest of the others stays. Repaid or given up, they stand; taken back they do not.
fn still_barred(facts: &Facts, recovery: &RecoveryRow) -> PersonRow {
    let mut person = facts.person(recovery.city, recovery.debtor);
    if recovery.bar_until.is_some() {
        let others = facts.recoveries_by(recovery.city, recovery.debtor).filter(|other| other.id != recovery.id);
        let standing = others.filter(|other| other.state != RecoveryState::Cancelled);
        person.barred_until = standing.filter_map(|other| other.bar_until).max();
    }
    person
}
