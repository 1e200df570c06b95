//! The journal of a server: what it answered while the database was away, line by line, durable before it is answered, drained later.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::waiver::record::CheckRow;

/// Checks that one journal holds at most: beyond it nothing is answered any more, rather than filling the disk.
const LINES_MAX: usize = 200_000;

/// An append-only file of a server of its own.
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Lines that wait.
    lines: usize,
    /// Bytes before them, which are in the database.
    drained: u64,
}

/// The oldest of what waits.
pub struct Chunk {
    pub rows: Vec<CheckRow>,
    /// Lines that cannot be read: kept aside.
    strange: Vec<u8>,
    lines: usize,
    bytes: u64,
}

impl Journal {
    /// Opens the journal of a directory; what an earlier run left in it is drained first of all. A line that a power loss cut off was
    /// never answered: it is taken away.
    pub fn open(dir: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let path = dir.join("waiver-checks.jsonl");
        let file = OpenOptions::new().create(true).append(true).read(true).mode(0o600).open(&path)?;
        // Another server on the same directory would drain lines that are being written.
        file.try_lock().map_err(|_| io::Error::other("another server uses this journal"))?;
        let (mut reader, mut line) = (BufReader::new(File::open(&path)?), Vec::new());
        let (mut lines, mut whole) = (0, 0);
        while reader.read_until(b'\n', &mut line)? > 0 {
            if line.ends_with(b"\n") {
                (lines, whole) = (lines + 1, whole + line.len() as u64);
            }
            line.clear();
        }
        file.set_len(whole)?;
        File::open(dir)?.sync_all()?;
        Ok(Self { path, file, lines, drained: 0 })
    }

    /// The directory, of this server alone.
    pub fn dir(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
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

    /// The oldest of what waits, so many at most. It waits until [`Journal::drained`] says that the database has it.
    pub fn oldest(&self, most: usize) -> io::Result<Chunk> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.drained))?;
        let (mut reader, mut line) = (BufReader::new(file), Vec::new());
        let mut chunk = Chunk { rows: Vec::new(), strange: Vec::new(), lines: 0, bytes: 0 };
        while chunk.lines < most.min(self.lines) && reader.read_until(b'\n', &mut line)? > 0 {
            match serde_json::from_slice(&line) {
                Ok(row) => chunk.rows.push(row),
                Err(_) => chunk.strange.extend(&line),
            }
            (chunk.lines, chunk.bytes) = (chunk.lines + 1, chunk.bytes + line.len() as u64);
            line.clear();
        }
        Ok(chunk)
    }

    /// The database has it. The file is emptied when nothing waits any more.
    pub fn drained(&mut self, chunk: &Chunk) -> io::Result<()> {
        if !chunk.strange.is_empty() {
            let aside = self.path.with_extension("strange");
            tracing::error!(path = %aside.display(), "lines of the journal can not be read: they are kept aside");
            let mut aside = OpenOptions::new().create(true).append(true).mode(0o600).open(aside)?;
            aside.write_all(&chunk.strange).and_then(|()| aside.sync_all())?;
        }
        self.drained = self.drained.saturating_add(chunk.bytes);
        self.lines = self.lines.saturating_sub(chunk.lines);
        if self.lines == 0 {
            self.file.set_len(0)?;
            self.file.sync_data()?;
            self.drained = 0;
        }
        Ok(())
    }
}
