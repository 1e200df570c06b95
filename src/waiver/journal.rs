//! The journal of a server: what it answered while the database was away, line by line, durable before it is answered, drained later.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::waiver::record::CheckRow;

/// Checks that one journal holds at most: beyond it nothing is answered any more, rather than filling the disk.
const LINES_MAX: usize = 200_000;

/// An append-only file of a server of its own.
pub struct Journal {
    path: PathBuf,
    file: File,
    lines: usize,
}

impl Journal {
    /// Opens the journal of a directory; what an earlier run left in it is drained first of all.
    pub fn open(dir: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let path = dir.join("waiver-checks.jsonl");
        let file = OpenOptions::new().create(true).append(true).read(true).mode(0o600).open(&path)?;
        // Another server on the same directory would drain lines that are being written.
        file.try_lock().map_err(|_| io::Error::other("another server uses this journal"))?;
        let lines = BufReader::new(File::open(&path)?).lines().count();
        Ok(Self { path, file, lines })
    }

    /// True when nothing waits to be drained.
    pub fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// Writes rows and waits until they are on the disk. With an error none of them counts.
    pub fn append(&mut self, rows: &[CheckRow]) -> io::Result<()> {
        if self.lines.saturating_add(rows.len()) > LINES_MAX {
            return Err(io::Error::other("the journal is full"));
        }
        let mut bytes = Vec::new();
        for row in rows {
            serde_json::to_writer(&mut bytes, row)?;
            bytes.push(b'\n');
        }
        let before = self.file.metadata()?.len();
        let written = self.file.write_all(&bytes).and_then(|()| self.file.sync_data());
        if written.is_err() {
            // Half a line must not stand before the next one.
            self.file.set_len(before)?;
        } else {
            self.lines = self.lines.saturating_add(rows.len());
        }
        written
    }

    /// Everything that waits. A line that a power loss cut off was never answered: it is left out.
    pub fn rows(&self) -> io::Result<Vec<CheckRow>> {
        let lines = BufReader::new(File::open(&self.path)?).lines();
        let mut rows = Vec::with_capacity(self.lines);
        for line in lines {
            rows.extend(serde_json::from_str::<CheckRow>(&line?).ok());
        }
        Ok(rows)
    }

    /// Everything in it is in the database.
    pub fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.sync_data()?;
        self.lines = 0;
        Ok(())
    }
}
