//! What the bank says of a clearing, taken in once however often it is said.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{
    AlarmKind, AlarmRow, Answer, Book, ClearingRow, ClearingState, Event, Facts, HookEvent, InstructionEnd, InstructionState,
    Key, Keys, Move, PayerStatus, Rows, Ruling, SettlementEventKind, SettlementHoldTie, SettlementRow, SettlementState,
};
use crate::case::BankSays;
use crate::code::Code;
use crate::division::City;
use crate::http::Problem;
use crate::id::{ClearingId, FundId, HoldId, LeafId, PaymentId, SettlementId};
use crate::money::Fen;
use crate::reads::Readers;
use crate::settlement::clearing::find::find;
use crate::settlement::postings::Postings;
use crate::settlement::split::Split;
use crate::settlement::target::{Said, changed_meanwhile, split_of, step, too_much};

/// Takes in what the bank says.
pub struct BankSaid {
    pub actor: Arc<Actor>,
    pub leaf: LeafId,
    pub id: ClearingId,
    /// The fund and the settlements, which never change.
    pub fund: FundId,
    pub settlements: Vec<SettlementId>,
    pub says: BankSays,
    /// What the bank calls it.
    pub reference: Option<String>,
    /// Holds of what came back, one for each settlement.
    pub holds: Vec<HoldId>,
}

#[derive(Serialize)]
struct Changed<'a> {
    amount_fen: Fen,
    clearing_id: ClearingId,
    fund: Option<(FundId, Fen, Fen, i64)>,
    reference: Option<&'a str>,
    state: ClearingState,
    version: i64,
}

impl audit::Body for Changed<'_> {
    const KIND: &'static str = "clearing.changed";
}

/// Takes in what the bank says of a clearing. `CONFLICT` when it is known already.
pub async fn take_in(
    readers: &Readers,
    book: &Book,
    (city, id): (City, ClearingId),
    says: BankSays,
    reference: Option<String>,
) -> Result<(), Problem> {
    let actor = Arc::new(Actor::clock(city));
    let row = find(readers, &actor, id).await?;
    let holds = row.settlements.iter().map(|_| HoldId::new()).collect();
    let (leaf, fund, settlements) = (LeafId::new(), row.fund, row.settlements);
    book.play(city, Key::Own, BankSaid { actor, leaf, id, fund, settlements, says, reference, holds }).await.map(|_| ())
}

impl Move for BankSaid {
    fn keys(&self, keys: &mut Keys) {
        let city = self.actor.city();
        keys.fund(city, self.fund);
        self.settlements.iter().for_each(|id| keys.settlement(city, *id));
        if self.says == BankSays::Returned {
            self.settlements.iter().for_each(|id| keys.recoveries_for(city, *id));
        }
        keys.clearing(city, self.id);
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let Some(clearing) = facts.settlements().clearing(self.actor.city(), self.id) else {
            return Ruling::rejected(Problem::not_found());
        };
        use ClearingState::{Dispatched, Instructed, Paid, Refused, Returned, Unknown};
        match (clearing.state, self.says) {
            (Dispatched | Unknown, BankSays::Nothing) => self.alarm(facts, clearing, Unknown),
            (Dispatched | Unknown, says) => self.settle(facts, clearing, says),
            (Paid, BankSays::Returned) => match Books::open(facts, clearing) {
                Some(books) if books.may_return() => self.finish(facts, clearing, books, Returned),
                // The fund has it back already, by a recovery: people must look whose it is.
                Some(_) => self.alarm(facts, clearing, Paid),
                None => changed_meanwhile(),
            },
            (Refused, BankSays::Paid | BankSays::Returned) | (Paid, BankSays::Refused) => {
                self.alarm(facts, clearing, clearing.state)
            }
            (Instructed, _)
            | (Paid, BankSays::Paid | BankSays::Nothing)
            | (Refused, BankSays::Refused | BankSays::Nothing)
            | (Returned, _) => Ruling::rejected(Problem::new(Code::Conflict, "this is known already")),
        }
    }

