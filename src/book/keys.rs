//! What a move needs to have locked and loaded before it decides.

use std::collections::BTreeSet;

use crate::actor::Subject;
use crate::book::ReplayRange;
use crate::book::custody::CustodyKeys;
use crate::book::statement_rows::StatementKeys;
use crate::division::{City, Division};
use crate::id::{
    CaseId, ClearingId, DifferenceId, FundId, GoodsId, HookId, IncidentId, PaymentId, RecoveryId, SettlementId, ShiftId, WaiverId,
};
use crate::vault::BlindIndex;

/// The keys of a batch, sorted, each once.
#[derive(Debug, Default)]
pub struct Keys {
    pub(super) persons: BTreeSet<(City, BlindIndex)>,
    pub(super) officers: BTreeSet<(City, Subject)>,
    pub(super) funds: BTreeSet<(City, FundId)>,
    pub(super) reserves: BTreeSet<(City, Division)>,
    pub(super) incidents: BTreeSet<(City, IncidentId)>,
    pub(super) counters: BTreeSet<(City, Division)>,
    pub(super) answers: BTreeSet<(City, [u8; 16])>,
    pub(super) claims: BTreeSet<(City, BlindIndex)>,
    pub(super) countersigns: BTreeSet<(City, [u8; 16])>,
    pub(super) cases: BTreeSet<(City, CaseId)>,
    pub(super) queues: BTreeSet<(City, FundId)>,
    pub(super) papers_of: BTreeSet<(City, IncidentId)>,
    pub(super) overdue: BTreeSet<(City, Subject)>,
    pub(super) goods: BTreeSet<(City, GoodsId)>,
    pub(super) waivers: BTreeSet<(City, WaiverId)>,
    /// Person, hospital, visit.
    pub(super) admissions: BTreeSet<(City, (BlindIndex, String, String))>,
    pub(super) custody: CustodyKeys,
    pub(super) recoveries: BTreeSet<(City, RecoveryId)>,
    pub(super) recoveries_of: BTreeSet<(City, CaseId)>,
    pub(super) recoveries_for: BTreeSet<(City, SettlementId)>,
    pub(super) recoveries_by: BTreeSet<(City, BlindIndex)>,
    pub(super) references: BTreeSet<(City, RecoveryId, String)>,
    pub(super) merges: BTreeSet<(City, CaseId)>,
    pub(super) identified: BTreeSet<(City, BlindIndex)>,
    pub(super) hooks: BTreeSet<(City, HookId)>,
    pub(super) replays: BTreeSet<ReplayRange>,
    pub(super) settlements: BTreeSet<(City, SettlementId)>,
    pub(super) messages: BTreeSet<(City, String, String)>,
    /// People whose bills of the year count.
    pub(super) bills_of: BTreeSet<(City, BlindIndex)>,
    pub(super) clearings: BTreeSet<(City, ClearingId)>,
    pub(super) statements: StatementKeys,
}

impl Keys {
    /// A person whose usage counts.
    pub fn person(&mut self, city: City, person: BlindIndex) {
        self.persons.insert((city, person));
    }

    /// Whatever a person was helped with before.
    pub fn claims(&mut self, city: City, person: BlindIndex) {
        self.claims.insert((city, person));
    }

    /// An officer whose usage counts.
    pub fn officer(&mut self, city: City, officer: &Subject) {
        self.officers.insert((city, officer.clone()));
    }

    /// A fund by its id.
    pub fn fund(&mut self, city: City, fund: FundId) {
        self.funds.insert((city, fund));
    }

    /// The reserve of a division.
    pub fn reserve(&mut self, division: Division) {
        self.reserves.insert((division.city(), division));
    }

    /// An incident.
    pub fn incident(&mut self, city: City, incident: IncidentId) {
        self.incidents.insert((city, incident));
    }

    /// A countersign that may have been used before.
    pub fn countersign(&mut self, city: City, token: [u8; 16]) {
        self.countersigns.insert((city, token));
    }

    /// The counter that numbers the cases of a street.
    pub fn counter(&mut self, street: Division) {
        self.counters.insert((street.city(), street));
    }

    /// A case, with its open holds.
    pub fn case(&mut self, city: City, case: CaseId) {
        self.cases.insert((city, case));
    }

    /// The cases that wait for the next top-up of a fund, with their open holds.
    pub fn queue(&mut self, city: City, fund: FundId) {
        self.queues.insert((city, fund));
    }

    /// The cases of an incident that miss papers.
    pub fn papers_of(&mut self, city: City, incident: IncidentId) {
        self.papers_of.insert((city, incident));
    }

