//! The rows of the book: the only effect that a move has.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::actor::Subject;
use crate::audit::Leaf;
use crate::division::{City, Division};
use crate::id::{CaseId, FundId, HoldId, IncidentId, PaymentId};
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::policy::{Cause, FundKind, FundStatus, Lane, Limits};
use crate::stored::terms;
use crate::vault::BlindIndex;

/// Whether a row is in the database already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Not yet: it will be inserted, and two at once collide.
    New,
    /// Loaded under lock: it will be updated.
    Stored,
}

terms! {
    /// Where money is, seen from a fund.
    Account "account" {
        /// Free to be granted.
        Available "available",
        /// Set aside for a payment.
        Held "held",
        /// Paid out.
        Paid "paid",
        /// Owed to the fund.
        Receivable "receivable",
        /// Interest owed to the treasury.
        InterestPayable "interest_payable",
        /// The treasury that tops up.
        Treasury "treasury",
        /// The bank.
        Bank "bank",
        /// The window's cash box.
        CashBox "cash_box",
        /// A hospital.
        Hospital "hospital",
        /// The household.
        Beneficiary "beneficiary",
    }
}

terms! {
    /// Where a top-up comes from.
    Source "topup_source" {
        /// Central budget.
        Central "central",
        /// Provincial budget.
        Province "province",
        /// City budget.
        City "city",
        /// District budget.
        District "district",
        /// Donation.
        Donation "donation",
        /// Loan.
        Loan "loan",
    }
}

terms! {
    /// State of a case.
    CaseState "case_state" {
        /// Taken in, not decided.
        Accepted "accepted",
        /// Granted, part of it still held for payment.
        Approved "approved",
        /// A payment is under way through a bank.
        Paying "paying",
        /// Every payment is final and the grant exhausted.
        Paid "paid",
        /// Paid, and every paper is there.
        Completed "completed",
        /// Refused by a rule.
        Refused "refused",
        /// Declined by an approver.
        Declined "declined",
        /// Withdrawn by the household.
        Withdrawn "withdrawn",
        /// Granted, and not paid in time.
        Expired "expired",
    }
}

terms! {
    /// State of a hold; it resolves once.
    HoldState "hold_state" {
        /// Set aside.
        Held "held",
        /// Paid.
        Captured "captured",
        /// Given back.
        Released "released",
        /// Given back because nobody came for it.
        Expired "expired",
    }
}

/// A fund.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct FundRow {
    pub presence: Presence,
    pub city: City,
    pub id: FundId,
    pub division: Division,
    pub kind: FundKind,
    pub name: Arc<str>,
    pub status: FundStatus,
    pub target: Fen,
    pub floor: Fen,
    pub limits: Limits,
    pub account: Option<Arc<[u8]>>,
    pub status_reason: Option<Arc<[u8]>>,
    pub subject_codes: Arc<[String]>,
    pub credited: Fen,
    pub held: Fen,
    pub paid: Fen,
    pub day: Date,
    pub day_granted: Fen,
    pub version: i64,
    pub settings_version: i64,
    pub opened_at: Timestamp,
}

/// What a transfer is for.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct Transfer {
    pub case: Option<CaseId>,
    pub payment: Option<PaymentId>,
    pub source: Option<Source>,
    pub reference: Option<String>,
    pub value_date: Option<Date>,
}

/// One transfer, with the fund's totals after it.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct EntryRow {
    pub city: City,
    pub fund: FundId,
    pub version: i64,
    pub ordinal: i16,
    pub debit: Account,
    pub credit: Account,
    pub amount: Fen,
    pub credited: Fen,
    pub held: Fen,
    pub paid: Fen,
    pub of: Transfer,
}

/// A person, by the blind index of the identity.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct PersonRow {
    pub presence: Presence,
    pub city: City,
    pub person: BlindIndex,
    pub year: i16,
    pub year_granted: Fen,
    pub barred_until: Option<Date>,
    pub deceased_on: Option<Date>,
}

/// An officer's usage of the day.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct OfficerRow {
    pub presence: Presence,
    pub city: City,
    pub officer: Subject,
    pub day: Date,
    pub day_granted: Fen,
}

/// The counter that numbers the cases of a street and day.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct CounterRow {
    pub presence: Presence,
    pub city: City,
    pub street: Division,
    pub day: Date,
    pub last: i32,
}