    fn resolves(&self) -> bool {
        true
    }
}

impl BankSaid {
    fn settle(&self, facts: &Facts, clearing: &ClearingRow, says: BankSays) -> Ruling {
        let Some(mut books) = Books::open(facts, clearing) else { return changed_meanwhile() };
        if says == BankSays::Refused {
            books.untie();
            return self.finish(facts, clearing, books, ClearingState::Refused);
        }
        if self.paid(facts, &mut books).is_none() {
            return too_much();
        }
        let state = if says == BankSays::Returned { ClearingState::Returned } else { ClearingState::Paid };
        self.finish(facts, clearing, books, state)
    }

    /// What was held becomes paid, part by part.
    fn paid(&self, facts: &Facts, books: &mut Books) -> Option<()> {
        let reference = self.reference.as_deref().unwrap_or(&books.clearing.reference).to_owned();
        for part in &mut books.parts {
            let holds = facts.settlements().holds(part.row.city, part.row.id);
            let under = || holds.iter().filter(|hold| hold.clearing == Some(self.id));
            under().try_for_each(|hold| books.postings.capture(hold, &reference))?;
            (Fen::sum(under().map(|hold| hold.amount))? == part.amount).then_some(())?;
            let share = part.split.part_of_mut(self.fund)?;
            share.cleared = share.cleared.plus(part.amount)?;
            share.status = if share.cleared == share.amount { PayerStatus::Paid } else { PayerStatus::Approved };
            part.say(&self.actor, SettlementEventKind::Cleared, self.fund, &reference, &mut books.rows)?;
        }
        Some(())
    }

    /// What came back is held again for its settlements, free to be paid another way.
    fn returned(&self, books: &mut Books) -> Option<()> {
        let reference = self.reference.as_deref().unwrap_or(&books.clearing.reference).to_owned();
        for (part, hold) in books.parts.iter_mut().zip(&self.holds) {
            let share = part.split.part_of_mut(self.fund)?;
            share.cleared = share.cleared.minus(part.amount).filter(|left| *left >= Fen::ZERO)?;
            share.status = PayerStatus::Approved;
            let payer = share.payer;
            books.postings.come_back((part.row.city, part.row.id), (self.fund, payer), *hold, part.amount, &reference)?;
            part.say(&self.actor, SettlementEventKind::Returned, self.fund, &reference, &mut books.rows)?;
        }
        Some(())
    }

    fn finish(&self, facts: &Facts, clearing: &ClearingRow, mut books: Books, state: ClearingState) -> Ruling {
        if state == ClearingState::Returned && self.returned(&mut books).is_none() {
            return too_much();
        }
        let end = match state {
            ClearingState::Paid => InstructionState::Paid,
            ClearingState::Returned => InstructionState::Returned,
            ClearingState::Refused => InstructionState::Refused,
            ClearingState::Instructed | ClearingState::Dispatched | ClearingState::Unknown => InstructionState::Unknown,
        };
        let fund = books.postings.funds().next().map(|fund| (fund.id, fund.held, fund.paid, fund.version));
        let Books { postings, parts, mut rows, .. } = books;
        postings.into_rows(&mut rows);
        rows.settlements.settlements.extend(parts.into_iter().filter(|part| part.said).map(|part| part.row));
        self.done(facts, clearing, rows, (state, end), fund)
    }

    fn done(
        &self,
        facts: &Facts,
        clearing: &ClearingRow,
        mut rows: Rows,
        (state, end): (ClearingState, InstructionState),
        fund: Option<(FundId, Fen, Fen, i64)>,
    ) -> Ruling {
        let row = ClearingRow { state, version: clearing.version.saturating_add(1), ..clearing.clone() };
        let reference = self.reference.as_deref();
        let said = Changed { amount_fen: row.amount, clearing_id: row.id, fund, reference, state, version: row.version };
        rows.leaves.push(Leaf::new(row.city, self.leaf, facts.now(), self.actor.subject.as_str(), &said));
        let (city, payment, reference) = (row.city, PaymentId::from(row.id.uuid()), self.reference.clone());
        if state != clearing.state {
            rows.instruction_ends.push(InstructionEnd { city, payment, state: end, reference });
        }
        rows.events.extend((state == ClearingState::Paid && clearing.state != ClearingState::Paid).then(|| paid(&row)));
        rows.settlements.clearings.push(row);
        Ruling::Done(Box::new(rows), Answer::recorded())
    }

