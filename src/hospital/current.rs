//! The hospitals of the cities as this server knows them, a quarter of a second behind the database.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::civil::Date;
use tokio_postgres::{Client, Error};

use crate::division::City;
use crate::hospital::Terms;
use crate::hospital::kept::KeptTerms;
use crate::hospital::terms::read_terms;
use crate::identity::CreditCode;

/// No stamp of the database: what is known is of a snapshot.
const NEVER: i64 = -1;

type Register = HashMap<(City, CreditCode), Vec<Terms>>;

/// The hospitals of the cities; a copy of it shows the same. Reading it never waits for a database.
#[derive(Clone, Default)]
pub struct Hospitals(Arc<RwLock<Known>>);

#[derive(Default)]
struct Known {
    stamp: i64,
    /// The terms of each hospital, in the order in which they begin to hold.
    register: Arc<Register>,
}

impl Hospitals {
    /// An empty register, which [`Hospitals::poll`] fills.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many registrations are known.
    pub fn registrations(&self) -> i64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).stamp.max(0)
    }

    /// What holds with a hospital of a city on a day: of the terms that have begun those that began last, and of several that began on
    /// that day those registered last. None when the hospital is not registered, or no terms have begun.
    pub fn at(&self, city: City, code: &CreditCode, day: Date) -> Option<Terms> {
        let register = self.0.read().unwrap_or_else(PoisonError::into_inner).register.clone();
        let terms = register.get(&(city, code.clone()))?;
        terms.iter().rev().find(|terms| terms.effective_from <= day).cloned()
    }

    /// Everything that was agreed in a city, as JSON.
    pub fn snapshot(&self, city: City) -> serde_json::Result<Vec<u8>> {
        let register = self.0.read().unwrap_or_else(PoisonError::into_inner).register.clone();
        let of_city = register.iter().filter(|((of, _), _)| *of == city);
        let mut kept: Vec<KeptTerms> =
            of_city.flat_map(|((_, code), terms)| terms.iter().map(|terms| KeptTerms::of(code, terms))).collect();
        kept.sort_by(|one, other| one.place().cmp(&other.place()));
        serde_json::to_vec(&kept)
    }

    /// Takes a city's hospitals from a snapshot, until the database is read. None when it holds what no registration writes.
    pub fn restore(&self, city: City, snapshot: &[u8]) -> Option<()> {
        let kept: Vec<KeptTerms> = serde_json::from_slice(snapshot).ok()?;
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut register = Register::clone(&known.register);
        register.retain(|(of, _), _| *of != city);
        for terms in kept {
            let (code, terms) = terms.terms()?;
            register.entry((city, code)).or_default().push(terms);
        }
        *known = Known { stamp: NEVER, register: Arc::new(register) };
        Some(())
    }

    /// Takes in what was registered since the last time. The connection sees all cities.
    pub async fn poll(&self, client: &Client) -> Result<(), Error> {
        let stamp: i64 = client.query_one(include_str!("../../sql/hospital/stamp.sql"), &[]).await?.get("registered");
        if self.0.read().unwrap_or_else(PoisonError::into_inner).stamp == stamp {
            return Ok(());
        }
        let mut register = Register::new();
        // Rows are only ever added: the stamp is that of what was read, not of what was asked for before.
        let rows = client.query(include_str!("../../sql/hospital/all.sql"), &[]).await?;
        for row in &rows {
            match (CreditCode::parse(row.get("code")), read_terms(row)) {
                (Ok(code), Some(terms)) => register.entry((row.get("city"), code)).or_default().push(terms),
                _ => tracing::error!(code = row.get::<_, &str>("code"), "the terms of a hospital can not be read"),
            }
        }
        let stamp = i64::try_from(rows.len()).unwrap_or_default();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Known { stamp, register: Arc::new(register) };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hospital::terms::{Deposits, Discounts};
    use crate::money::Fen;

    fn terms(version: i64, from: &str) -> Terms {
        let deposits = [("default".to_owned(), Fen::new(190_000)), ("K35".to_owned(), Fen::new(version))];
        Terms {
            name: "医院".into(),
            division: "340304".parse().unwrap(),
            discounts: Discounts { registration: 100, consultation: 100, examination: 20, drugs: 5, bed: 30 },
            effective_from: from.parse().unwrap(),
            version,
            deposits: Arc::new(Deposits(deposits.into())),
        }
    }

    #[test]
    fn the_terms_that_began_last_hold() {
        let (city, code): (City, _) = ("3403".parse().unwrap(), CreditCode::parse("11341729003258285D").unwrap());
        // As the statement orders them: version 4 was registered after version 3, and begins before it.
        let all = vec![terms(1, "2026-01-01"), terms(2, "2026-11-24"), terms(4, "2026-11-24"), terms(3, "2027-01-01")];
        let hospitals = Hospitals::new();
        *hospitals.0.write().unwrap() = Known { stamp: 4, register: Arc::new([((city, code.clone()), all)].into()) };
        for (day, version) in [
            ("2025-12-31", None),
            ("2026-01-01", Some(1)),
            ("2026-11-23", Some(1)),
            ("2026-11-24", Some(4)),
            ("2026-12-31", Some(4)),
            ("2027-01-01", Some(3)),
        ] {
            let found = hospitals.at(city, &code, day.parse().unwrap());
            assert_eq!(found.map(|terms| terms.version), version, "{day}");
        }
        assert_eq!(hospitals.at("3401".parse().unwrap(), &code, "2026-12-31".parse().unwrap()), None);
        let holding = hospitals.at(city, &code, "2026-12-31".parse().unwrap()).unwrap();
        assert_eq!([Some("K35"), Some("I10"), None].map(|of| holding.deposit(of).get()), [4, 190_000, 190_000]);
    }

    #[test]
    fn what_was_agreed_comes_back_from_a_snapshot_of_its_city() {
        let (city, code): (City, _) = ("3403".parse().unwrap(), CreditCode::parse("11341729003258285D").unwrap());
        let hospitals = Hospitals::new();
        let all = vec![terms(1, "2026-01-01"), terms(2, "2026-11-24"), terms(4, "2026-11-24"), terms(3, "2027-01-01")];
        *hospitals.0.write().unwrap() = Known { stamp: 4, register: Arc::new([((city, code.clone()), all)].into()) };
        let (bytes, back) = (hospitals.snapshot(city).unwrap(), Hospitals::new());
        assert_eq!(back.restore(city, &bytes), Some(()));
        for day in ["2025-12-31", "2026-11-23", "2026-11-24", "2027-06-01"] {
            let day = day.parse().unwrap();
            assert_eq!(back.at(city, &code, day), hospitals.at(city, &code, day));
        }
        assert_eq!((back.snapshot(city).unwrap(), back.registrations()), (bytes, 0));
        assert_eq!(hospitals.snapshot("3401".parse().unwrap()).unwrap(), b"[]");
        for wrong in ["", "{}", "[{}]", "[1]"] {
            assert_eq!(back.restore(city, wrong.as_bytes()), None, "{wrong}");
        }
        assert!(back.at(city, &code, "2026-11-24".parse().unwrap()).is_some(), "what was refused changes nothing");
    }
}
