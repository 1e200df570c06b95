//! What is wrong with a file.

use std::fmt;

/// What is told of a file at most.
pub const FAULTS_MAX: usize = 100;

/// One thing that is wrong: where, and by which figure. It names no person and no text of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line of a text file, row of a sheet, or entry of a message, from one; none where it is about the whole.
    pub at: Option<u64>,
    /// Which figure, such as `balance`.
    pub field: &'static str,
    /// What is wrong and by how much, such as `1234.56 expected, 1243.56 found`.
    pub detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "line {at}: {}: {}", self.field, self.detail),
            None => write!(f, "{}: {}", self.field, self.detail),
        }
    }
}

/// Faults as they are found; what is beyond the limit is dropped.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// One of a line.
    pub fn line(&mut self, at: u64, field: &'static str, detail: impl Into<String>) {
        self.add(Fault { at: Some(at), field, detail: detail.into() });
    }

    /// One of the whole file.
    pub fn file(&mut self, field: &'static str, detail: impl Into<String>) {
        self.add(Fault { at: None, field, detail: detail.into() });
    }

    /// True when no more are taken.
    pub fn is_full(&self) -> bool {
        self.0.len() >= FAULTS_MAX
    }

    /// True when nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Fault> {
        self.0
    }

    fn add(&mut self, fault: Fault) {
        if !self.is_full() {
            self.0.push(fault);
        }
    }
}
