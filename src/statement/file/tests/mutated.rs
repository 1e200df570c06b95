//! Bytes that nobody wrote.

use proptest::prelude::*;

use super::bank::{Form, Statement, Version};
use super::{File, Kind, csv_bytes, profile, small};
use crate::money::Fen;

/// Which reader, before it has a profile.
#[derive(Clone, Copy)]
enum Of {
    Csv(Form),
    Xlsx(Form),
    Camt,
}

fn read(bytes: &[u8], of: Of) -> Option<File> {
    match of {
        Of::Csv(form) => File::read(bytes, Kind::Csv(&profile(form))).ok(),
        Of::Xlsx(form) => File::read(bytes, Kind::Xlsx(&profile(form))).ok(),
        Of::Camt => File::read(bytes, Kind::Camt).ok(),
    }
}

/// Whatever is read adds up.
fn holds(bytes: &[u8], of: Of) {
    if let Some(file) = read(bytes, of) {
        let sum = Fen::sum(file.lines.iter().map(|line| line.amount)).unwrap();
        assert_eq!(file.opening.plus(sum), Some(file.closing));
        assert!(file.lines.iter().all(|line| (file.from..=file.to).contains(&line.booked_on)));
    }
}

fn mutated(mut bytes: Vec<u8>, changes: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    for (at, how, byte) in changes {
        let at = at.index(bytes.len());
        match how % 4 {
            0 => bytes[at] = *byte,
            1 => bytes.insert(at, *byte),
            // A digit stays a digit: figures change, the form does not.
            2 if bytes[at].is_ascii_digit() => bytes[at] = b'0' + byte % 10,
            _ => drop(bytes.remove(at)),
        }
    }
    bytes
}

fn files(statement: &Statement) -> Vec<(Vec<u8>, Of)> {
    let mut files = Vec::new();
    for form in Form::ALL {
        files.push((csv_bytes(form, &statement.csv(form)), Of::Csv(form)));
        files.push((statement.xlsx(form), Of::Xlsx(form)));
    }
    for version in Version::ALL {
        files.push((statement.camt(version).into_bytes(), Of::Camt));
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_mutated_file_makes_reading_panic_or_gives_what_does_not_add_up(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        for (bytes, of) in files(&small()) {
            holds(&bytes[..cut.index(bytes.len())], of);
            holds(&mutated(bytes, &changes), of);
        }
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        holds(&bytes, Of::Camt);
        for form in Form::ALL {
            holds(&bytes, Of::Csv(form));
            holds(&bytes, Of::Xlsx(form));
        }
    }
}
