//! The database of a game: rows as they would be stored, and everything that must hold of them, derived anew each time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use jiujinan::actor::Subject;
use jiujinan::book::{
    Account, CaseRow, ClaimRow, CounterRow, EntryRow, Facts, FundRow, HoldRow, IncidentRow, OfficerRow, PersonRow, Presence, Rows,
};
use jiujinan::division::{City, Division};
use jiujinan::id::{FundId, IncidentId};
use jiujinan::money::Fen;
use jiujinan::vault::BlindIndex;

use crate::model::naive::{FUND_DAY, OFFICER_DAY, PERSON_YEAR};

#[derive(Default)]
pub struct Ledger {
    pub funds: BTreeMap<FundId, FundRow>,
    pub persons: HashMap<BlindIndex, PersonRow>,
    officers: HashMap<Subject, OfficerRow>,
    counters: HashMap<Division, CounterRow>,
    incidents: BTreeMap<IncidentId, IncidentRow>,
    entries: Vec<EntryRow>,
    holds: Vec<HoldRow>,
    cases: Vec<CaseRow>,
    claims: Vec<ClaimRow>,
    countersigns: BTreeSet<(City, [u8; 16])>,
    /// What the running batch updates; written at its end.
    batch: Vec<Rows>,
}

/// Stores a row as the database would: an insert of what is there is a violated key, an update of what is not is lost.
macro_rules! store {
    ($table:expr, $rows:expr, $key:expr) => {
        for row in $rows {
            let key = $key(&row);
            assert_eq!(row.presence == Presence::Stored, $table.contains_key(&key), "{row:?}");
            let mut row = row;
            row.presence = Presence::Stored;
            $table.insert(key, row);
        }
    };
}

impl Ledger {
    /// Facts as they would be loaded.
    pub fn load(&self, facts: &mut Facts) {
        for fund in self.funds.values() {
            facts.apply(&Rows { funds: vec![fund.clone()], ..Rows::default() });
        }
        for person in self.persons.values() {
            facts.apply(&Rows { person: Some(person.clone()), ..Rows::default() });
        }
        for officer in self.officers.values() {
            facts.apply(&Rows { officer: Some(officer.clone()), ..Rows::default() });
        }
        for counter in self.counters.values() {
            facts.apply(&Rows { counter: Some(counter.clone()), ..Rows::default() });
        }
        for incident in self.incidents.values() {
            facts.apply(&Rows { incident: Some(incident.clone()), ..Rows::default() });
        }
        for countersign in &self.countersigns {
            facts.apply(&Rows { countersign: Some(*countersign), ..Rows::default() });
        }
        facts.apply(&Rows { claims: self.claims.clone(), ..Rows::default() });
    }

    /// The rows of one more move of the batch.
    pub fn take(&mut self, rows: Rows) {
        self.check_grant(&rows);
        self.entries.extend(rows.entries.iter().cloned());
        self.holds.extend(rows.holds.iter().cloned());
        self.claims.extend(rows.claims.iter().cloned());
        self.cases.extend(rows.cases.iter().cloned());
        for countersign in rows.countersign.iter().copied() {
            assert!(self.countersigns.insert(countersign), "a countersign is used once");
        }
        self.batch.push(rows);
    }

    /// Writes the last state of every row of the batch.
    pub fn commit(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        let funds: BTreeMap<_, _> =
            batch.iter().flat_map(|rows| rows.funds.iter().chain(&rows.fund_settings)).map(|row| (row.id, row.clone())).collect();
        let persons: BTreeMap<_, _> = batch.iter().flat_map(|rows| &rows.person).map(|row| (row.person, row.clone())).collect();
        let officers: BTreeMap<_, _> =
            batch.iter().flat_map(|rows| &rows.officer).map(|row| (row.officer.clone(), row.clone())).collect();
        let counters: BTreeMap<_, _> = batch.iter().flat_map(|rows| &rows.counter).map(|row| (row.street, row.clone())).collect();
        let incidents: BTreeMap<_, _> = batch.iter().flat_map(|rows| &rows.incident).map(|row| (row.id, row.clone())).collect();
        store!(self.funds, funds.into_values(), |row: &FundRow| row.id);
        store!(self.persons, persons.into_values(), |row: &PersonRow| row.person);
        store!(self.officers, officers.into_values(), |row: &OfficerRow| row.officer.clone());
        store!(self.counters, counters.into_values(), |row: &CounterRow| row.street);
        store!(self.incidents, incidents.into_values(), |row: &IncidentRow| row.id);
    }

    /// How much money has moved: a refusal leaves it as it is.
    pub fn money(&self) -> (usize, usize, usize) {
        (self.entries.len(), self.holds.len(), self.claims.len())
    }

