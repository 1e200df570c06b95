//! All imported versions, and which of them holds at a place and day.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::division::Division;
use crate::policy::Policy;

/// The imported versions, in the order of their import.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    by_id: BTreeMap<String, Arc<Policy>>,
    order: Vec<Arc<Policy>>,
}

impl Policies {
    /// Versions in the order of their import.
    pub fn new(versions: impl IntoIterator<Item = Policy>) -> Self {
        let order: Vec<_> = versions.into_iter().map(Arc::new).collect();
        Self { by_id: order.iter().map(|policy| (policy.id.clone(), policy.clone())).collect(), order }
    }

    /// The version that holds in a division on a day: of those in force the nearest prefix wins, then the later
    /// effective date, then the later import.
    pub fn at(&self, division: &Division, day: Date) -> Option<&Arc<Policy>> {
        self.order
            .iter()
            .filter(|policy| policy.effective_from <= day && division.as_str().starts_with(&policy.division))
            .max_by_key(|policy| (policy.division.len(), policy.effective_from))
    }

    /// A version by its id, for deciding an old case again.
    pub fn named(&self, id: &str) -> Option<&Arc<Policy>> {
        self.by_id.get(id)
    }

    /// The texts of the versions, in the order of their import.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(|policy| &*policy.text)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// True when none was imported.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
}
