//! The rows of the book: the only effect that a move has.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::actor::Subject;
use crate::audit::Leaf;
use crate::book::{
    AlarmRow, CancellationRow, CaseRow, ClaimRow, CustodyRows, DeliveryRow, Event, GoodsMoveRow, GoodsRow, HoldEnd, HoldRow,
    HookRow, InstructionEnd, InstructionRow, MergeRow, NoteRow, PaperRow, ReceiptRow, RecoveryRow, ReferralRow, RefundRow,
    Replay, SettlementRows, StatementRows, WaiverRow, WriteOffRow,
};
use crate::division::{City, Division};
use crate::id::{CaseId, FundId, IncidentId, PaymentId, RecoveryId, SettlementId};
use crate::money::Fen;
use crate::policy::{Cause, FundKind, FundStatus, Limits};
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
        /// Owed to somebody who is not known yet: money that came in and names nothing of ours.
        OtherPayable "other_payable",
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
        /// Goods handed out of a store, in kind; no top-up names it.
        Stock "stock",
        /// Cash missing in a box, that the fund bears: no top-up.
        CashShort "cash_short",
        /// Cash over in a box, that the fund keeps: no top-up.
        CashOver "cash_over",
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
    pub loaned: Fen,
    pub custodians: Arc<[Subject]>,
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
    pub recovery: Option<RecoveryId>,
    pub settlement: Option<SettlementId>,
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

/// All that a move writes.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "one list a table")]
pub struct Rows {
    pub funds: Vec<FundRow>,
    pub fund_settings: Option<FundRow>,
    pub entries: Vec<EntryRow>,
    pub person: Option<PersonRow>,
    /// Who the person was taken for before: usage goes from one to the other.
    pub former: Option<PersonRow>,
    pub officer: Option<OfficerRow>,
    pub counter: Option<CounterRow>,
    pub incident: Option<IncidentRow>,
    pub cases: Vec<CaseRow>,
    pub claims: Vec<ClaimRow>,
    pub holds: Vec<HoldRow>,
    pub resolved: Vec<HoldEnd>,
    pub notes: Vec<NoteRow>,
    pub papers: Vec<PaperRow>,
    pub referrals: Vec<ReferralRow>,
    pub merges: Vec<MergeRow>,
    pub alarms: Vec<AlarmRow>,
    pub instructions: Vec<InstructionRow>,
    pub instruction_ends: Vec<InstructionEnd>,
    pub waivers: Vec<WaiverRow>,
    pub goods: Vec<GoodsRow>,
    pub goods_moves: Vec<GoodsMoveRow>,
    pub custody: CustodyRows,
    pub recoveries: Vec<RecoveryRow>,
    pub receipts: Vec<ReceiptRow>,
    pub write_offs: Vec<WriteOffRow>,
    pub refunds: Vec<RefundRow>,
    pub cancellations: Vec<CancellationRow>,
    pub hooks: Vec<HookRow>,
    pub replays: Vec<Replay>,
    /// What happened that hooks may listen for, besides what the book finds in the other rows itself.
    pub events: Vec<Event>,
    /// What hooks are told of it; the book fills it in.
    pub deliveries: Vec<DeliveryRow>,
    pub settlements: SettlementRows,
    pub statements: StatementRows,
    pub countersign: Option<(City, [u8; 16])>,
    pub leaves: Vec<Leaf>,
}

impl FundRow {
    /// credited − held − paid − floor: what may be granted.
    pub fn available(&self) -> Fen {
        let taken = Fen::sum([self.held, self.paid, self.floor]);
        taken.and_then(|taken| self.credited.minus(taken)).unwrap_or(Fen::ZERO)
    }

    /// True for who holds an open shift of one of its cash boxes.
    pub fn is_held_by(&self, officer: &Subject) -> bool {
        self.custodians.contains(officer)
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
            | Account::Beneficiary
            | Account::OtherPayable => return Some(()),
        };
        let by = if account == Account::Treasury { Fen::ZERO.minus(by)? } else { by };
        *total = total.plus(by).filter(|total| *total >= Fen::ZERO)?;
        Some(())
    }
}
