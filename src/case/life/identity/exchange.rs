//! One person of a case takes the place of another: in its index, among its sealed people, in the usage of the year.

use std::sync::Arc;

use jiff::civil::Date;

use crate::book::{CaseRow, ClaimRow, Facts, MergeRow, PersonRow};
use crate::case::life::change::Change;
use crate::case::life::identity::findings::Identified;
use crate::case::party;
use crate::money::Fen;
use crate::number::CaseNumber;
use crate::vault::BlindIndex;

/// Puts one person in the place of another, and returns the sealed party that was put away. `None` when the case holds no such person
/// or place, or when a sum would leave 64 bits.
pub fn exchange(change: &mut Change, facts: &Facts, who: Identified, place: i16, sealed: &[u8]) -> Option<Arc<[u8]>> {
    let case = &mut change.case;
    let replaced = party::replace(&case.parties, usize::try_from(place).ok()?, sealed)?;
    case.parties = replaced.parties.into();
    if case.person == who.from {
        case.person = who.to;
        let (day, granted) = (case.granted_on, case.granted);
        if let Some(day) = day.filter(|_| granted.is_some()) {
            // What the move gave back before is counted already.
            let from = change.rows.person.take().unwrap_or_else(|| facts.person(change.case.city, who.from));
            let (from, to) = move_usage(from, facts.person(change.case.city, who.to), day, granted)?;
            (change.rows.person, change.rows.former) = (Some(to), Some(from));
        }
    } else {
        *case.members.iter_mut().find(|member| **member == who.from)? = who.to;
    }
    Some(replaced.put_away.into())
}

/// A bar goes with the person: what the temporary identity was barred for, the real person is barred for. Returns the bar before, and the
/// one that was carried, where it lasts longer.
pub fn carry_bar(change: &mut Change, facts: &Facts, who: Identified) -> (Option<Date>, Option<Date>) {
    let bar = facts.person(change.case.city, who.from).barred_until;
    let mut real = counted(change, facts, who.to);
    if bar <= real.barred_until {
        return (None, None);
    }
    let before = std::mem::replace(&mut real.barred_until, bar);
    put(change, real);
    (before, bar)
}

/// What was carried is taken back; a bar that was set meanwhile stays.
pub fn take_bar_back(change: &mut Change, facts: &Facts, who: Identified, merge: &MergeRow) {
    let mut real = counted(change, facts, who.from);
    if merge.bar_carried.is_some() && real.barred_until == merge.bar_carried {
        real.barred_until = merge.bar_before;
        put(change, real);
    }
}

/// A person as the move leaves them so far.
fn counted(change: &Change, facts: &Facts, person: BlindIndex) -> PersonRow {
    let changed = change.rows.person.iter().chain(&change.rows.former).find(|row| row.person == person);
    changed.cloned().unwrap_or_else(|| facts.person(change.case.city, person))
}

/// A move changes at most the two persons of a merge, and the applicant: whose row is there is replaced.
fn put(change: &mut Change, row: PersonRow) {
    let place = match &change.rows.person {
        Some(other) if other.person != row.person => &mut change.rows.former,
        Some(_) | None => &mut change.rows.person,
    };
    *place = Some(row);
}

/// What is granted counts in the other person's year. A year that is over counts nothing any more.
fn move_usage(mut from: PersonRow, mut to: PersonRow, day: Date, amount: Fen) -> Option<(PersonRow, PersonRow)> {
    let year = day.year();
    if from.year == year {
        from.year_granted = from.year_granted.left_after(amount);
    }
    if to.year < year {
        (to.year, to.year_granted) = (year, amount);
    } else if to.year == year {
        to.year_granted = to.year_granted.plus(amount)?;
    }
    Some((from, to))
}

/// The claim of a person who is of a case now that was granted, of the day of the one who was: in the next slot, so that two at once
/// collide.
pub fn claim(case: &CaseRow, facts: &Facts, who: Identified) -> Option<ClaimRow> {
    let granted_on = case.granted_on?;
    let before = facts.claims(case.city, who.from).iter().rfind(|claim| claim.case == case.id);
    Some(ClaimRow {
        city: case.city,
        person: who.to,
        cause: case.cause,
        slot: facts.next_slot(case.city, who.to, case.cause),
        day: before.map_or(granted_on, |claim| claim.day),
        incident: case.incident,
        case: case.id,
        number: CaseNumber { street: case.street, day: case.day, ordinal: case.ordinal },
        division: case.division,
        sealed: case.sealed,
        live: case.granted.is_some(),
    })
}

/// The last merge that stands.
pub fn standing(merges: &[MergeRow]) -> Option<&MergeRow> {
    let undone = |merge: &MergeRow| merges.iter().any(|undo| undo.undoes == Some(merge.ordinal));
    merges.iter().rfind(|merge| merge.undoes.is_none() && !undone(merge))
}

/// Whether a person of a case is known by a temporary identity only, as far as its merges tell.
pub fn is_temporary(merges: &[MergeRow], person: BlindIndex) -> Option<bool> {
    merges.iter().rfind(|merge| merge.to == person).map(|merge| merge.undoes.is_some())
}

/// The number of the next row of a case.
pub fn next_ordinal(merges: &[MergeRow]) -> Option<i16> {
    i16::try_from(merges.len()).ok()?.checked_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Presence;

    fn person(year: i16, granted: i64) -> PersonRow {
        PersonRow {
            presence: Presence::Stored,
            city: "3403".parse().unwrap(),
            person: BlindIndex::from_slice(&[7; 16]).unwrap(),
            year,
            year_granted: Fen::new(granted),
            barred_until: None,
            deceased_on: None,
        }
    }

    #[test]
    fn usage_moves_within_its_year_and_comes_back_to_the_fen() {
        let day: Date = "2026-11-21".parse().unwrap();
        // from, to, and both after 600 were moved.
        for (from, to, after) in [
            ((2026, 900), (2026, 100), ((2026, 300), (2026, 700))),
            ((2026, 600), (0, 0), ((2026, 0), (2026, 600))),
            ((2026, 600), (2025, 400), ((2026, 0), (2026, 600))),
            ((2027, 50), (2026, 100), ((2027, 50), (2026, 700))),
            ((2026, 600), (2027, 80), ((2026, 0), (2027, 80))),
        ] {
            let (left, got) = move_usage(person(from.0, from.1), person(to.0, to.1), day, Fen::new(600)).unwrap();
            let told = ((left.year, left.year_granted.get()), (got.year, got.year_granted.get()));
            assert_eq!(told, after);
            if (from.0, to.0) == (2026, 2026) {
                let (back, again) = move_usage(got, left, day, Fen::new(600)).unwrap();
                assert_eq!((back.year_granted.get(), again.year_granted.get()), (to.1, from.1));
            }
        }
    }
}