    /// No cap is exceeded at the moment of a grant, summed over all cases there are.
    fn check_grant(&self, rows: &Rows) {
        let Some(case) = rows.cases.first().filter(|case| case.granted > Fen::ZERO) else { return };
        let fund = rows.funds.first().expect("a grant changes its fund");
        let sum = |of: &dyn Fn(&CaseRow) -> bool| -> i64 {
            self.cases.iter().chain([case]).filter(|case| of(case)).map(|case| case.granted.get()).sum()
        };
        let year = |day: Date| day.year();
        let lowest = |cap: i64, own: Option<Fen>| own.map_or(cap, |own| own.get().min(cap));
        let limits = fund.limits;
        let person_year = sum(&|other| other.person == case.person && year(other.day) == year(case.day));
        assert!(person_year <= lowest(PERSON_YEAR, limits.person_year), "the year of a person");
        let officer_day = sum(&|other| other.handler == case.handler && other.day == case.day);
        assert!(officer_day <= lowest(OFFICER_DAY, limits.officer_day), "the day of an officer");
        let fund_day = sum(&|other| other.fund == case.fund && other.day == case.day);
        assert!(fund_day <= lowest(FUND_DAY, limits.fund_day), "the day of a fund");
        assert!(case.granted <= case.requested && limits.case.is_none_or(|cap| case.granted <= cap));
        assert_ne!(case.approver.as_ref(), Some(&case.handler), "nobody decides their own");
        let moved: i64 = rows.entries.iter().map(|entry| entry.amount.get()).sum();
        assert_eq!(moved, case.granted.get(), "a case moves what it grants");
        let held: i64 = rows.holds.iter().map(|hold| hold.amount.get()).sum();
        let to_held: i64 =
            rows.entries.iter().filter(|entry| entry.credit == Account::Held).map(|entry| entry.amount.get()).sum();
        assert_eq!(held, to_held, "what is held has a hold");
        assert!(rows.claims.iter().any(|claim| claim.person == case.person), "a grant has its applicant's claim");
        assert!(rows.person.is_some() && rows.officer.is_some(), "usage is counted");
    }

    /// Everything that must always hold, from the rows alone.
    pub fn check(&self, facts: &Facts) {
        for (id, stored) in &self.funds {
            let fund = facts.fund(stored.city, *id).unwrap_or(stored);
            let entries: Vec<&EntryRow> = self.entries.iter().filter(|entry| entry.fund == *id).collect();
            check_entries(fund, &entries);
            let (credited, held, paid) = (fund.credited.get(), fund.held.get(), fund.paid.get());
            assert!(paid + held + fund.floor.get() <= credited || paid + held == 0, "a fund keeps its floor: {fund:?}");
            assert!(paid + held <= credited && held >= 0 && paid >= 0, "a fund is never overspent: {fund:?}");
            let open: i64 = self.holds.iter().filter(|hold| hold.fund == *id).map(|hold| hold.amount.get()).sum();
            assert_eq!(held, open, "held equals the open holds");
        }
        let mut slots = BTreeSet::new();
        let mut incidents = BTreeSet::new();
        for claim in &self.claims {
            assert!(slots.insert((claim.person, claim.cause, claim.slot)), "a slot is taken once: {claim:?}");
            assert!(incidents.insert((claim.person, claim.incident)), "a person is helped once an incident: {claim:?}");
        }
        let numbers: BTreeSet<_> = self.cases.iter().map(|case| (case.street, case.day, case.ordinal)).collect();
        assert_eq!(numbers.len(), self.cases.len(), "case numbers are unique");
    }
}

/// Totals follow from the entries, versions have no gaps, every entry says the totals after it.
fn check_entries(fund: &FundRow, entries: &[&EntryRow]) {
    let mut totals = [0; 3];
    let mut version = 0;
    for entry in entries {
        if entry.ordinal == 0 {
            version += 1;
        }
        assert_eq!(entry.version, version, "versions have no gaps");
        assert!(entry.amount > Fen::ZERO && entry.debit != entry.credit, "an entry moves money: {entry:?}");
        let amount = entry.amount.get();
        for (account, by) in [(entry.debit, -amount), (entry.credit, amount)] {
            match account {
                Account::Treasury => totals[0] -= by,
                Account::Held => totals[1] += by,
                Account::Paid => totals[2] += by,
                _ => {}
            }
        }
        assert_eq!([entry.credited.get(), entry.held.get(), entry.paid.get()], totals, "an entry carries the totals after it");
    }
    assert_eq!([fund.credited.get(), fund.held.get(), fund.paid.get()], totals, "totals equal the sums of the entries");
    assert_eq!(fund.version, version, "a fund's version is that of its last entry");
}
