//! What a batch comes to: the rulings of its moves, and the rows of all of them together.

use std::collections::BTreeMap;

use crate::actor::Subject;
use crate::audit::Leaf;
use crate::book::{
    AlarmRow, Answer, CancellationRow, CaseRow, CashTransferRow, ClaimRow, ClearingRow, CounterRow, DeliveryRow, DifferenceRow,
    EntryRow, FundRow, GoodsMoveRow, GoodsRow, HoldEnd, HoldRow, HookRow, IncidentRow, InstructionEnd, InstructionRow, MergeRow,
    MessageRow, NoteRow, OfficerRow, PaperRow, PersonRow, Presence, ReceiptRow, RecoveryRow, ReferralRow, RefundRow, Replay,
    Rows, SettlementEventRow, SettlementHoldEnd, SettlementHoldRow, SettlementRow, SettlementRows, ShiftRow, SignatureRow,
    StatementRows, WaiverRow, WriteOffRow,
};
use crate::division::{City, Division};
use crate::http::Problem;
use crate::id::{
    CaseId, ClearingId, DifferenceId, FundId, GoodsId, HoldId, HookId, IncidentId, RecoveryId, SettlementId, ShiftId, WaiverId,
};
use crate::vault::BlindIndex;

/// What one caller gets.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The answer, and whether it was given before.
    Answered(Answer, Replayed),
    /// Not decided.
    Rejected(Box<Problem>),
}

/// Whether an answer was given before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// Now for the first time.
    No,
    /// Under the same key.
    Yes,
}

/// An answer with its key.
#[derive(Debug)]
pub struct AnswerRow {
    pub city: City,
    pub key: [u8; 16],
    pub fingerprint: [u8; 32],
    pub answer: Answer,
}

/// The rows of a batch: inserts in order, the last state of what is updated.
#[derive(Debug, Default)]
pub struct Batch {
    pub answers: Vec<AnswerRow>,
    pub funds: BTreeMap<(City, FundId), FundRow>,
    pub fund_settings: BTreeMap<(City, FundId), FundRow>,
    pub persons: BTreeMap<(City, BlindIndex), PersonRow>,
    pub officers: BTreeMap<(City, Subject), OfficerRow>,
    pub counters: BTreeMap<(City, Division), CounterRow>,
    pub incidents: BTreeMap<(City, IncidentId), IncidentRow>,
    pub entries: Vec<EntryRow>,
    pub cases: BTreeMap<(City, CaseId), CaseRow>,
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
    pub waivers: BTreeMap<(City, WaiverId), WaiverRow>,
    pub goods: BTreeMap<(City, GoodsId), GoodsRow>,
    pub goods_moves: Vec<GoodsMoveRow>,
    pub shifts: BTreeMap<(City, ShiftId), ShiftRow>,
    pub cash_transfers: Vec<CashTransferRow>,
    pub differences: BTreeMap<(City, DifferenceId), DifferenceRow>,
    pub cash_signatures: Vec<SignatureRow>,
    pub recoveries: BTreeMap<(City, RecoveryId), RecoveryRow>,
    pub receipts: Vec<ReceiptRow>,
    pub write_offs: Vec<WriteOffRow>,
    pub refunds: Vec<RefundRow>,
    pub cancellations: Vec<CancellationRow>,
    pub hooks: BTreeMap<(City, HookId), HookRow>,
    pub replays: Vec<Replay>,
    pub deliveries: Vec<DeliveryRow>,
    pub settlements: BTreeMap<(City, SettlementId), SettlementRow>,
    pub messages: Vec<MessageRow>,
    pub settlement_events: Vec<SettlementEventRow>,
    pub settlement_holds: Vec<SettlementHoldRow>,
    pub settlement_ends: Vec<SettlementHoldEnd>,
    /// The clearings that holds are under in the end.
    pub settlement_ties: BTreeMap<(City, HoldId), Option<ClearingId>>,
    pub clearings: BTreeMap<(City, ClearingId), ClearingRow>,
    pub statements: StatementRows,
    pub countersigns: Vec<(City, [u8; 16])>,
    pub leaves: Vec<Leaf>,
}

