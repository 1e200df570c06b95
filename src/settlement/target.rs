//! The settlement that a verb is about: read at the edge without a lock, locked with its funds, checked again; and what a verb ends in.

use std::sync::Arc;

use serde::Serialize;

use crate::actor::{Actor, Role};
use crate::audit::{self, Leaf};
use crate::book::{
    Account, Answer, Event, Facts, HookEvent, Keys, Payer, PayerStatus, Rows, Ruling, SettlementEventKind, SettlementEventRow,
    SettlementHoldRow, SettlementRow, SettlementState, read_settlement,
};
use crate::code::Code;
use crate::http::{Context, Problem};
use crate::id::{FundId, LeafId, SettlementId};
use crate::identity::CreditCode;
use crate::money::Fen;
use crate::reads::Readers;
use crate::settlement::answer::{ChangedSettlement, EvidenceAnswer, SettlementAnswer};
use crate::settlement::bill::Bill;
use crate::settlement::postings::Postings;
use crate::settlement::rooms::Funds;
use crate::settlement::split::Split;

/// A settlement as a verb found it, and who asks.
pub struct Target {
    pub actor: Arc<Actor>,
    pub context: Context,
    pub leaf: LeafId,
    pub row: SettlementRow,
    pub funds: Funds,
}

/// The settlement under lock, with its open holds.
pub struct Standing<'a> {
    pub row: &'a SettlementRow,
    pub bill: Bill,
    pub split: Split,
    pub holds: &'a [SettlementHoldRow],
}

/// What a verb says of a settlement.
pub struct Said {
    pub kind: SettlementEventKind,
    pub payer: Option<Payer>,
    pub status: Option<PayerStatus>,
    pub amount: Option<Fen>,
    pub reference: Option<String>,
    pub reason: Option<Arc<[u8]>>,
}

/// What a leaf tells of a change.
#[derive(Serialize)]
struct Changed<'a> {
    amount_fen: Option<Fen>,
    entries: Vec<(FundId, Account, Account, Fen)>,
    parts: Vec<(Payer, Fen, PayerStatus)>,
    payer: Option<Payer>,
    reference: Option<&'a str>,
    settlement_id: SettlementId,
    state: SettlementState,
    status: Option<PayerStatus>,
    verb: SettlementEventKind,
    version: i64,
}

impl audit::Body for Changed<'_> {
    const KIND: &'static str = "settlement.changed";
}

/// What a leaf tells of something said again that changes nothing.
#[derive(Serialize)]
struct Repeated {
    settlement_id: SettlementId,
    state: SettlementState,
}

impl audit::Body for Repeated {
    const KIND: &'static str = "settlement.repeated";
}

#[derive(Serialize)]
struct NotDone {
    code: Code,
    settlement_id: Option<SettlementId>,
    verb: &'static str,
}

impl audit::Body for NotDone {
    const KIND: &'static str = "settlement.refused";
}

/// The credit code of the hospital that asks; whoever speaks for none is forbidden.
pub fn hospital_of(actor: &Actor) -> Result<String, Problem> {
    let code = actor.hospital.as_deref().and_then(|code| CreditCode::parse(code).ok());
    code.map(|code| code.as_str().to_owned()).ok_or_else(Problem::no_hospital)
}

/// The hospital whose settlements somebody may see: none is every hospital of the scope.
pub fn seen_hospital(actor: &Actor) -> Result<Option<String>, Problem> {
    let all = actor.roles.has(Role::Finance) || actor.roles.has(Role::Auditor);
    if all { Ok(None) } else { hospital_of(actor).map(Some) }
}

/// A settlement, if it lies in the actor's scope and is of its hospital.
pub async fn read(readers: &Readers, actor: &Actor, id: SettlementId) -> Result<SettlementRow, Problem> {
    let hospital = seen_hospital(actor)?;
    let sql = include_str!("../../sql/settlement/find.sql");
    let row = readers.optional(actor, sql, &[&actor.city(), &id, &hospital]).await?;
    row.as_ref().map(read_settlement).ok_or_else(|| Problem::outside_scope(actor.scope))
}

