//! How an open line differs from our book, and which movements it may be: by what both have said, never by chance alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::book::DifferenceCode;
use crate::money::Fen;
use crate::statement::line::OpenLine;
use crate::statement::movement::{Movement, MovementKind};
use crate::vault::BlindIndex;

/// Bank and book date a movement so many days apart at most.
const DAYS: i32 = 2;
/// Suggestions for one line, and movements looked at for them.
const SUGGESTIONS_MAX: usize = 20;
const LOOKED_AT_MAX: usize = 1_000;

/// Movements, found by amount and word, and by amount and day.
pub struct Movements<'m> {
    all: &'m [Movement],
    named: HashMap<(Fen, BlindIndex), Vec<usize>>,
    dated: BTreeMap<(Fen, Date), BTreeSet<usize>>,
}

/// What there is to say of an open line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub code: DifferenceCode,
    /// The movement that came back, or that another line is already.
    pub of: Option<usize>,
    /// The movements that it may be, with the word that names them.
    pub suggestions: Vec<(usize, Option<BlindIndex>)>,
}

impl<'m> Movements<'m> {
    /// Finds its way in them.
    pub fn new(all: &'m [Movement]) -> Self {
        let (mut named, mut dated): (HashMap<_, Vec<usize>>, BTreeMap<_, BTreeSet<usize>>) = (HashMap::new(), BTreeMap::new());
        for (at, movement) in all.iter().enumerate() {
            for key in &movement.keys {
                named.entry((movement.amount, *key)).or_default().push(at);
            }
            for day in std::iter::once(movement.day).chain(movement.value_date) {
                dated.entry((movement.amount, day)).or_default().insert(at);
            }
        }
        Self { all, named, dated }
    }

    /// Open movements of a line's amount whose days are near to its days.
    pub fn near(&self, line: &OpenLine) -> BTreeSet<usize> {
        let around = |day: Date| {
            let days = (line.amount, day.saturating_sub(DAYS.days()))..=(line.amount, day.saturating_add(DAYS.days()));
            self.dated.range(days).flat_map(|(_, movements)| movements.iter().copied()).take(LOOKED_AT_MAX)
        };
        let open = |at: &usize| self.all.get(*at).is_some_and(|movement| !movement.is_matched);
        around(line.booked_on).chain(around(line.value_on)).filter(open).collect()
    }

    fn named<'a>(&'a self, line: &'a OpenLine, amount: Fen) -> impl Iterator<Item = (usize, &'a Movement, BlindIndex)> + 'a {
        line.keys
            .iter()
            .flat_map(move |key| self.named.get(&(amount, *key)).into_iter().flatten().map(move |at| (*at, *key)))
            .filter_map(|(at, key)| self.all.get(at).map(|movement| (at, movement, key)))
    }

    /// What there is to say of an open line.
    pub fn judge(&self, line: &OpenLine) -> Judgement {
        let mut suggested: BTreeMap<usize, Option<BlindIndex>> = BTreeMap::new();
        let mut doubled = None;
        for (at, movement, key) in self.named(line, line.amount) {
            if movement.is_matched {
                doubled = doubled.or(Some(at));
            } else {
                suggested.entry(at).or_insert(Some(key));
            }
        }
        let near = self.near(line).into_iter().filter(|at| self.all.get(*at).is_some_and(|movement| agrees(line, movement)));
        near.for_each(|at| {
            suggested.entry(at).or_insert(None);
        });
        let is_named = suggested.values().any(Option::is_some);
        let (code, of) = self.code(line, doubled.filter(|_| !is_named));
        Judgement { code, of, suggestions: suggested.into_iter().take(SUGGESTIONS_MAX).collect() }
    }

    fn code(&self, line: &OpenLine, doubled: Option<usize>) -> (DifferenceCode, Option<usize>) {
        if doubled.is_some() {
            return (DifferenceCode::DuplicateAtBank, doubled);
        }
        let credit = line.amount > Fen::ZERO;
        let paid = Fen::ZERO.minus(line.amount).filter(|_| credit);
        let returned =
            paid.and_then(|paid| self.named(line, paid).find(|(_, movement, _)| movement.kind == MovementKind::Payment));
        let code = match (line.hint, credit) {
            _ if returned.is_some() => DifferenceCode::ReturnedPayment,
            (Some(hint), _) => hint,
            (None, true) => DifferenceCode::UnknownCredit,
            (None, false) => DifferenceCode::MissingHere,
        };
        (code, returned.map(|(at, ..)| at))
    }
}

