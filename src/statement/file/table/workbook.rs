//! Rows of a workbook's first sheet.

use crate::sheet::{Caps, read};
use crate::statement::file::draft::Draft;
use crate::statement::file::fault::Faults;
use crate::statement::file::profile::Profile;
use crate::statement::file::table::rows::Rows;

/// Reads a workbook.
pub fn read_workbook(bytes: &[u8], profile: &Profile, faults: &mut Faults) -> Draft {
    let mut rows = Rows::new(profile);
    if let Err(why) = read(bytes, Caps::default(), |at, cells| rows.row(at, cells, faults)) {
        faults.file("file", why.to_string());
        return Draft::default();
    }
    rows.draft(faults)
}
