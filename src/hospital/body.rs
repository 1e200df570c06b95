//! What an administrator sends of a hospital, and what can be wrong with it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::division::Division;
use crate::hospital::terms::{DEFAULT, Deposits, Discounts};
use crate::http::{Body, Faults, Text};
use crate::money::Limit;
use crate::time::strict::day_if_any;

/// Diagnoses with a deposit of their own, `default` counted.
const DEPOSITS_MAX: usize = 500;
const DIAGNOSIS_MAX: usize = 64;

/// `PUT /v1/hospitals/{code}`
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HospitalBody {
    /// What it is called.
    pub name: Text<100>,
    /// Where it lies.
    pub division: Division,
    /// Per cent off for people on the roster, 0 to 100.
    pub discounts: Discounts,
    /// Deposit in fen of whoever is not on the roster, by diagnosis; `default` for all others. At most 500.
    pub deposits: BTreeMap<String, Limit>,
    /// The first day; today when nothing is said. Only the first terms of a hospital may begin in the past.
    #[serde(default, deserialize_with = "day_if_any")]
    #[schema(value_type = Option<String>, format = Date)]
    pub effective_from: Option<Date>,
}

impl Body for HospitalBody {
    fn check(&self, faults: &mut Faults) {
        for (kind, per_cent) in self.discounts.named() {
            if per_cent > 100 {
                faults.add(format!("/discounts/{kind}"), "a discount is 0 to 100 per cent");
            }
        }
        if !self.deposits.contains_key(DEFAULT) {
            faults.add("/deposits", "the deposit of all other diagnoses is missing: default");
        }
        if self.deposits.len() > DEPOSITS_MAX {
            faults.add("/deposits", format!("at most {DEPOSITS_MAX} deposits are needed"));
        }
        // What is no name is not named in a pointer.
        if let Some(wrong) = self.deposits.keys().find_map(|name| Text::<DIAGNOSIS_MAX>::try_from(name.clone()).err()) {
            faults.add("/deposits", format!("the name of a diagnosis: {wrong}"));
        }
        if self.effective_from.is_some_and(|from| !(1900..3000).contains(&from.year())) {
            faults.add("/effective_from", "a day of the years 1900 to 2999 is needed");
        }
    }
}

impl HospitalBody {
    /// The deposits as money.
    pub fn deposits(&self) -> Deposits {
        Deposits(self.deposits.iter().map(|(name, fen)| (name.clone(), fen.fen())).collect())
    }
}