/// Whether the other side may be the same. A payment says who was paid, and then the bank must say it, too; of other movements we know
/// no other side.
fn agrees(line: &OpenLine, movement: &Movement) -> bool {
    !movement.has_payee() || movement.payees.iter().any(|payee| line.payees.contains(payee))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::StatementId;

    fn key(name: u8) -> BlindIndex {
        BlindIndex::from_slice(&[name; 16]).unwrap()
    }

    fn on(day: i8) -> Date {
        Date::constant(2026, 11, day)
    }

    fn line(day: i8, amount: i64, keys: &[u8], payees: &[u8]) -> OpenLine {
        OpenLine {
            at: (StatementId::from(uuid::Uuid::nil()), 1),
            file_line: 1,
            booked_on: on(day),
            value_on: on(day),
            amount: Fen::new(amount),
            hint: None,
            keys: keys.iter().map(|name| key(*name)).collect(),
            payees: payees.iter().map(|name| key(*name)).collect(),
        }
    }

    fn payment(day: i8, amount: i64, keys: &[u8], payees: &[u8]) -> Movement {
        Movement {
            version: i64::from(day),
            ordinal: 0,
            day: on(day),
            value_date: None,
            kind: MovementKind::Payment,
            amount: Fen::new(amount),
            of: None,
            keys: keys.iter().map(|name| key(*name)).collect(),
            is_matched: false,
            payees: payees.iter().map(|name| key(*name)).collect(),
        }
    }

    fn judged(line: &OpenLine, movements: &[Movement]) -> (&'static str, Vec<usize>) {
        let judgement = Movements::new(movements).judge(line);
        (judgement.code.as_str(), judgement.suggestions.into_iter().map(|(at, _)| at).collect())
    }

    #[test]
    fn a_suggestion_needs_amount_days_and_payee() {
        let movements = [payment(10, -780, &[], &[7])];
        for (line, suggested) in [
            (line(10, -780, &[], &[7]), true),
            (line(12, -780, &[], &[7]), true),
            (line(8, -780, &[], &[7]), true),
            (line(13, -780, &[], &[7]), false),
            (line(7, -780, &[], &[7]), false),
            (line(10, -781, &[], &[7]), false),
            (line(10, 780, &[], &[7]), false),
            (line(10, -780, &[], &[8]), false),
            (line(10, -780, &[], &[]), false),
            (OpenLine { value_on: on(9), ..line(20, -780, &[], &[7]) }, true),
        ] {
            assert_eq!(judged(&line, &movements).1, if suggested { vec![0] } else { vec![] }, "{line:?}");
        }
        let top_up = Movement { kind: MovementKind::TopUp, ..payment(10, 780, &[], &[]) };
        assert_eq!(judged(&line(10, 780, &[], &[8]), std::slice::from_ref(&top_up)).1, [0]);
        assert_eq!(judged(&line(10, 780, &[], &[8]), &[Movement { is_matched: true, ..top_up }]).1, [0; 0]);
    }

    #[test]
    fn each_code_is_found() {
        let paid = Movement { is_matched: true, ..payment(10, -780, &[1], &[]) };
        for (line, code) in [
            (line(20, 780, &[1], &[]), "RETURNED_PAYMENT"),
            (line(20, 781, &[1], &[]), "UNKNOWN_CREDIT"),
            (line(20, 780, &[2], &[]), "UNKNOWN_CREDIT"),
            (line(20, -780, &[1], &[]), "DUPLICATE_AT_BANK"),
            (line(20, -780, &[2], &[]), "MISSING_HERE"),
            (OpenLine { hint: Some(DifferenceCode::Interest), ..line(20, 12, &[], &[]) }, "INTEREST"),
            (OpenLine { hint: Some(DifferenceCode::Fee), ..line(20, -12, &[], &[]) }, "FEE"),
        ] {
            assert_eq!(judged(&line, std::slice::from_ref(&paid)).0, code, "{line:?}");
        }
        let came_back = Movement { kind: MovementKind::Return, ..payment(11, 780, &[1], &[]) };
        assert_eq!(judged(&line(20, 780, &[1], &[]), &[paid.clone(), came_back.clone()]), ("RETURNED_PAYMENT", vec![1]));
        let known = Movement { is_matched: true, ..came_back };
        assert_eq!(judged(&line(20, 780, &[1], &[]), &[paid, known]), ("DUPLICATE_AT_BANK", vec![]));
    }

    #[test]
    fn two_that_are_named_are_both_suggested() {
        let movements = [payment(1, -780, &[1], &[]), payment(28, -780, &[1], &[])];
        assert_eq!(judged(&line(15, -780, &[1], &[]), &movements), ("MISSING_HERE", vec![0, 1]));
    }
}
