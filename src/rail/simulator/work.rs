//! What becomes of an instruction: at once, and later.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use crate::rail::instruction::Instruction;
use crate::rail::key::OwnKey;
use crate::rail::result::{BankResult, Verdict};
use crate::rail::simulator::behaviour::{Behaviour, Behaviours};
use crate::rail::simulator::client_key::ClientKey;
use crate::rail::simulator::courier::Courier;
use crate::rail::simulator::entry::Entry;
use crate::rail::simulator::ledger::{Ledger, Received};
use crate::rail::word::Word;

/// The bank behind the routes.
pub(crate) struct Bank {
    pub(crate) own: OwnKey,
    /// Signs where the bank is to sign wrongly.
    pub(crate) stranger: OwnKey,
    pub(crate) client: ClientKey,
    pub(crate) behaviours: Behaviours,
    pub(crate) ledger: Mutex<Ledger>,
    pub(crate) courier: Courier,
}

impl Bank {
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an instruction down, and what becomes of it at once. When this is back, the ledger's file has it.
    pub(crate) fn take(&self, instruction: &Instruction, bytes: &[u8], behaviour: &Behaviour) -> io::Result<Received> {
        let mut ledger = self.ledger();
        let received = ledger.receive(instruction, bytes, behaviour.clone())?;
        if received == Received::New
            && let Some(verdict) = at_once(behaviour)
        {
            ledger.settle(instruction.id, verdict)?;
        }
        Ok(received)
    }

    /// What is left to do about a new instruction when it has been answered.
    pub(crate) async fn follow_up(self: Arc<Self>, id: Uuid) {
        let Some(Entry { behaviour, .. }) = self.ledger().entry(id).cloned() else { return };
        match behaviour {
            Behaviour::Delay(later) => {
                tokio::time::sleep(later).await;
                self.settle_and_call(id, paid()).await;
            }
            Behaviour::Return(later, reason) => {
                tokio::time::sleep(later).await;
                self.settle_and_call(id, Verdict::Returned { at: Timestamp::now(), reason }).await;
            }
            Behaviour::Twice => {
                for _ in 0..2 {
                    self.call(id).await;
                }
            }
            Behaviour::Succeed
            | Behaviour::Refuse(_)
            | Behaviour::Drop
            | Behaviour::Forget
            | Behaviour::Slow
            | Behaviour::Forge => {}
        }
    }

    /// Takes up what an earlier process had begun. It was killed between two lines of the ledger, or while it waited.
    pub(crate) fn resume(self: &Arc<Self>) -> io::Result<()> {
        let ids = self.ledger().ids();
        for id in ids {
            let Some(Entry { behaviour, verdict, .. }) = self.ledger().entry(id).cloned() else { continue };
            let due = match (&verdict, &behaviour) {
                (Verdict::Accepted, Behaviour::Delay(_)) | (Verdict::Paid { .. }, Behaviour::Return(..)) => true,
                (Verdict::Accepted, behaviour) => {
                    let settled = at_once(behaviour).map(|verdict| self.ledger().settle(id, verdict)).transpose()?;
                    settled == Some(true) && matches!(behaviour, Behaviour::Return(..))
                }
                _ => false,
            };
            if due {
                tokio::spawn(self.clone().follow_up(id));
            }
        }
        Ok(())
    }

    async fn settle_and_call(&self, id: Uuid, verdict: Verdict) {
        let settled = self.ledger().settle(id, verdict);
        match settled {
            Ok(true) => self.call(id).await,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the ledger cannot be written"),
        }
    }

    async fn call(&self, id: Uuid) {
        let verdict = self.ledger().entry(id).map(|entry| entry.verdict.clone());
        if let Some(verdict) = verdict {
            self.courier.deliver(&BankResult { instruction_id: id, verdict }).await;
        }
    }
}

/// What becomes of a new instruction before it is answered; none when it stays accepted.
fn at_once(behaviour: &Behaviour) -> Option<Verdict> {
    match behaviour {
        Behaviour::Refuse(reason) => Some(Verdict::Refused { at: Timestamp::now(), reason: reason.clone() }),
        Behaviour::Delay(_) | Behaviour::Forget => None,
        Behaviour::Succeed | Behaviour::Drop | Behaviour::Twice | Behaviour::Return(..) | Behaviour::Slow | Behaviour::Forge => {
            Some(paid())
        }
    }
}

/// Every payment has a reference of its own: an instruction that was paid twice would have two.
fn paid() -> Verdict {
    Verdict::Paid { at: Timestamp::now(), reference: Word::from(Uuid::now_v7()) }
}
