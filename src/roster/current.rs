//! The rosters of the cities as this server knows them: whole, in memory, a quarter of a second behind the database.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::division::City;
use crate::roster::Member;
use crate::roster::member::Slot;
use crate::vault::BlindIndex;

/// Changes that are kept beside the sorted members before they are merged into them.
const LATER_MAX: usize = 4096;

/// The rosters of the cities; a copy of it shows the same. Reading it never waits for a database.
#[derive(Clone, Default)]
pub struct Roster(Arc<Shared>);

#[derive(Default)]
struct Shared {
    towns: RwLock<HashMap<City, Arc<Town>>>,
    seen: RwLock<Option<Seen>>,
}

/// When the database was last seen: by its clock, and by ours where that was in this process.
#[derive(Clone, Copy)]
struct Seen {
    as_of: Timestamp,
    here: Option<Instant>,
}

/// The roster of one city.
#[derive(Clone, Default)]
pub(super) struct Town {
    pub version: i64,
    /// Sorted by person.
    members: Arc<Vec<Slot>>,
    /// What has changed since: the person's row, or none.
    later: HashMap<[u8; 16], Option<Slot>>,
}

/// Somebody whose row began or ended.
pub(super) struct Changed {
    pub person: [u8; 16],
    /// None: not on the roster any more.
    pub slot: Option<Slot>,
}

impl Roster {
    /// An empty one, which a feed fills.
    pub fn new() -> Self {
        Self::default()
    }

    /// The version known of a city; 0 when nothing was ever imported.
    pub fn version(&self, city: City) -> i64 {
        self.town(city).map_or(0, |town| town.version)
    }

