//! That somebody looked: reads of recoveries are recorded before they are answered, as those of cases are.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit;
use crate::book::{self, Book};
use crate::http::Problem;
use crate::id::{CaseId, RecoveryId};

/// What was looked at.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// One recovery.
    Recovery(RecoveryId),
    /// One recovery of a sealed case: somebody is told.
    Sealed {
        /// The case.
        case: CaseId,
        /// Its recovery.
        recovery: RecoveryId,
    },
    /// The same by somebody who was told that there is none: somebody else is told.
    SealedDenied {
        /// The case.
        case: CaseId,
        /// Its recovery.
        recovery: RecoveryId,
    },
    /// A list, with as many recoveries.
    List(usize),
}

#[derive(Serialize)]
struct Said {
    look: Look,
}

impl audit::Body for Said {
    const KIND: &'static str = "recovery.seen";
}

impl book::Look for Said {
    fn sealed(&self) -> Option<CaseId> {
        self.look.sealed()
    }
}

impl Look {
    fn sealed(&self) -> Option<CaseId> {
        match self {
            Self::Sealed { case, .. } | Self::SealedDenied { case, .. } => Some(*case),
            Self::Recovery(_) | Self::List(_) => None,
        }
    }
}

/// Records a look; it is durable when this returns.
pub async fn record(book: &Book, actor: &Arc<Actor>, look: Look) -> Result<(), Problem> {
    book.saw(actor, Said { look }).await
}
