//! Who is on the roster, as a server keeps it: 36 bytes a person.

use jiff::civil::Date;

use crate::roster::Category;
use crate::vault::{BlindIndex, NameDigest};

/// Stands for no last day; later than every day.
const OPEN: i32 = i32::MAX;

/// Somebody on the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Why.
    pub category: Category,
    /// Digest of the name that goes with the number.
    pub name_digest: NameDigest,
    /// The first day.
    pub valid_from: Date,
    /// The last day, if one is set.
    pub valid_to: Option<Date>,
}

impl Member {
    /// True on the days of the membership, first and last included. Who stands on the roster may have a last day that has passed, or a
    /// first one that is to come.
    pub fn covers(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// A member with its person, packed: days as `yyyymmdd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub person: [u8; 16],
    pub name: [u8; 8],
    pub from: i32,
    pub to: i32,
    pub category: Category,
}

const _: () = assert!(std::mem::size_of::<Slot>() <= 48, "a person takes at most 48 bytes");

impl Slot {
    pub fn of(person: &BlindIndex, member: &Member) -> Self {
        Self {
            person: *person.as_bytes(),
            name: *member.name_digest.as_bytes(),
            from: packed(member.valid_from),
            to: member.valid_to.map_or(OPEN, packed),
            category: member.category,
        }
    }

    /// None when a day is none of the calendar, which only a broken snapshot holds.
    pub fn member(&self) -> Option<Member> {
        Some(Member {
            category: self.category,
            name_digest: NameDigest::from_bytes(self.name),
            valid_from: unpacked(self.from)?,
            valid_to: if self.to == OPEN { None } else { Some(unpacked(self.to)?) },
        })
    }
}

fn packed(day: Date) -> i32 {
    i32::from(day.year()) * 10_000 + i32::from(day.month()) * 100 + i32::from(day.day())
}

fn unpacked(day: i32) -> Option<Date> {
    let part = |number: i32| i8::try_from(number).ok();
    Date::new(i16::try_from(day / 10_000).ok()?, part(day / 100 % 100)?, part(day % 100)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_membership_holds_from_its_first_to_its_last_day() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let member = |to: Option<&str>| Member {
            category: Category::Dibao,
            name_digest: NameDigest::from_bytes([1; 8]),
            valid_from: day("2026-01-31"),
            valid_to: to.map(day),
        };
        for (at, ended, open) in [
            ("2026-01-30", false, false),
            ("2026-01-31", true, true),
            ("2026-11-24", true, true),
            ("2026-11-25", false, true),
            ("2999-12-31", false, true),
        ] {
            assert_eq!(member(Some("2026-11-24")).covers(day(at)), ended, "{at}");
            assert_eq!(member(None).covers(day(at)), open, "{at}");
        }
    }

    #[test]
    fn what_is_packed_comes_back() {
        let person = BlindIndex::from_slice(&[7; 16]).unwrap();
        for to in [None, Some("2999-12-31")] {
            let member = Member {
                category: Category::LowIncome,
                name_digest: NameDigest::from_bytes([9; 8]),
                valid_from: "1900-02-28".parse().unwrap(),
                valid_to: to.map(|to| to.parse().unwrap()),
            };
            assert_eq!(Slot::of(&person, &member).member(), Some(member));
        }
    }
}