    /// When the database was last seen, by its own clock: what is answered is as of then. None before the first time.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.seen().map(|seen| seen.as_of)
    }

    /// Whether anything is known of a city: all are once the database was seen, before that those of snapshots.
    pub fn knows(&self, city: City) -> bool {
        self.lag().is_some() || self.town(city).is_some()
    }

    /// How long ago this server last saw the database; none when it never did (a roster read from a snapshot: ask
    /// [`Roster::as_of`]).
    pub fn lag(&self) -> Option<Duration> {
        self.seen().and_then(|seen| seen.here).map(|here| here.elapsed())
    }

    /// Who is on the roster of a city under this index. Whether the membership covers a day is asked of the member.
    pub fn find(&self, city: City, person: &BlindIndex) -> Option<Member> {
        self.town(city)?.find(person.as_bytes())?.member()
    }

    /// The version of a city and who is there under this index, of one moment.
    pub fn look_up(&self, city: City, person: &BlindIndex) -> (i64, Option<Member>) {
        let Some(town) = self.town(city) else { return (0, None) };
        (town.version, town.find(person.as_bytes()).and_then(|slot| slot.member()))
    }

    /// The cities whose rosters are known.
    pub fn cities(&self) -> Vec<City> {
        self.0.towns.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// People on the roster of a city.
    pub fn len(&self, city: City) -> usize {
        self.town(city).map_or(0, |town| town.people())
    }

    /// True when nobody is on the roster of a city.
    pub fn is_empty(&self, city: City) -> bool {
        self.len(city) == 0
    }

    pub(super) fn town(&self, city: City) -> Option<Arc<Town>> {
        self.0.towns.read().unwrap_or_else(PoisonError::into_inner).get(&city).cloned()
    }

    pub(super) fn put(&self, city: City, town: Town) {
        self.0.towns.write().unwrap_or_else(PoisonError::into_inner).insert(city, Arc::new(town));
    }

    /// Whatever else is known of cities is forgotten.
    pub(super) fn keep(&self, cities: &[City]) {
        self.0.towns.write().unwrap_or_else(PoisonError::into_inner).retain(|city, _| cities.contains(city));
    }

    /// The database was seen here and now.
    pub(super) fn saw(&self, as_of: Timestamp, here: Option<Instant>) {
        *self.0.seen.write().unwrap_or_else(PoisonError::into_inner) = Some(Seen { as_of, here });
    }

    fn seen(&self) -> Option<Seen> {
        *self.0.seen.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Town {
    /// With these members, in any order.
    pub fn of(version: i64, mut members: Vec<Slot>) -> Self {
        members.sort_unstable_by_key(|slot| slot.person);
        members.shrink_to_fit();
        Self { version, members: Arc::new(members), later: HashMap::new() }
    }

    /// The same after changes, of which no two are of one person.
    pub fn changed(&self, version: i64, mut changes: Vec<Changed>) -> Self {
        if self.later.len() + changes.len() <= LATER_MAX {
            let mut next = Self { version, ..self.clone() };
            next.later.extend(changes.into_iter().map(|change| (change.person, change.slot)));
            return next;
        }
        changes.sort_unstable_by_key(|change| change.person);
        let is_changed = |person: &[u8; 16]| changes.binary_search_by(|change| change.person.cmp(person)).is_ok();
        let mut all: Vec<Slot> = Vec::with_capacity(self.members.len().max(changes.len()));
        all.extend(self.standing().filter(|slot| !is_changed(&slot.person)));
        all.extend(changes.iter().filter_map(|change| change.slot));
        Self::of(version, all)
    }

    /// Everybody, sorted by person.
    pub fn merged(&self) -> Vec<Slot> {
        let mut all: Vec<Slot> = self.standing().collect();
        all.sort_unstable_by_key(|slot| slot.person);
        all
    }

    /// Everybody, in no order.
    fn standing(&self) -> impl Iterator<Item = Slot> {
        let stay = self.members.iter().filter(|slot| !self.later.contains_key(&slot.person)).copied();
        stay.chain(self.later.values().flatten().copied())
    }

    fn people(&self) -> usize {
        let known = self.later.keys().filter(|person| self.place(person).is_some()).count();
        self.members.len() - known + self.later.values().flatten().count()
    }

    fn place(&self, person: &[u8; 16]) -> Option<usize> {
        self.members.binary_search_by(|slot| slot.person.cmp(person)).ok()
    }

    fn find(&self, person: &[u8; 16]) -> Option<Slot> {
        if let Some(later) = self.later.get(person) {
            return *later;
        }
        self.members.get(self.place(person)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::roster::Category;
    use crate::vault::NameDigest;

    fn person(number: u16) -> BlindIndex {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        BlindIndex::from_slice(&bytes).unwrap()
    }

    fn member(name: u8) -> Member {
        Member {
            category: Category::Tekun,
            name_digest: NameDigest::from_bytes([name; 8]),
            valid_from: "2026-01-01".parse().unwrap(),
            valid_to: None,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_roster_after_changes_is_what_a_map_would_be(
            first in prop::collection::btree_map(0..9000u16, any::<u8>(), 0..200),
            rounds in prop::collection::vec(prop::collection::vec((0..9000u16, any::<Option<u8>>()), 0..3000), 0..4),
        ) {
            let slots = first.iter().map(|(number, name)| Slot::of(&person(*number), &member(*name))).collect();
            let (mut town, mut model) = (Town::of(1, slots), first);
            for round in rounds {
                for (number, name) in &round {
                    match name {
                        Some(name) => model.insert(*number, *name),
                        None => model.remove(number),
                    };
                }
                // The last word on a person counts.
                let round: BTreeMap<u16, Option<u8>> = round.into_iter().collect();
                let changed = |(number, name): (&u16, &Option<u8>)| {
                    let person = person(*number);
                    Changed { person: *person.as_bytes(), slot: name.map(|name| Slot::of(&person, &member(name))) }
                };
                let changes = round.iter().map(changed).collect();
                town = town.changed(town.version + 1, changes);
            }
            let roster = Roster::new();
            let city: City = "3403".parse().unwrap();
            roster.put(city, town);
            let found: BTreeMap<u16, u8> = (0..9000)
                .filter_map(|number| Some((number, roster.find(city, &person(number))?.name_digest.as_bytes()[0])))
                .collect();
            prop_assert_eq!(roster.len(city), found.len());
            prop_assert_eq!(found, model);
        }
    }

    #[test]
    fn a_city_that_was_never_imported_has_nobody() {
        let (roster, city) = (Roster::new(), "3401".parse().unwrap());
        assert_eq!((roster.version(city), roster.find(city, &person(1)), roster.is_empty(city)), (0, None, true));
        assert_eq!((roster.as_of(), roster.lag()), (None, None));
    }
}
