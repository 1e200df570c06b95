//! The package of a workbook: parts in a ZIP archive, unpacked within caps.

use std::io::{BufReader, Cursor};

use zip::ZipArchive;

use crate::xml;

/// How much a workbook may hold. What a file says of its own sizes is not believed: the bytes that come out are counted.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Bytes of one part, unpacked.
    pub part_bytes_max: u64,
    /// Bytes of all shared texts.
    pub text_bytes_max: usize,
    /// Rows.
    pub rows_max: u32,
    /// Columns; what stands farther right is not read.
    pub columns_max: u32,
    /// Cells, read or not.
    pub cells_max: u32,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            part_bytes_max: 256 * 1024 * 1024,
            text_bytes_max: 64 * 1024 * 1024,
            rows_max: 250_000,
            columns_max: 64,
            cells_max: 5_000_000,
        }
    }
}

/// Parts of an archive; a workbook has a few dozen.
const PARTS_MAX: usize = 2_000;

/// Why a workbook is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No ZIP archive, or a broken one.
    #[error("not a workbook (xlsx)")]
    Archive,
    /// A part that must be there.
    #[error("the workbook has no sheet")]
    NoSheet,
    /// More than the caps allow.
    #[error("the workbook holds more than is read")]
    TooMuch,
    /// A part that is no XML as expected.
    #[error("the workbook is not read: {0}")]
    Xml(#[from] xml::Unreadable),
    /// A cell that names a text or a place that is not there.
    #[error("the workbook names a cell or a text that is not there")]
    Reference,
}

/// An archive that was opened.
pub struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    caps: Caps,
}

/// One part as it is unpacked.
pub type Part<'p> = xml::Reader<BufReader<Capped<'p>>>;

impl<'b> Package<'b> {
    /// Opens an archive; nothing is unpacked.
    pub fn open(bytes: &'b [u8], caps: Caps) -> Result<Self, Unreadable> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Archive)?;
        if archive.len() > PARTS_MAX {
            return Err(Unreadable::TooMuch);
        }
        Ok(Self { archive, caps })
    }

    /// A part by its path, if there is one.
    pub fn part(&mut self, path: &str) -> Result<Option<Part<'_>>, Unreadable> {
        // Some writers begin paths with a slash or write them in other case.
        let wanted = path.trim_start_matches('/');
        let names = self.archive.file_names().flatten();
        let name = names.into_iter().find(|name| name.eq_ignore_ascii_case(wanted)).map(|name| name.into_owned());
        let Some(name) = name else { return Ok(None) };
        let most = self.caps.part_bytes_max;
        let part = self.archive.by_name(&name).map_err(|_| Unreadable::Archive)?;
        Ok(Some(xml::Reader::new(BufReader::new(Capped { part: Box::new(part), left: most }))))
    }
}

/// A part that breaks off with an error after so many bytes.
pub struct Capped<'p> {
    part: Box<dyn std::io::Read + 'p>,
    left: u64,
}

impl std::io::Read for Capped<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = (&mut self.part).take(self.left.saturating_add(1)).read(buffer)?;
        match self.left.checked_sub(u64::try_from(read).unwrap_or(u64::MAX)) {
            Some(left) => self.left = left,
            None => return Err(std::io::Error::other("too many bytes")),
        }
        Ok(read)
    }
}
