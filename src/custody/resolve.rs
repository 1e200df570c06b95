//! `POST /v1/custody/differences/{difference}/resolution`: finance and an approver say what becomes of a difference.

use std::sync::Arc;

use serde::Serialize;

use crate::audit;
use crate::book::{
    Account, Answer, CustodyRows, DifferenceRow, Facts, FundRow, Keys, Move, Posting, Presence, Resolution, Resolved, Rows,
    Ruling, ShiftRow, Source, Transfer, read_difference,
};
use crate::code::Code;
use crate::custody::answer::{BoxFundAnswer, DifferenceAnswer, LeafAnswer, ResolvedDifference};
use crate::custody::refusal::{Asker, conflict, too_much};
use crate::division::{City, Division};
use crate::http::{Countersign, Countersigned, Problem};
use crate::id::{DifferenceId, FundId, ShiftId};
use crate::money::Fen;
use crate::policy::FundStatus;
use crate::reads::Readers;

const VERB: &str = "resolution";

/// A resolution. Neither who says so nor who countersigns held the box.
pub struct Resolve {
    pub asker: Asker,
    pub id: DifferenceId,
    pub fund: FundId,
    pub countersigned: Countersigned,
    pub outcome: Resolution,
    /// Sealed: free text may name people.
    pub note: Arc<[u8]>,
}

impl Move for Resolve {
    fn keys(&self, keys: &mut Keys) {
        let city = self.asker.actor.city();
        keys.fund(city, self.fund);
        keys.difference(city, self.id);
        if let Countersigned::By(countersign) = &self.countersigned {
            keys.countersign(city, countersign.short_token());
        }
    }

    fn decide(&self, facts: &Facts) -> Ruling {
        let (actor, city) = (&self.asker.actor, self.asker.actor.city());
        let found = facts.custody().difference(city, self.id).filter(|found| actor.reaches(&found.street));
        let (Some(found), Some(fund)) = (found, facts.fund(city, self.fund)) else { return self.asker.outside() };
        if let Some(wrong) = self.wrong(facts, city, &found.street) {
            return self.asker.denied(facts, Problem::countersign(wrong));
        }
        if found.resolved.is_some() {
            return conflict("the difference is resolved already");
        }
        if self.outcome == Resolution::Replaced && found.amount.is_some() {
            return conflict("only what is missing can be put back");
        }
        let refuse = |code, detail| self.asker.refuse(facts, VERB, self.id.uuid(), Problem::new(code, detail));
        let Countersigned::By(second) = &self.countersigned else {
            return refuse(Code::SecondSignatureRequired, "a difference is resolved with the countersign of an approver");
        };
        if second.officer == actor.subject {
            return refuse(Code::SamePersonSigned, "nobody countersigns their own resolution");
        }
        if found.holders.contains(&actor.subject) || found.holders.contains(&second.officer) {
            return refuse(Code::SamePersonSigned, "who held the box does not resolve its difference");
        }
        if let Some(problem) = self.unbearable(found, fund) {
            return self.asker.refuse(facts, VERB, self.id.uuid(), problem);
        }
        self.resolve(facts, found, fund, second).unwrap_or_else(too_much)
    }
}

