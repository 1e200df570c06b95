//! Reads a file of any kind: all of it or nothing.

use crate::statement::file::File;
use crate::statement::file::check::checked;
use crate::statement::file::fault::{Fault, Faults};
use crate::statement::file::profile::Profile;
use crate::statement::file::{camt, table};

/// Bytes of a file.
pub const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Lines of a file.
pub const LINES_MAX: usize = 200_000;

/// What a file is.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    /// Text by the bank's profile.
    Csv(&'a Profile),
    /// A workbook by the bank's profile; its first sheet.
    Xlsx(&'a Profile),
    /// camt.053.001.02 or camt.053.001.08 (ISO 20022), which need no profile.
    Camt,
}

impl File {
    /// Reads a file and checks its figures against each other. What is refused is refused with every fault that was found, up to
    /// [`FAULTS_MAX`](crate::statement::file::FAULTS_MAX).
    pub fn read(bytes: &[u8], kind: Kind) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        if bytes.len() > FILE_BYTES_MAX {
            faults.file("file", format!("at most {FILE_BYTES_MAX} bytes, {} found", bytes.len()));
            return Err(faults.into_vec());
        }
        let draft = match kind {
            Kind::Csv(profile) => table::read_text(bytes, profile, &mut faults),
            Kind::Xlsx(profile) => table::read_workbook(bytes, profile, &mut faults),
            Kind::Camt => camt::read(bytes, &mut faults),
        };
        checked(draft, faults)
    }
}
