//! What is told of a hospital, and what its leaves say.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::audit;
use crate::division::Division;
use crate::hospital::terms::{Discounts, Terms};
use crate::identity::CreditCode;
use crate::money::Fen;
use crate::time::rfc3339;

/// What was agreed with a hospital last.
#[derive(Serialize, utoipa::ToSchema)]
pub struct HospitalAnswer {
    /// Unified social credit code.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Where it lies.
    pub division: Division,
    /// Per cent off for people on the roster.
    pub discounts: Discounts,
    /// Deposit in fen of whoever is not on the roster, by diagnosis.
    #[schema(value_type = BTreeMap<String, Fen>)]
    pub deposits: BTreeMap<String, Fen>,
    /// The first day of these terms.
    #[schema(format = Date)]
    pub effective_from: String,
    /// +1 with every registration.
    pub version: i64,
    /// When it was registered.
    #[schema(format = DateTime)]
    pub registered_at: String,
}

impl HospitalAnswer {
    /// Terms as they were registered.
    pub fn of(code: &CreditCode, terms: &Terms, registered_at: Timestamp) -> Self {
        Self {
            code: code.as_str().to_owned(),
            name: terms.name.to_string(),
            division: terms.division,
            discounts: terms.discounts,
            deposits: terms.deposits.0.clone(),
            effective_from: terms.effective_from.to_string(),
            version: terms.version,
            registered_at: rfc3339(registered_at),
        }
    }
}

/// The leaf commits to the deposits by their hash: there may be hundreds.
#[derive(Serialize)]
pub struct Registered<'a> {
    pub code: &'a str,
    pub deposits_sha256: String,
    pub discounts: [u8; 5],
    pub division: Division,
    pub effective_from: Date,
    pub name: &'a str,
    pub version: i64,
}

impl audit::Body for Registered<'_> {
    const KIND: &'static str = "hospital.registered";
}
