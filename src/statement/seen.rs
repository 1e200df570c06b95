//! That somebody looked at a statement or a table of balance adjustment: recorded before it is answered.

use jiff::civil::Date;
use serde::Serialize;

use crate::audit;
use crate::book;
use crate::id::{CaseId, FundId, StatementId};

/// What was looked at.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// A statement.
    Statement(StatementId),
    /// The table of balance adjustment of a fund's account on a day.
    Balance(FundId, Date),
}

#[derive(Serialize)]
pub struct Said {
    pub look: Look,
}

impl audit::Body for Said {
    const KIND: &'static str = "statement.seen";
}

impl book::Look for Said {
    fn sealed(&self) -> Option<CaseId> {
        None
    }
}
