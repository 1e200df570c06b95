//! JSON bodies: they are read strictly and check themselves.

use serde::de::DeserializeOwned;

use crate::http::fault::Faults;
use crate::http::json::{Tree, from_tree};
use crate::http::problem::Problem;

/// A request body. Its types carry `#[serde(deny_unknown_fields)]`; what serde cannot say is said in `check`.
pub trait Body: DeserializeOwned + 'static {
    /// Adds a fault for everything that is wrong.
    fn check(&self, _: &mut Faults) {}
}

/// A body and the tree it came from.
pub(crate) fn read<B: Body>(bytes: &[u8]) -> Result<(B, Tree<'_>), Problem> {
    let tree = Tree::parse(bytes).map_err(|error| Problem::fault("", format!("not JSON: {error}")))?;
    let body: B = from_tree(&tree).map_err(|fault| Problem::faults(fault.code, vec![fault]))?;
    let mut faults = Faults::default();
    body.check(&mut faults);
    faults.verdict()?;
    Ok((body, tree))
}