/// An incident.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct IncidentRow {
    pub presence: Presence,
    pub city: City,
    pub id: IncidentId,
    pub division: Division,
    pub cause: Cause,
    pub place: Arc<[u8]>,
    pub occurred_at: Timestamp,
    pub ended_on: Option<Date>,
    pub sealed: bool,
    pub version: i64,
    pub reported_by: Subject,
    pub reported_at: Timestamp,
}

/// A case with its decision.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct CaseRow {
    pub city: City,
    pub id: CaseId,
    pub street: Division,
    pub day: Date,
    pub ordinal: i32,
    pub division: Division,
    pub fund: FundId,
    pub incident: IncidentId,
    pub cause: Cause,
    pub state: CaseState,
    pub lane: Lane,
    pub code: crate::code::Code,
    pub requested: Fen,
    pub granted: Fen,
    pub person: BlindIndex,
    pub handler: Subject,
    pub approver: Option<Subject>,
    pub accepted_at: Timestamp,
    pub completion_due: Option<Date>,
    pub completion_due_provisional: bool,
    pub missing: Vec<String>,
    pub sealed: bool,
    pub policy_version: String,
    pub decision: String,
    pub question: String,
    pub payments: String,
    pub parties: Arc<[u8]>,
    pub fund_version: i64,
    pub members: Vec<BlindIndex>,
}

/// That a person was helped for a cause.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct ClaimRow {
    pub city: City,
    pub person: BlindIndex,
    pub cause: Cause,
    pub slot: i16,
    pub day: Date,
    pub incident: IncidentId,
    pub case: CaseId,
    pub number: CaseNumber,
    pub division: Division,
    pub sealed: bool,
}

/// Money set aside for one payment, or for what is granted and not paid yet.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct HoldRow {
    pub city: City,
    pub id: HoldId,
    pub fund: FundId,
    pub case: CaseId,
    pub payment: Option<PaymentId>,
    pub amount: Fen,
    pub expires_at: Option<Timestamp>,
}

/// All that a move writes.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "one list a table")]
pub struct Rows {
    pub fund: Option<FundRow>,
    pub fund_settings: Option<FundRow>,
    pub entries: Vec<EntryRow>,
    pub person: Option<PersonRow>,
    pub officer: Option<OfficerRow>,
    pub counter: Option<CounterRow>,
    pub incident: Option<IncidentRow>,
    pub case: Option<CaseRow>,
    pub claims: Vec<ClaimRow>,
    pub holds: Vec<HoldRow>,
    pub countersign: Option<(City, [u8; 16])>,
    pub leaves: Vec<Leaf>,
}

impl FundRow {
    /// credited − held − paid − floor: what may be granted.
    pub fn available(&self) -> Fen {
        let taken = Fen::sum([self.held, self.paid, self.floor]);
        taken.and_then(|taken| self.credited.minus(taken)).unwrap_or(Fen::ZERO)
    }

    /// What was granted from it on a day.
    pub fn granted_on(&self, day: Date) -> Fen {
        if self.day == day { self.day_granted } else { Fen::ZERO }
    }

    /// Moves money from `debit` to `credit` under the fund's present version; `None` when a total would leave 64 bits or become
    /// negative. Whether enough is available is the caller's decision, and the table's constraint.
    pub fn transfer(&mut self, ordinal: i16, debit: Account, credit: Account, amount: Fen, of: Transfer) -> Option<EntryRow> {
        let mut moved = self.clone();
        moved.change(debit, Fen::ZERO.minus(amount)?)?;
        moved.change(credit, amount)?;
        *self = moved;
        Some(EntryRow {
            city: self.city,
            fund: self.id,
            version: self.version,
            ordinal,
            debit,
            credit,
            amount,
            credited: self.credited,
            held: self.held,
            paid: self.paid,
            of,
        })
    }

    /// Totals follow the entries: what comes from outside is credited, what goes back to the treasury is taken off it again.
    fn change(&mut self, account: Account, by: Fen) -> Option<()> {
        let total = match account {
            Account::Held => &mut self.held,
            Account::Paid => &mut self.paid,
            Account::Treasury => &mut self.credited,
            Account::Available
            | Account::Receivable
            | Account::InterestPayable
            | Account::Bank
            | Account::CashBox
            | Account::Hospital
            | Account::Beneficiary => return Some(()),
        };
        let by = if account == Account::Treasury { Fen::ZERO.minus(by)? } else { by };
        *total = total.plus(by).filter(|total| *total >= Fen::ZERO)?;
        Some(())
    }
}
