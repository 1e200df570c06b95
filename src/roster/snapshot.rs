//! A roster as bytes, for a file that outlives the database's absence. Whoever writes the file signs it: here are only the bytes.
//!
//! ```text
//! "JJNROST" 1 │ city 4 │ version 8 │ as_of 8 │ people 4 │ people × (person 16 │ name 8 │ from 4 │ to 4 │ category 1)
//! ```
//! Numbers are big-endian; `as_of` is microseconds since 1970; days are `yyyymmdd`, no last day is 2^31 − 1; people are sorted.

use jiff::Timestamp;

use crate::division::City;
use crate::roster::Category;
use crate::roster::current::{Roster, Town};
use crate::roster::member::Slot;

/// What the bytes begin with: seven letters and the version of the form.
const HEAD: &[u8; 8] = b"JJNROST\x01";
const SLOT_BYTES: usize = 33;

/// Bytes that are no snapshot of a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotInvalid {
    /// It begins otherwise, or was written by a later version of the program.
    #[error("not a snapshot of a roster of this form")]
    Head,
    /// It ends too early or too late.
    #[error("the snapshot is not as long as it says")]
    Length,
    /// A city, moment, day or category that is none.
    #[error("the snapshot holds a value that is none of its kind")]
    Value,
    /// People out of order or twice.
    #[error("the people of the snapshot are not in order")]
    Order,
}

impl Roster {
    /// The roster of a city as bytes; none before the database was first seen.
    pub fn snapshot(&self, city: City) -> Option<Vec<u8>> {
        let as_of = self.as_of()?;
        let town = self.town(city).unwrap_or_default();
        let people = town.merged();
        let mut bytes = Vec::with_capacity(32 + people.len() * SLOT_BYTES);
        bytes.extend(HEAD);
        bytes.extend(city.as_str().as_bytes());
        bytes.extend(town.version.to_be_bytes());
        bytes.extend(as_of.as_microsecond().to_be_bytes());
        bytes.extend(u32::try_from(people.len()).ok()?.to_be_bytes());
        for slot in people {
            bytes.extend(slot.person);
            bytes.extend(slot.name);
            bytes.extend(slot.from.to_be_bytes());
            bytes.extend(slot.to.to_be_bytes());
            bytes.push(slot.category as u8);
        }
        Some(bytes)
    }

    /// Takes a city's roster from its snapshot, as of the moment of the snapshot; of several the oldest counts.
    ///
    /// # Errors
    /// The first fault found, and then nothing is taken. Whether the bytes are ours is not asked here: they must have been verified.
    pub fn restore(&self, bytes: &[u8]) -> Result<City, SnapshotInvalid> {
        let rest = bytes.strip_prefix(HEAD).ok_or(SnapshotInvalid::Head)?;
        let (city, rest) = taken::<4>(rest)?;
        let (version, rest) = taken::<8>(rest)?;
        let (as_of, rest) = taken::<8>(rest)?;
        let (people, rest) = taken::<4>(rest)?;
        let people = usize::try_from(u32::from_be_bytes(people)).map_err(|_| SnapshotInvalid::Length)?;
        if people.checked_mul(SLOT_BYTES) != Some(rest.len()) {
            return Err(SnapshotInvalid::Length);
        }
        let slots: Vec<Slot> = rest.chunks_exact(SLOT_BYTES).map(slot).collect::<Result<_, _>>()?;
        if !slots.is_sorted_by(|one, next| one.person < next.person) {
            return Err(SnapshotInvalid::Order);
        }
        let city = std::str::from_utf8(&city).ok().and_then(|city| city.parse().ok()).ok_or(SnapshotInvalid::Value)?;
        let as_of = Timestamp::from_microsecond(i64::from_be_bytes(as_of)).map_err(|_| SnapshotInvalid::Value)?;
        self.put(city, Town::of(i64::from_be_bytes(version), slots));
        self.saw(self.as_of().map_or(as_of, |known| known.min(as_of)), None);
        Ok(city)
    }
}

fn slot(bytes: &[u8]) -> Result<Slot, SnapshotInvalid> {
    let (person, rest) = taken::<16>(bytes)?;
    let (name, rest) = taken::<8>(rest)?;
    let (from, rest) = taken::<4>(rest)?;
    let (to, rest) = taken::<4>(rest)?;
    let ([category], _) = taken::<1>(rest)?;
    let category = Category::ALL.iter().copied().find(|known| *known as u8 == category).ok_or(SnapshotInvalid::Value)?;
    let slot = Slot { person, name, from: i32::from_be_bytes(from), to: i32::from_be_bytes(to), category };
    slot.member().map(|_| slot).ok_or(SnapshotInvalid::Value)
}

