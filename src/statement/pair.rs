//! Exact matching: a word of a line names one movement of ours, and the amount is the same to the fen.

use std::collections::{BTreeSet, HashMap};

use crate::book::LineAt;
use crate::money::Fen;
use crate::statement::line::OpenLine;
use crate::statement::movement::Movement;
use crate::vault::BlindIndex;

/// A line, and the movement that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The line.
    pub line: LineAt,
    /// Version and ordinal of the movement.
    pub movement: (i64, i16),
    /// The word.
    pub key: BlindIndex,
}

/// Pairs open lines with movements. A line that names two movements of its amount is paired with none of them: people choose. Of two
/// lines that name one movement the first has it; the other is booked twice at the bank. What is matched already is left alone.
pub fn pair(lines: &[OpenLine], movements: &[Movement]) -> Vec<Pair> {
    let mut named: HashMap<(Fen, BlindIndex), Vec<(i64, i16)>> = HashMap::new();
    for movement in movements.iter().filter(|movement| !movement.is_matched) {
        for key in movement.keys.iter().collect::<BTreeSet<_>>() {
            named.entry((movement.amount, *key)).or_default().push((movement.version, movement.ordinal));
        }
    }
    let mut taken = BTreeSet::new();
    let mut pairs = Vec::new();
    for line in lines {
        let found = line.keys.iter().filter_map(|key| named.get(&(line.amount, *key)).map(|movements| (key, movements)));
        let found: Vec<_> = found.collect();
        let all: BTreeSet<_> = found.iter().flat_map(|(_, movements)| movements.iter().copied()).collect();
        let (Some((key, _)), Some(movement), 1) = (found.first(), all.first(), all.len()) else { continue };
        if taken.insert(*movement) {
            pairs.push(Pair { line: line.at, movement: *movement, key: **key });
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;
    use crate::id::StatementId;
    use crate::statement::movement::MovementKind;

    pub fn key(name: u8) -> BlindIndex {
        BlindIndex::from_slice(&[name; 16]).unwrap()
    }

    fn line(ordinal: i32, amount: i64, keys: &[u8]) -> OpenLine {
        let day = Date::constant(2026, 11, 3);
        OpenLine {
            at: (StatementId::from(uuid::Uuid::nil()), ordinal),
            file_line: 0,
            booked_on: day,
            value_on: day,
            amount: Fen::new(amount),
            hint: None,
            keys: keys.iter().map(|name| key(*name)).collect(),
            payees: vec![],
        }
    }

    fn movement(version: i64, amount: i64, keys: &[u8]) -> Movement {
        Movement {
            version,
            ordinal: 0,
            day: Date::constant(2026, 11, 3),
            value_date: None,
            kind: MovementKind::Payment,
            amount: Fen::new(amount),
            of: None,
            keys: keys.iter().map(|name| key(*name)).collect(),
            is_matched: false,
            payees: vec![],
        }
    }

    fn paired(lines: &[OpenLine], movements: &[Movement]) -> Vec<(i32, i64)> {
        pair(lines, movements).iter().map(|pair| (pair.line.1, pair.movement.0)).collect()
    }

    #[test]
    fn a_line_has_the_movement_that_it_names_to_the_fen() {
        let movements = [movement(1, -100, &[1, 2]), movement(2, 100, &[1]), movement(3, -100, &[3])];
        assert_eq!(
            paired(&[line(1, -100, &[2, 9]), line(2, 100, &[1]), line(3, -100, &[3])], &movements),
            [(1, 1), (2, 2), (3, 3)]
        );
        assert_eq!(paired(&[line(1, -101, &[1]), line(2, -100, &[9]), line(3, -100, &[])], &movements), []);
    }

    #[test]
    fn who_names_two_has_none_and_the_second_of_two_lines_has_none() {
        let movements = [movement(1, -100, &[1]), movement(2, -100, &[1]), movement(3, -100, &[3])];
        assert_eq!(
            paired(&[line(1, -100, &[1]), line(2, -100, &[1, 3]), line(3, -100, &[3]), line(4, -100, &[3])], &movements),
            [(3, 3)]
        );
        let taken = Movement { is_matched: true, ..movement(1, -100, &[1]) };
        assert_eq!(paired(&[line(1, -100, &[1])], &[taken]), []);
    }

    proptest! {
        #[test]
        fn nothing_is_paired_twice_or_with_another_amount(
            lines in proptest::collection::vec((-3_i64..3, proptest::collection::vec(0_u8..6, 0..3)), 0..30),
            movements in proptest::collection::vec((-3_i64..3, proptest::collection::vec(0_u8..6, 0..3)), 0..30),
        ) {
            let lines: Vec<_> = (0..).zip(&lines).map(|(at, (amount, keys))| line(at, *amount, keys)).collect();
            let movements: Vec<_> = (0..).zip(&movements).map(|(at, (amount, keys))| movement(at, *amount, keys)).collect();
            let pairs = pair(&lines, &movements);
            for pair in &pairs {
                let line = lines.iter().find(|line| line.at == pair.line).unwrap();
                let movement = movements.iter().find(|movement| movement.version == pair.movement.0).unwrap();
                prop_assert_eq!(line.amount, movement.amount);
                prop_assert!(line.keys.contains(&pair.key) && movement.keys.contains(&pair.key));
            }
            prop_assert_eq!(pairs.iter().map(|pair| pair.line).collect::<BTreeSet<_>>().len(), pairs.len());
            prop_assert_eq!(pairs.iter().map(|pair| pair.movement).collect::<BTreeSet<_>>().len(), pairs.len());
        }
    }
}
