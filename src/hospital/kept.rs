//! Terms as a snapshot keeps them: JSON, so that a later version of the program can read what an earlier one has left.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::division::Division;
use crate::hospital::{Deposits, Discounts, Terms};
use crate::identity::CreditCode;

/// One version of what was agreed with a hospital.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptTerms<'a> {
    code: Cow<'a, str>,
    name: Cow<'a, str>,
    division: Division,
    discounts: Discounts,
    effective_from: Date,
    version: i64,
    deposits: Cow<'a, Deposits>,
}

impl<'a> KeptTerms<'a> {
    pub fn of(code: &'a CreditCode, terms: &'a Terms) -> Self {
        Self {
            code: code.as_str().into(),
            name: (&*terms.name).into(),
            division: terms.division,
            discounts: terms.discounts,
            effective_from: terms.effective_from,
            version: terms.version,
            deposits: Cow::Borrowed(&terms.deposits),
        }
    }

    /// In which order they are kept: that in which they begin to hold.
    pub fn place(&self) -> (&str, Date, i64) {
        (&self.code, self.effective_from, self.version)
    }

    /// None when the code is none.
    pub fn terms(self) -> Option<(CreditCode, Terms)> {
        let code = CreditCode::parse(&self.code).ok()?;
        let terms = Terms {
            name: self.name.as_ref().into(),
            division: self.division,
            discounts: self.discounts,
            effective_from: self.effective_from,
            version: self.version,
            deposits: Arc::new(self.deposits.into_owned()),
        };
        Some((code, terms))
    }
}
