//! The rows of cash custody: who holds a box, what moves through it, what is signed for, what differs.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::actor::Subject;
use crate::book::Presence;
use crate::division::{City, Division};
use crate::id::{CaseId, CashTransferId, DifferenceId, FundId, PaymentId, ShiftId};
use crate::money::Fen;
use crate::stored::terms;

terms! {
    /// Which way cash goes between the bank and a box.
    Direction "cash_direction" {
        /// From the bank into the box.
        Drawn "drawn",
        /// From the box to the bank.
        PaidIn "paid_in",
    }
}

terms! {
    /// Who takes cash.
    #[derive(Default)]
    ReceivedBy "received_by" {
        /// The payee.
        #[default]
        Payee "payee",
        /// Somebody for the payee.
        Proxy "proxy",
    }
}

terms! {
    /// Which count found a difference.
    Found "difference_found" {
        /// The count at the opening of a shift, against the closing before it.
        Opening "opening",
        /// The count at its closing, against what the shift moved.
        Closing "closing",
    }
}

terms! {
    /// What became of a difference.
    Resolution "difference_outcome" {
        /// Missing cash was put back into the box.
        Replaced "replaced",
        /// Nothing moves: it was a wrong count, or another count takes it back.
        Explained "explained",
        /// The fund bears what is missing, or keeps what is over.
        Booked "booked",
    }
}

/// A cash box in the hands of one officer, from count to count.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct ShiftRow {
    pub presence: Presence,
    pub city: City,
    pub id: ShiftId,
    pub fund: FundId,
    pub street: Division,
    pub ordinal: i32,
    pub custodian: Subject,
    pub opened_at: Timestamp,
    pub opened_version: i64,
    pub opening: Fen,
    pub paid_between: PaidBetween,
    pub drawn: Fen,
    pub paid_in: Fen,
    pub put_back: Fen,
    pub put_back_after: Fen,
    pub closed: Option<ClosedShift>,
}

/// What was paid in cash out of a box while nobody held it: after one shift, before the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaidBetween {
    /// How many payments.
    pub count: i64,
    /// All of them together.
    pub amount: Fen,
}

/// How a shift ended.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct ClosedShift {
    pub at: Timestamp,
    pub version: i64,
    pub by: Subject,
    pub paid: Fen,
    pub counted: Fen,
    pub note: Option<Arc<[u8]>>,
}

impl ShiftRow {
    /// What the box should hold after so much was paid in cash; below zero when more was paid than there was.
    pub fn expected(&self, paid: Fen) -> Option<Fen> {
        self.opening.plus(self.drawn)?.plus(self.put_back)?.minus(self.paid_in)?.minus(paid)
    }

    /// What the next shift should find in the box, once this one is closed and so much was paid since; below zero when that is more
    /// than there was.
    pub fn left(&self, since: PaidBetween) -> Option<Fen> {
        self.closed.as_ref()?.counted.plus(self.put_back_after)?.minus(since.amount)
    }
}

/// Cash drawn or paid in.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct CashTransferRow {
    pub city: City,
    pub id: CashTransferId,
    pub shift: ShiftId,
    pub fund: FundId,
    pub fund_version: i64,
    pub direction: Direction,
    pub amount: Fen,
    pub reference: String,
    pub value_date: Date,
}

/// A count that is not what the box should hold.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct DifferenceRow {
    pub presence: Presence,
    pub city: City,
    pub id: DifferenceId,
    pub shift: ShiftId,
    pub fund: FundId,
    pub street: Division,
    pub found: Found,
    pub amount: Fen,
    pub expected: Fen,
    pub holders: Vec<Subject>,
    pub found_at: Timestamp,
    pub resolved: Option<Resolved>,
}

/// What became of a difference, and who says so.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct Resolved {
    pub outcome: Resolution,
    pub by: Subject,
    pub countersigned_by: Subject,
    pub at: Timestamp,
    pub note: Option<Arc<[u8]>>,
}

/// The signatures on a cash payment that came after it.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the columns of the table, explained there")]
pub struct SignatureRow {
    pub city: City,
    pub payment: PaymentId,
    pub case: CaseId,
    pub received_by: ReceivedBy,
    pub reference: String,
    pub officer: Subject,
    pub at: Timestamp,
}

/// Cash paid in a shift.
#[derive(Clone, Debug)]
pub struct CashPaid {
    /// The payment.
    pub payment: PaymentId,
    /// How much.
    pub amount: Fen,
    /// The number of its receipt.
    pub receipt_number: String,
    /// Whether it is known where the payee's signature is kept.
    pub signed: bool,
    /// Whether its case is kept from view.
    pub sealed: bool,
}

/// What a move writes of cash custody.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "one list a table")]
pub struct CustodyRows {
    pub shifts: Vec<ShiftRow>,
    pub transfers: Vec<CashTransferRow>,
    pub differences: Vec<DifferenceRow>,
    pub signatures: Vec<SignatureRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift() -> ShiftRow {
        ShiftRow {
            presence: Presence::New,
            city: "3403".parse().unwrap(),
            id: ShiftId::new(),
            fund: FundId::new(),
            street: "340303001".parse().unwrap(),
            ordinal: 1,
            custodian: Subject::new("urn:test", "cashier"),
            opened_at: Timestamp::UNIX_EPOCH,
            opened_version: 0,
            opening: Fen::new(500),
            paid_between: PaidBetween::default(),
            drawn: Fen::new(2_000),
            paid_in: Fen::new(300),
            put_back: Fen::new(10),
            put_back_after: Fen::ZERO,
            closed: None,
        }
    }

    #[test]
    fn a_box_should_hold_what_came_in_less_what_went_out() {
        assert_eq!(shift().expected(Fen::new(1_200)), Some(Fen::new(1_010)));
        assert_eq!(shift().expected(Fen::new(2_211)), Some(Fen::new(-1)), "more was paid than there was");
        let full = ShiftRow { opening: Fen::new(i64::MAX), ..shift() };
        assert_eq!(full.expected(Fen::ZERO), None, "64 bits are not enough");
    }

    #[test]
    fn the_next_shift_finds_what_was_counted_and_what_came_back_since_less_what_was_paid_since() {
        let since = |fen| PaidBetween { count: i64::from(fen > 0), amount: Fen::new(fen) };
        assert_eq!(shift().left(since(0)), None, "it is still open");
        let (at, by, note) = (Timestamp::UNIX_EPOCH, Subject::new("urn:test", "cashier"), None);
        let closed = ClosedShift { at, version: 3, by, paid: Fen::new(1_200), counted: Fen::new(900), note };
        let after = ShiftRow { put_back_after: Fen::new(110), closed: Some(closed), ..shift() };
        assert_eq!(after.left(since(0)), Some(Fen::new(1_010)));
        assert_eq!(after.left(since(300)), Some(Fen::new(710)));
        assert_eq!(after.left(since(1_011)), Some(Fen::new(-1)), "more was paid than there was");
    }
}
