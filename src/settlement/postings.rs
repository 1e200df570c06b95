//! What a settlement does to its funds, each under one version of it.

use crate::book::{Account, Facts, FundRow, HoldState, Payer, Posting, Rows, SettlementHoldEnd, SettlementHoldRow, Transfer};
use crate::division::City;
use crate::id::{FundId, HoldId, SettlementId};
use crate::money::Fen;
use crate::settlement::split::Split;
use crate::time::day;

/// Postings in the making. Every step is `None` when a fund is not locked, or a total would leave its bounds.
pub struct Postings<'a> {
    facts: &'a Facts,
    postings: Vec<Posting>,
    holds: Vec<SettlementHoldRow>,
    resolved: Vec<SettlementHoldEnd>,
}

impl<'a> Postings<'a> {
    /// Nothing moved yet.
    pub const fn new(facts: &'a Facts) -> Self {
        Self { facts, postings: Vec::new(), holds: Vec::new(), resolved: Vec::new() }
    }

    fn of(&mut self, fund: &FundRow) -> Option<&mut Posting> {
        if !self.postings.iter().any(|posting| posting.fund.id == fund.id) {
            self.postings.push(Posting::begin(fund)?);
        }
        self.postings.iter_mut().find(|posting| posting.fund.id == fund.id)
    }

    /// Money is set aside for a settlement; it counts in the fund's day.
    pub fn hold(&mut self, hold: SettlementHoldRow) -> Option<()> {
        let (fund, today) = (self.facts.fund(hold.city, hold.fund)?, day(self.facts.now()));
        let posting = self.of(fund)?;
        posting.transfer(Account::Available, Account::Held, hold.amount, of(hold.settlement, None))?;
        posting.fund.day_granted = posting.fund.granted_on(today).plus(hold.amount)?;
        posting.fund.day = today;
        self.holds.push(hold);
        Some(())
    }

    /// What was set aside is given back: to the fund, and to the day that it counted in while that lasts.
    pub fn release(&mut self, hold: &SettlementHoldRow) -> Option<()> {
        // What a clearing is paying is not given back: who gets here has a rule missing.
        hold.clearing.is_none().then_some(())?;
        let fund = self.facts.fund(hold.city, hold.fund)?;
        let posting = self.of(fund)?;
        posting.transfer(Account::Held, Account::Available, hold.amount, of(hold.settlement, None))?;
        if posting.fund.day == day(hold.held_at) {
            posting.fund.day_granted = posting.fund.day_granted.left_after(hold.amount);
        }
        self.end(hold, HoldState::Released);
        Some(())
    }

    /// What was set aside is paid to the hospital.
    pub fn capture(&mut self, hold: &SettlementHoldRow, reference: &str) -> Option<()> {
        let fund = self.facts.fund(hold.city, hold.fund)?;
        let of = of(hold.settlement, Some(reference.to_owned()));
        self.of(fund)?.transfer(Account::Held, Account::Paid, hold.amount, of)?;
        self.end(hold, HoldState::Captured);
        Some(())
    }

    /// What was paid came back: it is held again, free to be paid another way.
    pub fn come_back(
        &mut self,
        (city, settlement): (City, SettlementId),
        (fund, payer): (FundId, Payer),
        id: HoldId,
        amount: Fen,
        reference: &str,
    ) -> Option<()> {
        let of = of(settlement, Some(reference.to_owned()));
        self.of(self.facts.fund(city, fund)?)?.transfer(Account::Paid, Account::Held, amount, of)?;
        self.holds.push(SettlementHoldRow {
            city,
            id,
            settlement,
            fund,
            payer,
            amount,
            held_at: self.facts.now(),
            clearing: None,
        });
        Some(())
    }

    fn end(&mut self, hold: &SettlementHoldRow, state: HoldState) {
        self.resolved.push(SettlementHoldEnd { city: hold.city, id: hold.id, settlement: hold.settlement, state });
    }

    /// Holds what the funds bear of a bill, as it is split now: more is held besides, less is held anew.
    pub fn follow(
        &mut self,
        (city, settlement): (City, SettlementId),
        split: &Split,
        open: &[SettlementHoldRow],
        (emergency, relief): (HoldId, HoldId),
    ) -> Option<()> {
        for (payer, id) in [(Payer::EmergencyTreatment, emergency), (Payer::ReliefFund, relief)] {
            let part = split.part(payer)?;
            let held = open.iter().filter(|hold| hold.payer == payer);
            let now = Fen::sum(held.clone().map(|hold| hold.amount))?;
            let due = part.amount.minus(part.cleared)?;
            let wanted =
                if due < now { held.clone().try_for_each(|hold| self.release(hold)).map(|()| due)? } else { due.minus(now)? };
            if wanted.is_some() {
                let fund = part.fund?;
                let held_at = self.facts.now();
                self.hold(SettlementHoldRow { city, id, settlement, fund, payer, amount: wanted, held_at, clearing: None })?;
            }
        }
        Some(())
    }

    /// The funds as they are after it, with what they moved.
    pub fn funds(&self) -> impl Iterator<Item = &FundRow> {
        self.postings.iter().map(|posting| &posting.fund)
    }

    /// Every transfer, for the leaf.
    pub fn entries(&self) -> Vec<(FundId, Account, Account, Fen)> {
        let entries = self.postings.iter().flat_map(|posting| &posting.entries);
        entries.map(|entry| (entry.fund, entry.debit, entry.credit, entry.amount)).collect()
    }

    /// Puts it among the rows.
    pub fn into_rows(self, rows: &mut Rows) {
        for posting in self.postings.into_iter().map(Posting::end) {
            rows.funds.push(posting.fund);
            rows.entries.extend(posting.entries);
        }
        rows.settlements.holds.extend(self.holds);
        rows.settlements.resolved.extend(self.resolved);
    }
}

/// What a transfer of a settlement is for.
fn of(settlement: SettlementId, reference: Option<String>) -> Transfer {
    Transfer { settlement: Some(settlement), reference, ..Transfer::default() }
}
