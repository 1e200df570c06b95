//! What follows a top-up: the loan of the county's pool is repaid first, then the queue is served in its order.

use crate::book::{Account, CaseRow, CaseState, Facts, FundRow, Posting, Source, Transfer};
use crate::id::HoldId;
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

    /// Sets aside what cases wait for, the first of the queue first; nobody is passed over.
    pub fn serve(&mut self, facts: &Facts, posting: &mut Posting, fund: &FundRow, holds: &[HoldId]) -> Option<()> {
        for (waiting, hold) in facts.queue(fund).into_iter().zip(holds) {
            if waiting.queued > posting.fund.available() {
                break;
            }
            let policy = facts.rules().policies.named(&waiting.policy_version);
            let expires_at = policy.and_then(|policy| policy.approval.expiry(facts.now()));
            posting.hold(posting.hold_of(waiting.id, *hold, None, waiting.queued, expires_at))?;
            let mut case = waiting.clone();
            case.queued = Fen::ZERO;
            case.queue_place = None;
            case.state = if case.state == CaseState::Paying { CaseState::Paying } else { CaseState::Approved };
            case.version = case.version.saturating_add(1);
            case.fund_version = posting.fund.version;
            self.cases.push(case);
        }
        Some(())
    }
}