    /// How many cases of an officer have overdue papers.
    pub fn overdue(&mut self, city: City, officer: &Subject) {
        self.overdue.insert((city, officer.clone()));
    }

    /// A promise.
    pub fn waiver(&mut self, city: City, waiver: WaiverId) {
        self.waivers.insert((city, waiver));
    }

    /// Somebody who is to be admitted for a visit: what the roster says, and the promises there are.
    pub fn admission(&mut self, city: City, person: BlindIndex, hospital: &str, visit: &str) {
        self.admissions.insert((city, (person, hospital.to_owned(), visit.to_owned())));
    }

    /// Goods in a store.
    pub fn goods(&mut self, city: City, goods: GoodsId) {
        self.goods.insert((city, goods));
    }

    /// A cash box that an officer wants to open: its last shift, and what that officer holds and has approved. Its fund (none: the
    /// street's reserve) is locked by who asks.
    pub fn cash_box(&mut self, street: Division, fund: Option<FundId>, officer: &Subject) {
        self.custody.boxes.insert((street.city(), (street, fund, officer.clone())));
    }

    /// A shift with the cash paid in it. Its fund is locked by who asks.
    pub fn shift(&mut self, city: City, shift: ShiftId) {
        self.custody.shifts.insert((city, shift));
    }

    /// A difference with the last shift of its box. Its fund is locked by who asks.
    pub fn difference(&mut self, city: City, difference: DifferenceId) {
        self.custody.differences.insert((city, difference));
    }

    /// The signatures added to a cash payment.
    pub fn signature(&mut self, city: City, payment: PaymentId) {
        self.custody.signatures.insert((city, payment));
    }

    /// A recovery, and when its case was paid first and last.
    pub fn recovery(&mut self, city: City, recovery: RecoveryId) {
        self.recoveries.insert((city, recovery));
    }

    /// Every recovery of a case, which is locked itself so that no other joins them meanwhile.
    pub fn recoveries_of(&mut self, city: City, case: CaseId) {
        self.case(city, case);
        self.recoveries_of.insert((city, case));
    }

    /// Every recovery of a settlement, which is locked itself so that no other joins them meanwhile.
    pub fn recoveries_for(&mut self, city: City, settlement: SettlementId) {
        self.settlement(city, settlement);
        self.recoveries_for.insert((city, settlement));
    }

    /// Every recovery of a debtor, who is locked so that no other joins them meanwhile.
    pub fn recoveries_by(&mut self, city: City, debtor: BlindIndex) {
        self.person(city, debtor);
        self.recoveries_by.insert((city, debtor));
    }

    /// Whether a bank reference was counted before in a recovery that is locked.
    pub fn reference(&mut self, city: City, recovery: RecoveryId, reference: &str) {
        self.references.insert((city, recovery, reference.to_owned()));
    }

    /// Who the people of a case were taken for.
    pub fn merges(&mut self, city: City, case: CaseId) {
        self.merges.insert((city, case));
    }

    /// Whether a temporary identity is known to be somebody else by now.
    pub fn identified(&mut self, city: City, person: BlindIndex) {
        self.identified.insert((city, person));
    }

    /// A hook.
    pub fn hook(&mut self, city: City, hook: HookId) {
        self.hooks.insert((city, hook));
    }

    /// Deliveries of a hook that are to be sent again.
    pub fn replay(&mut self, range: ReplayRange) {
        self.hook(range.city, range.hook);
        self.replays.insert(range);
    }

    /// A settlement, with its open holds. Its funds are locked by who asks.
    pub fn settlement(&mut self, city: City, settlement: SettlementId) {
        self.settlements.insert((city, settlement));
    }

    /// A clearing. Its fund and its settlements are locked by who asks.
    pub fn clearing(&mut self, city: City, clearing: ClearingId) {
        self.clearings.insert((city, clearing));
    }

    /// What stands of the bills of a person. Whoever counts what a fund bears of them locks the fund.
    pub fn bills_of(&mut self, city: City, person: BlindIndex) {
        self.bills_of.insert((city, person));
    }

    /// What became of a hospital's message.
    pub fn message(&mut self, city: City, hospital: &str, message: &str) {
        self.messages.insert((city, hospital.to_owned(), message.to_owned()));
    }

    /// True when cases must be locked.
    pub(super) fn locks_cases(&self) -> bool {
        !(self.cases.is_empty() && self.queues.is_empty() && self.papers_of.is_empty())
    }

    pub(super) fn answer(&mut self, city: City, key: [u8; 16]) {
        self.answers.insert((city, key));
    }
}