impl Resolve {
    /// Why the countersign does not hold.
    fn wrong(&self, facts: &Facts, city: City, street: &Division) -> Option<&'static str> {
        match &self.countersigned {
            Countersigned::No => None,
            Countersigned::Invalid(reason) => Some(reason),
            Countersigned::By(second) if !second.scope.covers(street) => Some("the countersign does not cover this division"),
            Countersigned::By(second) if facts.is_spent(city, second.short_token()) => Some("the countersign was used before"),
            Countersigned::By(_) => None,
        }
    }

    /// Why the fund does not take it: a loss must be available, a fund that does not pay bears none, and what is over where more was paid
    /// than came in is money that the fund has already: it came into the box by a draw that nobody recorded.
    fn unbearable(&self, found: &DifferenceRow, fund: &FundRow) -> Option<Problem> {
        let missing = Fen::ZERO.left_after(found.amount);
        if self.outcome != Resolution::Booked {
            return None;
        }
        if found.expected < Fen::ZERO {
            let detail =
                "more was paid than is known to have come into the box: a draw was not recorded, so it is only explained";
            return Some(Problem::new(Code::Conflict, detail).with("expected_fen", found.expected.get().into()));
        }
        match fund.status {
            FundStatus::Closed => Some(Problem::new(Code::FundFrozen, "the fund is closed")),
            FundStatus::Frozen if missing.is_some() => Some(Problem::new(Code::FundFrozen, "a frozen fund bears no loss")),
            FundStatus::Active | FundStatus::Frozen if missing > fund.available() => {
                let detail = format!("{missing} yuan are missing, available are {}", fund.available());
                let fund = serde_json::to_value(BoxFundAnswer::from(fund)).unwrap_or_default();
                Some(Problem::new(Code::FundInsufficient, detail).with("fund", fund))
            }
            FundStatus::Active | FundStatus::Frozen => None,
        }
    }

    fn resolve(&self, facts: &Facts, found: &DifferenceRow, fund: &FundRow, second: &Countersign) -> Option<Ruling> {
        let (mut difference, mut rows) = (found.clone(), Rows::default());
        let (by, countersigned_by) = (self.asker.actor.subject.clone(), second.officer.clone());
        let (outcome, at, note) = (self.outcome, facts.now(), Some(self.note.clone()));
        difference.presence = Presence::Stored;
        difference.resolved = Some(Resolved { outcome, by, countersigned_by, at, note });
        let mut after = BoxFundAnswer::from(fund);
        let mut version = fund.version;
        match self.outcome {
            Resolution::Explained => {}
            Resolution::Replaced => {
                let last = facts.custody().last(found.city, found.fund, found.street)?;
                rows.custody.shifts.push(put_back(last, Fen::ZERO.minus(found.amount)?)?);
            }
            Resolution::Booked => {
                let posting = book(fund, found.amount)?;
                (after, version) = (BoxFundAnswer::from(&posting.fund), posting.fund.version);
                rows.entries = posting.entries;
                rows.funds.push(posting.fund);
            }
        }
        let said = DifferenceResolved {
            amount_fen: found.amount,
            countersigned_by: second.officer.as_str(),
            difference_id: found.id,
            fund_id: found.fund,
            fund_version: version,
            outcome: self.outcome,
            shift_id: found.shift,
        };
        let leaf = self.asker.leaf(facts, &said);
        let answer = ResolvedDifference {
            difference: DifferenceAnswer::of(&difference, None),
            fund: after,
            receipt: LeafAnswer { leaf_hash: leaf.hash() },
        };
        rows.custody = CustodyRows { differences: vec![difference], ..rows.custody };
        rows.countersign = Some((found.city, second.short_token()));
        rows.leaves.push(leaf);
        Some(Ruling::Done(Box::new(rows), Answer::json(200, &answer)))
    }
}

/// Missing cash is back in the box: in the shift that is open, or before the next one.
fn put_back(last: &ShiftRow, amount: Fen) -> Option<ShiftRow> {
    let mut shift = last.clone();
    shift.presence = Presence::Stored;
    let sum = if shift.closed.is_some() { &mut shift.put_back_after } else { &mut shift.put_back };
    *sum = sum.plus(amount)?;
    Some(shift)
}

/// What is missing leaves the fund out of the box, what is over comes into it there: credited follows, nothing is paid.
fn book(fund: &FundRow, amount: Fen) -> Option<Posting> {
    let mut posting = Posting::begin(fund)?;
    let of = |source| Transfer { source: Some(source), ..Transfer::default() };
    if amount.is_some() {
        posting.transfer(Account::Treasury, Account::CashBox, amount, of(Source::CashOver))?;
    } else {
        posting.transfer(Account::CashBox, Account::Treasury, Fen::ZERO.minus(amount)?, of(Source::CashShort))?;
    }
    Some(posting)
}

/// One difference of the caller's scope.
pub async fn find(readers: &Readers, asker: &Asker, id: DifferenceId) -> Result<DifferenceRow, Problem> {
    let sql = include_str!("../../sql/custody/difference.sql");
    let row = readers.optional(&asker.actor, sql, &[&asker.actor.city(), &id]).await?;
    row.as_ref().map(read_difference).ok_or_else(|| Problem::outside_scope(asker.actor.scope))
}

#[derive(Serialize)]
struct DifferenceResolved<'a> {
    amount_fen: Fen,
    countersigned_by: &'a str,
    difference_id: DifferenceId,
    fund_id: FundId,
    fund_version: i64,
    outcome: Resolution,
    shift_id: ShiftId,
}

impl audit::Body for DifferenceResolved<'_> {
    const KIND: &'static str = "custody.difference_resolved";
}
