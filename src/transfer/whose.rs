//! Whose money an instruction moves, and what a result means for it.

use tokio_postgres::Row;

use crate::book::Book;
use crate::case::{self, BankSays};
use crate::code::Code;
use crate::division::City;
use crate::http::Problem;
use crate::id::{CaseId, ClearingId, PaymentId};
use crate::reads::Readers;
use crate::settlement;

/// Whose money an instruction moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A payment of a case.
    Case(CaseId),
    /// A clearing, which the bank knows by its own identifier.
    Clearing,
}

impl Whose {
    /// Reads a row of an instruction.
    pub fn read(row: &Row) -> Self {
        row.get::<_, Option<CaseId>>("case_id").map_or(Self::Clearing, Self::Case)
    }

    /// Takes in what the bank says. What is known already is fine.
    pub async fn take_in(
        self,
        readers: &Readers,
        book: &Book,
        (city, payment): (City, PaymentId),
        says: BankSays,
        reference: Option<String>,
    ) -> Result<(), Problem> {
        let taken = match self {
            Self::Case(case) => case::take_in(readers, book, (city, case, payment), says, reference).await,
            Self::Clearing => settlement::take_in(readers, book, (city, ClearingId::from(payment.uuid())), says, reference).await,
        };
        match taken {
            Err(problem) if problem.code() == Code::Conflict => Ok(()),
            taken => taken,
        }
    }
}
