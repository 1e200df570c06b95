//! That somebody looked: reads of a person's file are recorded before they are answered.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit;
use crate::book::{self, Book};
use crate::case::forms::Form;
use crate::http::Problem;
use crate::id::{CaseId, IncidentId};

/// What was looked at.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// One case.
    Case(CaseId),
    /// One case that is sealed: somebody is told.
    Sealed(CaseId),
    /// A sealed case, by somebody who was told that there is none: somebody else is told.
    SealedDenied(CaseId),
    /// One incident.
    Incident(IncidentId),
    /// One case, as a printable form.
    Form {
        /// Which case.
        case: CaseId,
        /// Which form.
        form: Form,
    },
    /// A list, with as many cases.
    List(usize),
    /// A search, with as many cases found. What was searched for is not told.
    Search(usize),
}

#[derive(Serialize)]
struct Said {
    look: Look,
}

impl audit::Body for Said {
    const KIND: &'static str = "case.seen";
}

impl book::Look for Said {
    fn sealed(&self) -> Option<CaseId> {
        self.look.sealed()
    }
}

impl Look {
    fn sealed(&self) -> Option<CaseId> {
        match self {
            Self::Sealed(case) | Self::SealedDenied(case) => Some(*case),
            Self::Case(_) | Self::Incident(_) | Self::Form { .. } | Self::List(_) | Self::Search(_) => None,
        }
    }
}

/// Records a look; it is durable when this returns.
pub async fn record(book: &Book, actor: &Arc<Actor>, look: Look) -> Result<(), Problem> {
    book.saw(actor, Said { look }).await
}