impl Batch {
    /// Takes in the rows of one more move.
    pub fn add(&mut self, rows: Rows) {
        for fund in rows.funds {
            if let Some(settings) = self.fund_settings.get_mut(&(fund.city, fund.id)) {
                *settings = fund;
            } else {
                self.funds.insert((fund.city, fund.id), fund);
            }
        }
        if let Some(fund) = rows.fund_settings {
            self.funds.remove(&(fund.city, fund.id));
            self.fund_settings.insert((fund.city, fund.id), fund);
        }
        self.persons.extend(rows.person.into_iter().chain(rows.former).map(|row| ((row.city, row.person), row)));
        self.officers.extend(rows.officer.map(|row| ((row.city, row.officer.clone()), row)));
        self.counters.extend(rows.counter.map(|row| ((row.city, row.street), row)));
        self.incidents.extend(rows.incident.map(|row| ((row.city, row.id), row)));
        self.entries.extend(rows.entries);
        self.cases.extend(rows.cases.into_iter().map(|row| ((row.city, row.id), row)));
        self.claims.extend(rows.claims);
        self.holds.extend(rows.holds);
        self.resolved.extend(rows.resolved);
        self.notes.extend(rows.notes);
        self.papers.extend(rows.papers);
        self.referrals.extend(rows.referrals);
        self.merges.extend(rows.merges);
        self.alarms.extend(rows.alarms);
        self.instructions.extend(rows.instructions);
        self.instruction_ends.extend(rows.instruction_ends);
        self.waivers.extend(rows.waivers.into_iter().map(|row| ((row.city, row.id), row)));
        self.goods.extend(rows.goods.into_iter().map(|row| ((row.city, row.id), row)));
        self.goods_moves.extend(rows.goods_moves);
        self.shifts.extend(rows.custody.shifts.into_iter().map(|row| ((row.city, row.id), row)));
        self.cash_transfers.extend(rows.custody.transfers);
        self.differences.extend(rows.custody.differences.into_iter().map(|row| ((row.city, row.id), row)));
        self.cash_signatures.extend(rows.custody.signatures);
        self.recoveries.extend(rows.recoveries.into_iter().map(|row| ((row.city, row.id), row)));
        self.receipts.extend(rows.receipts);
        self.write_offs.extend(rows.write_offs);
        self.refunds.extend(rows.refunds);
        self.cancellations.extend(rows.cancellations);
        self.hooks.extend(rows.hooks.into_iter().map(|row| ((row.city, row.id), row)));
        self.replays.extend(rows.replays);
        self.deliveries.extend(rows.deliveries);
        self.add_settlements(rows.settlements);
        self.statements.matches.extend(rows.statements.matches);
        self.statements.bookings.extend(rows.statements.bookings);
        self.countersigns.extend(rows.countersign);
        self.leaves.extend(rows.leaves);
    }

    fn add_settlements(&mut self, rows: SettlementRows) {
        for mut row in rows.settlements {
            // Made in this very batch and changed in it: it is inserted as it is at the end.
            if self.settlements.get(&(row.city, row.id)).is_some_and(|known| known.presence == Presence::New) {
                row.presence = Presence::New;
            }
            self.settlements.insert((row.city, row.id), row);
        }
        self.messages.extend(rows.messages);
        self.settlement_events.extend(rows.events);
        self.settlement_holds.extend(rows.holds);
        self.settlement_ends.extend(rows.resolved);
        self.settlement_ties.extend(rows.tied.into_iter().map(|tie| ((tie.city, tie.id), tie.clearing)));
        for mut row in rows.clearings {
            if self.clearings.get(&(row.city, row.id)).is_some_and(|known| known.presence == Presence::New) {
                row.presence = Presence::New;
            }
            self.clearings.insert((row.city, row.id), row);
        }
    }

    /// Sorts what may collide with another server, so that two of them never wait for each other in a circle.
    pub fn sort(&mut self) {
        self.answers.sort_by_key(|row| (row.city, row.key));
        self.claims.sort_by_key(|row| (row.city, row.person, row.cause, row.slot));
        self.countersigns.sort_unstable();
        self.statements.matches.sort_by_key(|row| (row.city, row.movement));
        self.messages.sort_by(|one, other| (&one.message, &one.hospital).cmp(&(&other.message, &other.hospital)));
    }

    /// True when there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.leaves.is_empty() && self.fund_settings.is_empty()
    }
}
