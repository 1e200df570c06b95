//! What a move decides upon: locked and loaded rows, the clock of the database, and the rules in force.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::actor::Subject;
use crate::book::{
    Answer, CaseRow, ClaimRow, CounterRow, CustodyFacts, FundRow, GoodsRow, HoldRow, HookRow, IncidentRow, Listener, MergeRow,
    OfficerRow, PersonRow, Presence, RecoveredOf, RecoveryRow, ReplayRange, Replayable, Rows, SettlementFacts, SettlementRow,
    Standing, StatementFacts, WaiverRow, WaiverState,
};
use crate::division::{City, Division};
use crate::id::{CaseId, FundId, GoodsId, HookId, IncidentId, RecoveryId, SettlementId, WaiverId};
use crate::money::Fen;
use crate::policy::{Calendar, Cause, FundKind, FundStatus, Policies};
use crate::vault::BlindIndex;

/// The rules as they are at the moment: imported policies, the calendar, the divisions.
#[derive(Debug, Default)]
pub struct Rules {
    /// Every imported version.
    pub policies: Policies,
    /// Working days.
    pub calendar: Calendar,
    /// Known divisions by code.
    pub divisions: BTreeMap<Division, String>,
    /// Active hooks.
    pub hooks: Vec<Listener>,
}

impl Rules {
    /// True when the county of a division is known; streets change faster than tables.
    pub fn knows_county_of(&self, division: &Division) -> bool {
        division.county().is_some_and(|county| self.divisions.contains_key(&county))
    }
}

/// Locked and loaded rows of a batch, and what the moves before this one did to them.
#[derive(Debug)]
pub struct Facts {
    pub(super) now: Timestamp,
    pub(super) rules: Arc<Rules>,
    pub(super) funds: BTreeMap<(City, FundId), FundRow>,
    pub(super) persons: HashMap<(City, BlindIndex), PersonRow>,
    pub(super) officers: HashMap<(City, Subject), OfficerRow>,
    pub(super) counters: HashMap<(City, Division), CounterRow>,
    pub(super) incidents: HashMap<(City, IncidentId), IncidentRow>,
    pub(super) claims: HashMap<(City, BlindIndex), Vec<ClaimRow>>,
    pub(super) countersigns: BTreeSet<(City, [u8; 16])>,
    pub(super) answers: HashMap<(City, [u8; 16]), ([u8; 32], Answer)>,
    pub(super) cases: BTreeMap<(City, CaseId), CaseRow>,
    pub(super) holds: HashMap<(City, CaseId), Vec<HoldRow>>,
    pub(super) overdue: HashMap<(City, Subject), i64>,
    pub(super) granted_for: BTreeSet<(City, IncidentId)>,
    pub(super) goods: BTreeMap<(City, GoodsId), GoodsRow>,
    pub(super) waivers: BTreeMap<(City, WaiverId), WaiverRow>,
    pub(super) standing: HashMap<(City, BlindIndex), Standing>,
    pub(super) roster_versions: HashMap<City, i64>,
    pub(super) custody: CustodyFacts,
    pub(super) recoveries: BTreeMap<(City, RecoveryId), RecoveryRow>,
    pub(super) counted: BTreeSet<(City, RecoveryId, String)>,
    pub(super) paid_from_to: HashMap<(City, RecoveryId), (Timestamp, Timestamp)>,
    pub(super) merges: HashMap<(City, CaseId), Vec<MergeRow>>,
    pub(super) identified: BTreeSet<(City, BlindIndex)>,
    pub(super) hooks: BTreeMap<(City, HookId), HookRow>,
    pub(super) replays: BTreeMap<ReplayRange, Replayable>,
    pub(super) settlements: SettlementFacts,
    pub(super) statements: StatementFacts,
}

