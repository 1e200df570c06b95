//! What a store sends.

use serde::Deserialize;

use crate::division::Division;
use crate::http::{Body, Faults, Text};
use crate::money::Amount;

/// Units that one request moves or counts at most.
const UNITS_MAX: u32 = 1_000_000;

/// `POST /v1/goods`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoodsBody {
    /// Whose store it is: a street, or a county for its streets.
    pub division: Division,
    /// What it is, e.g. 棉被.
    pub name: Text<100>,
    /// What one of it is called, e.g. 床.
    pub unit: Text<20>,
    /// What one of it is worth, in fen.
    pub value_fen: Amount,
    /// How many are there.
    #[schema(maximum = 1_000_000)]
    pub stock: u32,
}

/// `POST /v1/goods/{goods}/deliveries`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryBody {
    /// How many came in.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub quantity: u32,
    /// What the supplier calls it.
    #[serde(default)]
    pub reference: Option<Text<64>>,
}

/// `POST /v1/goods/{goods}/counts`
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountBody {
    /// How many are there.
    #[schema(maximum = 1_000_000)]
    pub quantity: u32,
    /// By which list it was counted.
    #[serde(default)]
    pub reference: Option<Text<64>>,
}

impl Body for GoodsBody {
    fn check(&self, faults: &mut Faults) {
        // A store of a community would serve no case: goods are handed out by streets.
        let (county, street) = (self.division.county(), self.division.street());
        if county.is_none() || street.is_some_and(|street| street != self.division) {
            faults.add("/division", "a county or a street is needed, of 6 or 9 digits");
        }
        at_most("/stock", self.stock, faults);
    }
}

impl Body for DeliveryBody {
    fn check(&self, faults: &mut Faults) {
        if self.quantity == 0 {
            faults.add("/quantity", "at least 1 is needed");
        }
        at_most("/quantity", self.quantity, faults);
    }
}

impl Body for CountBody {
    fn check(&self, faults: &mut Faults) {
        at_most("/quantity", self.quantity, faults);
    }
}

fn at_most(pointer: &str, quantity: u32, faults: &mut Faults) {
    if quantity > UNITS_MAX {
        faults.add(pointer, format!("at most {UNITS_MAX}"));
    }
}