/// The parts of a settlement, as this program wrote them.
pub fn split_of(row: &SettlementRow) -> Option<Split> {
    serde_json::from_str(&row.parts).ok()
}

impl Target {
    /// Reads the settlement and the funds around its hospital.
    pub async fn read(readers: &Readers, actor: Arc<Actor>, context: Context, id: SettlementId) -> Result<Self, Problem> {
        let row = read(readers, &actor, id).await?;
        Self::of(readers, actor, context, row).await
    }

    /// A settlement that was read.
    pub async fn of(readers: &Readers, actor: Arc<Actor>, context: Context, row: SettlementRow) -> Result<Self, Problem> {
        let around = Funds::around(readers, &row.division).await?;
        let funds = split_of(&row).map_or(around, |split| around.or_those_of(&split));
        Ok(Self { actor, context, leaf: LeafId::new(), row, funds })
    }

    /// The settlement and its funds.
    pub fn keys(&self, keys: &mut Keys) {
        self.funds.keys(self.row.city, keys);
        keys.settlement(self.row.city, self.row.id);
    }

    /// The settlement under lock.
    pub fn find<'a>(&self, facts: &'a Facts) -> Result<Standing<'a>, Ruling> {
        let known = &self.row;
        let outside = || Ruling::rejected(Problem::outside_scope(known.division));
        if !self.actor.reaches(&known.division) {
            return Err(outside());
        }
        let row = facts.settlements().settlement(known.city, known.id).ok_or_else(outside)?;
        let holds = facts.settlements().holds(row.city, row.id);
        // Written by this program, or by a newer one whose parts this one must not touch; and its funds are locked.
        let kept = serde_json::from_str(&row.bill).ok().zip(split_of(row));
        let locked = |hold: &SettlementHoldRow| facts.fund(row.city, hold.fund).is_some();
        match kept.filter(|_| holds.iter().all(locked)) {
            Some((bill, split)) => Ok(Standing { row, bill, split, holds }),
            None => Err(changed_meanwhile()),
        }
    }

    /// Refused by a rule: recorded, final for its key, and nothing else changes.
    pub fn refuse(&self, facts: &Facts, verb: &'static str, problem: Problem) -> Ruling {
        refuse(facts, (&self.actor, &self.context, self.leaf), Some(self.row.id), verb, problem)
    }

    /// Done: the settlement as it is now, with what its funds moved.
    pub fn done(
        &self,
        facts: &Facts,
        standing: &Standing,
        state: SettlementState,
        split: &Split,
        said: Said,
        postings: Postings,
    ) -> Ruling {
        let mut rows = Rows::default();
        let row = step(standing.row, state, split, said, &self.actor, &mut rows);
        let leaf = leaf(facts, &self.actor, self.leaf, &row, split, &rows, postings.entries());
        let answer = changed(&row, split, facts, &leaf);
        postings.into_rows(&mut rows);
        // Whether it was cancelled or its message reversed, it does not stand any more: that is told once.
        let ended = row.state != SettlementState::Settled && standing.row.state == SettlementState::Settled;
        rows.events.extend(ended.then(|| told_of(&row, HookEvent::SettlementCancelled)));
        rows.settlements.settlements.push(row);
        rows.leaves.push(leaf);
        Ruling::Done(Box::new(rows), Answer::json(200, &answer))
    }

    /// Said again: the settlement as it stands, and nothing changes.
    pub fn as_it_is(&self, facts: &Facts, standing: &Standing) -> Ruling {
        let leaf = repeated(facts, &self.actor, self.leaf, standing.row);
        let answer = changed(standing.row, &standing.split, facts, &leaf);
        Ruling::Done(Box::new(Rows { leaves: vec![leaf], ..Rows::default() }), Answer::json(200, &answer))
    }
}