impl Facts {
    /// Nothing loaded yet: what tests of the pure core begin with.
    pub fn empty(now: Timestamp, rules: Arc<Rules>) -> Self {
        Self {
            now,
            rules,
            funds: BTreeMap::new(),
            persons: HashMap::new(),
            officers: HashMap::new(),
            counters: HashMap::new(),
            incidents: HashMap::new(),
            claims: HashMap::new(),
            countersigns: BTreeSet::new(),
            answers: HashMap::new(),
            cases: BTreeMap::new(),
            holds: HashMap::new(),
            overdue: HashMap::new(),
            granted_for: BTreeSet::new(),
            goods: BTreeMap::new(),
            waivers: BTreeMap::new(),
            standing: HashMap::new(),
            roster_versions: HashMap::new(),
            custody: CustodyFacts::default(),
            recoveries: BTreeMap::new(),
            counted: BTreeSet::new(),
            paid_from_to: HashMap::new(),
            merges: HashMap::new(),
            identified: BTreeSet::new(),
            hooks: BTreeMap::new(),
            replays: BTreeMap::new(),
            settlements: SettlementFacts::default(),
            statements: StatementFacts::default(),
        }
    }

    /// The database's clock, read after the locks.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// A fund by its id.
    pub fn fund(&self, city: City, id: FundId) -> Option<&FundRow> {
        self.funds.get(&(city, id))
    }

    /// The reserve of a division that is in use.
    pub fn reserve(&self, division: Division) -> Option<&FundRow> {
        self.funds
            .values()
            .find(|fund| fund.division == division && fund.kind == FundKind::StreetReserve && fund.status != FundStatus::Closed)
    }

    /// A person; one never seen before has used nothing.
    pub fn person(&self, city: City, person: BlindIndex) -> PersonRow {
        self.persons.get(&(city, person)).cloned().unwrap_or(PersonRow {
            presence: Presence::New,
            city,
            person,
            year: 0,
            year_granted: Fen::ZERO,
            barred_until: None,
            deceased_on: None,
        })
    }

    /// An officer; one never seen before has used nothing.
    pub fn officer(&self, city: City, officer: &Subject) -> OfficerRow {
        self.officers.get(&(city, officer.clone())).cloned().unwrap_or(OfficerRow {
            presence: Presence::New,
            city,
            officer: officer.clone(),
            day: Date::ZERO,
            day_granted: Fen::ZERO,
        })
    }

    /// The next number of a street and day. Should the clock go back a day, numbers go on under the later one.
    pub fn next_number(&self, street: Division, day: Date) -> CounterRow {
        let city = street.city();
        let new = CounterRow { presence: Presence::New, city, street, day, last: 0 };
        let mut counter = self.counters.get(&(city, street)).cloned().unwrap_or(new);
        counter.last = if counter.day < day { 1 } else { counter.last.saturating_add(1) };
        counter.day = counter.day.max(day);
        counter
    }

    /// An incident.
    pub fn incident(&self, city: City, id: IncidentId) -> Option<&IncidentRow> {
        self.incidents.get(&(city, id))
    }

    /// What a person was helped with before.
    pub fn claims(&self, city: City, person: BlindIndex) -> &[ClaimRow] {
        self.claims.get(&(city, person)).map_or(&[], Vec::as_slice)
    }

    /// The slot that the next claim of a person and cause takes.
    pub fn next_slot(&self, city: City, person: BlindIndex, cause: Cause) -> i16 {
        let taken = self.claims(city, person).iter().filter(|claim| claim.cause == cause).map(|claim| claim.slot).max();
        taken.unwrap_or(0).saturating_add(1)
    }

    /// A case.
    pub fn case(&self, city: City, id: CaseId) -> Option<&CaseRow> {
        self.cases.get(&(city, id))
    }

    /// The open holds of a case.
    pub fn holds(&self, city: City, case: CaseId) -> &[HoldRow] {
        self.holds.get(&(city, case)).map_or(&[], Vec::as_slice)
    }

    /// The cases that wait for a fund's next top-up, in the order of the queue.
    pub fn queue(&self, fund: &FundRow) -> Vec<&CaseRow> {
        let mut queue: Vec<_> =
            self.cases.values().filter(|case| case.city == fund.city && case.fund == fund.id && case.queued.is_some()).collect();
        queue.sort_by_key(|case| case.queue_place);
        queue
    }

    /// The cases of an incident that miss papers.
    pub fn missing_papers(&self, city: City, incident: IncidentId) -> impl Iterator<Item = &CaseRow> {
        self.cases.values().filter(move |case| case.city == city && case.incident == incident && !case.missing.is_empty())
    }

    /// True when a case of an incident was granted.
    pub fn has_grants(&self, city: City, incident: IncidentId) -> bool {
        self.granted_for.contains(&(city, incident))
    }

