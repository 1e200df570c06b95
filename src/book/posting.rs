//! What a verb does to a fund, under one version of it: entries, holds made, holds resolved.

use jiff::Timestamp;

use crate::book::{Account, EntryRow, FundRow, HoldEnd, HoldRow, HoldState, Transfer};
use crate::id::{CaseId, HoldId, PaymentId};
use crate::money::Fen;

/// A posting in the making. Every step is `None` when a total would leave 64 bits or become negative.
#[derive(Debug)]
#[allow(missing_docs, reason = "the rows of a move, explained there")]
pub struct Posting {
    pub fund: FundRow,
    pub entries: Vec<EntryRow>,
    pub holds: Vec<HoldRow>,
    pub resolved: Vec<HoldEnd>,
}

impl Posting {
    /// The fund's next version.
    pub fn begin(fund: &FundRow) -> Option<Self> {
        let mut fund = fund.clone();
        fund.version = fund.version.checked_add(1)?;
        Some(Self { fund, entries: Vec::new(), holds: Vec::new(), resolved: Vec::new() })
    }

    /// The rows of it. A version of a fund is its entries: one that moved nothing keeps the version it had.
    pub fn end(mut self) -> Self {
        if self.entries.is_empty() {
            self.fund.version = self.fund.version.saturating_sub(1);
        }
        self
    }

    /// One transfer.
    pub fn transfer(&mut self, debit: Account, credit: Account, amount: Fen, of: Transfer) -> Option<()> {
        let ordinal = i16::try_from(self.entries.len()).ok()?;
        self.entries.push(self.fund.transfer(ordinal, debit, credit, amount, of)?);
        Some(())
    }

    /// Pays out of what is available.
    pub fn pay(&mut self, case: CaseId, payment: PaymentId, amount: Fen) -> Option<()> {
        self.transfer(Account::Available, Account::Paid, amount, of(case, Some(payment)))
    }

    /// Sets aside. What is for a payment under way never expires.
    pub fn hold(&mut self, hold: HoldRow) -> Option<()> {
        self.transfer(Account::Available, Account::Held, hold.amount, of(hold.case, hold.payment))?;
        self.holds.push(hold);
        Some(())
    }

    /// A hold of this fund.
    pub fn hold_of(
        &self,
        case: CaseId,
        id: HoldId,
        payment: Option<PaymentId>,
        amount: Fen,
        expires_at: Option<Timestamp>,
    ) -> HoldRow {
        HoldRow { city: self.fund.city, id, fund: self.fund.id, case, payment, amount, expires_at }
    }

    /// A hold gives its money back.
    pub fn give_back(&mut self, hold: &HoldRow, state: HoldState) -> Option<()> {
        self.resolve(hold, state);
        self.transfer(Account::Held, Account::Available, hold.amount, of(hold.case, hold.payment))
    }

    /// A hold becomes a payment.
    pub fn capture(&mut self, hold: &HoldRow, payment: PaymentId) -> Option<()> {
        self.resolve(hold, HoldState::Captured);
        self.transfer(Account::Held, Account::Paid, hold.amount, of(hold.case, Some(payment)))
    }

    /// Marks a hold as resolved, without moving money: what follows it holds the same money again.
    pub fn resolve(&mut self, hold: &HoldRow, state: HoldState) {
        self.resolved.push(HoldEnd { city: hold.city, id: hold.id, case: hold.case, state });
    }
}

/// What a transfer of a case is for.
fn of(case: CaseId, payment: Option<PaymentId>) -> Transfer {
    Transfer { case: Some(case), payment, ..Transfer::default() }
}
