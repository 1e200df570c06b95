//! A part of a grant given back: to the fund, and to the windows of the limits it was taken from.

use crate::book::{CaseRow, Facts, FundRow, OfficerRow, PersonRow};
use crate::money::Fen;

/// A case that is left without money owes no papers.
pub fn owe_no_papers(case: &mut CaseRow) {
    if !case.granted.is_some() {
        case.missing.clear();
        (case.completion_due, case.completion_due_provisional) = (None, false);
    }
}

/// Lowers the grant of a case, and the usage of the year, day and fund it counted in. A window that is over keeps its usage: nothing is
/// compared with it any more.
pub fn give_back(facts: &Facts, case: &mut CaseRow, fund: &mut FundRow, amount: Fen) -> (Option<PersonRow>, Option<OfficerRow>) {
    case.granted = case.granted.left_after(amount);
    let Some(day) = case.granted_on else { return (None, None) };
    if fund.day == day {
        fund.day_granted = fund.day_granted.left_after(amount);
    }
    let mut person = facts.person(case.city, case.person);
    let mut officer = facts.officer(case.city, &case.handler);
    let (in_year, on_day) = (person.year == day.year(), officer.day == day);
    person.year_granted = person.year_granted.left_after(amount);
    officer.day_granted = officer.day_granted.left_after(amount);
    (Some(person).filter(|_| in_year), Some(officer).filter(|_| on_day))
}