    /// A promise.
    pub fn waiver(&self, city: City, id: WaiverId) -> Option<&WaiverRow> {
        self.waivers.get(&(city, id))
    }

    /// The open promise of a person, wherever in the city.
    pub fn open_waiver(&self, city: City, person: BlindIndex) -> Option<&WaiverRow> {
        self.waivers.values().find(|row| row.city == city && row.person == person && row.state == WaiverState::Open)
    }

    /// The promise for a visit.
    pub fn waiver_of(&self, city: City, hospital: &str, visit: &str) -> Option<&WaiverRow> {
        self.waivers.values().find(|row| row.city == city && row.hospital == hospital && row.visit_no == visit)
    }

    /// Who stands on the roster, and in which version of it.
    pub fn standing(&self, city: City, person: BlindIndex) -> (i64, Option<&Standing>) {
        (self.roster_versions.get(&city).copied().unwrap_or(0), self.standing.get(&(city, person)))
    }

    /// Goods in a store.
    pub fn goods(&self, city: City, id: GoodsId) -> Option<&GoodsRow> {
        self.goods.get(&(city, id))
    }

    /// How many cases of an officer have overdue papers.
    pub fn overdue(&self, city: City, officer: &Subject) -> u32 {
        let count = self.overdue.get(&(city, officer.clone())).copied().unwrap_or(0);
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Cash boxes.
    pub fn custody(&self) -> &CustodyFacts {
        &self.custody
    }

    /// True when an officer has approved a case of a fund whose money may still be paid in cash.
    pub fn has_approved(&self, fund: &FundRow, officer: &Subject) -> bool {
        let approved = |case: &CaseRow| case.fund == fund.id && case.approver.as_ref() == Some(officer);
        let free = |case: &CaseRow| self.holds(case.city, case.id).iter().any(|hold| hold.payment.is_none());
        self.custody.approves(fund.city, fund.id, officer) || self.cases.values().any(|case| approved(case) && free(case))
    }

    /// Settlements.
    pub fn settlements(&self) -> &SettlementFacts {
        &self.settlements
    }

    /// Statements of banks.
    pub fn statements(&self) -> &StatementFacts {
        &self.statements
    }

    /// A recovery.
    pub fn recovery(&self, city: City, id: RecoveryId) -> Option<&RecoveryRow> {
        self.recoveries.get(&(city, id))
    }

    /// Every recovery of a case.
    pub fn recoveries_of(&self, city: City, case: CaseId) -> impl Iterator<Item = &RecoveryRow> {
        self.recoveries.values().filter(move |recovery| recovery.city == city && recovery.of == RecoveredOf::Case(case))
    }

    /// Every recovery of what a fund bore of a settlement.
    pub fn recoveries_for(&self, city: City, settlement: SettlementId, fund: FundId) -> impl Iterator<Item = &RecoveryRow> {
        let of = RecoveredOf::Settlement(settlement);
        self.recoveries.values().filter(move |recovery| recovery.city == city && recovery.of == of && recovery.fund == fund)
    }

    /// What a fund has paid of a settlement and has back neither from the bank nor by a recovery.
    pub fn cleared_and_not_returned(&self, settlement: &SettlementRow, fund: FundId) -> Fen {
        let cleared = settlement.share_of(fund).map_or(Fen::ZERO, |share| share.cleared);
        let returned = self.recoveries_for(settlement.city, settlement.id, fund).map(|recovery| recovery.to_fund);
        cleared.left_after(Fen::sum(returned).unwrap_or(Fen::new(i64::MAX)))
    }

    /// True when a bank reference was counted before in a recovery.
    pub fn is_counted(&self, city: City, recovery: RecoveryId, reference: &str) -> bool {
        self.counted.contains(&(city, recovery, reference.to_owned()))
    }

    /// Every recovery of a debtor.
    pub fn recoveries_by(&self, city: City, debtor: BlindIndex) -> impl Iterator<Item = &RecoveryRow> {
        self.recoveries.values().filter(move |recovery| recovery.city == city && recovery.debtor == debtor)
    }

    /// When the case of a recovery was paid first and last.
    pub fn paid_from_to(&self, city: City, recovery: RecoveryId) -> Option<(Timestamp, Timestamp)> {
        self.paid_from_to.get(&(city, recovery)).copied()
    }

    /// What was paid of a case and stands: the part of its grant that is neither queued nor held.
    pub fn paid(&self, case: &CaseRow) -> Fen {
        let held = self.holds(case.city, case.id).iter().map(|hold| hold.amount);
        Fen::sum(held).map_or(Fen::ZERO, |held| case.granted.left_after(case.queued).left_after(held))
    }

    /// What was paid of a case and has come back to its fund by none of its recoveries.
    pub fn paid_and_not_returned(&self, case: &CaseRow) -> Fen {
        let returned = Fen::sum(self.recoveries_of(case.city, case.id).map(|recovery| recovery.to_fund));
        self.paid(case).left_after(returned.unwrap_or(Fen::new(i64::MAX)))
    }

    /// Who the people of a case were taken for, in the order it happened.
    pub fn merges(&self, city: City, case: CaseId) -> &[MergeRow] {
        self.merges.get(&(city, case)).map_or(&[], Vec::as_slice)
    }

    /// True for a temporary identity that is known to be somebody else by now.
    pub fn is_identified(&self, city: City, person: BlindIndex) -> bool {
        self.identified.contains(&(city, person))
    }

    /// A hook.
    pub fn hook(&self, city: City, id: HookId) -> Option<&HookRow> {
        self.hooks.get(&(city, id))
    }

    /// What there is to be sent again of a range.
    pub fn replayable(&self, range: &ReplayRange) -> Replayable {
        self.replays.get(range).cloned().unwrap_or_default()
    }

    /// True when a countersign was used before.
    pub fn is_spent(&self, city: City, token: [u8; 16]) -> bool {
        self.countersigns.contains(&(city, token))
    }

    /// Takes in what a move did, so that the next one sees it.
    pub fn apply(&mut self, rows: &Rows) {
        for fund in rows.funds.iter().chain(&rows.fund_settings) {
            self.funds.insert((fund.city, fund.id), fund.clone());
        }
        for person in rows.person.iter().chain(&rows.former) {
            self.persons.insert((person.city, person.person), person.clone());
        }
        if let Some(officer) = &rows.officer {
            self.officers.insert((officer.city, officer.officer.clone()), officer.clone());
        }
        if let Some(counter) = &rows.counter {
            self.counters.insert((counter.city, counter.street), counter.clone());
        }
        if let Some(incident) = &rows.incident {
            self.incidents.insert((incident.city, incident.id), incident.clone());
        }
        for claim in &rows.claims {
            self.claims.entry((claim.city, claim.person)).or_default().push(claim.clone());
        }
        for case in &rows.cases {
            self.cases.insert((case.city, case.id), case.clone());
        }
        self.granted_for.extend(rows.cases.iter().filter(|case| case.granted.is_some()).map(|case| (case.city, case.incident)));
        for end in &rows.resolved {
            self.holds.entry((end.city, end.case)).or_default().retain(|hold| hold.id != end.id);
        }
        for hold in &rows.holds {
            self.holds.entry((hold.city, hold.case)).or_default().push(hold.clone());
        }
        for waiver in &rows.waivers {
            self.waivers.insert((waiver.city, waiver.id), waiver.clone());
        }
        for goods in &rows.goods {
            self.goods.insert((goods.city, goods.id), goods.clone());
        }
        self.custody.apply(rows);
        self.settlements.apply(rows);
        self.statements.apply(&rows.statements);
        for recovery in &rows.recoveries {
            self.recoveries.insert((recovery.city, recovery.id), recovery.clone());
        }
        let receipts = rows.receipts.iter().map(|row| (row.city, row.recovery, row.reference.clone()));
        self.counted.extend(receipts.chain(rows.refunds.iter().map(|row| (row.city, row.recovery, row.reference.clone()))));
        self.hooks.extend(rows.hooks.iter().map(|row| ((row.city, row.id), row.clone())));
        self.countersigns.extend(rows.countersign);
        for merge in &rows.merges {
            // An identity whose merge is taken back in this very batch stays refused for the rest of it: the two came at once.
            self.identified.extend(merge.undoes.is_none().then_some((merge.city, merge.from)));
            self.merges.entry((merge.city, merge.case)).or_default().push(merge.clone());
        }
    }
}