    /// The bank is silent, or contradicts itself: people must look. The money stays where it is.
    fn alarm(&self, facts: &Facts, clearing: &ClearingRow, state: ClearingState) -> Ruling {
        let alarm = AlarmRow {
            city: clearing.city,
            about: self.id.uuid(),
            kind: AlarmKind::PaymentUnknown,
            mark: i64::from(state != ClearingState::Unknown),
            division: clearing.division,
            amount: Some(clearing.amount),
        };
        let rows = Rows { alarms: vec![alarm], ..Rows::default() };
        self.done(facts, clearing, rows, (state, InstructionState::Unknown), None)
    }
}

/// What hooks are told: how much, and nothing of whom for.
fn paid(row: &ClearingRow) -> Event {
    Event {
        city: row.city,
        division: row.division,
        kind: HookEvent::ClearingPaid,
        id: row.id.uuid(),
        subject: row.id.uuid(),
        case: None,
        version: row.version,
        amounts: vec![("amount_fen", row.amount)],
    }
}

/// A settlement of a clearing, in the making.
struct Part {
    row: SettlementRow,
    split: Split,
    /// What the clearing pays of it.
    amount: Fen,
    said: bool,
}

/// What a result does, in the making.
struct Books<'a> {
    facts: &'a Facts,
    clearing: &'a ClearingRow,
    postings: Postings<'a>,
    parts: Vec<Part>,
    rows: Rows,
}

impl<'a> Books<'a> {
    fn open(facts: &'a Facts, clearing: &'a ClearingRow) -> Option<Self> {
        let part = |(id, amount): (&SettlementId, &Fen)| {
            let row = facts.settlements().settlement(clearing.city, *id)?;
            Some(Part { row: row.clone(), split: split_of(row)?, amount: *amount, said: false })
        };
        let parts: Option<Vec<Part>> = clearing.settlements.iter().zip(&clearing.amounts).map(part).collect();
        let parts = parts.filter(|parts| parts.len() == clearing.settlements.len())?;
        Some(Self { facts, clearing, postings: Postings::new(facts), parts, rows: Rows::default() })
    }

    /// What was to be paid is free to be paid by another clearing, or to be given back.
    fn untie(&mut self) {
        for part in &self.parts {
            let holds = self.facts.settlements().holds(part.row.city, part.row.id).iter();
            self.rows.settlements.tied.extend(
                holds.filter(|hold| hold.clearing == Some(self.clearing.id)).map(|hold| SettlementHoldTie {
                    city: hold.city,
                    id: hold.id,
                    settlement: hold.settlement,
                    clearing: None,
                }),
            );
        }
    }

    /// True while the fund has back nothing of what the bank sends back.
    fn may_return(&self) -> bool {
        self.parts.iter().all(|part| part.amount <= self.facts.cleared_and_not_returned(&part.row, self.clearing.fund))
    }
}

impl Part {
    /// The next version of the settlement, with what was said of the fund's part.
    fn say(&mut self, actor: &Actor, kind: SettlementEventKind, fund: FundId, reference: &str, rows: &mut Rows) -> Option<()> {
        let share = self.split.part_of(fund)?;
        let said = Said {
            kind,
            payer: Some(share.payer),
            status: Some(share.status),
            amount: Some(self.amount),
            reference: Some(reference.to_owned()),
            reason: None,
        };
        let state: SettlementState = self.row.state;
        self.row = step(&self.row, state, &self.split, said, actor, rows);
        self.said = true;
        Some(())
    }
}