/// The next version of a settlement, with its event.
pub fn step(
    row: &SettlementRow,
    state: SettlementState,
    split: &Split,
    said: Said,
    actor: &Actor,
    rows: &mut Rows,
) -> SettlementRow {
    let parts = serde_json::to_string(split).unwrap_or_default();
    let row = SettlementRow { state, version: row.version.saturating_add(1), parts, ..row.clone() };
    rows.settlements.events.push(SettlementEventRow {
        city: row.city,
        settlement: row.id,
        version: row.version,
        kind: said.kind,
        payer: said.payer,
        status: said.status,
        amount: said.amount,
        reference: said.reference,
        reason: said.reason,
        parts: row.parts.clone(),
        officer: actor.subject.clone(),
    });
    row
}

/// What hooks are told of a settlement: what the bill comes to, and nothing of the patient.
pub fn told_of(row: &SettlementRow, kind: HookEvent) -> Event {
    Event {
        city: row.city,
        division: row.division,
        kind,
        id: row.id.uuid(),
        subject: row.id.uuid(),
        case: None,
        version: row.version,
        amounts: vec![("total_fen", row.total)],
    }
}

/// The leaf of a change whose event stands last among the rows.
fn leaf(
    facts: &Facts,
    actor: &Actor,
    id: LeafId,
    row: &SettlementRow,
    split: &Split,
    rows: &Rows,
    entries: Vec<(FundId, Account, Account, Fen)>,
) -> Leaf {
    let event = rows.settlements.events.last();
    let said = Changed {
        amount_fen: event.and_then(|event| event.amount),
        entries,
        parts: told(split),
        payer: event.and_then(|event| event.payer),
        reference: event.and_then(|event| event.reference.as_deref()),
        settlement_id: row.id,
        state: row.state,
        status: event.and_then(|event| event.status),
        verb: event.map_or(SettlementEventKind::Settled, |event| event.kind),
        version: row.version,
    };
    Leaf::new(row.city, id, facts.now(), actor.subject.as_str(), &said)
}

/// What a leaf tells of a split.
pub fn told(split: &Split) -> Vec<(Payer, Fen, PayerStatus)> {
    split.parts().iter().filter(|part| part.is_told()).map(|part| (part.payer, part.amount, part.status)).collect()
}

/// The leaf of something said again.
pub fn repeated(facts: &Facts, actor: &Actor, leaf: LeafId, row: &SettlementRow) -> Leaf {
    let said = Repeated { settlement_id: row.id, state: row.state };
    Leaf::new(row.city, leaf, facts.now(), actor.subject.as_str(), &said)
}

/// A settlement as a verb leaves it.
pub fn changed(row: &SettlementRow, split: &Split, facts: &Facts, leaf: &Leaf) -> ChangedSettlement {
    let settlement = SettlementAnswer::of(row, split, facts.rules());
    ChangedSettlement { settlement, receipt: EvidenceAnswer { leaf_hash: leaf.hash() } }
}

/// Refused by a rule, of a settlement or of one that was not made.
pub fn refuse(
    facts: &Facts,
    (actor, context, leaf): (&Actor, &Context, LeafId),
    settlement_id: Option<SettlementId>,
    verb: &'static str,
    problem: Problem,
) -> Ruling {
    let said = NotDone { code: problem.code(), settlement_id, verb };
    let leaf = Leaf::new(actor.city(), leaf, facts.now(), actor.subject.as_str(), &said);
    let id = serde_json::to_value(settlement_id).unwrap_or_default();
    let problem = if settlement_id.is_some() { problem.with("settlement_id", id) } else { problem };
    Ruling::Refused(Box::new(Rows { leaves: vec![leaf], ..Rows::default() }), Answer::refusal(&problem, context))
}

/// What is answered when something came between reading and locking.
pub fn changed_meanwhile() -> Ruling {
    Ruling::rejected(Problem::new(Code::Overloaded, "the settlement has changed meanwhile").retry_after(1))
}

/// What is answered when a total would leave its bounds.
pub fn too_much() -> Ruling {
    Ruling::rejected(Problem::new(Code::Conflict, "the totals would leave their bounds"))
}

/// What is answered of a settlement that does not stand any more.
pub fn not_in(state: SettlementState) -> Ruling {
    Ruling::rejected(Problem::new(Code::Conflict, format!("the settlement is {}", state.as_str())))
}
