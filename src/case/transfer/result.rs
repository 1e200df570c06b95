//! What the bank says of a payment, taken in once however often it is said.

use std::sync::Arc;

use crate::actor::Actor;
use crate::book::{
    Account, AlarmKind, AlarmRow, Book, CaseState, Facts, HoldState, InstructionEnd, InstructionState, Key, Keys, Move, Posting,
    Ruling, Transfer,
};
use crate::case::life::{Change, Standing, Target, give_back, too_much};
use crate::case::payment::{PaymentState, state_of};
use crate::code::Code;
use crate::division::City;
use crate::http::{Context, Problem};
use crate::id::{CaseId, HoldId, PaymentId};
use crate::money::Fen;
use crate::reads::Readers;

const VERB: &str = "bank_result";

/// What the bank says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankSays {
    /// It is paid.
    Paid,
    /// It will not be paid.
    Refused,
    /// It was paid, and came back.
    Returned,
    /// Nothing for too long: somebody must be told.
    Nothing,
}

/// Takes in what the bank says of a case's payment. `CONFLICT` when it is known already.
pub async fn take_in(
    readers: &Readers,
    book: &Book,
    (city, case, payment): (City, CaseId, PaymentId),
    says: BankSays,
    reference: Option<String>,
) -> Result<(), Problem> {
    let (target, _) = Target::read(readers, Arc::new(Actor::clock(city)), Context::house(), case).await?;
    book.play(city, Key::Own, Settle { target, payment, says, reference, hold: HoldId::new() }).await.map(|_| ())
}

/// Takes in what the bank says.
pub struct Settle {
    /// The case.
    pub target: Target,
    /// The payment.
    pub payment: PaymentId,
    /// What is said of it.
    pub says: BankSays,
    /// What the bank calls it.
    pub reference: Option<String>,
    /// The hold of what came back.
    pub hold: HoldId,
}

impl Move for Settle {
    fn keys(&self, keys: &mut Keys) {
        self.target.keys(keys);
        if self.says == BankSays::Returned {
            self.target.keys_of_recoveries(keys);
        }
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let Some(standing) = self.target.locked(facts) else {
            return Ruling::rejected(Problem::new(Code::Overloaded, "the case has changed meanwhile").retry_after(1));
        };
        let mut change = Change::begin(&self.target, facts, &standing, VERB);
        let Some((state, amount)) =
            change.payments.iter().find(|payment| payment.id == self.payment).map(|payment| (payment.state, payment.amount_fen))
        else {
            return Ruling::rejected(Problem::not_found());
        };
        match (state, self.says) {
            (PaymentState::Dispatched | PaymentState::Unknown, BankSays::Nothing) => {
                self.alarm(change, &standing, PaymentState::Unknown)
            }
            (PaymentState::Dispatched | PaymentState::Unknown, says) => {
                let settled = self.settle(&mut change, facts, &standing, says, amount);
                settled.map_or_else(too_much, |()| change.done(200, &standing))
            }
            (PaymentState::Paid, BankSays::Returned) => {
                let stands = amount <= facts.paid_and_not_returned(standing.case);
                let booked = stands.then(|| self.came_back(&mut change, facts, &standing, amount)).flatten();
                match booked {
                    Some(()) => change.done(200, &standing),
                    // The fund has it back already, by a recovery: people must look whose it is.
                    None => self.alarm(Change::begin(&self.target, facts, &standing, VERB), &standing, state),
                }
            }
            (PaymentState::Refused, BankSays::Paid | BankSays::Returned) | (PaymentState::Paid, BankSays::Refused) => {
                self.alarm(change, &standing, state)
            }
            (PaymentState::Instructed, _)
            | (PaymentState::Paid, BankSays::Paid | BankSays::Nothing)
            | (PaymentState::Refused, BankSays::Refused | BankSays::Nothing)
            | (PaymentState::Returned, _) => Ruling::rejected(Problem::new(Code::Conflict, "this is known already")),
        }
    }

    fn resolves(&self) -> bool {
        true
    }
}

impl Settle {
    /// The hold of the payment is resolved, once.
    fn settle(&self, change: &mut Change, facts: &Facts, standing: &Standing, says: BankSays, amount: Fen) -> Option<()> {
        let hold = standing.holds.iter().find(|hold| hold.payment == Some(self.payment))?;
        let mut posting = Posting::begin(standing.fund)?;
        if says == BankSays::Refused {
            posting.give_back(hold, HoldState::Released)?;
            let (person, officer) = give_back(facts, &mut change.case, &mut posting.fund, amount);
            change.counted(person, officer);
            change.posting = Some(posting);
            return self.end(change, standing, InstructionState::Refused, Fen::ZERO);
        }
        posting.capture(hold, self.payment)?;
        change.posting = Some(posting);
        if says == BankSays::Returned {
            return self.came_back(change, facts, standing, amount);
        }
        self.end(change, standing, InstructionState::Paid, Fen::ZERO)
    }

    /// What came back is held again for the case, free to be paid another way.
    fn came_back(&self, change: &mut Change, facts: &Facts, standing: &Standing, amount: Fen) -> Option<()> {
        let mut posting = change.posting.take().or_else(|| Posting::begin(standing.fund))?;
        let of = Transfer { case: Some(change.case.id), payment: Some(self.payment), ..Transfer::default() };
        posting.transfer(Account::Paid, Account::Held, amount, of)?;
        let policy = facts.rules().policies.named(&change.case.policy_version);
        let expires_at = policy.and_then(|policy| policy.approval.expiry(facts.now()));
        posting.holds.push(posting.hold_of(change.case.id, self.hold, None, amount, expires_at));
        change.posting = Some(posting);
        self.end(change, standing, InstructionState::Returned, amount)
    }

    fn end(&self, change: &mut Change, standing: &Standing, state: InstructionState, free: Fen) -> Option<()> {
        let payment = change.payments.iter_mut().find(|payment| payment.id == self.payment)?;
        payment.state = match state {
            InstructionState::Paid => PaymentState::Paid,
            InstructionState::Refused => PaymentState::Refused,
            InstructionState::Returned => PaymentState::Returned,
            InstructionState::Dispatched | InstructionState::Unknown => PaymentState::Unknown,
        };
        let free = Fen::sum(standing.free().map(|hold| hold.amount).chain([free]))?;
        // A case that the bank refused wholly can be approved again, with another account.
        change.case.state = state_of(&change.case, &change.payments, free, CaseState::Accepted);
        let (city, payment, reference) = (change.case.city, self.payment, self.reference.clone());
        change.rows.instruction_ends.push(InstructionEnd { city, payment, state, reference });
        Some(())
    }

    /// The bank is silent, or contradicts itself: people must look. The money stays where it is.
    fn alarm(&self, mut change: Change, standing: &Standing, state: PaymentState) -> Ruling {
        if state == PaymentState::Unknown {
            for payment in change.payments.iter_mut().filter(|payment| payment.id == self.payment) {
                payment.state = PaymentState::Unknown;
            }
            let (city, payment) = (change.case.city, self.payment);
            change.rows.instruction_ends.push(InstructionEnd {
                city,
                payment,
                state: InstructionState::Unknown,
                reference: None,
            });
        }
        change.rows.alarms.push(AlarmRow {
            city: change.case.city,
            about: self.payment.uuid(),
            kind: AlarmKind::PaymentUnknown,
            mark: i64::from(state != PaymentState::Unknown),
            division: change.case.division,
            amount: change.payments.iter().find(|payment| payment.id == self.payment).map(|payment| payment.amount_fen),
        });
        change.done(200, standing)
    }
}
