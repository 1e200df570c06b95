//! What the bank knows of one instruction, and the lines of the ledger's file.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::money::Fen;
use crate::rail::result::Verdict;
use crate::rail::simulator::behaviour::Behaviour;

/// What the bank knows of one instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// SHA-256 of the body in hexadecimal: people are not written down here.
    pub(crate) digest: String,
    pub(crate) amount_fen: Fen,
    pub(crate) behaviour: Behaviour,
    pub(crate) verdict: Verdict,
}

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Line {
    /// An instruction came for the first time.
    Received { id: Uuid, digest: String, amount_fen: Fen, behaviour: Behaviour },
    /// Something became of it.
    Settled { id: Uuid, verdict: Verdict },
}

impl Entry {
    /// What becomes of it next; none when that is all. This is what keeps an instruction from being paid twice.
    pub(crate) fn may_become(&self, next: &Verdict) -> bool {
        matches!(
            (&self.verdict, next),
            (Verdict::Accepted, Verdict::Paid { .. } | Verdict::Refused { .. })
                | (Verdict::Paid { .. }, Verdict::Returned { .. })
        )
    }
}
