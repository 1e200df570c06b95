//! The instruction of a clearing is made: its bytes are committed, so that every sending sends the same.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Book, ClearingRow, ClearingState, Facts, InstructionRow, Key, Keys, Move, Rows, Ruling};
use crate::case::bound_to;
use crate::code::Code;
use crate::division::City;
use crate::hospital::Hospitals;
use crate::http::Problem;
use crate::id::{ClearingId, LeafId, PaymentId};
use crate::identity::{CreditCode, PersonName};
use crate::money::Amount;
use crate::rail::{Instruction, Payee, Word};
use crate::reads::Readers;
use crate::settlement::clearing::find::find;
use crate::time::day;
use crate::vault::Vault;

/// Makes the instruction of a clearing.
pub struct Dispatch {
    pub actor: Arc<Actor>,
    pub leaf: LeafId,
    pub id: ClearingId,
    /// Sealed, as those of every payment are.
    pub bytes: Arc<[u8]>,
}

/// What a leaf tells of a clearing that goes on its way.
#[derive(Serialize)]
struct Dispatched {
    clearing_id: ClearingId,
    state: ClearingState,
    version: i64,
}

impl audit::Body for Dispatched {
    const KIND: &'static str = "clearing.dispatched";
}

/// Makes the instruction of a clearing. `CONFLICT` when another server was first.
pub async fn instruct(
    readers: &Readers,
    book: &Book,
    vault: &Vault,
    hospitals: &Hospitals,
    (city, id): (City, ClearingId),
) -> Result<(), Problem> {
    let actor = Arc::new(Actor::clock(city));
    let row = find(readers, &actor, id).await?;
    let told = instruction(&row, hospitals).ok_or_else(|| Problem::internal("the clearing does not say where the money goes"))?;
    let bytes = zeroize::Zeroizing::new(told.bytes().map_err(Problem::internal)?);
    let bytes = vault.seal(&bytes, bound_to(id.uuid()).as_bytes()).map_err(Problem::internal)?;
    let dispatch = Dispatch { actor, leaf: LeafId::new(), id, bytes: bytes.as_bytes().into() };
    book.play(city, Key::Own, dispatch).await.map(|_| ())
}

/// What the bank is told: the hospital by its credit code, whose account it knows, and by the name that it is registered under.
fn instruction(row: &ClearingRow, hospitals: &Hospitals) -> Option<Instruction> {
    let code = CreditCode::parse(&row.hospital).ok()?;
    let terms = hospitals.at(row.city, &code, day(row.at));
    let registered = terms.and_then(|terms| PersonName::parse(&terms.name).ok());
    Some(Instruction {
        id: row.id.uuid(),
        amount: Amount::try_from(row.amount.get()).ok()?,
        holder: registered.or_else(|| PersonName::parse(&format!("医院{code}")).ok())?,
        payee: Payee::Hospital(code),
        // A reference that a bank cannot carry stands in the clearing only.
        reference: Word::try_from(row.reference.clone()).unwrap_or_else(|_| row.id.uuid().into()),
        created_at: row.at,
    })
}

impl Move for Dispatch {
    fn keys(&self, keys: &mut Keys) {
        keys.clearing(self.actor.city(), self.id);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let clearing = facts.settlements().clearing(self.actor.city(), self.id);
        let Some(clearing) = clearing.filter(|clearing| clearing.state == ClearingState::Instructed) else {
            // Another server was first.
            return Ruling::rejected(Problem::new(Code::Conflict, "the clearing is no longer to be sent"));
        };
        let version = clearing.version.saturating_add(1);
        let row = ClearingRow { state: ClearingState::Dispatched, version, ..clearing.clone() };
        let said = Dispatched { clearing_id: row.id, state: row.state, version };
        let leaf = Leaf::new(row.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said);
        let (city, payment) = (row.city, PaymentId::from(row.id.uuid()));
        let instructions = vec![InstructionRow { city, payment, case: None, bytes: self.bytes.clone() }];
        let mut rows = Rows { instructions, leaves: vec![leaf], ..Rows::default() };
        rows.settlements.clearings.push(row);
        Ruling::Done(Box::new(rows), Answer::recorded())
    }
}