fn taken<const BYTES: usize>(bytes: &[u8]) -> Result<([u8; BYTES], &[u8]), SnapshotInvalid> {
    bytes.split_first_chunk::<BYTES>().map(|(taken, rest)| (*taken, rest)).ok_or(SnapshotInvalid::Length)
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;
    use crate::roster::Member;
    use crate::vault::{BlindIndex, NameDigest};

    fn members() -> impl Strategy<Value = Vec<(BlindIndex, Member)>> {
        let day = (1900..3000i16, 1..=12i8, 1..=28i8).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap());
        let member = (any::<[u8; 8]>(), 0..3usize, day.clone(), prop::option::of(day)).prop_map(|(name, category, from, to)| {
            let category = Category::ALL[category];
            Member { category, name_digest: NameDigest::from_bytes(name), valid_from: from, valid_to: to }
        });
        prop::collection::btree_map(any::<[u8; 16]>(), member, 0..60).prop_map(|people| {
            people.into_iter().map(|(person, member)| (BlindIndex::from_slice(&person).unwrap(), member)).collect()
        })
    }

    fn roster(people: &[(BlindIndex, Member)]) -> (Roster, City) {
        let (roster, city) = (Roster::new(), "3403".parse().unwrap());
        roster.put(city, Town::of(7, people.iter().map(|(person, member)| Slot::of(person, member)).collect()));
        roster.saw("2026-11-24T00:40:00.123456Z".parse().unwrap(), None);
        (roster, city)
    }

    proptest! {
        #[test]
        fn a_roster_comes_back_from_its_snapshot(people in members(), cut in 0..2000usize) {
            let (roster, city) = roster(&people);
            let bytes = roster.snapshot(city).unwrap();
            let back = Roster::new();
            prop_assert_eq!(back.restore(&bytes), Ok(city));
            prop_assert_eq!((back.version(city), back.as_of(), back.len(city)), (7, roster.as_of(), people.len()));
            for (person, member) in &people {
                prop_assert_eq!(back.find(city, person), Some(*member));
            }
            prop_assert_eq!(back.snapshot(city).unwrap(), bytes.clone());
            let cut = cut.min(bytes.len().saturating_sub(1));
            prop_assert!(Roster::new().restore(&bytes[..cut]).is_err());
        }

        #[test]
        fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), begins in any::<bool>()) {
            let bytes = if begins { [HEAD.as_slice(), &bytes].concat() } else { bytes };
            let roster = Roster::new();
            if roster.restore(&bytes).is_ok() {
                let _ = roster.snapshot("3403".parse().unwrap());
            }
        }
    }

    #[test]
    fn what_is_no_snapshot_says_why() {
        let member = Member {
            category: Category::Dibao,
            name_digest: NameDigest::from_bytes([1; 8]),
            valid_from: "2026-01-01".parse().unwrap(),
            valid_to: None,
        };
        let people = [1, 2].map(|number| (BlindIndex::from_slice(&[number; 16]).unwrap(), member));
        let (roster, city) = roster(&people);
        let bytes = roster.snapshot(city).unwrap();
        let with = |at: usize, byte: u8| {
            let mut bytes = bytes.clone();
            bytes[at] = byte;
            Roster::new().restore(&bytes).err()
        };
        assert_eq!(bytes.len(), 32 + 2 * SLOT_BYTES);
        assert_eq!(with(7, 2), Some(SnapshotInvalid::Head));
        assert_eq!(with(8, b'x'), Some(SnapshotInvalid::Value));
        assert_eq!(with(31, 3), Some(SnapshotInvalid::Length));
        assert_eq!(with(32, 3), Some(SnapshotInvalid::Order));
        assert_eq!(with(32 + 24, 0xff), Some(SnapshotInvalid::Value));
        assert_eq!(with(32 + 32, 3), Some(SnapshotInvalid::Value));
        assert_eq!(Roster::new().restore(&[&bytes[..], b"\0"].concat()).err(), Some(SnapshotInvalid::Length));
    }
}
