//! What was agreed with a hospital: per cent off the five fee kinds, and what a patient who is not on the roster deposits.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;

use crate::division::Division;
use crate::money::Fen;

/// The diagnosis that stands for all others.
pub const DEFAULT: &str = "default";

/// Per cent off the five fee kinds, for people on the roster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Discounts {
    /// 挂号
    #[schema(maximum = 100)]
    pub registration: u8,
    /// 诊查
    #[schema(maximum = 100)]
    pub consultation: u8,
    /// 检查
    #[schema(maximum = 100)]
    pub examination: u8,
    /// 药
    #[schema(maximum = 100)]
    pub drugs: u8,
    /// 床位
    #[schema(maximum = 100)]
    pub bed: u8,
}

impl Discounts {
    /// The fee kinds by their names, in the order of the practice.
    pub fn named(&self) -> [(&'static str, u8); 5] {
        [
            ("registration", self.registration),
            ("consultation", self.consultation),
            ("examination", self.examination),
            ("drugs", self.drugs),
            ("bed", self.bed),
        ]
    }
}

/// Deposits in fen by diagnosis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Deposits(pub(super) BTreeMap<String, Fen>);

impl Deposits {
    /// The deposit for a diagnosis: the hospital's average for it where it has one, else that for all others.
    pub fn of(&self, diagnosis: Option<&str>) -> Fen {
        let named = diagnosis.and_then(|diagnosis| self.0.get(diagnosis));
        named.or_else(|| self.0.get(DEFAULT)).copied().unwrap_or_default()
    }
}

/// What holds with a hospital on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What it is called.
    pub name: Arc<str>,
    /// Where it lies.
    pub division: Division,
    /// Per cent off, for people on the roster.
    pub discounts: Discounts,
    /// The first day of these terms.
    pub effective_from: Date,
    /// Counted from one for each hospital.
    pub version: i64,
    /// Deposits of people who are not on the roster.
    pub deposits: Arc<Deposits>,
}

impl Terms {
    /// The deposit of somebody who is not on the roster.
    pub fn deposit(&self, diagnosis: Option<&str>) -> Fen {
        self.deposits.of(diagnosis)
    }
}

/// Terms as they are stored. None when a column holds what no registration writes.
pub(super) fn read_terms(row: &Row) -> Option<Terms> {
    let per_cent = |column: &str| u8::try_from(row.get::<_, i16>(column)).ok();
    Some(Terms {
        name: row.get::<_, &str>("name").into(),
        division: row.get("division"),
        discounts: Discounts {
            registration: per_cent("registration")?,
            consultation: per_cent("consultation")?,
            examination: per_cent("examination")?,
            drugs: per_cent("drugs")?,
            bed: per_cent("bed")?,
        },
        effective_from: row.get("effective_from"),
        version: row.get("version"),
        deposits: Arc::new(serde_json::from_str(row.get("deposits")).ok()?),
    })
}
