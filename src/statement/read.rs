//! Reads a file of any kind: all of it or nothing.

use crate::statement::check::checked;
use crate::statement::fault::{Fault, Faults};
use crate::statement::file::File;
use crate::statement::profile::Profile;
use crate::statement::{camt, table};

/// Bytes of a file.
pub const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Lines of a file.
pub const LINES_MAX: usize = 200_000;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text by the bank's profile.
    Csv,
    /// A workbook by the bank's profile; its first sheet.
    Xlsx,
    /// camt.053.001.02 or camt.053.001.08 (ISO 20022), which need no profile.
    Camt,
}

impl File {
    /// Reads a file and checks its figures against each other. What is refused is refused with every fault that was found, up to
    /// [`FAULTS_MAX`](crate::statement::FAULTS_MAX).
    pub fn read(bytes: &[u8], kind: Kind, profile: &Profile) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        if bytes.len() > FILE_BYTES_MAX {
            faults.file("file", format!("at most {FILE_BYTES_MAX} bytes, {} found", bytes.len()));
            return Err(faults.into_vec());
        }
        let draft = match kind {
            Kind::Csv => table::read_text(bytes, profile, &mut faults),
            Kind::Xlsx => table::read_workbook(bytes, profile, &mut faults),
            Kind::Camt => camt::read(bytes, &mut faults),
        };
        checked(draft, faults)
    }
}
