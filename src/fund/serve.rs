//! What follows a top-up: the loan of the county's pool is repaid first, then the queue is served in its order ([`crate::book::serve`]).

use crate::book::{Account, CaseRow, FundRow, Posting, Source, Transfer};
use crate::money::Fen;

/// What a top-up did besides.
#[derive(Debug, Default)]
pub struct Followed {
    /// Repaid to the pool.
    pub repaid: Fen,
    /// The pool that was repaid.
    pub pool: Option<Posting>,
    /// Cases whose waiting part is held now, in the order of the queue.
    pub cases: Vec<CaseRow>,
}

impl Followed {
    /// Repays the loan as far as the fund can. Where no pool is left to receive it, the treasury does.
    pub fn repay(&mut self, posting: &mut Posting, pool: Option<&FundRow>) -> Option<()> {
        let owed = posting.fund.loaned.min(posting.fund.available().max(Fen::ZERO));
        if !owed.is_some() {
            return Some(());
        }
        let of = || Transfer { source: Some(Source::Loan), ..Transfer::default() };
        posting.transfer(Account::Available, Account::Treasury, owed, of())?;
        posting.fund.loaned = posting.fund.loaned.minus(owed)?;
        self.repaid = owed;
        if let Some(pool) = pool {
            let mut lender = Posting::begin(pool)?;
            lender.transfer(Account::Treasury, Account::Available, owed, of())?;
            self.pool = Some(lender);
        }
        Some(())
    }
}
